import { expect, test } from 'vitest';
import {
  diffOf,
  readSnapshot,
  snapshotText,
  type AssetSnapshot,
} from '../../../src/shared/model/correction.ts';

const BEFORE: AssetSnapshot = {
  version: 1,
  rev: 1,
  headline: 'Divers read the water line',
  restrictions: [
    { id: 'r1', kind: 'time', mode: 'allow', values: ['30 days'], note: 'Thirty days' },
    { id: 'r2', kind: 'archive', mode: 'deny', values: [], note: 'No archive use' },
  ],
  shots: [
    { n: 1, in: '10:00:00:00', text: 'Lake, wide' },
    { n: 2, in: '10:00:10:00', text: 'Torch beam on the 1996 mark' },
    { n: 3, in: '10:00:20:00', text: 'Diver surfaces' },
  ],
  script: {
    language: 'en',
    text: 'The lake is low.\n\nEleven days earlier than in 1996.\n\nThe end.',
  },
  captions: [{ language: 'en', kind: 'subtitles', format: 'vtt' }],
};
const files = (...more: { path: string; sha256: string; bytes: number; pieces?: string[] }[]) =>
  more.map(({ pieces, ...file }) => ({
    ...file,
    ...(pieces ? { pieces: { pieceBytes: 10, hashes: pieces } } : {}),
  }));

test('the same is no difference', () => {
  const same = files({ path: 'a.mov', sha256: 'a', bytes: 25, pieces: ['1', '2', '3'] });
  expect(diffOf(BEFORE, { ...BEFORE, rev: 2 }, { before: same, after: same })).toEqual({
    isBlind: false,
    headline: null,
    restrictions: [],
    shots: [],
    script: { language: 'en', paragraphs: [] },
    captions: [],
    files: { changes: [], unchanged: 1, totalBytes: 25, differentBytes: 0 },
  });
});

test('restrictions, shots, paragraphs and captions are paired with what they were', () => {
  const drone = { id: 'r3', kind: 'territory', mode: 'deny', values: ['CA'], note: 'Drone' };
  const after: AssetSnapshot = {
    ...BEFORE,
    rev: 2,
    headline: 'Divers read the line',
    restrictions: [{ ...BEFORE.restrictions[0]!, values: ['14 days'] }, drone],
    shots: [
      BEFORE.shots[0]!,
      { n: 2, in: '10:00:10:00', text: 'Torch beam on the 2006 mark' },
      { n: 3, in: '10:00:15:00', text: 'Bubbles' },
      // Only later than before.
      { n: 4, in: '10:00:25:00', text: 'Diver surfaces' },
    ],
    script: {
      language: 'en',
      text: 'The lake is low.\n\nEleven days earlier than in 2006.\n\nThe end.\n\nCorrected.',
    },
    captions: [
      { language: 'en', kind: 'subtitles', format: 'vtt' },
      { language: 'fr', kind: 'subtitles', format: 'vtt' },
    ],
  };
  expect(diffOf(BEFORE, after, null)).toEqual({
    isBlind: false,
    headline: { before: 'Divers read the water line', after: 'Divers read the line' },
    restrictions: [
      { before: BEFORE.restrictions[0], after: after.restrictions[0] },
      { before: null, after: drone },
      { before: BEFORE.restrictions[1], after: null },
    ],
    shots: [
      { before: BEFORE.shots[1], after: after.shots[1] },
      { before: null, after: after.shots[2] },
    ],
    script: {
      language: 'en',
      paragraphs: [
        {
          before: 'Eleven days earlier than in 1996.',
          after: 'Eleven days earlier than in 2006.',
        },
        { before: null, after: 'Corrected.' },
      ],
    },
    captions: [{ before: null, after: after.captions[1] }],
    files: null,
  });
});

test('of files it is counted what has to be fetched: pieces where both have the same ones', () => {
  const before = files(
    { path: 'master.mov', sha256: 'a', bytes: 25, pieces: ['1', '2', '3'] },
    { path: 'script.txt', sha256: 'b', bytes: 7 },
    { path: 'gone.txt', sha256: 'c', bytes: 8 },
    { path: 'same.txt', sha256: 'd', bytes: 9 },
  );
  const after = files(
    { path: 'master.mov', sha256: 'x', bytes: 27, pieces: ['1', 'y', 'z'] },
    { path: 'script.txt', sha256: 'y', bytes: 6 },
    { path: 'same.txt', sha256: 'd', bytes: 9 },
    { path: 'new.txt', sha256: 'z', bytes: 4 },
  );
  expect(diffOf(BEFORE, BEFORE, { before, after }).files).toEqual({
    changes: [
      {
        path: 'master.mov',
        change: 'changed',
        bytes: 27,
        pieces: { different: 2, total: 3 },
        differentBytes: 17,
      },
      { path: 'script.txt', change: 'changed', bytes: 6, pieces: null, differentBytes: 6 },
      { path: 'new.txt', change: 'added', bytes: 4, pieces: null, differentBytes: 4 },
      { path: 'gone.txt', change: 'removed', bytes: 8, pieces: null, differentBytes: 0 },
    ],
    unchanged: 1,
    totalBytes: 46,
    differentBytes: 27,
  });
});

test('without what it said then only the files are compared, and scripts in two languages not at all', () => {
  expect(diffOf(null, BEFORE, null)).toMatchObject({ isBlind: true, shots: [], headline: null });
  const french = { ...BEFORE, script: { language: 'fr', text: 'Le lac est bas.' } };
  expect(diffOf(BEFORE, french, null).script).toEqual({ language: 'fr', paragraphs: [] });
});

test('a snapshot is bounded: the script goes first, then the shots', () => {
  expect(readSnapshot(snapshotText(BEFORE))).toEqual(BEFORE);
  const long = 'x'.repeat(300_000);
  expect(readSnapshot(snapshotText({ ...BEFORE, script: { language: 'en', text: long } }))).toEqual(
    { ...BEFORE, script: null },
  );
  expect(
    readSnapshot(snapshotText({ ...BEFORE, shots: [{ n: 1, in: null, text: long }] })),
  ).toMatchObject({ shots: [], script: null });
  expect(snapshotText({ ...BEFORE, headline: long })).toBeNull();
  expect([readSnapshot(null), readSnapshot('{"version":9}')]).toEqual([null, null]);
});
