import { expect, test } from 'vitest';
import {
  parseMetalink,
  storedDocument,
  metalinkDocument,
} from '../../../src/main/formats/metalink.ts';
import type { EnqueueItem } from '../../../src/main/transfers/api.ts';
import { exportDocument } from '../../../src/main/transfers/exchange/export.ts';
import { itemsOf } from '../../../src/main/transfers/exchange/queue-document.ts';
import { newTransfer } from '../../../src/main/transfers/queue/enqueue.ts';
import type { StoredTransfer } from '../../../src/main/transfers/ports.ts';
import { MAX_DOCUMENT_CHARACTERS } from '../../../src/shared/contract/transfers.ts';
import {
  MAX_ENTRIES,
  MAX_FILES,
  MAX_REVISIONS,
} from '../../../src/shared/model/document-limits.ts';

const ports = {
  clock: { nowMs: () => 0 },
  store: { files: () => [] },
  parseMetalink,
};
const common = { destination: '/to' };
const aPackage = (
  n: number,
  title = 'Harvest in the northern provinces, second day, with soundbites',
): EnqueueItem => ({
  ...common,
  assetId: `ast_26_${n}_harvest`,
  packageId: `pkg_26_${n}_harvest_broadcast`,
  rev: 2,
  title,
  label: 'Broadcast 1080i50',
  purpose: 'broadcast',
  acknowledge: [],
  bytes: 14_000_000_000,
  fileCount: 9,
});
const anAddress = (n: number, url = `https://one.example/${n}.mov`): EnqueueItem => ({
  ...common,
  url,
  metalink: false,
  sha256: null,
  hashAnyway: false,
});
const transfers = (count: number, item: (n: number) => EnqueueItem): StoredTransfer[] =>
  Array.from({ length: count }, (_, n) =>
    newTransfer(item(n), { id: `trf_${n}`, position: n, nowMs: 0 }),
  );

const withPieces = (n: number) =>
  metalinkDocument(
    [
      {
        name: `${n}.mov`,
        bytes: 80_000 * 1024,
        sha256: null,
        pieces: { pieceBytes: 1024, hashes: Array(80_000).fill('a'.repeat(64)) },
        urls: [`https://one.example/${n}.mov`],
      },
    ],
    '',
  );

const revisions = (count: number) => transfers(count, (n) => ({ ...aPackage(0), rev: n + 1 }));
const plainFile = (name: string, url: string) => ({
  name,
  bytes: null,
  sha256: null,
  pieces: null,
  urls: [url],
});

test('as many entries as a list may have go out and come in', async () => {
  const { text, count } = await exportDocument(ports, transfers(MAX_ENTRIES, anAddress), 'queue');
  expect([count, itemsOf(text, '/other').length]).toEqual([MAX_ENTRIES, MAX_ENTRIES]);
  expect(itemsOf(text, '/other')[7]).toEqual({ ...anAddress(7), destination: '/other' });
});

test('ten thousand packages fit through the window', async () => {
  const { text } = await exportDocument(ports, transfers(10_000, aPackage), 'queue');
  expect(text.length).toBeLessThan(MAX_DOCUMENT_CHARACTERS);
  expect(itemsOf(text, '/to')).toHaveLength(10_000);
});

test.each([
  ['the list itself', (deep: string) => deep],
  [
    'a member of it',
    (deep: string) =>
      `{"format":"multimedia-desk-queue","version":1,"exportedAt":"","items":${deep}}`,
  ],
  [
    'an entry',
    (deep: string) =>
      `{"format":"multimedia-desk-queue","version":1,"exportedAt":"","items":[${deep}]}`,
  ],
])('%s nested deeper than a stack is high is no list', (_, document) => {
  const deep = '['.repeat(60_000) + ']'.repeat(60_000);
  expect(() => itemsOf(document(deep), '/to')).toThrow(
    /^(?:This isn’t an exported queue or a Metalink\.$|The exported queue isn’t valid: )/u,
  );
});

test('an empty list, and a title that is too long to come in, are taken back all the same', async () => {
  expect(itemsOf((await exportDocument(ports, [], 'queue')).text, '/to')).toEqual([]);
  expect(
    itemsOf(
      (
        await exportDocument(
          ports,
          transfers(1, (n) => aPackage(n, 'x'.repeat(5_000))),
          'queue',
        )
      ).text,
      '/to',
    ),
  ).toEqual([aPackage(0, 'x'.repeat(2_000))]);
});

test('a package is in a list a hundred times at most, so that each can be compared with the others', async () => {
  const { text } = await exportDocument(ports, revisions(MAX_REVISIONS), 'queue');
  expect(itemsOf(text, '/to')).toHaveLength(MAX_REVISIONS);
  expect(() =>
    itemsOf(
      text.replace('[\n', `[\n${JSON.stringify({ kind: 'package', ...aPackage(0), rev: 999 })},\n`),
      '/to',
    ),
  ).toThrow(`more than ${MAX_REVISIONS} entries for one package`);
  await expect(exportDocument(ports, revisions(MAX_REVISIONS + 1), 'queue')).rejects.toThrow(
    `${MAX_REVISIONS + 1} entries for one package`,
  );
});

test('as many files as a Metalink may have go out and come in', async () => {
  const { text } = await exportDocument(ports, transfers(MAX_FILES, anAddress), 'metalink');
  expect(await parseMetalink(text)).toHaveLength(MAX_FILES);
});

test('names and addresses are kept as they came, so that the names that were told are those that are written', async () => {
  const given = [
    plainFile('a\u0085b\u009f\u007f.mov', 'https://one.example/\u0085/a.mov'),
    plainFile('tab\tline\n& <"\'>.mov', 'https://one.example/?a=1&b=2'),
  ];
  expect(await parseMetalink(storedDocument(given))).toEqual(given);
  // Characters that XML can't have: the name becomes the safe one, the address stays.
  const [kept] = await parseMetalink(
    storedDocument([plainFile('a\u0001b.mov', 'https://one.example/\u0001.mov')]),
  );
  expect(kept).toMatchObject({
    name: 'a-b.mov',
    urls: [new URL('https://one.example/\u0001.mov').href],
  });
});

test('an address that is too long to come in is named and left out', async () => {
  const [fits, tooLong] = [
    `https://one.example/${'a'.repeat(7_000)}/a.mov`,
    `https://one.example/${'a'.repeat(8_000)}/b.mov`,
  ];
  const { text, count, leftOut } = await exportDocument(
    ports,
    transfers(2, (n) => anAddress(n, [fits, tooLong][n])),
    'metalink',
  );
  expect([count, leftOut, (await parseMetalink(text)).length]).toEqual([
    1,
    [{ name: 'b.mov', reason: 'too-long' }],
    1,
  ]);
});

test.each<[string, StoredTransfer[], 'queue' | 'metalink', string]>([
  [
    'entries',
    transfers(MAX_ENTRIES + 1, anAddress),
    'queue',
    `${MAX_ENTRIES + 1} entries, ${MAX_ENTRIES} at most`,
  ],
  [
    'files',
    transfers(MAX_FILES + 1, anAddress),
    'metalink',
    `${MAX_FILES + 1} files, ${MAX_FILES} at most`,
  ],
  [
    'bytes of a list',
    transfers(2_100, (n) => anAddress(n, `https://one.example/${'é'.repeat(1_400)}/${n}.mov`)),
    'queue',
    'bytes, 16777216 at most',
  ],
  [
    'bytes of a Metalink',
    transfers(2_300, (n) => anAddress(n, `https://one.example/${'é'.repeat(1_300)}/${n}.mov`)),
    'metalink',
    'bytes, 16777216 at most',
  ],
  [
    'pieces',
    transfers(4, (n) => ({
      ...anAddress(n),
      url: `${n}.meta4`,
      metalink: true,
      metalinkText: withPieces(n),
    })),
    'metalink',
    'elements, 300000 at most',
  ],
])(
  'more %s than could come in do not go out, with a word on the bound',
  async (_, too, format, why) => {
    await expect(exportDocument(ports, too, format)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(why) as string,
    });
  },
);
