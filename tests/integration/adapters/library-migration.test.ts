import { asked, filtered } from '../../support/asked.ts';
import { readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  formerLibraryFile,
  openLibrary,
  takeOverFormer,
} from '../../../src/main/adapters/sqlite/library/database.ts';
import { MIGRATIONS } from '../../../src/main/adapters/sqlite/library/schema.ts';
import { LibrarySources } from '../../../src/main/adapters/sqlite/library/sources.ts';
import { closeDatabase, connect, type Recovery } from '../../../src/main/adapters/sqlite/kit.ts';
import { articlesOf, assetChange, catalogueOf, SERVICE } from '../../support/fakes/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { viewerAt } from '../../support/viewer.ts';

const unreachable = (recovery: Recovery): never => expect.unreachable(JSON.stringify(recovery));

const query = (text = '', fields: Parameters<typeof filtered>[1] = {}) => filtered(text, fields);
const fixture = path.join(import.meta.dirname, '../fixtures/library-1.sql');

async function firstVersion(more = ''): Promise<string> {
  const home = temporaryFolder();
  const db = new DatabaseSync(path.join(home, 'library.sqlite'));
  db.exec((await readFile(fixture, 'utf8')) + more);
  db.close();
  return home;
}

test('a library of the first version keeps its catalogue, its search, its details and its articles', async () => {
  const home = await firstVersion();
  const db = openLibrary(home, SERVICE, unreachable);
  const store = catalogueOf(db);
  // What its lists didn't say before is fetched again; until then all is there.
  expect(await store.mark(SERVICE)).toBeNull();
  expect(db.prepare('SELECT id FROM asset WHERE rev > 0').all()).toEqual([]);
  expect(await store.ids(query(''))).toEqual(['ast_twin', 'ast_ferry', 'ast_snow']);
  expect(
    (await store.rows(['ast_twin', 'ast_snow'], viewerAt(0))).map(({ headline, badges }) => [
      headline,
      badges,
    ]),
  ).toEqual([
    ['Été près du phare', ['withdrawn']],
    ['First snow on the pass', []],
  ]);
  // Each column of the full-text index: headline, slug, place, and in the body the description,
  // people, topics and the rest.
  for (const word of [
    "harbour's",
    'ast_ferry-slug',
    'aurhavn',
    'otters quay',
    'vestre',
    'environment',
    'lighthouse',
  ])
    expect(await store.ids(query(word)), word).toContain('ast_ferry');
  expect(await store.ids(query('ete'))).toEqual(['ast_twin']);
  expect(await store.ids(query('', { country: ['NO'] }))).toEqual(['ast_ferry', 'ast_snow']);
  expect((await store.facets(query('', { country: ['SE'] })))['country']).toEqual([
    { value: 'NO', label: 'NO', count: 2 },
    { value: 'SE', label: 'SE', count: 1 },
  ]);
  expect(
    db
      .prepare(
        "SELECT detail FROM asset_document d JOIN asset a ON a.rowid = d.asset WHERE id = 'ast_ferry'",
      )
      .get(),
  ).toEqual({ detail: '{"kept":"detail"}' });
  expect(await articlesOf(db).relatedTo('ast_ferry')).toEqual([
    { id: 'art_one', headline: 'An article' },
  ]);
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  await store.put([{ op: 'delete', id: 'ast_ferry', rev: 9 }], 'c6');
  expect(db.prepare('SELECT count(*) AS n FROM asset_document').get()).toEqual({ n: 2 });
  expect(await store.ids(query('harbour'))).toEqual([]);
  closeDatabase(db, false);
});

test('the library that another service had of its own is taken over when that is used again: articles with their marks, and assets', async () => {
  const home = temporaryFolder();
  const other = 'https://other.example';
  await rename(
    path.join(await firstVersion('UPDATE article SET read = 1, position = 0.5;'), 'library.sqlite'),
    formerLibraryFile(home, SERVICE),
  );
  const db = openLibrary(home, other, unreachable);
  const sources = new LibrarySources(db);
  sources.show([other]);
  const theirs = catalogueOf(db, other);
  await theirs.put([assetChange('ast_theirs', 3), assetChange('ast_hurt', 3)], 'mark');
  db.exec("UPDATE asset SET withdrawn = 1 WHERE id = 'ast_hurt'");
  takeOverFormer(db, home, other, unreachable);
  expect(await articlesOf(db).count()).toBe(0);
  for (let i = 0; i < 2; i++) takeOverFormer(db, home, SERVICE, unreachable);
  const catalogue = catalogueOf(db);
  expect(await catalogue.ids(query(''))).toEqual(['ast_twin', 'ast_ferry', 'ast_snow']);
  expect(await catalogue.mark(SERVICE)).toBeNull();
  // What others have here stays as it was, with the damage that has yet to be seen.
  expect(await catalogue.mark(other)).toBe('mark');
  expect(
    db
      .prepare(
        "SELECT id, rev, crc IS checksum(rowid, id, source, rev, stamp, duration_ms, withdrawn) AS sound FROM asset WHERE id IN ('ast_hurt', 'ast_theirs') ORDER BY id",
      )
      .all(),
  ).toEqual([
    { id: 'ast_hurt', rev: 3, sound: 0 },
    { id: 'ast_theirs', rev: 3, sound: 1 },
  ]);
  const articles = articlesOf(db);
  expect(await articles.row('art_one')).toMatchObject({ headline: 'An article', read: true });
  expect(await articles.relatedTo('ast_ferry')).toHaveLength(1);
  expect(await readdir(home)).not.toContain(path.basename(formerLibraryFile(home, SERVICE)));
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  closeDatabase(db, false);
});

test('what of such a library cannot be taken over is told, and it is put aside instead of removed', async () => {
  const home = temporaryFolder();
  const file = formerLibraryFile(home, SERVICE);
  await rename(path.join(await firstVersion(), 'library.sqlite'), file);
  closeDatabase(openLibrary(home, 'https://other.example', unreachable), false);
  const former = new DatabaseSync(file);
  former.exec("UPDATE article SET summary = 'no JSON', detail = NULL");
  former.close();
  const db = openLibrary(home, 'https://other.example', unreachable);
  const told: Recovery[] = [];
  takeOverFormer(db, home, SERVICE, (recovery) => told.push(recovery));
  expect(told.length).toBeGreaterThan(0);
  expect((await readdir(home)).some((name) => name.includes('.damaged-'))).toBe(true);
  expect(await catalogueOf(db).ids(query(''))).toHaveLength(3);
  closeDatabase(db, false);
});

test('however many assets are of one moment, each keeps its place', async () => {
  const many = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1099)
    INSERT INTO asset SELECT 100 + i, 'ast_' || i, 1, json_object('headline', 'Crowd', 'slug', 'crowd'), NULL, 1790000000000 + (i = 1099), i, 0, 5 FROM n;
    INSERT INTO asset VALUES (9000, 'ast_far', 1, '{}', NULL, ${Date.parse('9999-12-31')}, 1, 0, 5), (9001, 'ast_old', 1, '{}', NULL, -1000, 1, 0, 5);`;
  const db = openLibrary(await firstVersion(many), SERVICE, unreachable);
  const ids = await catalogueOf(db).ids(query(''));
  expect(ids).toHaveLength(1105);
  expect(new Set(ids).size).toBe(1105);
  expect(ids[0]).toBe('ast_far');
  expect(ids.at(-1)).toBe('ast_old');
  expect(ids.indexOf('ast_1099')).toBe(ids.indexOf('ast_1098') - 1);
  expect(await catalogueOf(db).ids(query('crowd'))).toHaveLength(1100);
});

test('a library that cannot be taken further is put aside, its articles are taken over, and the next start is as ever', async () => {
  const home = await firstVersion("UPDATE asset SET summary = 'no JSON' WHERE id = 'ast_snow';");
  const told: Recovery[] = [];
  const db = openLibrary(home, SERVICE, (recovery) => told.push(recovery));
  expect(told).toMatchObject([{ kept: 1, lost: [], aside: expect.stringContaining('.damaged-') }]);
  expect(await catalogueOf(db).mark(SERVICE)).toBeNull();
  expect(await articlesOf(db).count()).toBe(1);
  closeDatabase(db, false);
  closeDatabase(openLibrary(home, SERVICE, unreachable), false);
});

test('damage in a library of the version before stays damage: it is told, and costs only what it hit', async () => {
  const home = await firstVersion();
  const before = connect(path.join(home, 'library.sqlite'));
  for (const sql of MIGRATIONS.slice(1, 4)) before.exec(sql);
  before.exec(`PRAGMA user_version = 4;
    UPDATE asset SET rev = rev + 1 WHERE id = 'ast_snow';
    UPDATE asset_document SET summary = replace(summary, 'phare', 'quai') WHERE summary LIKE '%phare%';`);
  before.close();
  const told: Recovery[] = [];
  const db = openLibrary(home, SERVICE, (recovery) => told.push(recovery));
  expect(told).toMatchObject([{ kept: 1, lost: [] }]);
  const store = catalogueOf(db);
  // Everything is fetched again, since something is missing.
  expect(await store.mark(SERVICE)).toBeNull();
  const shown = await store.rows(['ast_ferry', 'ast_snow', 'ast_twin'], viewerAt(0));
  expect(shown.map(({ headline }) => headline)).not.toContain('Été près du quai');
  expect(await articlesOf(db).count()).toBe(1);
  closeDatabase(db, false);
  closeDatabase(openLibrary(home, SERVICE, unreachable), false);
});

const of = (id: string) => `asset = (SELECT rowid FROM asset WHERE id = '${id}')`;
test('restrictions of a library of the version before name their shots, or are fetched again', async () => {
  const home = await firstVersion();
  const before = connect(path.join(home, 'library.sqlite'));
  for (const sql of MIGRATIONS.slice(1, 5)) before.exec(sql);
  const rule = { kind: 'territory', mode: 'deny', values: ['CA'], note: 'Not in Canada' };
  const restrictions = JSON.stringify(['rst_a', 'rst_b'].map((id) => ({ id, ...rule })));
  const shots = [
    { n: 3, restrictionIds: ['rst_a'] },
    { n: 4, restrictionIds: [] },
    { n: 6, restrictionIds: ['rst_a'] },
  ];
  const restrict = `summary = json_set(summary, '$.restrictions', json('${restrictions}'))`;
  before.exec(`PRAGMA user_version = 5;
    UPDATE asset_document SET ${restrict} WHERE ${of('ast_ferry')} OR ${of('ast_snow')};
    UPDATE asset_document SET detail = NULL WHERE ${of('ast_ferry')};
    UPDATE asset_document SET detail = json_set(summary, '$.shotlist', json('${JSON.stringify(shots)}')) WHERE ${of('ast_snow')};
    UPDATE asset_document SET crc = checksum(asset, summary), detail_crc = checksum(asset, detail);
    UPDATE source SET mark = 'cursor', crc = checksum(rowid, 'cursor', language, generation, listing, articles_mark);`);
  before.close();
  const db = openLibrary(home, SERVICE, unreachable);
  const store = catalogueOf(db);
  const [snow] = await store.rows(['ast_snow'], viewerAt(0));
  expect(snow?.restrictions).toEqual([
    { id: 'rst_a', ...rule, shots: [3, 6] },
    { id: 'rst_b', ...rule },
  ]);
  expect(await store.mark(SERVICE)).toBeNull();
  closeDatabase(db, false);
  closeDatabase(openLibrary(home, SERVICE, unreachable), false);
});

test('a library of the version before is sorted and searched by what is stored whole of its assets', async () => {
  const home = await firstVersion();
  const before = connect(path.join(home, 'library.sqlite'));
  for (const sql of MIGRATIONS.slice(1, 6)) before.exec(sql);
  const more = JSON.stringify({
    soundbites: [{ speaker: 'Joke van der Lende' }],
    shotlist: [{ n: 1 }],
    renditions: [
      { height: 1080, scan: 'interlaced-tff', frameRate: '25/1' },
      { height: 720, scan: 'progressive', frameRate: '60000/1001' },
      { height: 360, scan: null, frameRate: '25/1' },
    ],
    preview: {},
  });
  before.exec(`PRAGMA user_version = 6;
    UPDATE asset SET stamp = 'a', crc = checksum(rowid, id, source, rev, 'a', duration_ms, withdrawn) WHERE id = 'ast_snow';
    UPDATE asset_document SET detail = json_patch(summary, '${more}') WHERE ${of('ast_snow')};
    UPDATE asset_document SET detail_crc = checksum(asset, detail);`);
  before.close();
  const db = openLibrary(home, SERVICE, unreachable);
  const store = catalogueOf(db);
  for (const text of [
    'speaker:lende',
    'has:soundbite has:shotlist has:preview -has:script',
    'format:1080i50 format:720p59.94',
  ])
    expect([text, await store.ids(asked(text))]).toEqual([text, ['ast_snow']]);
  expect(db.prepare('SELECT id, rev FROM asset WHERE stamp IS NOT NULL OR rev > 0').all()).toEqual([
    { id: 'ast_snow', rev: expect.any(Number) },
  ]);
  // What is counted is what is filtered by.
  const counts = await store.facets(asked(''));
  for (const row of db
    .prepare(
      `SELECT facet, value, count(*) AS count FROM asset_facet WHERE facet <> 'source' GROUP BY facet, value
        UNION ALL SELECT facet, value, count(*) FROM asset_facet_set JOIN facet_set_value USING (facets) GROUP BY facet, value`,
    )
    .all())
    expect(counts[String(row['facet'])]).toContainEqual(
      expect.objectContaining({ value: row['value'], count: row['count'] }),
    );
  expect(counts['has']).toHaveLength(3);
  const titles = (
    await store.search(asked('', 'title-az'), { offset: 0, count: 9 }, viewerAt(0))
  ).items.map(({ headline }) => headline);
  expect(titles).toHaveLength(3);
  expect(titles).toEqual(
    titles.toSorted((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' })),
  );
  closeDatabase(db, false);
  closeDatabase(openLibrary(home, SERVICE, unreachable), false);
});

test('packages of a library of the version before say what is stated of their films, or are fetched again', async () => {
  const home = await firstVersion();
  const before = connect(path.join(home, 'library.sqlite'));
  for (const sql of MIGRATIONS.slice(1, 7)) before.exec(sql);
  const sizes = JSON.stringify(
    ['pkg_hd', 'pkg_odd', 'pkg_none'].map((packageId) => ({
      packageId,
      rev: 1,
      label: packageId,
      purpose: 'broadcast',
      bytes: 5,
    })),
  );
  const detail = JSON.stringify({
    packages: [
      { id: 'pkg_hd', renditionId: 'r1' },
      { id: 'pkg_odd', renditionId: 'r2' },
      { id: 'pkg_none', renditionId: null },
    ],
    renditions: [
      {
        id: 'r1',
        container: 'mxf',
        videoCodec: 'xdcam',
        width: 1920,
        height: 1080,
        frameRate: '25/1',
        scan: 'interlaced-tff',
      },
      {
        id: 'r2',
        container: 'bin',
        videoCodec: null,
        width: null,
        height: 720,
        frameRate: null,
        scan: null,
      },
    ],
  });
  before.exec(`PRAGMA user_version = 7;
    UPDATE asset SET rev = 1, stamp = iif(id = 'ast_snow', 'a', NULL);
    UPDATE asset SET crc = checksum(rowid, id, source, rev, stamp, duration_ms, withdrawn);
    UPDATE asset_document SET summary = json_set(summary, '$.packageSizes', json('${sizes}')) WHERE ${of('ast_snow')} OR ${of('ast_ferry')};
    UPDATE asset_document SET detail = iif(${of('ast_snow')}, '${detail}', NULL);
    UPDATE asset_document SET crc = checksum(asset, summary), detail_crc = checksum(asset, detail);
    UPDATE source SET mark = 'cursor', crc = checksum(rowid, 'cursor', language, generation, listing, articles_mark);`);
  before.close();
  const db = openLibrary(home, SERVICE, unreachable);
  const store = catalogueOf(db);
  const [snow] = await store.rows(['ast_snow'], viewerAt(0));
  expect(snow?.packages.map(({ packageId, rendition }) => [packageId, rendition])).toEqual([
    [
      'pkg_hd',
      {
        container: 'mxf',
        videoCodec: 'xdcam',
        width: 1920,
        height: 1080,
        frameRate: '25/1',
        scan: 'interlaced-tff',
      },
    ],
    [
      'pkg_odd',
      { container: null, videoCodec: null, width: null, height: 720, frameRate: null, scan: null },
    ],
    ['pkg_none', undefined],
  ]);
  // Of the others with packages the service says it again.
  expect(await store.mark(SERVICE)).toBeNull();
  expect(db.prepare('SELECT id FROM asset WHERE rev = 0').all()).toContainEqual({
    id: 'ast_ferry',
  });
  expect(await store.renditionValues()).toEqual({
    container: ['mxf'],
    codec: ['xdcam'],
    size: ['1920x1080'],
    frameRate: [25],
  });
  closeDatabase(db, false);
  closeDatabase(openLibrary(home, SERVICE, unreachable), false);
});

test('of an article that was withdrawn in a library of the version before nothing is left but what names it', async () => {
  const home = await firstVersion();
  const before = connect(path.join(home, 'library.sqlite'));
  for (const sql of MIGRATIONS.slice(1, -1)) before.exec(sql);
  before.exec(`PRAGMA user_version = ${MIGRATIONS.length - 1};
    UPDATE article SET withdrawn = 1, summary = json_set(summary, '$.summary', 'taken back', '$.headline', 'Boats');
    UPDATE article SET crc = checksum(id, source, rev, stamp, summary, section, language, published_at, withdrawn);`);
  before.close();
  const db = openLibrary(home, SERVICE, unreachable);
  const [row] = db.prepare('SELECT id, summary FROM article').all();
  expect(await articlesOf(db).row(String(row?.['id']))).toMatchObject({
    headline: 'Boats',
    summary: '',
    topics: [],
  });
  expect(row?.['summary']).not.toContain('taken back');
  closeDatabase(db, false);
});
