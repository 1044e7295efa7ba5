import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFolderSource } from '../../../src/main/adapters/sources/folder.ts';
import { readSidecars } from '../../../src/main/adapters/sources/folder-sidecars.ts';
import type { HeldAsset } from '../../../src/main/catalogue/ports.ts';
import type { AssetChange } from '../../../src/main/catalogue/asset.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ID = `folder:${'a'.repeat(32)}`;
const { signal } = new AbortController();
const HOUR = 3_600_000;

let root: string;
let nowMs: number;
let held: HeldAsset[];
let source: ReturnType<typeof createFolderSource>;
beforeEach(() => {
  root = temporaryFolder();
  nowMs = Date.now() + HOUR;
  held = [];
  source = createFolderSource(ID, { root, nowMs: () => nowMs, held: async () => held });
});
function put(name: string, text: string | Buffer = 'x'.repeat(100)): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
/** Looks at the folder as a sync does, and keeps what is there like the library. */
async function look(): Promise<AssetChange[]> {
  const changes: AssetChange[] = [];
  for await (const step of source.sync('folder', signal)) changes.push(...step.changes);
  for (const change of changes) {
    held = held.filter(({ id }) => id !== change.id);
    if (change.op === 'upsert')
      held.push({
        id: change.id,
        stamp: change.stamp ?? null,
        publishedAt: 0,
        isWithdrawn: false,
        isUnlisted: false,
      });
  }
  return changes;
}
const said = (changes: readonly AssetChange[]): string[] =>
  changes
    .map((change) => (change.op === 'upsert' ? `${change.op} ${change.asset.headline}` : change.op))
    .toSorted();

describe('what is in a folder', () => {
  test('films with files of the same name are one asset, whatever they lie beside', async () => {
    put('day 1/Harbour #1.mov', 'x'.repeat(2000));
    put('day 1/Harbour #1.mp4');
    put('day 1/Harbour #1.fr.srt', '1\n');
    put('day 1/Harbour #1.jpg');
    put('day 1/Harbour #10.mp4');
    put('day 1/Harbour #10_shotlist.txt');
    put('day 1/readme.txt');
    put('talk.wav');
    const changes = await look();
    expect(said(changes)).toEqual(['upsert Harbour #1', 'upsert Harbour #10', 'upsert talk']);
    const [harbour, , talk] = changes
      .flatMap((change) => (change.op === 'upsert' && change.detail ? [change.detail] : []))
      .toSorted((a, b) => (a.headline < b.headline ? -1 : 1));
    expect(harbour).toMatchObject({
      type: 'video',
      durationMs: null,
      renditions: [
        { container: 'mov', bytes: 2000, width: null },
        { container: 'mp4', bytes: 100 },
      ],
      captions: [{ language: 'fr', format: 'srt' }],
      preview: { url: '/day%201/Harbour%20%231.mp4' },
      thumbnails: [{ url: '/day%201/Harbour%20%231.jpg' }],
      integrity: 'recorded',
      rights: 'unknown',
      isDateStated: false,
      // The name of a folder is nobody to credit.
      credits: [],
      source: '',
    });
    expect(talk).toMatchObject({ type: 'audio', formats: ['audio'] });
  });

  test('what is still being written, hidden, or a link elsewhere is none', async () => {
    const elsewhere = temporaryFolder();
    writeFileSync(path.join(elsewhere, 'secret.mp4'), 'x');
    for (const name of [
      'a.mp4.part',
      '.b.mp4',
      'c.mp4.crdownload',
      '~$d.mp4',
      '.trash/e.mp4',
      '._f.mp4',
    ])
      put(name);
    symlinkSync(path.join(elsewhere, 'secret.mp4'), path.join(root, 'link.mp4'));
    symlinkSync(elsewhere, path.join(root, 'folder'));
    symlinkSync(root, path.join(root, 'round'));
    execFileSync('mkfifo', [path.join(root, 'pipe.mp4')]);
    expect(await look()).toEqual([]);
  });

  test('a folder that isn’t there, or isn’t one, is a fault and takes nothing back', async () => {
    put('a.mp4');
    await look();
    renameSync(root, `${root}-away`);
    await expect(look()).rejects.toMatchObject({ code: 'destination-missing' });
    writeFileSync(root, '');
    await expect(look()).rejects.toMatchObject({ code: 'destination-missing' });
    rmSync(root);
    // An empty one is a drive that isn’t mounted.
    mkdirSync(root);
    expect(await look()).toEqual([]);
    expect(held).toHaveLength(1);
  });
});

describe('what other programs do there', () => {
  test('a film counts ten seconds after its last change, by what is seen of it', async () => {
    nowMs = Date.now();
    const file = put('a.mp4');
    expect(await look()).toEqual([]);
    expect(source.facts).toMatchObject({ restMs: 10_000 });
    nowMs += 9000;
    expect(await look()).toEqual([]);
    // Another program keeps the time that the file had where it came from.
    writeFileSync(file, 'longer than before');
    utimesSync(file, 1, 1);
    nowMs += 5000;
    expect(await look()).toEqual([]);
    nowMs += 9000;
    expect(await look()).toEqual([]);
    nowMs += 1000;
    expect(said(await look())).toEqual(['upsert a']);
    expect(source.facts).toMatchObject({ restMs: 60_000 });
  });

  test('nothing changes where nothing has changed; other content is another version', async () => {
    const file = put('a.mp4');
    put('a.txt', 'one');
    const [first] = await look();
    expect(await look()).toEqual([]);
    writeFileSync(file, 'y'.repeat(100));
    expect(await look(), 'not settled').toEqual([]);
    nowMs += 10_000;
    const [second] = await look();
    expect(second).toMatchObject({ op: 'upsert', id: first?.id });
    expect(second?.stamp).not.toBe(first?.stamp);
    // Also by a program that was started anew.
    source = createFolderSource(ID, { root, nowMs: () => nowMs, held: async () => held });
    expect((await look()).map(({ stamp }) => stamp)).toEqual([second?.stamp]);
  });

  test('what is deleted goes, what is renamed is another one', async () => {
    put('a.mp4');
    const b = put('b.mp4');
    await look();
    rmSync(path.join(root, 'a.mp4'));
    renameSync(b, path.join(root, 'c.mp4'));
    nowMs += 10_000;
    expect(said(await look())).toEqual(['delete', 'delete', 'upsert c']);
  });
});

describe('what isn’t allowed', () => {
  const EMBARGO = '2199-01-01T06:00:00.000Z';
  const embargo = `<?xml version="1.0" encoding="utf-16"?><newsItem><itemMeta><embargoed>${EMBARGO}</embargoed></itemMeta></newsItem>`;
  const recall = JSON.stringify({ uri: 'urn:quay:1', pubstatus: 'canceled' });
  const wide = Buffer.from(embargo, 'utf16le');

  test('holds in UTF-16 of either order, with its mark and without, or where only the name says so', async () => {
    put('a.mp4');
    put('a.xml', Buffer.concat([Buffer.from([0xff, 0xfe]), wide]));
    put('b.mp4');
    put('b.xml', Buffer.concat([Buffer.from([0xff, 0xfe]), wide]).swap16());
    put('c.mp4');
    put('c.xml', wide);
    put('d.mp4');
    put('d.xml', embargo.padEnd(2 * embargo.length));
    const changes = await look();
    expect(changes).toHaveLength(4);
    for (const change of changes)
      expect(change, change.id).toMatchObject({ asset: { embargoUntil: EMBARGO } });
    put('e.mp4');
    put('e.txt', Buffer.from('\uFEFFRESTRICTIONS: NO ACCESS NORWAY', 'utf16le'));
    nowMs += 10_000;
    expect(await look()).toMatchObject([{ detail: { restrictions: [{ mode: 'deny' }] } }]);
  });

  test('a text that can’t be read holds its film back', async () => {
    put('a.mp4');
    put('a.xml', `${embargo}${' '.repeat(2 * 2 ** 20)}`);
    put('b.mp4');
    put('b.json', `${recall}${' '.repeat(2 * 2 ** 20)}`);
    put('c.mp4');
    put('c.txt', `RESTRICTIONS: NO ACCESS NORWAY\n${'x'.repeat(2 ** 20)}`);
    put('d.mp4');
    put('d.xml', '');
    put('e.mp4');
    for (let at = 0; at < 60; at++) put(`e_${at}.txt`, 'Harbour');
    const changes = await look();
    expect(changes).toHaveLength(5);
    for (const change of changes)
      expect(change, change.id).toMatchObject({ asset: { pubStatus: 'withheld' } });
  });

  test('all that several texts restrict counts, whichever is shown', async () => {
    put('a.mp4');
    put('a.json', JSON.stringify({ uri: 'u', body_text: 'Ice', usageterms: 'Credit the agency' }));
    put(
      'a.xml',
      '<newsItem><rightsInfo><usageTerms>No resale</usageTerms></rightsInfo></newsItem>',
    );
    put('a_one.txt', 'Harbour');
    put('a_two.txt', 'RESTRICTIONS: NO ACCESS NORWAY');
    expect(await look()).toMatchObject([
      {
        detail: {
          script: { text: 'Ice' },
          restrictions: [{ mode: 'deny' }],
          usageTerms: 'No resale\nCredit the agency',
        },
      },
    ]);
  });

  test('a recall counts though the rest of its text fits nothing, or is nested without end', async () => {
    put('a.mp4');
    put('a.json', JSON.stringify({ pubstatus: 'canceled', language: 'x'.repeat(1000) }));
    expect(await look()).toMatchObject([{ op: 'withdraw', asset: { pubStatus: 'canceled' } }]);
    put('a.json', `{"uri":"u","pubstatus":${'['.repeat(300_000)}${']'.repeat(300_000)}}`);
    nowMs += 10_000;
    source = createFolderSource(ID, { root, nowMs: () => nowMs, held: async () => held });
    expect(await look()).toMatchObject([{ op: 'upsert', asset: { pubStatus: 'withheld' } }]);
  });

  test('a text that is replaced by deleting it first is missed by nobody', async () => {
    put('a.mp4');
    const text = put('a.xml', embargo);
    await look();
    rmSync(text);
    expect(await look()).toEqual([]);
    nowMs += 9000;
    expect(await look()).toEqual([]);
    put('a.xml', embargo);
    nowMs += 10_000;
    expect(await look()).toMatchObject([{ asset: { embargoUntil: EMBARGO } }]);
    rmSync(text);
    expect(await look()).toEqual([]);
    nowMs += 10_000;
    expect(await look(), 'gone for good').toMatchObject([{ asset: { embargoUntil: null } }]);
  });

  test('a recall counts while the film is written to without end, and before each download', async () => {
    const file = put('a.mp4');
    const [change] = await look();
    expect(await source.files(change?.id ?? '', true)).toHaveLength(1);
    put('a.json', recall);
    await expect(source.files(change?.id ?? '', true)).rejects.toMatchObject({ code: 'withdrawn' });
    expect(await source.files(change?.id ?? '', false), 'where it is').toHaveLength(2);
    writeFileSync(file, 'still growing');
    expect(said(await look())).toEqual(['withdraw']);
  });

  test('a pipe or a link that has come in a text’s place is neither waited for nor followed', async () => {
    const secret = path.join(temporaryFolder(), 'secret');
    writeFileSync(secret, 'secret words');
    put('a.mp4');
    put('b.mp4');
    const texts = ['a.txt', 'b.txt'].map((name) => ({ path: name, bytes: 5, changedMs: 0 }));
    execFileSync('mkfifo', [path.join(root, 'a.txt')]);
    symlinkSync(secret, path.join(root, 'b.txt'));
    for (const text of texts)
      expect(await readSidecars(root, [text]), text.path).toEqual({ status: 'withheld' });
  });
});

describe('its files', () => {
  test('names that differ in their case alone are two files', async () => {
    put('A.mp4', 'one');
    put('a.mp4', 'other one');
    const [change] = await look();
    const files = await source.files(change?.id ?? '', false);
    expect(new Set(files?.map(({ fileId }) => fileId)).size).toBe(
      new Set(files?.map(({ url }) => url)).size,
    );
  });

  test('are used where they are, and only those that are there', async () => {
    const file = put('day 1/a b.mp4');
    const [change] = await look();
    const files = await source.files(change?.id ?? '', true);
    expect(files).toMatchObject([{ bytes: 100, mediaType: 'video/mp4' }]);
    expect(files?.[0]?.url).toBe(`file://${encodeURI(file)}`);
    expect(await source.files(`${ID}/0123456789abcdef`, true)).toBeNull();
    expect(await source.pathOf('/day%201/a%20b.mp4')).toBe(file);
  });

  test.each([
    '/../x.mp4',
    '/a/%2e%2e/%2e%2e/x.mp4',
    '/%2Fetc%2Fpasswd',
    '/',
    '',
    '/a%00b',
    '/gone.mp4',
  ])('no address leads out of it: %s', async (address) => {
    writeFileSync(path.join(path.dirname(root), 'x.mp4'), 'x');
    await expect(source.pathOf(address)).rejects.toMatchObject({ code: 'not-found' });
    rmSync(path.join(path.dirname(root), 'x.mp4'));
  });

  test('a link that has come in a file’s place is not followed', async () => {
    const elsewhere = temporaryFolder();
    writeFileSync(path.join(elsewhere, 'secret'), 'x');
    symlinkSync(path.join(elsewhere, 'secret'), path.join(root, 'a.mp4'));
    await expect(source.pathOf('/a.mp4')).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('a shotlist in a text beside a film becomes its shots and restrictions; the text stays whole', async () => {
  const text = `STORY: HJELLE / ICE
TRT: 00:31
RESTRICTIONS: NO ACCESS NORWAY
SHOTLIST:
1. 00:00 Wide of the quay
2. 00:12 SOUNDBITE (English) A. Pilot, Harbour Office: “The ice left in one night.”
STORYLINE:
Ferries run again.`;
  put('ice.mp4');
  put('ice_shotlist.txt', text);
  const [change] = await look();
  expect(change).toMatchObject({
    detail: {
      script: { text },
      shotlist: [
        { n: 1, startMs: 0, text: 'Wide of the quay' },
        { n: 2, startMs: 12_000, speaker: 'A. Pilot' },
      ],
      soundbites: [{ verbatim: 'The ice left in one night.', language: 'en' }],
      restrictions: [{ mode: 'deny' }],
      rights: 'stated',
    },
  });
});
