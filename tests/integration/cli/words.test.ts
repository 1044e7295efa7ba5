import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { desk, deskText } from '../../support/app/desk.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** On social media it may not be published. */
const DUNES = 'ast_aur261108';
const EMBARGOED = 'AUR-26-1145';
const home = temporaryFolder();
const folder = temporaryFolder();
let service: DemoService;
const said = (args: string[], input?: string) =>
  deskText(args, { home, service: service.url, ...(input === undefined ? {} : { input }) });
const run = (args: string[]) => desk(args, { home, service: service.url });

beforeAll(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  await run(['catalogue', 'sync']);
});
afterAll(() => service.close());

test('a territory is a country’s code, and what isn’t one is refused with what to write', async () => {
  const unstated = await said(['newsroom']);
  expect(unstated.out).toContain('territory  not stated');
  for (const wrong of ['XX', 'nowhere']) {
    const refused = await said(['newsroom', '--territory', wrong]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(`${wrong} isn’t a country’s code`);
    expect(refused.err).toContain('FR, GB or US');
  }
  expect((await run(['newsroom', '--territory', 'uk'])).result).toMatchObject({
    territory: 'GB',
    isOfAccount: false,
  });
  expect((await said(['newsroom', '--territory', 'account'])).code).toBe(0);
  const recorded = await said(['ledger', 'list', '--kind', 'setting-changed', '--limit', '1']);
  expect(recorded.out).toContain('territory: as in your account');
});

test('one asset is named by its slug, in any case, and what nothing is called says where to look', async () => {
  const { lines } = await run(['catalogue', 'show', DUNES]);
  const slug = String(lines[0]?.['slug']);
  expect((await run(['catalogue', 'show', slug.toLowerCase()])).lines[0]).toMatchObject({
    id: DUNES,
  });
  await run(['newsroom', '--platforms', 'broadcast,web']);
  expect(await run(['get', slug, '--format', 'preview', '--to', folder])).toMatchObject({
    code: 3,
    result: { code: 'signed-out' },
  });
  await run(['newsroom', '--platforms', 'broadcast,web,social']);
  for (const command of [
    ['catalogue', 'show', 'AUR-26'],
    ['get', 'AUR-26', '--to', folder],
  ]) {
    const missing = await said(command);
    expect([missing.code, missing.err]).toEqual([
      7,
      expect.stringContaining(
        'Nothing is called AUR-26. Find its ID or slug with: desk catalogue search',
      ),
    ]);
  }
});

test('an asset is shown with what its restrictions say, which apply, and what to confirm', async () => {
  await run(['newsroom', '--territory', 'FR', '--platforms', 'broadcast,web,social']);
  const { out } = await said(['catalogue', 'show', DUNES]);
  expect(out).toMatch(
    /restriction rst_\w+ \(platform; not on social, advertising; to confirm\): /u,
  );
  expect(out).toContain('judged for: FR, broadcast, web, social');
  expect(out).toMatch(/to confirm all of it: --acknowledge rst_\w+/u);
  await run(['newsroom', '--platforms', 'social']);
  const barred = await said(['catalogue', 'show', DUNES]);
  expect(barred.out).toContain('; bars you)');
  expect(barred.out).not.toContain('--acknowledge');
  await run(['newsroom', '--platforms', 'broadcast']);
  expect((await said(['catalogue', 'show', DUNES])).out).toContain('; a note)');
  await run(['newsroom', '--territory', 'account', '--platforms', 'broadcast,web,social']);
});

test('what was confirmed and isn’t a restriction of the asset is named', async () => {
  const refused = await said(['get', DUNES, '--to', folder, '--acknowledge', 'rst_wrong']);
  expect(refused.code).toBe(8);
  expect(refused.err).toContain('rst_wrong isn’t a restriction of AUR-26-1108');
});

test('an address that is none is refused with where it was given', async () => {
  const wrong = await deskText(['catalogue', 'search'], { home, service: 'not an address' });
  expect([wrong.code, wrong.err]).toEqual([
    2,
    expect.stringContaining('--service: This isn’t an address. Use one such as'),
  ]);
});

test('sources are listed with their kinds and how many assets each has', async () => {
  await run(['source', 'add', temporaryFolder()]);
  const listed = await run(['source', 'list']);
  expect(listed.lines.map(({ kind }) => kind)).toEqual(['service', 'folder', undefined]);
  expect(Number(listed.lines[0]?.['assets'])).toBeGreaterThan(10);
  const { out } = await said(['source', 'list']);
  expect(out).toContain('  folder  ');
  expect(out).toContain('not checked in this run');
  expect(out).not.toContain('-1 assets');
});

test('clearing the list says how many were removed', async () => {
  expect((await said(['queue', 'clear'])).out).toContain('0 downloads removed from the list');
  expect((await said(['queue', 'pause'])).out).toContain('All downloads paused');
  expect((await said(['queue', 'resume'])).out).toContain('All downloads resumed');
});

test(
  'a broken ledger is told on stderr by what finds it and all that runs later, by doctor, and in an export',
  { tags: ['long'] },
  async () => {
    const own = temporaryFolder();
    for (const territory of ['FR', 'BE', 'CH'])
      await deskText(['newsroom', '--territory', territory], { home: own });
    const file = path.join(own, 'ledger.jsonl');
    const before = readFileSync(file, 'utf8');
    const sound = await deskText(['doctor'], { home: own });
    expect(sound.out).toContain('ok    ledger: unbroken, 3 entries');
    writeFileSync(file, before.replace('"BE"', '"DE"'));
    const doctor = await deskText(['doctor'], { home: own });
    expect(doctor.out).toContain('FAIL  ledger: entry 2 was changed after it was written');
    expect(readFileSync(file, 'utf8')).toBe(before.replace('"BE"', '"DE"'));
    // No cheap look finds a change in the middle; a list and an export read everything.
    expect((await deskText(['newsroom'], { home: own })).err).toBe('');
    const to = path.join(own, 'export.jsonl');
    const exported = await deskText(['ledger', 'export', '--to', to], { home: own });
    const told = 'desk: The ledger is broken: entry 2 was changed after it was written.';
    expect([exported.code, exported.err]).toEqual([0, expect.stringContaining(told)]);
    expect(readFileSync(to, 'utf8').split('\n').length).toBeGreaterThan(4);
    expect((await deskText(['newsroom'], { home: own })).err).toContain(told);
    const checked = await deskText(['ledger', 'check'], { home: own });
    expect([checked.code, checked.err.match(/entry 2 was changed/gu)]).toEqual([
      5,
      ['entry 2 was changed'],
    ]);
    // What is recorded later goes on after the break.
    await deskText(['newsroom', '--territory', 'IT'], { home: own });
    expect((await desk(['ledger', 'list', '--limit', '1'], { home: own })).lines[0]).toMatchObject({
      number: 4,
      isSound: true,
    });
  },
);

test('a ledger whose end was cut off is told by the next command', async () => {
  const own = temporaryFolder();
  for (const territory of ['FR', 'BE'])
    await deskText(['newsroom', '--territory', territory], { home: own });
  const file = path.join(own, 'ledger.jsonl');
  writeFileSync(file, `${readFileSync(file, 'utf8').split('\n')[0]}\n`);
  expect((await deskText(['newsroom'], { home: own })).err).toContain(
    'The ledger is broken: entry 2 and all later ones are missing',
  );
});

describe.skipIf(!hasKeyring)(`with an account${whyNoKeyring}`, () => {
  test('the territory of an account counts and is shown without a session', async () => {
    const { email, password } = service.demoAccount;
    const login = ['account', 'login', '--email', email, '--password-stdin'];
    expect(await said(login, `${password}\n`)).toMatchObject({ code: 0 });
    const { out } = await deskText(['newsroom'], { home });
    expect(out).toMatch(/territory {2}[A-Z]{2} \(from your account\)/u);
    await run(['catalogue', 'sync']);
    const shown = await said(['catalogue', 'show', EMBARGOED]);
    expect(shown.out).toMatch(/embargo until .* UTC \(to confirm\): embargo:/u);
  });

  test('the demo tells its own account, and the code that nobody is sent', async () => {
    const own = temporaryFolder();
    const status = await deskText(['--demo', 'account', 'status'], { home: own });
    expect(status.out).toContain('The demo’s own account: editor@demo.example, password ');
    const words =
      '--demo account register --email new@station.example --name Ada --organisation Station --country FR --accept-terms --password-stdin';
    const register = await deskText(words.split(' '), {
      home: own,
      input: 'Nine-Lanterns-Over-The-Quay-7\n',
    });
    const [, code = ''] =
      /its inbox for new@station\.example is (\d{6})\./u.exec(register.out) ?? [];
    expect(
      await deskText(['--demo', 'account', 'verify', '--code', code], { home: own }),
    ).toMatchObject({
      code: 0,
      out: expect.stringContaining('Account created'),
    });
  });
});

test('a query that isn’t understood is refused with what could be written', async () => {
  for (const [query, message] of [
    ['has:foo', 'Use soundbite, shotlist, script, captions, stills, preview.'],
    ['country:Narnia', 'Use a code such as NL'],
    ['fps:abc', 'Use frames per second such as 25'],
    ['title:', 'needs a value, right after the colon'],
  ] as const) {
    const { code, err } = await said(['catalogue', 'search', query]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  }
});

test.each([
  [['--public-address', 'http://desk.example', '--port', '4780'], 'Use an https address'],
  [['--public-address', 'https://desk.example/desk', '--port', '4780'], 'without a path'],
  [['--public-address', 'desk.example', '--port', '4780'], 'such as https://desk.example'],
  [['--public-address', 'https://desk.example'], 'needs --port'],
])('a station has no such address: %s', async (options, words) => {
  const { code, err } = await said(['station', ...options]);
  expect([code, err]).toEqual([2, expect.stringContaining(words)]);
});

test('without a folder a download goes to that of the settings', async () => {
  const [own, ingest] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(path.join(own, 'settings.json'), JSON.stringify({ destination: ingest }));
  const origin = http.createServer((_request, response) => response.end('a rundown'));
  await new Promise<void>((resolve) => void origin.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void origin.close());
  const { port } = origin.address() as { port: number };
  expect((await desk(['get', `http://127.0.0.1:${port}/a.txt`], { home: own })).code).toBe(0);
  expect(readFileSync(path.join(ingest, 'a.txt'), 'utf8')).toBe('a rundown');
});
