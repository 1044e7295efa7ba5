import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { parseQuery } from '../../../src/shared/api/query/parse.ts';
import { asked } from '../../support/asked.ts';
import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AssetChange } from '../../../src/main/catalogue/asset.ts';
import type { ArticleDetail, ArticleSummary } from '../../../src/shared/model/article.ts';
import type { LibraryDamage } from '../../../src/main/threads/channels.ts';
import { startLibraryWorker, type LibraryWorker } from '../../../src/main/threads/library.ts';
import { assetSummary, SERVICE } from '../../support/fakes/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { viewerAt } from '../../support/viewer.ts';

const summary = (n: number): ArticleSummary => ({
  id: `art_${n}`,
  rev: 1,
  headline: `Headline ${n}`,
  summary: 'What happened',
  dateline: 'HARBOUR',
  language: 'en',
  dir: 'ltr',
  section: 'World',
  topics: [],
  countries: ['BE'],
  pubStatus: 'usable',
  wordCount: 100,
  offlineAllowed: true,
  publishedAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  embargoUntil: null,
  thumbnail: null,
  leadMediaId: null,
  corrected: false,
  offlineUntil: null,
  isDateStated: true,
  isWhole: true,
});
const detail = (n: number): ArticleDetail => ({
  ...summary(n),
  alternativeHeadline: null,
  byline: [],
  correctionNote: null,
  bodyHtml: `<p>lighthouse ${n}</p>`,
  bodyText: `lighthouse ${n} ${'words '.repeat(400)}`,
  copyrightNotice: '',
  usageTerms: '',
  canonicalUrl: 'https://service.example/a',
  relatedAssetIds: ['ast_1'],
  translations: [],
  media: [],
  textFrom: 'source',
});
let told: LibraryDamage[] = [];
beforeEach(() => void (told = []));
const unreachable = (message: string): never => expect.unreachable(message);
const { text: _, ...FILTERS } = ALL_ARTICLES;
const everything = { ...FILTERS, clauses: [] };
const whole = { offset: 0, count: 500 };

const asset = (n: number): AssetChange => ({
  op: 'upsert',
  id: `ast_${n}`,
  rev: 3,
  asset: assetSummary(`ast_${n}`, { rev: 3, slug: `slug-${n}`, headline: `Harbour ${n}` }),
});

/** Changes rows and leaves their checksums, as a bit that flips does. */
function change(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

function openOn(file: string): LibraryWorker {
  const library = startLibraryWorker(path.dirname(file), {
    onError: unreachable,
    onDamaged: (damage) => told.push(damage),
  });
  void library.show([SERVICE]).catch(() => undefined);
  return library;
}

async function filled(file: string): Promise<void> {
  const library = openOn(file);
  const numbers = Array.from({ length: 60 }, (_, n) => n);
  await library.articles.apply(
    SERVICE,
    numbers.map((n) => ({
      op: 'upsert',
      id: `art_${n}`,
      rev: 1,
      article: summary(n),
    })),
    'cursor',
  );
  for (const n of numbers) {
    await library.articles.save(detail(n));
    await library.articles.setStored(`art_${n}`, true);
    await library.articles.mark([`art_${n}`], { read: true, position: 0.5 });
  }
  await library.close();
}

describe('a damaged library is built anew', () => {
  test('a file that is no database is put aside and the library works', async () => {
    const home = temporaryFolder();
    const file = path.join(home, 'library.sqlite');
    writeFileSync(file, Buffer.alloc(16_384, 'no database '));
    const library = openOn(file);
    expect(await library.articles.count()).toBe(0);
    expect(told).toMatchObject([
      { recovery: { kept: 0, lost: [], aside: expect.stringContaining('.damaged-') } },
    ]);
    await library.close();
    const aside = readdirSync(home).find((name) => name.includes('.damaged-'));
    expect(
      readFileSync(path.join(home, aside ?? ''))
        .subarray(0, 11)
        .toString(),
    ).toBe('no database');
  });

  test('a damaged page after an unclean end: articles that can be read keep their text and their marks', async () => {
    const file = path.join(temporaryFolder(), 'library.sqlite');
    await filled(file);
    const db = new DatabaseSync(file);
    db.exec(
      "UPDATE meta SET value = 'true' WHERE key = 'library.open'; PRAGMA wal_checkpoint(TRUNCATE)",
    );
    db.close();
    const handle = openSync(file, 'r+');
    // In the middle of the file are pages of articles.
    writeSync(
      handle,
      Buffer.alloc(4096, 0xff),
      0,
      4096,
      Math.floor(statSync(file).size / 2 / 4096) * 4096,
    );
    closeSync(handle);
    const library = openOn(file);
    const { items } = await library.articles.list(everything, whole);
    expect(items.length).toBeGreaterThan(30);
    expect(items.every(({ read, stored }) => read && stored)).toBe(true);
    expect((await library.articles.detail(items[0]?.id ?? ''))?.position).toBe(0.5);
    expect(
      (
        await library.articles.list(
          { ...everything, clauses: parseQuery('lighthouse', 0, 'articles').clauses },
          whole,
        )
      ).total,
    ).toBe(items.length);
    // Told by the service again from the beginning.
    expect(await library.articles.cursor(SERVICE)).toBeNull();
    await library.close();
  });

  test('an asset that was changed where it still parses is left out and told; the next start keeps all the others, also offline', async () => {
    const file = path.join(temporaryFolder(), 'library.sqlite');
    const library = openOn(file);
    await library.catalogue.apply(
      SERVICE,
      { changes: Array.from({ length: 20 }, (_, n) => asset(n)), mark: 'cursor', list: null },
      0,
    );
    change(
      file,
      "UPDATE asset_document SET summary = replace(summary, 'Harbour 7', 'Harbour 9') WHERE summary LIKE '%Harbour 7%'; UPDATE asset SET withdrawn = 1 WHERE id = 'ast_8'",
    );
    const query = asked();
    expect(
      (await library.catalogue.search(query, whole, viewerAt(0))).items.map(({ id }) => id),
    ).not.toEqual(expect.arrayContaining(['ast_7']));
    expect(await library.catalogue.rows(['ast_7', 'ast_8'], viewerAt(0))).toEqual([]);
    expect(told).toEqual([
      { recovery: null, lost: ['ast_8'] },
      { recovery: null, lost: ['ast_7'] },
    ]);
    await library.close();
    told = [];
    const again = openOn(file);
    expect((await again.catalogue.search(asked('harbour'), whole, viewerAt(0))).total).toBe(18);
    expect(await again.catalogue.mark(SERVICE)).toBeNull();
    expect(told).toMatchObject([{ recovery: { aside: expect.stringContaining('.damaged-') } }]);
    // The service tells everything again: what was left out comes back.
    await again.catalogue.apply(
      SERVICE,
      { changes: Array.from({ length: 20 }, (_, n) => asset(n)), mark: 'cursor', list: null },
      0,
    );
    expect((await again.catalogue.search(query, whole, viewerAt(0))).total).toBe(20);
    await again.close();
  });

  test('what of an article is damaged costs that alone: its text, its entry, or the mark that it was read', async () => {
    const file = path.join(temporaryFolder(), 'library.sqlite');
    await filled(file);
    change(
      file,
      "UPDATE article SET detail = replace(detail, 'lighthouse 1 ', 'lighthouse 2 ') WHERE id = 'art_1'; UPDATE article SET summary = replace(summary, 'Headline 2', 'Headline 3') WHERE id = 'art_2'; UPDATE article SET read = 0 WHERE id = 'art_3'",
    );
    const library = openOn(file);
    expect((await library.articles.list(everything, whole)).total).toBe(60);
    expect(told).toMatchObject([{ recovery: { kept: 60, lost: ['“Headline 3”: read mark'] } }]);
    expect(await library.articles.detail('art_1')).toBeNull();
    expect(await library.articles.row('art_1')).toMatchObject({
      headline: 'Headline 1',
      stored: false,
      read: true,
    });
    // Its stored text knows the entry.
    expect(await library.articles.row('art_2')).toMatchObject({
      headline: 'Headline 2',
      stored: true,
      read: true,
    });
    expect(await library.articles.row('art_3')).toMatchObject({
      headline: 'Headline 3',
      read: false,
    });
    expect(await library.articles.stored()).toContainEqual(
      expect.objectContaining({ id: 'art_1', isStored: false, isCurrent: false }),
    );
    await library.close();
  });

  test('that an article was read is soon in the database itself: a lost log does not take it along', async () => {
    const file = path.join(temporaryFolder(), 'library.sqlite');
    const library = openOn(file);
    await library.articles.apply(
      SERVICE,
      [{ op: 'upsert', id: 'art_1', rev: 1, article: summary(1) }],
      'cursor',
    );
    await library.articles.mark(['art_1'], { read: true });
    const copy = path.join(temporaryFolder(), 'without-its-log.sqlite');
    const isKept = (): boolean => {
      copyFileSync(file, copy);
      const db = new DatabaseSync(copy);
      const hasTable = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'article'").get();
      const row = hasTable && db.prepare("SELECT read FROM article WHERE id = 'art_1'").get();
      db.close();
      for (const suffix of ['', '-wal', '-shm']) rmSync(copy + suffix, { force: true });
      return row?.['read'] === 1;
    };
    await expect.poll(isKept, { interval: 100 }).toBe(true);
    await library.close();
  });

  test('a library of a newer version is left alone, and said to be so', async () => {
    const file = path.join(temporaryFolder(), 'library.sqlite');
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99; CREATE TABLE article (later TEXT)');
    db.close();
    const library = openOn(file);
    await expect(library.articles.count()).rejects.toMatchObject({
      code: 'disk-error',
      message: expect.stringContaining('newer version'),
    });
    await expect(library.catalogue.counts()).rejects.toMatchObject({ code: 'disk-error' });
    await library.close();
  });
});
