import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { SqliteArticleShelf } from '../../src/main/adapters/library/article-store.ts';
import { SqliteCatalogueStore } from '../../src/main/adapters/library/catalogue-store.ts';
import { closeLibrary, openLibrary } from '../../src/main/adapters/library/database.ts';
import type { CatalogueQuery } from '../../src/main/catalogue/ports.ts';

const query = (text: string, facets: CatalogueQuery['facets'] = {}): CatalogueQuery => ({ text, facets, publishedAfter: null, sort: 'newest' });
const fixture = path.join(import.meta.dirname, 'fixtures/library-1.sql');

async function firstVersion(): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'library-')), 'library.sqlite');
  const db = new DatabaseSync(file);
  db.exec(await readFile(fixture, 'utf8'));
  db.close();
  return file;
}

test('a library of the first version keeps its catalogue, its search, its details and its articles', async () => {
  const file = await firstVersion();
  const db = openLibrary(file, (message) => expect.unreachable(message));
  const store = new SqliteCatalogueStore(db);
  expect(await store.cursor()).toBe('c5');
  expect(await store.ids(query(''))).toEqual(['ast_twin', 'ast_ferry', 'ast_snow']);
  expect((await store.rows(['ast_twin', 'ast_snow'], 0)).map(({ headline, badges }) => [headline, badges])).toEqual([['Été près du phare', ['withdrawn']], ['First snow on the pass', []]]);
  // Each column of the full-text index: headline, slug, place, and in the body the description, people, topics and the rest.
  for (const word of ["harbour's", 'ast_ferry-slug', 'aurhavn', 'otters quay', 'vestre', 'environment', 'lighthouse']) expect(await store.ids(query(word)), word).toContain('ast_ferry');
  expect(await store.ids(query('ete'))).toEqual(['ast_twin']);
  expect(await store.ids(query('', { country: ['NO'] }))).toEqual(['ast_ferry', 'ast_snow']);
  expect((await store.facets(query('', { country: ['SE'] })))['country']).toEqual([{ value: 'NO', label: 'NO', count: 2 }, { value: 'SE', label: 'SE', count: 1 }]);
  expect(db.prepare("SELECT detail FROM asset_document d JOIN asset a ON a.rowid = d.asset WHERE id = 'ast_ferry'").get()).toEqual({ detail: '{"kept":"detail"}' });
  expect(await new SqliteArticleShelf(db).relatedTo('ast_ferry')).toEqual([{ id: 'art_one', headline: 'An article' }]);
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  await store.apply([{ op: 'delete', id: 'ast_ferry', rev: 9, at: '2026-10-03T00:00:00Z' }], 'c6');
  expect(db.prepare('SELECT count(*) AS n FROM asset_document').get()).toEqual({ n: 2 });
  expect(await store.ids(query('harbour'))).toEqual([]);
  closeLibrary(db, true);
});
