import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { ASSET_SOURCES } from '../../../src/service/demo/assets/index.ts';
import { loadDemo, type DemoFile } from '../../../src/service/demo/index.ts';
import { readFacts } from '../../../src/service/demo/facts.ts';
import { masterOptionsOf } from '../../../src/service/demo/master-options.ts';
import { MASTER_FORMATS, slugOf } from '../../../src/service/demo/masters.ts';
import { framesOf } from '../../../src/service/media/timecode.ts';
import { createMaster } from '../../../src/service/media/v210-master.ts';

const demoDir = path.resolve(import.meta.dirname, '../../../assets/demo');
const demo = loadDemo(demoDir);
const usable = demo.assets.filter((asset) => asset.pubStatus === 'usable');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const packages = demo.assets.flatMap((asset) => asset.packages);
const repeated = (values: string[]): string[] =>
  values.filter((value, i) => values.indexOf(value) !== i);
const textOf = async (id: string): Promise<string> =>
  (await demo.file(id)?.read(0, 1_000_000))?.toString() ?? '';

describe('the demo directory', () => {
  it('holds the files that facts.json names, with the size and hash it says, in at most 25 MB', async () => {
    const names = (await readdir(demoDir, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) =>
        path.relative(demoDir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
      );
    const facts = readFacts(demoDir);
    let total = 0;
    const found: Record<string, { bytes: number; sha256: string }> = {};
    for (const name of names) {
      const content = await readFile(path.join(demoDir, name));
      total += content.length;
      found[name] = { bytes: content.length, sha256: sha256(content) };
    }
    const media = names.filter((name) => /\.(jpg|mp4)$/.test(name));
    for (const name of media)
      expect({ name, ...facts.file(name) }).toMatchObject({ name, ...found[name] });
    expect(total).toBeLessThanOrEqual(25_000_000);
    const used = [
      ...demo.assets.flatMap((asset) => [
        asset.proxy.file,
        asset.thumbnail.file,
        ...asset.stills.map((still) => still.file),
      ]),
      ...demo.articles.flatMap((article) => article.media.map((picture) => picture.file)),
    ];
    expect([...new Set(used)].toSorted()).toEqual(media.toSorted());
  });
});

describe('the assets', () => {
  it('are at least 24, half of them in French too, with unique ids', () => {
    expect(demo.assets.length).toBeGreaterThanOrEqual(24);
    expect(
      demo.assets.filter((asset) => asset.headline.fr !== undefined).length * 2,
    ).toBeGreaterThanOrEqual(demo.assets.length);
    const ids = demo.assets.flatMap((asset) => [
      asset.id,
      asset.slug,
      ...asset.restrictions.map(({ id }) => id),
      ...asset.renditions.map(({ id }) => id),
      ...asset.packages.map(({ id }) => id),
    ]);
    expect(repeated(ids)).toEqual([]);
  });

  it('are translated whole or not at all', () => {
    for (const asset of demo.assets) {
      const french = asset.headline.fr !== undefined;
      const answers = {
        slug: asset.slug,
        description: asset.description.fr !== undefined,
        shots: asset.shotlist.every((shot) => shot.text.fr !== undefined),
        scripts: asset.scripts.length !== 1,
      };
      expect(answers).toEqual({
        slug: asset.slug,
        description: french,
        shots: french,
        scripts: french || asset.scripts.length === 0,
      });
      const frenchScript = asset.scripts.find((script) => script.language === 'fr')?.text ?? '';
      expect(
        asset.soundbites.filter((bite) => frenchScript.includes(`, ${bite.role.en},`)),
      ).toEqual([]);
    }
  });

  it('have 6 to 14 shots that fill the timeline without a gap', () => {
    for (const [i, asset] of demo.assets.entries()) {
      const source = ASSET_SOURCES[i];
      if (!source) throw new Error('an asset without a source');
      const { timecodeBase, dropFrame } = MASTER_FORMATS[source.formats[0]];
      const count = (timecode: string): number => framesOf(timecode, timecodeBase, dropFrame);
      expect(asset.shotlist.length).toBeGreaterThanOrEqual(6);
      expect(asset.shotlist.length).toBeLessThanOrEqual(14);
      let at = count(asset.timecodeStart);
      for (const shot of asset.shotlist) {
        expect({ slug: asset.slug, n: shot.n, in: count(shot.in) }).toEqual({
          slug: asset.slug,
          n: shot.n,
          in: at,
        });
        at = count(shot.out);
        expect(at).toBeGreaterThan(count(shot.in));
      }
      expect({ slug: asset.slug, frames: at - count(asset.timecodeStart) }).toEqual({
        slug: asset.slug,
        frames: source.frames,
      });
      expect(asset.shotlist.at(-1)?.outMs).toBe(asset.durationMs);
      expect(source.formats.map((format) => MASTER_FORMATS[format].frameRate)).toEqual(
        source.formats.map(() => asset.frameRate),
      );
    }
  });

  it('show every kind of right, embargo, expiry, correction and withdrawal', () => {
    const restrictions = demo.assets.flatMap((asset) => asset.restrictions);
    expect([...new Set(restrictions.map((restriction) => restriction.kind))].toSorted()).toEqual([
      'archive',
      'editorial',
      'platform',
      'territory',
      'time',
    ]);
    expect([...new Set(restrictions.map((restriction) => restriction.mode))].toSorted()).toEqual([
      'allow',
      'deny',
    ]);
    for (const restriction of restrictions)
      expect(restriction.kind === 'time').toBe(restriction.notAfterMin !== undefined);
    expect(demo.assets.some((asset) => asset.embargoUntilMin === 360)).toBe(true);
    expect(demo.assets.some((asset) => (asset.expiresMin ?? Infinity) < 24 * 60)).toBe(true);
    expect(
      demo.assets.some(
        (asset) =>
          asset.rev > 1 &&
          asset.history.length === asset.rev &&
          asset.updatedMin > asset.publishedMin,
      ),
    ).toBe(true);
    expect(
      demo.assets.some((asset) => asset.shotlist.some((shot) => shot.restrictionIds.length > 0)),
    ).toBe(true);
    expect([...new Set(demo.assets.map((asset) => asset.pubStatus))].toSorted()).toEqual([
      'canceled',
      'usable',
      'withheld',
    ]);
    for (const asset of demo.assets) {
      const known = asset.restrictions.map((restriction) => restriction.id);
      expect(
        asset.shotlist.flatMap((shot) => shot.restrictionIds).filter((id) => !known.includes(id)),
      ).toEqual([]);
      expect(asset.packages.length === 0).toBe(asset.pubStatus === 'canceled');
      expect(asset.statusReason === undefined).toBe(asset.pubStatus === 'usable');
      expect(Math.max(asset.publishedMin, asset.updatedMin)).toBeLessThanOrEqual(0);
    }
  });

  it('point only at assets and articles that exist, and fit the index', () => {
    const assetIds = demo.assets.map((asset) => asset.id);
    const articleIds = demo.articles.map((article) => article.id);
    for (const asset of demo.assets) {
      expect(asset.relatedAssetIds.filter((id) => !assetIds.includes(id))).toEqual([]);
      expect(asset.relatedArticleIds.filter((id) => !articleIds.includes(id))).toEqual([]);
      expect(Buffer.byteLength(asset.searchText)).toBeLessThanOrEqual(4096);
      expect(asset.searchText.length).toBeGreaterThan(100);
    }
  });

  it('have captions in order and within the duration, well-formed shotlists and readable metadata', async () => {
    for (const asset of usable) {
      for (const { text, format } of asset.captions) {
        const times = [...text.matchAll(/(\d\d):(\d\d):(\d\d)[.,](\d{3})/g)].map(
          ([, h, m, s, ms]) => ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(ms),
        );
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times.at(-1)).toBeLessThanOrEqual(asset.durationMs);
        expect(text.startsWith(format === 'vtt' ? 'WEBVTT\n\n1\n' : '1\n')).toBe(true);
      }
      const files = asset.packages[0]?.files ?? [];
      const idOf = (role: DemoFile['role']): string =>
        files.find((file) => file.role === role)?.id ?? '';
      const shotlist = await textOf(idOf('shotlist'));
      expect(() => new SaxesParser().write(shotlist).close()).not.toThrow();
      expect(JSON.parse(await textOf(idOf('metadata')))).toMatchObject({
        slug: asset.slug,
        durationMs: asset.durationMs,
      });
      expect(await textOf(idOf('licence'))).toContain(asset.credits[0]);
    }
  });
});

describe('the packages', () => {
  it('are small enough for a demo but for one of 2 GB and one of 20 GB', () => {
    const sizes = packages
      .filter((entry) => entry.purpose === 'broadcast')
      .map((entry) => entry.bytes)
      .toSorted((a, b) => b - a);
    expect(sizes[0]).toBeGreaterThan(20_000_000_000);
    expect(sizes[1]).toBeGreaterThan(2_000_000_000);
    expect(sizes[2]).toBeLessThan(1_200_000_000);
    expect(sizes.at(-1)).toBeGreaterThan(150_000_000);
  });

  it('have paths that are legal and distinct on Windows, macOS and Linux', () => {
    const legal = /^[A-Za-z0-9][A-Za-z0-9_-]*(\.[a-z0-9]+)?$/;
    expect(repeated(packages.map((entry) => entry.rootName.toLowerCase()))).toEqual([]);
    for (const entry of packages) {
      expect(entry.rootName).toMatch(legal);
      expect(repeated(entry.files.map((file) => file.path.toLowerCase()))).toEqual([]);
      for (const file of entry.files) {
        expect(file.path.length + entry.rootName.length).toBeLessThan(120);
        for (const part of file.path.split('/')) expect(part).toMatch(legal);
      }
      expect(entry.bytes).toBe(entry.files.reduce((sum, file) => sum + file.bytes, 0));
      expect(entry.files.filter((file) => file.required).map((file) => file.role)).toEqual(
        expect.arrayContaining(['video', 'shotlist', 'licence']),
      );
    }
  });

  it('offer the bytes and hashes they announce, and the same on every start', async () => {
    const again = loadDemo(demoDir);
    expect(again.assets).toEqual(demo.assets);
    const files = new Map(packages.flatMap((entry) => entry.files).map((file) => [file.id, file]));
    for (const file of files.values()) {
      const stored = demo.file(file.id);
      if (!stored) throw new Error(`no bytes for ${file.id}`);
      expect(stored).toMatchObject({
        bytes: file.bytes,
        sha256: file.sha256,
        mediaType: file.mediaType,
      });
      if (stored.pieces) continue;
      const content = await stored.read(0, file.bytes + 10);
      expect({ id: file.id, bytes: content.length, sha256: sha256(content) }).toEqual({
        id: file.id,
        bytes: file.bytes,
        sha256: file.sha256,
      });
      const middle = Math.floor(file.bytes / 2);
      expect((await stored.read(middle, 100)).equals(content.subarray(middle, middle + 100))).toBe(
        true,
      );
      expect((await stored.read(file.bytes, 10)).length).toBe(0);
    }
    expect(demo.file('fil_unknown')).toBeUndefined();
  });
});

describe('the masters', () => {
  const masters = ASSET_SOURCES.filter((source) => source.status === undefined).flatMap((source) =>
    source.formats.map((format) => ({ source, format })),
  );

  it('are those the committed hashes were made of, each with hashes of its own', () => {
    const facts = readFacts(demoDir);
    const hashes = masters.map(({ source, format }) => {
      const { of, bytes, sha256: hash } = facts.master(slugOf(source), format);
      expect(of).toEqual(masterOptionsOf(source, format));
      expect(bytes).toBe(createMaster(masterOptionsOf(source, format)).bytes);
      return hash;
    });
    expect(repeated(hashes)).toEqual([]);
  });

  it('have one hash a piece, true for the first, a middle and the last one; no two full pieces are alike', async () => {
    const seen: string[] = [];
    for (const file of packages
      .flatMap((entry) => entry.files)
      .filter((entry) => entry.mediaType === 'video/quicktime')) {
      const stored = demo.file(file.id);
      const pieces = stored?.pieces?.();
      if (!stored || !pieces) throw new Error(`no pieces for ${file.id}`);
      expect(pieces.pieceBytes).toBe(8 * 1024 * 1024);
      expect(pieces.hashes.length).toBe(Math.ceil(file.bytes / pieces.pieceBytes));
      for (const n of [0, Math.floor(pieces.hashes.length / 2), pieces.hashes.length - 1]) {
        expect(sha256(await stored.read(n * pieces.pieceBytes, pieces.pieceBytes))).toBe(
          pieces.hashes[n],
        );
      }
      seen.push(...pieces.hashes.slice(0, -1)); // a short last piece may miss the timecode, which alone tells frames apart
    }
    expect(seen.length - new Set(seen).size).toBe(0);
  });

  it('have the hashes that the correction of the demo’s day leaves them with', async () => {
    const asset = demo.assets.find(({ slug }) => slug === 'AUR-26-1131');
    const shot = asset?.shotlist[2];
    const before = demo.file('fil_aur261131_1080p25');
    const after = before?.relined?.(shot?.inMs ?? 0, shot?.outMs ?? 0, 'FIRST ROOF 2006');
    const { hashes = [], pieceBytes = 0 } = before?.pieces?.() ?? {};
    const later = after?.hashes;
    if (!before || !after || !later) throw new Error('The hashes are not known');
    expect([later.pieceBytes, later.pieces.length]).toEqual([pieceBytes, hashes.length]);
    expect(later.sha256).not.toBe(before.sha256);
    const changed = hashes.flatMap((hash, i) => (hash === later.pieces[i] ? [] : [i]));
    const [first = 0, last = 0] = [changed[0], changed.at(-1)];
    expect(changed).toHaveLength(last - first + 1);
    for (const n of [0, first - 1, first, last, last + 1])
      expect(sha256(await after.read(n * pieceBytes, pieceBytes))).toBe(later.pieces[n]);
    expect(before.relined?.(shot?.inMs ?? 0, shot?.outMs ?? 0, 'ANOTHER').hashes).toBeNull();
  });

  it('hash as a whole to what is announced (the smallest one)', async () => {
    const files = packages
      .flatMap((entry) => entry.files)
      .filter((entry) => entry.mediaType === 'video/quicktime');
    const smallest = files.toSorted((a, b) => a.bytes - b.bytes)[0];
    const stored = smallest && demo.file(smallest.id);
    if (!stored) throw new Error('no master');
    const hash = createHash('sha256');
    for (let offset = 0; offset < stored.bytes; offset += 4_000_000)
      hash.update(await stored.read(offset, 4_000_000));
    expect(hash.digest('hex')).toBe(stored.sha256);
  });
});
