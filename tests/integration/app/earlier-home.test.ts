import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createKeychainVault, keychainScope } from '../../../src/main/adapters/keychain.ts';
import { createFlagFiles } from '../../../src/main/adapters/fs/flag-files.ts';
import { pinnedKeysOf } from '../../../src/main/adapters/service/trusted-keys.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openApplication } from '../../support/app/application.ts';

/** Nobody answers there: what is read comes from the home. */
const AWAY = 'http://127.0.0.1:9';
const FIXTURE = path.join(import.meta.dirname, '../fixtures/home-0.1');
const ALL = { offset: 0, count: 100 };

function database(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(readFileSync(path.join(FIXTURE, sql), 'utf8'));
  db.close();
}

/** A home as version 0.1 has left it: a queue in every state, a library, settings, keys, flags. */
function earlierHome(): string {
  const home = temporaryFolder();
  for (const name of ['settings.json', 'trusted-keys.json', 'incidents.json'])
    cpSync(path.join(FIXTURE, name), path.join(home, name));
  database(path.join(home, 'transfers.sqlite'), 'transfers.sql');
  const hash = createHash('sha256').update(AWAY).digest('hex').slice(0, 16);
  database(path.join(home, `library-${hash}.sqlite`), 'library.sql');
  createFlagFiles(path.join(home, 'notices-told')).add('acc_1 password-changed 1764000000000');
  return home;
}

const open = (home: string) => openApplication(home, { version: '0.2.0', serviceUrl: AWAY });

test('a home of version 0.1 loses nothing: queue, library, settings, keys, damage that was not read', async () => {
  const home = earlierHome();
  const { services, close } = await open(home);
  const { settings, transfers } = services;
  expect(settings.view).toMatchObject({
    destination: '/ingest',
    theme: 'dark',
    // The size was a step; what could not be set then is as usual.
    readerPx: 19,
    readerLineHeight: 1.6,
    readerJustify: false,
    language: 'fr',
    houseFormat: 'web',
    folderTemplate: '{date}/{place} {title} {id}',
    limitBytesPerSecond: 5_000_000,
    activeTransfers: 2,
    savedSearches: [{ name: 'Lakes', text: 'lake date:7d', sort: 'newest' }],
    pendingDownload: { packages: [{ assetId: 'ast_9', packageId: 'pkg_9' }] },
  });
  // Whatever the hours are called by now: Monday to Friday, nine to six, nothing starts.
  expect(JSON.stringify(settings.view)).toMatch(
    /\{"days":\[1,2,3,4,5\],"fromMinute":540,"toMinute":1080,"\w+":true\}/u,
  );

  const { rows } = await transfers.list('all', ALL);
  expect(rows.map(({ id, state }) => [id, state.phase])).toEqual([
    ['trf_0', 'queued'],
    ['trf_1', 'queued'],
    ['trf_2', 'queued'],
    // A start asks again for what has waited.
    ['trf_3', 'queued'],
    ['trf_4', 'queued'],
    ['trf_5', 'paused'],
    ['trf_7', 'failed'],
    ['trf_8', 'cancelled'],
  ]);
  expect(rows.every(({ title, urgent }) => title.startsWith('Transfer ') && urgent)).toBe(true);
  // Removed from the list, and still on the disk.
  expect(await transfers.find('ast_6', 'pkg_6')).toMatchObject({ id: 'trf_6' });
  for (const id of ['trf_3', 'trf_5', 'trf_7'])
    expect(await transfers.report(id)).toMatchObject([
      { path: '/to/a/0.mov', given: 'a?/0.mov', bytes: 12, done: false },
      { path: '/to/a/1.mov', done: true },
    ]);
  // Where the bytes came from is in the report as before.
  expect((await transfers.evidence('trf_3', 'json', 'en')).text).toContain('origin.example');

  const query = { text: '', sort: 'newest' } as const;
  expect((await services.library.catalogue.search(query, ALL)).total).toBe(3);
  const articles = await services.articles.list(ALL_ARTICLES, ALL);
  expect(articles.items.map(({ id, read }) => [id, read])).toContainEqual([
    'art_thirtysprings_en',
    expect.any(Boolean),
  ]);
  expect(articles.total).toBe(3);
  expect(await services.articles.get('art_thirtysprings_en')).toMatchObject({
    bodyHtml: expect.stringContaining('<p>'),
  });

  expect(await pinnedKeysOf(home, false)).toEqual([
    { keyId: 'key_1', publicKey: 'AAAA', service: expect.stringMatching(/^https?:/u) },
  ]);
  expect(services.recoveries.view.items.map(({ kind }) => kind)).toEqual(['items-skipped']);
  await close();

  // Opened a second time it is the same, now in the names of this version.
  const again = await open(home);
  expect((await again.services.transfers.list('all', ALL)).rows.map(({ id }) => id)).toEqual(
    rows.map(({ id }) => id),
  );
  expect(again.services.settings.view).toMatchObject({ savedSearches: [{ name: 'Lakes' }] });
  await again.close();
  rmSync(home, { recursive: true, force: true });
});

test.skipIf(!hasKeyring)(
  `a keychain entry of version 0.1 stays signed in, and what was told is not told again${whyNoKeyring}`,
  async () => {
    const home = earlierHome();
    const vault = createKeychainVault(keychainScope(home, AWAY));
    const profile = {
      id: 'acc_1',
      email: 'desk@station.example',
      displayName: 'Desk',
      organisation: 'Station',
      country: 'BE',
      newsletter: true,
      newsletterChangedAt: 1_764_000_000_000,
      entitlements: [],
      edition: '"e7"',
      notices: [
        { code: 'password-changed', at: 1_764_000_000_000 },
        { code: 'email-changed', at: 1_764_000_100_000 },
      ],
    };
    await vault.write(
      'session',
      JSON.stringify({
        refreshToken: 'r1',
        refreshKey: null,
        toldUntil: 1_763_000_000_000,
        profile,
      }),
    );
    const { services, close } = await open(home);
    expect(services.session().account.view).toMatchObject({
      status: 'signed-in',
      keychain: 'ok',
      profile: { email: 'desk@station.example', newsletter: true, etag: '"e7"' },
      notices: [{ code: 'email-changed' }],
    });
    await close();
    await vault.remove('session');
  },
);
