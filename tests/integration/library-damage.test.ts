import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ArticleDetail, ArticleSummary } from '../../src/shared/api/articles.ts';
import { startLibraryWorker, type LibraryDamage } from '../../src/main/adapters/library-worker.ts';
import { temporaryFolder } from '../support/demo.ts';

const summary = (n: number): ArticleSummary => ({
  id: `art_${n}`, rev: 1, headline: `Headline ${n}`, summary: 'What happened', dateline: 'HARBOUR', language: 'en', dir: 'ltr', section: 'World', topics: [], countries: ['BE'],
  pubStatus: 'usable', wordCount: 100, offlineAllowed: true, publishedAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', embargoUntil: null, thumbnail: null,
  leadMediaId: null, corrected: false, offlineUntil: null,
});
const detail = (n: number): ArticleDetail => ({
  ...summary(n), alternativeHeadline: null, byline: [], correctionNote: null, bodyHtml: `<p>lighthouse ${n}</p>`, bodyText: `lighthouse ${n} ${'words '.repeat(400)}`, copyrightNotice: '',
  usageTerms: '', canonicalUrl: 'https://service.example/a', relatedAssetIds: ['ast_1'], translations: [], media: [],
});
let told: LibraryDamage[] = [];
beforeEach(() => void (told = []));
const unreachable = (message: string): never => expect.unreachable(message);
const everything = { text: '', section: null, language: null, unreadOnly: false };
const whole = { offset: 0, count: 500 };

async function filled(file: string): Promise<void> {
  const library = startLibraryWorker(file, { onTrouble: unreachable, onDamaged: (damage) => told.push(damage) });
  const numbers = Array.from({ length: 60 }, (_, n) => n);
  await library.articles.apply(numbers.map((n) => ({ op: 'upsert', id: `art_${n}`, rev: 1, at: '2026-01-01T00:00:00Z', article: summary(n) })), 'cursor');
  for (const n of numbers) {
    await library.articles.save(detail(n));
    await library.articles.setStored(`art_${n}`, true);
    await library.articles.mark(`art_${n}`, { read: true, position: 0.5 });
  }
  await library.close();
}

describe('a damaged library is built anew', () => {
  test('a file that is no database is put aside and the library works', async () => {
    const home = temporaryFolder();
    const file = path.join(home, 'library-demo.sqlite');
    writeFileSync(file, Buffer.alloc(16_384, 'no database '));
    const library = startLibraryWorker(file, { onTrouble: unreachable, onDamaged: (damage) => told.push(damage) });
    expect(await library.articles.count()).toBe(0);
    expect(told).toMatchObject([{ recovery: { kept: 0, lost: [], aside: expect.stringContaining('.damaged-') } }]);
    await library.close();
    const aside = readdirSync(home).find((name) => name.includes('.damaged-'));
    expect(readFileSync(path.join(home, aside ?? '')).subarray(0, 11).toString()).toBe('no database');
  });

  test('a damaged page after an unclean end: articles that can be read keep their text and their marks', async () => {
    const file = path.join(temporaryFolder(), 'library-demo.sqlite');
    await filled(file);
    const db = new DatabaseSync(file);
    db.exec("UPDATE meta SET value = 'true' WHERE key = 'library.open'; PRAGMA wal_checkpoint(TRUNCATE)");
    db.close();
    const handle = openSync(file, 'r+');
    // In the middle of the file are pages of articles.
    writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, Math.floor(statSync(file).size / 2 / 4096) * 4096);
    closeSync(handle);
    const library = startLibraryWorker(file, { onTrouble: unreachable, onDamaged: (damage) => told.push(damage) });
    const { items } = await library.articles.list(everything, whole);
    expect(items.length).toBeGreaterThan(30);
    expect(items.every(({ read, stored }) => read && stored)).toBe(true);
    expect((await library.articles.detail(items[0]?.id ?? ''))?.position).toBe(0.5);
    expect((await library.articles.list({ ...everything, text: 'lighthouse' }, whole)).total).toBe(items.length);
    // Told by the service again from the beginning.
    expect(await library.articles.cursor()).toBeNull();
    await library.close();
  });

  test('a library of a newer version is left alone, and said to be so', async () => {
    const file = path.join(temporaryFolder(), 'library-demo.sqlite');
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99; CREATE TABLE later (id TEXT)');
    db.close();
    const library = startLibraryWorker(file, { onTrouble: unreachable, onDamaged: (damage) => told.push(damage) });
    await expect(library.articles.count()).rejects.toMatchObject({ code: 'disk-error', message: expect.stringContaining('newer version') });
    await expect(library.catalogue.count()).rejects.toMatchObject({ code: 'disk-error' });
    await library.close();
  });
});
