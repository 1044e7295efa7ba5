import { createHash } from 'node:crypto';
import { cp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { parseManifest } from '../../../src/main/transfers/package/manifest.ts';
import { withDigests } from '../../../src/main/transfers/package/record.ts';
import type { PackageItem } from '../../../src/main/transfers/api.ts';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import type { Disk, PackageSource } from '../../../src/main/transfers/ports.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { settled, type Bench } from '../../support/engine/bench.ts';
import { content, sha256, type Origin } from '../../support/engine/origin.ts';
import { startDesk } from '../../support/engine/process.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';
import { openFeed, type FeedShelf } from '../../support/sources/feed-packages.ts';
import { film, mediaRss } from '../../support/sources/feed-server.ts';

const MIB = 1024 * 1024;
const FILM = content(3 * MIB + 17);
const OTHER = content(3 * MIB + 17, 2);
const CAPTIONS = Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nLow cloud\n');
const PICTURE = content(5000, 3);
const BESIDE =
  '<media:subTitle type="text/vtt" lang="en" href="/a.vtt"/><media:thumbnail url="/a.jpg"/><media:credit>Ingrid A.</media:credit>';
const RECORDED = /Recorded by this computer on \d+ \w+ \d{4}\. The publisher gives no checksum\./u;

const startedMs = Date.now();
let origin: Origin;
let bench: Bench;
let feed: FeedShelf;
/** Packages come from this one from now on. */
let switchTo: (other: FeedShelf) => void;
beforeEach(async () => {
  origin = await openOrigin();
  origin.serve('/a.mp4', FILM, { type: 'video/mp4' });
  origin.serve('/a.vtt', CAPTIONS, { type: 'text/vtt' });
  origin.serve('/a.jpg', PICTURE, { type: 'image/jpeg' });
});

const content1 = (more = '', url = '/a.mp4') =>
  `<media:content url="${url}" type="video/mp4" height="1080" fileSize="20000"${more.startsWith('<') ? '' : ` ${more}`}>${more.startsWith('<') ? more : ''}</media:content>`;
function publish(media = content1(), more = BESIDE): void {
  origin.serve('/feed.xml', Buffer.from(mediaRss(film(1, { media, more }))), {
    type: 'application/rss+xml',
  });
}
/** The feed as it was read when its assets came into the library. */
async function open(disk: Disk = createDisk()): Promise<PackageItem> {
  const later: { source: PackageSource | null } = { source: null };
  const of = (): PackageSource => {
    if (!later.source) throw new Error('No feed yet');
    return later.source;
  };
  bench = await openBench({
    ports: {
      disk,
      source: {
        pinnedKeys: () => of().pinnedKeys(),
        trustedKeys: (service) => of().trustedKeys(service),
        manifest: (...args) => of().manifest(...args),
        authorise: (...args) => of().authorise(...args),
        renew: (...args) => of().renew(...args),
      },
    },
  });
  feed = await openFeed(`${origin.url}/feed.xml`, bench.to);
  switchTo = (other) => void (later.source = other.source);
  switchTo(feed);
  onTestFinished(() => feed.close());
  origin.asked.length = 0;
  const [item] = feed.items;
  if (!item) throw new Error('No package in the feed');
  return item;
}
async function fetched(item: PackageItem): Promise<string> {
  const [id = ''] = await bench.transfers.enqueue([item], { makeDestination: true });
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  return id;
}
async function root(): Promise<string> {
  const [name = ''] = await readdir(bench.to);
  return path.join(bench.to, name);
}
const film1 = async (): Promise<string> => path.join(await root(), 'Low cloud 1.mp4');
async function flip(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
}
type Json = {
  recordedAt: string | null;
  totalBytes: number | null;
  files: Record<string, unknown>[];
};
const manifest = async (folder?: string): Promise<Json> =>
  JSON.parse(await readFile(path.join(folder ?? (await root()), 'manifest.json'), 'utf8'));

test('a whole package lands without account or signature, and what came is recorded beside it', async () => {
  publish();
  const id = await fetched(await open());
  const folder = await root();
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
    '.done',
    'Low cloud 1.mp4',
    'Low cloud 1_metadata.json',
    'Low cloud 1_ninjs.json',
    'Low cloud 1_rights.txt',
    'captions',
    'captions/Low cloud 1_en.vtt',
    'manifest.json',
    'stills',
    'stills/Low cloud 1_01.jpg',
  ]);
  expect(await readFile(await film1())).toEqual(FILM);
  expect(await readFile(path.join(folder, 'Low cloud 1_rights.txt'), 'utf8')).toContain(
    'Credit: Ingrid A.\nTerms of use: No terms stated. Check with the publisher.',
  );
  const { recordedAt, totalBytes, files } = await manifest();
  expect(Date.parse(String(recordedAt))).toBeGreaterThanOrEqual(startedMs);
  expect(totalBytes).toBe(files.reduce((sum, { bytes }) => sum + Number(bytes), 0));
  expect(files.map(({ role, bytes, sha256: hash }) => [role, bytes, hash])).toEqual([
    ['video', FILM.length, sha256(FILM)],
    ['captions', CAPTIONS.length, sha256(CAPTIONS)],
    ['thumbnail', PICTURE.length, sha256(PICTURE)],
    ['metadata', expect.any(Number), expect.any(String)],
    ['metadata', expect.any(Number), expect.any(String)],
    ['licence', expect.any(Number), expect.any(String)],
  ]);
  const detail = await bench.transfers.detail(id);
  expect(detail).toMatchObject({
    service: feed.items[0]?.packageId.split('/')[0],
    totalBytes,
    recorded: { hash: null, isOwn: true },
  });
  expect(detail.files.map(({ verified }) => verified)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
  const report = JSON.parse((await bench.transfers.evidence(id, 'json', 'en')).text);
  expect(
    report.files.map((file: { evidence: { verifiedBy: string } }) => file.evidence.verifiedBy),
  ).toEqual(['recorded', 'recorded', 'recorded', 'written', 'written', 'written']);
  const page = (await bench.transfers.evidence(id, 'html', 'fr')).text;
  expect(page).toContain('Consigné par cet ordinateur le ');
  expect(page).not.toContain('non vérifié');
  expect((await bench.transfers.evidence(id, 'html', 'en')).text).toMatch(RECORDED);
});

test('it is verified against its record: a flipped byte is named, and only its piece is fetched again', async () => {
  publish();
  const id = await fetched(await open());
  const [check] = await bench.transfers.verifyFolder(bench.to);
  expect(check).toMatchObject({ error: null, signed: null, recorded: { isOwn: true, hash: null } });
  expect(check?.files.every(({ ok, unverifiable }) => ok && unverifiable === undefined)).toBe(true);
  await flip(await film1(), 2 * MIB + 5);
  expect((await bench.transfers.verifyFolder(bench.to))[0]?.files[0]).toMatchObject({
    ok: false,
    badPieces: [2],
  });
  const before = await readFile(path.join(await root(), 'manifest.json'), 'utf8');
  origin.asked.length = 0;
  origin.files.get('/a.mp4')?.ranges.splice(0);
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await readFile(await film1())).toEqual(FILM);
  expect(origin.asked).toEqual(['/a.mp4']);
  expect(origin.files.get('/a.mp4')?.ranges).toEqual([`bytes=${2 * MIB}-${3 * MIB - 1}`]);
  expect(await readFile(path.join(await root(), 'manifest.json'), 'utf8')).toBe(before);
  expect((await bench.transfers.verifyFolder(bench.to))[0]?.files.every(({ ok }) => ok)).toBe(true);
});

test.each([
  ['of the same length', OTHER, 'hash-mismatch'],
  ['of another length', OTHER.subarray(0, 2 * MIB), 'source-changed'],
])(
  'a repair from an origin that has other content by now, %s, says so and keeps what was recorded',
  async (_, other, code) => {
    publish();
    const id = await fetched(await open());
    const text = await readFile(path.join(await root(), 'manifest.json'), 'utf8');
    await flip(await film1(), 5);
    const damaged = await readFile(await film1());
    origin.serve('/a.mp4', other, { type: 'video/mp4' });
    await bench.transfers.repair([id]);
    expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed', code });
    const [film] = await bench.transfers.report(id);
    expect(film?.error?.code).toBe(code);
    expect(await readFile(await film1())).toEqual(damaged);
    expect(await readFile(path.join(await root(), 'manifest.json'), 'utf8')).toBe(text);
    origin.serve('/a.mp4', FILM, { type: 'video/mp4' });
    await bench.transfers.retry([id]);
    expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
    expect(await readFile(await film1())).toEqual(FILM);
  },
);

test.each(['md5', 'sha1', 'sha256'] as const)(
  'a hash that the publisher gives is checked at the end: %s',
  async (algorithm) => {
    const hash = (bytes: Buffer): string => createHash(algorithm).update(bytes).digest('hex');
    const name = algorithm === 'sha1' ? 'sha-1' : algorithm;
    const given = (hex: string) =>
      algorithm === 'sha256'
        ? `<podcast:alternateEnclosure type="video/mp4" length="0"><podcast:integrity type="sri" value="sha256-${Buffer.from(hex, 'hex').toString('base64')}"/><podcast:source uri="${origin.url}/a.mp4"/></podcast:alternateEnclosure>`
        : content1(`<media:hash algo="${name}">${hex}</media:hash>`);
    publish(given(hash(FILM)), '');
    const item = await open();
    const id = await fetched(item);
    const { files, recorded } = await bench.transfers.detail(id);
    expect(recorded).toMatchObject({ hash: algorithm });
    expect(files[0]).toMatchObject({ verified: true });
    expect((await bench.transfers.evidence(id, 'html', 'en')).text).toContain(
      `, which shows damage but doesn’t prove origin.`,
    );
    origin.serve('/a.mp4', OTHER, { type: 'video/mp4' });
    const [wrong = ''] = await bench.transfers.enqueue(
      [{ ...item, destination: path.join(bench.to, 'wrong') }],
      { makeDestination: true },
    );
    expect(await settled(bench.transfers, wrong)).toMatchObject({
      phase: 'failed',
      code: 'hash-mismatch',
    });
    expect(await readdir(path.join(bench.to, 'wrong'), { recursive: true })).not.toContainEqual(
      expect.stringMatching(/\.mp4|\.done|manifest/u),
    );
  },
);

test('captions and picture that are gone fail nothing; a repair asks for them again and records them', async () => {
  publish();
  const item = await open();
  origin.files.delete('/a.vtt');
  origin.files.delete('/a.jpg');
  const id = await fetched(item);
  const report = await bench.transfers.report(id);
  expect(report.map(({ done, error }) => error?.code ?? done)).toEqual([
    true,
    'not-found',
    'not-found',
    true,
    true,
    true,
  ]);
  expect((await manifest()).files[1]).toMatchObject({ bytes: null, sha256: null });
  const [check] = await bench.transfers.verifyFolder(bench.to);
  expect([check?.error, check?.files.length]).toEqual([null, 4]);
  // As it is stored between the file and the end of the repair: whoever asks then, or starts again
  // after a kill, reads it.
  const text = await readFile(path.join(await root(), 'manifest.json'), 'utf8');
  const fileId = String((await manifest()).files[1]?.['fileId']);
  const digests = { bytes: CAPTIONS.length, sha256: sha256(CAPTIONS) };
  const between = await parseManifest(JSON.parse(withDigests(text, fileId, digests)));
  expect(between.files[1]).toMatchObject(digests);
  origin.serve('/a.vtt', CAPTIONS, { type: 'text/vtt' });
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect((await manifest()).files[1]).toMatchObject({
    bytes: CAPTIONS.length,
    sha256: sha256(CAPTIONS),
  });
  expect((await bench.transfers.verifyFolder(bench.to))[0]?.files.length).toBe(5);
});

test('a text that was damaged or deleted is written again as it was, whatever the publisher says now', async () => {
  publish();
  const id = await fetched(await open());
  const ninjs = path.join(await root(), 'Low cloud 1_ninjs.json');
  const rights = path.join(await root(), 'Low cloud 1_rights.txt');
  const before = await Promise.all([ninjs, rights].map((file) => readFile(file, 'utf8')));
  await flip(ninjs, 5);
  await rm(rights);
  publish(content1(), `${BESIDE}<media:copyright>Not for broadcast</media:copyright>`);
  const [damaged] = await bench.transfers.verifyFolder(bench.to);
  expect(damaged?.files.filter(({ ok }) => !ok).map((file) => path.basename(file.path))).toEqual([
    'Low cloud 1_ninjs.json',
    'Low cloud 1_rights.txt',
  ]);
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await Promise.all([ninjs, rights].map((file) => readFile(file, 'utf8')))).toEqual(before);
  const [check] = await bench.transfers.verifyFolder(bench.to);
  expect(check?.files.every(({ ok }) => ok)).toBe(true);
});

test('a package that an earlier program recorded without a news item is known by that record', async () => {
  publish();
  const item = await open();
  const { source } = feed;
  const earlier: PackageSource = {
    ...source,
    async manifest(...args) {
      const made = (await source.manifest(...args)) as Json;
      return { ...made, files: made.files.filter(({ fileId }) => fileId !== 'ninjs') };
    },
  };
  switchTo({ ...feed, source: earlier });
  await fetched(item);
  const before = await readdir(await root());
  switchTo(feed);
  origin.asked.length = 0;
  await fetched(item);
  expect(await readdir(await root())).toEqual(before);
  expect(before).not.toContain('Low cloud 1_ninjs.json');
  expect(origin.asked).toEqual([]);
});

test('what is in place is recognised by its record; another download of it asks for nothing', async () => {
  publish();
  const item = await open();
  await fetched(item);
  origin.asked.length = 0;
  await fetched(item);
  expect(origin.asked).toEqual([]);
  const elsewhere = { ...item, destination: path.join(bench.to, '..', 'elsewhere') };
  await fetched(elsewhere);
  expect(origin.asked.toSorted()).toEqual(['/a.jpg', '/a.mp4', '/a.vtt']);
});

test('a folder that was copied from elsewhere is verified against its manifest, which nobody has signed', async () => {
  publish();
  await fetched(await open());
  const copy = path.join(bench.folder, 'copy');
  await cp(await root(), copy, { recursive: true });
  const [check] = await bench.transfers.verifyFolder(copy);
  expect(check).toMatchObject({ error: null, recorded: { isOwn: false } });
  await flip(path.join(copy, 'Low cloud 1.mp4'), 5);
  expect((await bench.transfers.verifyFolder(copy))[0]?.files[0]).toMatchObject({ badPieces: [0] });
  const [repair] = await bench.transfers.repairFolder(copy, []);
  expect(await settled(bench.transfers, repair?.id ?? '')).toEqual({ phase: 'done' });
  expect(await readFile(path.join(copy, 'Low cloud 1.mp4'))).toEqual(FILM);
  expect(await bench.transfers.detail(repair?.id ?? '')).toMatchObject({
    recorded: { isOwn: false },
  });
  expect((await bench.transfers.evidence(repair?.id ?? '', 'html', 'en')).text).toContain(
    'Recorded by a computer on ',
  );
});

test('where this computer has recorded it, a changed manifest.json is damage, and a repair brings it back', async () => {
  publish();
  const id = await fetched(await open());
  const file = path.join(await root(), 'manifest.json');
  const text = await readFile(file, 'utf8');
  await writeFile(await film1(), OTHER);
  await writeFile(file, text.replaceAll(sha256(FILM), sha256(OTHER)));
  expect((await bench.transfers.verifyFolder(bench.to))[0]?.error).toMatchObject({
    code: 'manifest-invalid',
  });
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await readFile(await film1())).toEqual(FILM);
  const { recordedAt, files } = JSON.parse(text) as Json;
  const again = await manifest();
  expect([again.recordedAt, again.files.map(({ sha256: hash }) => hash)]).toEqual([
    recordedAt,
    files.map(({ sha256: hash }) => hash),
  ]);
  expect((await bench.transfers.verifyFolder(bench.to))[0]).toMatchObject({
    error: null,
    recorded: { isOwn: true },
  });
});

test('with its manifest.json gone, what was recorded still counts against what the origin has by now', async () => {
  publish();
  const id = await fetched(await open());
  await rm(path.join(await root(), 'manifest.json'));
  await flip(await film1(), 5);
  origin.serve('/a.mp4', OTHER, { type: 'video/mp4' });
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toMatchObject({
    phase: 'failed',
    code: 'hash-mismatch',
  });
  expect(await readFile(await film1())).not.toEqual(OTHER);
  origin.serve('/a.mp4', FILM, { type: 'video/mp4' });
  await bench.transfers.retry([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await readFile(await film1())).toEqual(FILM);
});

test('a film that was moved is recognised by its recorded hash, and copied back instead of downloaded', async () => {
  publish();
  const id = await fetched(await open());
  await rename(await film1(), path.join(bench.to, 'moved.mp4'));
  origin.asked.length = 0;
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await readFile(path.join(await root(), 'Low cloud 1.mp4'))).toEqual(FILM);
  expect(origin.asked).toEqual([]);
});

test('a web page, or an answer of a program, is no film; a size in the feed is only a hint', async () => {
  publish();
  const item = await open();
  for (const [type, body] of [
    ['text/html', '<html>Sign in</html>'],
    ['application/json', '{"error":"expired"}'],
  ] as const) {
    origin.serve('/a.mp4', Buffer.from(body), { type });
    const there = { ...item, destination: path.join(bench.folder, type.replace('/', '-')) };
    const [id = ''] = await bench.transfers.enqueue([there], { makeDestination: true });
    const state = await settled(bench.transfers, id, 'retry', 'offline');
    expect(['waiting', 'failed']).toContain(state.phase);
    expect((await bench.transfers.report(id))[0]?.error?.message).toMatch(
      /web page instead|JSON instead/u,
    );
    await bench.transfers.cancel([id]);
  }
  origin.serve('/a.mp4', FILM, { type: 'video/mp4' });
  await fetched(item);
});

/** Every file of a folder as text. */
async function textOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile());
  const texts = await Promise.all(
    files.map((one) => readFile(path.join(one.parentPath, one.name), 'latin1')),
  );
  return texts.join('\n');
}

test('an address with a secret is read from the feed when it is needed, renewed there, and stored nowhere', async () => {
  publish(content1('', '/a.mp4?token=SECRET'));
  const item = await open();
  const [asset] = feed.library.assets.values();
  expect(asset?.files[0]).toMatchObject({ url: null });
  // The first address is refused when the download begins: the feed has a new one.
  origin.files.get('/a.mp4')?.faults.push({ kind: 'status', status: 403 });
  const id = await fetched(item);
  expect(origin.asked.filter((one) => one === '/feed.xml')).toHaveLength(2);
  expect(await readFile(await film1())).toEqual(FILM);
  await flip(await film1(), 5);
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  const report = await bench.transfers.evidence(id, 'json', 'en');
  const page = await bench.transfers.evidence(id, 'html', 'en');
  const all = [
    await textOf(bench.folder),
    report.text,
    page.text,
    JSON.stringify([await bench.transfers.detail(id), await bench.transfers.report(id)]),
    ...bench.bugs.map(String),
  ].join('\n');
  expect(all).toContain('Low cloud');
  expect(all).not.toContain('SECRET');
});

test('of an item that has left the feed a stored address goes on, and without one that is said', async () => {
  publish();
  const item = await open();
  origin.serve('/feed.xml', Buffer.from(mediaRss(film(2))), { type: 'application/rss+xml' });
  await fetched(item);
  const [asset] = feed.library.assets.values();
  for (const file of asset?.files ?? []) file.url = null;
  const again = { ...item, destination: path.join(bench.to, 'again') };
  const [id = ''] = await bench.transfers.enqueue([again], { makeDestination: true });
  expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed', code: 'not-found' });
});

test('what the publisher has withdrawn is refused, also when it was queued before', async () => {
  publish();
  const item = await open();
  feed.library.rightsOf.set(item.assetId, { pubStatus: 'canceled' });
  const [id = ''] = await bench.transfers.enqueue([item], { makeDestination: true });
  expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed', code: 'withdrawn' });
  expect(origin.asked).toEqual([]);
});

test('the hash of a file is recorded before it gets its name, so that no crash in between costs it', async () => {
  publish();
  const whole = createDisk();
  let isDying = true;
  const item = await open({
    ...whole,
    move: async (from, to) => {
      await whole.move(from, to);
      if (isDying && to.endsWith('.mp4')) throw new AppError('disk-error', 'The end');
    },
  });
  const [id = ''] = await bench.transfers.enqueue([item], { makeDestination: true });
  expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed' });
  expect(await readdir(await root())).toContain('Low cloud 1.mp4');
  isDying = false;
  origin.asked.length = 0;
  await bench.restart();
  await bench.transfers.retry([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(origin.asked).not.toContain('/a.mp4');
  expect((await manifest()).files[0]).toMatchObject({ sha256: sha256(FILM) });
});

test('a server without ranges sends an interrupted file from the beginning, and that is said', async () => {
  publish();
  const item = await open();
  origin.serve('/a.mp4', FILM, {
    type: 'video/mp4',
    ignoresRanges: true,
    faults: [{ kind: 'cut', afterBytes: 2 * MIB }],
  });
  const id = await fetched(item);
  expect(await readFile(await film1())).toEqual(FILM);
  expect((await bench.transfers.detail(id)).refetchedBytes).toBeGreaterThan(0);
});

test(
  'kill -9 again and again: the package comes out whole, is verified in its words, and is repaired',
  { tags: ['long'] },
  async () => {
    const bytes = content(24 * MIB + 11);
    origin.serve('/a.mp4', bytes, { type: 'video/mp4' });
    publish();
    const { packageId } = await open();
    const folder = path.join(bench.folder, 'process');
    const to = path.join(folder, 'to');
    const home = ['--home', path.join(folder, 'home'), '--feed', `${origin.url}/feed.xml`];
    const get = ['get', packageId, ...home, '--to', to];
    let reached = 0;
    for (let round = 0; round < 3; round++) {
      // Slow enough that a busy machine still reports it in between.
      const desk = startDesk([...get, '--limit', '6M'], (line, { kill }) => {
        if (line.type === 'progress' && Number(line['receivedBytes']) >= reached + 2 * MIB)
          kill('SIGKILL');
      });
      expect(await desk.ended).toBe(null);
      const progress = desk.lines.filter(({ type }) => type === 'progress');
      reached = Math.max(...progress.map((line) => Number(line['receivedBytes'])));
    }
    const last = startDesk(get);
    expect(await last.ended).toBe(0);
    const { files } = last.result() as unknown as { files: { downloadedBytes: number }[] };
    expect(files[0]?.downloadedBytes).toBeLessThanOrEqual(bytes.length - reached + 8 * MIB);
    const [name = ''] = await readdir(to);
    const film = path.join(to, name, 'Low cloud 1.mp4');
    expect(sha256(await readFile(film))).toBe(sha256(bytes));
    const verify = () => startDesk(['verify', to, ...home]);
    const whole = verify();
    expect(await whole.ended).toBe(0);
    expect(whole.result()).toMatchObject({
      packages: [{ packageId, recordedHere: true, publishedHash: null }],
    });
    await flip(film, 15 * MIB);
    const damaged = verify();
    expect(await damaged.ended).toBe(5);
    expect(damaged.result()).toMatchObject({
      code: 'hash-mismatch',
      files: [{ ok: false, badPieces: [15] }, {}, {}, {}, {}, {}],
    });
    const repair = startDesk(['repair', to, ...home]);
    expect(await repair.ended).toBe(0);
    expect(repair.result()).toMatchObject({
      files: [{ ok: true, badPieces: [15], downloadedBytes: MIB }, {}, {}, {}, {}, {}],
    });
    expect(sha256(await readFile(film))).toBe(sha256(bytes));
  },
);

test('a version that was counted from one again is not taken for the recorded one', async () => {
  publish(content1(), '<media:copyright>Free for all</media:copyright>');
  await fetched(await open());
  const before = await readFile(path.join(await root(), 'Low cloud 1_rights.txt'), 'utf8');
  // The source was removed and added again, and says something else by now.
  publish(content1(), '<media:copyright>Not for broadcast</media:copyright>');
  const reopened = await openFeed(`${origin.url}/feed.xml`, bench.to);
  onTestFinished(() => reopened.close());
  switchTo(reopened);
  const [item] = reopened.items;
  if (!item) throw new Error('No package in the feed');
  const [id = ''] = await bench.transfers.enqueue([item], { makeDestination: true });
  expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed', code: 'exists' });
  expect(await readFile(path.join(await root(), 'Low cloud 1_rights.txt'), 'utf8')).toBe(before);
});
