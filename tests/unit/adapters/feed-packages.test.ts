import { expect, test } from 'vitest';
import type { Fetched } from '../../../src/main/adapters/sources/document-client.ts';
import { createFeedSource, feedSourceId } from '../../../src/main/adapters/sources/feed.ts';
import { readFeed } from '../../../src/main/adapters/sources/feed-page.ts';
import { mapFeed } from '../../../src/main/adapters/sources/feed-map.ts';
import { createFeedPackages } from '../../../src/main/adapters/sources/feed-packages.ts';
import { parseFeed } from '../../../src/main/formats/feed.ts';
import { parseManifest } from '../../../src/main/transfers/package/manifest.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { libraryOf } from '../../support/sources/feed-packages.ts';
import { film, mediaRss } from '../../support/sources/feed-server.ts';
import { viewerAt } from '../../support/viewer.ts';

const URL = 'https://harbour.example/feed.xml';
const FEED = feedSourceId(URL);
const NOW = Date.UTC(2026, 10, 25);
const content = (url: string, more = ''): string =>
  `<media:content url="${url}" type="video/mp4" height="1080" ${more}/>`;
const feedOf = (media: string, more = ''): string => mediaRss(film(1, { media, more }));

/** A feed as it was when the library read it, and as it is when it is read again. */
function open(then: string, now: string | (() => string) = then) {
  const mapped = mapFeed(parseFeed(then, URL), { source: FEED, nowMs: NOW, known: null });
  const assets = mapped.changes.flatMap((change) =>
    change.op === 'upsert' && change.detail ? [change.detail] : [],
  );
  const library = libraryOf(assets);
  const clock = { nowMs: NOW };
  let readings = 0;
  const address = async (): Promise<string> => URL;
  const client = {
    async get(): Promise<Fetched> {
      readings++;
      const text = typeof now === 'string' ? now : now();
      await Promise.resolve();
      return {
        kind: 'document',
        text,
        url: URL,
        movedTo: null,
        validators: { etag: null, lastModified: null },
        atMs: null,
        maxAgeSeconds: null,
      };
    },
  };
  const packages = createFeedPackages({
    feed: createFeedSource(FEED, address, {
      client,
      read: async (document, context) => readFeed(document, context),
      nowMs: () => clock.nowMs,
    }),
    address,
    library,
    viewer: () => viewerAt(clock.nowMs),
    accepted: () => ({ version: 'v1', text: 'Aucun usage publicitaire', at: NOW - 86_400_000 }),
  });
  const [asset] = assets;
  const [one] = asset?.packages ?? [];
  if (!asset || !one) throw new Error('No package');
  const fileIds = one.components.map(({ fileId }) => fileId).filter((id) => id.includes('-'));
  const request = { assetId: asset.id, packageId: one.id, rev: 1, fileIds, acknowledge: [] };
  return { packages, library, clock, asset, request, readings: () => readings };
}

test('the manifest is made of what the library has: without signature, size or hash, with safe names', async () => {
  const { packages, request, asset } = open(
    feedOf(
      content('/a.mp4', 'fileSize="31457280"'),
      '<media:subTitle type="application/x-subrip" lang="fr" href="/a.srt"/><media:subTitle type="text/vtt" lang="fr" href="/b.vtt"/><media:thumbnail url="/a.png"/><media:license href="https://licence.example/by">CC BY 4.0</media:license>',
    ),
  );
  const json = await packages.manifest(request.packageId);
  expect(await parseManifest(json)).toMatchObject({ packageId: request.packageId, rev: 1 });
  expect(json).toMatchObject({
    assetId: asset.id,
    source: { id: FEED, title: 'Harbour Notes' },
    recordedAt: null,
    totalBytes: null,
    licence: {
      text: 'CC BY 4.0, https://licence.example/by',
      credit: 'Harbour Notes',
      page: 'https://harbour.example/1',
      date: new Date(NOW).toISOString(),
      accepted: {
        version: 'v1',
        text: 'Aucun usage publicitaire',
        at: '2026-11-24T00:00:00.000Z',
      },
    },
    signature: null,
    files: [
      { role: 'video', path: 'Low cloud 1.mp4', bytes: null, sha256: null, required: true },
      { role: 'captions', path: 'captions/Low cloud 1_fr.srt', required: false },
      { role: 'captions', path: 'captions/Low cloud 1_fr_2.vtt', required: false },
      { role: 'thumbnail', path: 'stills/Low cloud 1_01.png', required: false },
      { role: 'metadata', path: 'Low cloud 1_metadata.json' },
      { role: 'metadata', path: 'Low cloud 1_ninjs.json', mediaType: 'application/json' },
      {
        role: 'licence',
        path: 'Low cloud 1_rights.txt',
        text: expect.stringMatching(
          /Conditions d’utilisation\u00a0: CC BY 4\.0[^]*Aucun usage publicitaire\nAcceptées le\u00a0: 2026-11-24 00:00 UTC/u,
        ),
      },
    ],
  });
  expect(await packages.trustedKeys()).toBe(null);
});

test.each([
  '../../etc/passwd',
  'CON',
  'Ü'.repeat(300),
  '\u202e.exe',
  '🌊'.repeat(100),
  '   ',
  'a/b\\c:d',
])('a title like %j makes safe names', async (title) => {
  const { packages, request } = open(
    mediaRss(
      `<item><guid>1</guid><title>${title}</title>${content('/a.mp4')}<media:subTitle type="text/vtt" lang="../x" href="/a.vtt"/></item>`,
    ),
  );
  expect(await parseManifest(await packages.manifest(request.packageId))).toMatchObject({
    packageId: request.packageId,
  });
});

test('a stored address is given as it is, and the feed is not read for it', async () => {
  const { packages, request, readings } = open(feedOf(content('/a.mp4?size=full')));
  const { urls, maxParallel } = await packages.authorise(request);
  expect(urls).toMatchObject([
    { url: 'https://harbour.example/a.mp4?size=full', headers: {}, ranges: true, bytes: null },
  ]);
  expect([maxParallel, readings()]).toEqual([4, 0]);
});

const signed = (token: number): string => feedOf(content(`/a.mp4?token=SECRET${token}`));

test('one that may be a secret is read when it is needed, once for all that ask within minutes', async () => {
  const { packages, library, clock, asset, request, readings } = open(signed(1));
  expect(JSON.stringify([...library.assets.values()])).not.toContain('SECRET');
  expect(asset.files).toMatchObject([{ url: null }]);
  const all = await Promise.all([packages.authorise(request), packages.authorise(request)]);
  for (const { urls } of all)
    expect(urls).toMatchObject([
      {
        url: 'https://harbour.example/a.mp4?token=SECRET1',
        originId: 'https://harbour.example/a.mp4',
      },
    ]);
  clock.nowMs += 60_000;
  await packages.authorise(request);
  expect(readings()).toBe(1);
  clock.nowMs += 10 * 60_000;
  await packages.authorise(request);
  expect(readings()).toBe(2);
});

test('a renewal reads the feed again, once for all that wait for it; the file stays the same', async () => {
  let token = 1;
  const { packages, request, readings } = open(signed(1), () => signed(token));
  const before = await packages.authorise(request);
  token = 2;
  const renewed = await Promise.all([
    packages.renew(before.downloadId, request.fileIds),
    packages.renew(before.downloadId, request.fileIds),
  ]);
  for (const [url] of renewed)
    expect(url).toMatchObject({
      url: 'https://harbour.example/a.mp4?token=SECRET2',
      originId: before.urls[0]?.originId,
    });
  expect(readings()).toBe(2);
});

test('a reading that fails is not kept', async () => {
  let isDown = true;
  const { packages, request } = open(signed(1), () => {
    if (isDown) throw new AppError('timeout', 'No answer', { retryable: true });
    return signed(1);
  });
  await expect(packages.authorise(request)).rejects.toMatchObject({ code: 'timeout' });
  isDown = false;
  expect((await packages.authorise(request)).urls).toHaveLength(1);
});

test('an item that has left the feed keeps its stored address; without one that is said', async () => {
  const gone = mediaRss(film(2));
  const plain = open(feedOf(content('/a.mp4')), gone);
  expect(await plain.packages.renew(plain.request.packageId, plain.request.fileIds)).toMatchObject([
    { url: 'https://harbour.example/a.mp4' },
  ]);
  const secret = open(signed(1), gone);
  await expect(secret.packages.authorise(secret.request)).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('no longer offered by its publisher'),
    detail: { retryable: false },
  });
});

test('captions that can’t be found cost no film', async () => {
  const more = '<media:subTitle type="text/vtt" lang="fr" href="/a.vtt?token=SECRET"/>';
  const { packages, request } = open(feedOf(content('/a.mp4'), more), mediaRss(film(2)));
  expect((await packages.authorise(request)).urls.map(({ fileId }) => fileId)).toEqual([
    request.fileIds[0],
  ]);
});

test('no publisher leads into the local network', async () => {
  for (const host of ['127.0.0.1', 'localhost', '192.168.0.1', '[::1]', 'nas.local']) {
    const { packages, request } = open(feedOf(content(`http://${host}/a.mp4`)));
    await expect(packages.authorise(request)).rejects.toMatchObject({ code: 'not-found' });
  }
});

test('what is withdrawn, under embargo or unconfirmed is refused', async () => {
  const { packages, library, request } = open(feedOf(content('/a.mp4')));
  for (const [unavailable, facts] of [
    ['withdrawn', { pubStatus: 'canceled' }],
    ['on-hold', { pubStatus: 'withheld' }],
    ['expired', { expiresAt: NOW - 1 }],
  ] as const) {
    library.rightsOf.set(request.assetId, facts);
    await expect(packages.manifest(request.packageId)).rejects.toMatchObject({ code: unavailable });
    await expect(packages.authorise(request)).rejects.toMatchObject({ code: unavailable });
    await expect(packages.renew(request.packageId, request.fileIds)).rejects.toMatchObject({
      code: unavailable,
    });
  }
  const denied = open(
    feedOf(
      content('/a.mp4'),
      '<media:restriction relationship="deny" type="country">de fr</media:restriction>',
    ),
  );
  const ids = denied.asset.restrictions.map(({ id }) => id);
  await expect(denied.packages.authorise(denied.request)).rejects.toMatchObject({
    code: 'restriction-unacknowledged',
    detail: { restrictionIds: ids },
  });
  await denied.packages.authorise({ ...denied.request, acknowledge: ids });
  const embargoed = open(
    feedOf(
      content('/a.mp4'),
      '<dcterms:valid xmlns:dcterms="http://purl.org/dc/terms/">start=2027-01-01T00:00:00Z;scheme=W3C-DTF</dcterms:valid>',
    ),
  );
  await expect(embargoed.packages.authorise(embargoed.request)).rejects.toMatchObject({
    code: 'embargoed',
  });
});

test('a rights sheet has no line and no escape sequence of the publisher’s making', async () => {
  const json = JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: 'River',
    items: [
      {
        id: '1',
        title: 'Gauge\u001b[2J\u0085Terms: none\u202e',
        attachments: [{ url: 'https://cdn.example/1.mp4', mime_type: 'video/mp4' }],
      },
    ],
  });
  const { packages, request } = open(json);
  const { files } = await parseManifest(await packages.manifest(request.packageId));
  const sheet = files.find(({ fileId }) => fileId === 'licence')?.text ?? '';
  expect(sheet.split('\n')[1]).toContain('Gauge');
  expect(sheet.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
});
