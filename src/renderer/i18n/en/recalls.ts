/** Packages that were withdrawn, put on hold, corrected or have expired after their download. */

type Counts = { withdrawn: number; held: number; corrected: number };

/** "2 packages were withdrawn, 1 was corrected". */
function changed({ withdrawn, held, corrected }: Counts): string {
  const parts = [
    [withdrawn, 'withdrawn'],
    [held, 'put on hold'],
    [corrected, 'corrected'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, what], at) => {
      const subject = at > 0 ? String(n) : n === 1 ? '1 package' : `${n} packages`;
      return `${subject} ${n === 1 ? 'was' : 'were'} ${what}`;
    })
    .join(', ');
}

const files = (n: number): string => (n === 1 ? '1 file' : `${n} files`);

export const recalls = {
  // The strip
  changed: (counts: Counts) => `${changed(counts)}.`,
  marked: 'The files on disk are marked with RECALLED.txt or CORRECTED.txt. Nothing was deleted.',
  markedRecalled: 'The files on disk are marked with RECALLED.txt. Nothing was deleted.',
  markedCorrected: 'The files on disk are marked with CORRECTED.txt. Nothing was deleted.',
  nothingDeleted: 'Nothing was deleted.',
  notWritten: (n: number) =>
    n === 1
      ? '1 notice couldn’t be written. It’s retried at every check.'
      : `${n} notices couldn’t be written. They’re retried at every check.`,
  searching: (title: string) => `Looking for copies of “${title}”.`,
  searched: (n: string) => (n === '1' ? '1 file so far.' : `${n} files so far.`),
  acknowledge: 'Acknowledge',
  acknowledgeAll: (n: number) => (n === 1 ? 'Acknowledge' : `Acknowledge ${n}`),
  acknowledged: (n: number) =>
    n === 1
      ? 'Acknowledged. This is recorded and can’t be undone. Nothing was deleted.'
      : `${n} acknowledged. This is recorded and can’t be undone. Nothing was deleted.`,
  review: 'Review',
  showAll: 'Show recalled',
  markReviewed: 'Mark as reviewed',
  reviewed: 'Marked as reviewed. This is recorded and can’t be undone.',
  toAcknowledge: (n: number) => `${n} to acknowledge`,
  paletteAcknowledge: (n: number) =>
    n === 1 ? 'Acknowledge the recalled package' : `Acknowledge ${n} recalled packages`,
  // Rows. At most 40 characters, they are never cut.
  withdrawn: (when: string) => `Withdrawn ${when}: do not use`,
  onHold: (when: string) => `On hold since ${when}: do not use`,
  expired: (day: string) => `Expired ${day}: clear it from disk`,
  corrected: (version: number | null) =>
    version === null ? 'Corrected: newer version' : `Corrected: version ${version}`,
  stopped: {
    withdrawn: ['Stopped: withdrawn while queued', 'Stopped: withdrawn while downloading'],
    'on-hold': ['Stopped: put on hold while queued', 'Stopped: put on hold while downloading'],
    expired: ['Stopped: expired while queued', 'Stopped: expired while downloading'],
  },
  onDisk: 'On disk',
  version: (n: number) => `Version ${n}`,
  // The drawer
  details: 'What changed',
  by: {
    withdrawn: (when: string) => `Withdrawn by the publisher ${when}`,
    'on-hold': (when: string) => `Put on hold by the publisher ${when}`,
    corrected: (when: string) => `Corrected by the publisher ${when}`,
    expired: (when: string) => `The licence expired ${when}`,
    lifted: (when: string) => `Released by the publisher ${when}`,
  },
  at: (time: string) => `at ${time}`,
  on: (moment: string) => `on ${moment}`,
  quoted: (words: string) => `“${words}”`,
  noWords: 'The publisher gives no reason.',
  acknowledgedBy: (who: string, when: string) => `Acknowledged by ${who} ${when}`,
  comparing: (version: number | null) =>
    version === null
      ? 'Comparing with what you have.'
      : `Comparing with version ${version}, which you have.`,
  offline: 'You’re offline. The changes appear once the connection is back.',
  notCompared: (reason: string) => `The versions can’t be compared. ${reason}`,
  blind:
    'What the package said when you downloaded it isn’t known here. Only the files are compared.',
  filesUnknown: 'The files can’t be compared: one of the file lists isn’t here.',
  noDifference: 'No differences in texts or files.',
  sections: {
    headline: 'Title',
    restrictions: 'Restrictions',
    shots: 'Shotlist',
    script: 'Script',
    captions: 'Captions',
    files: 'Files',
    places: 'On this computer',
  },
  scriptIn: (language: string) => `Script, ${language}`,
  counts: ({ added, removed, changed: n }: { added: number; removed: number; changed: number }) =>
    [added > 0 && `${added} added`, n > 0 && `${n} changed`, removed > 0 && `${removed} removed`]
      .filter(Boolean)
      .join(', '),
  addedLine: 'Added:',
  removedLine: 'Removed:',
  shot: (n: number, timecode: string | null) =>
    timecode === null ? `Shot ${n}` : `Shot ${n}, ${timecode}`,
  filesChanged: (n: number, all: number) => `${n} of ${all} changed`,
  pieces: (different: string, all: string, size: string) =>
    `${different} of ${all} ${all === '1' ? 'piece' : 'pieces'}, ${size}`,
  files,
  otherFiles: (n: number) => (n === 1 ? '1 other file' : `${n} other files`),
  removedFiles: (n: number) => (n === 1 ? '1 file removed' : `${n} files removed`),
  notNeeded: 'no longer part of it',
  packageHere: (version: number | null) =>
    version === null ? 'the package' : `version ${version}`,
  copyHere: 'a copy, found by its hash',
  noticeFailed: (reason: string) => `notice not written: ${reason}`,
  placeGone: 'no longer there',
  copiesDue: 'Copies of it are still being looked for.',
  copiesPartial: 'Not every folder could be searched for copies.',
  handedOut: 'Downloaded',
  getNew: (part: string, whole: string) => `Get new version, ${part} of ${whole}`,
  getNewPlain: 'Get new version',
  onlyPieces: (from: number | null, to: number | null) =>
    from === null || to === null
      ? 'Only the pieces that differ. What you have stays as it is, beside it.'
      : `Only the pieces that differ. Version ${from} stays as it is, beside version ${to}.`,
  recordedNote: 'Who acknowledged it and when is recorded. Nothing is deleted.',
  // Clearing away
  clear: 'Clear from disk…',
  clearTitle: 'Clear from disk',
  clearText:
    'These must no longer be used. Only what you tick is deleted: the package’s own files, never anything else in its folder.',
  clearReasons: {
    withdrawn: 'withdrawn',
    expired: 'expired',
    barred: 'not cleared for you',
  },
  clearCopy: 'a copy',
  clearFacts: (n: number, size: string) => `${files(n)}, ${size}`,
  clearRun: (n: number, size: string) =>
    n === 0 ? 'Delete' : n === 1 ? `Delete 1 package, ${size}` : `Delete ${n} packages, ${size}`,
  clearLoading: 'Looking at the folders.',
  clearNothing: 'Nothing on this computer has to be cleared away.',
  clearAway: (n: number) =>
    n === 1 ? '1 folder can’t be reached now.' : `${n} folders can’t be reached now.`,
  cleared: (n: number, size: string) =>
    n === 1
      ? `1 package deleted, ${size}. It’s recorded.`
      : `${n} packages deleted, ${size}. It’s recorded.`,
  clearLeft: (n: number) =>
    n === 1
      ? '1 file was changed or added after the download and stays.'
      : `${n} files were changed or added after the download and stay.`,
};
