/** Texts for queuing, wherever it starts. */
export const downloads = {
  queued: (n: number) => (n === 1 ? 'Package queued' : `${n} packages queued`),
  show: 'Show in Downloads',
  added: (n: number) => (n === 1 ? 'Download queued' : `${n} downloads queued`),
  renamedTo: (n: number, given: string, name: string) =>
    n === 1
      ? `“${given}” is saved as “${name}”.`
      : `${n} files are saved under other names: “${given}” as “${name}”…`,
  refusedNames: (n: number, given: string) =>
    n === 1
      ? `“${given}” leads out of the folder and was refused.`
      : `${n} names lead out of the folder and were refused: “${given}”…`,
  tooLong: 'The queue is too long for one file. Export it in parts with “desk queue export”.',
  tooLarge: (name: string) => `${name} is too large to import here. Use “desk queue import”.`,
  ofFile: (name: string, text: string) => `${name}: ${text}`,
  noDocument: 'This isn’t an exported queue or a Metalink.',
  notUsable: 'Drop a Metalink (.meta4), an exported queue (.json, .txt) or a link',
  exported: (n: number, out: number, names: readonly string[]) =>
    `${n === 0 ? 'Nothing in the queue can be exported' : out === 0 ? 'Queue exported' : `Queue exported. ${out === 1 ? '1 entry' : `${out} entries`} left out`}${names.length === 0 ? '' : `: ${names.join(', ')}${out > names.length ? '…' : ''}`}`,
  revealTitle: 'Open this folder?',
  revealStates: {
    withdrawn: 'The publisher has withdrawn this package. Do not use it.',
    'on-hold': 'The publisher has put this package on hold. Do not use it until it’s released.',
    expired: 'The licence of this package has expired. No new use.',
    territory: 'This package isn’t cleared for your territory.',
    platform: 'This package isn’t cleared for the platforms you publish on.',
    other: 'This package must not be used.',
  } as Record<string, string>,
  revealText: 'Opening the folder is recorded.',
  revealAnyway: 'Open folder',
  // The folder, typed on the station
  folderTitle: 'Download folder',
  folderLabel: 'Folder',
  folderHelp: 'Packages appear here only once every file is verified.',
  saveFolder: 'Save',
};
