import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiDocument } from '../../../src/shared/desk-api/document.ts';
import { invoke } from '../../support/app/application.ts';
import { desk as runDesk, deskText, startDesk } from '../../support/app/desk.ts';
import { eventually } from '../../support/eventually.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { openStation, type OpenStation } from '../../support/station/desk-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
let service: DemoService;
let desk: OpenStation;
let id: string;

beforeAll(async () => {
  service = await startDemo({ limits: 'relaxed' });
  desk = await openStation(temporaryFolder(), { serviceUrl: service.url });
  await invoke(desk.application, 'settings.set', { destination: temporaryFolder() });
  await invoke(desk.application, 'account.sign-in', service.demoAccount);
  await invoke(desk.application, 'library.sync');
  const { body } = await desk.ask('addDownload', {
    body: { asset: 'ast_aur261094', format: 'preview' },
  });
  ({ id } = body);
});
afterAll(async () => {
  await desk.close();
  await service.close();
});

const document = readFileSync(path.resolve(import.meta.dirname, '../../../docs/api.md'), 'utf8');
const examples = Array.from(document.matchAll(/^```sh\n(.*?)^```$/gmsu), ([, code = '']) => code);

test('the examples of docs/api.md work as they stand', async () => {
  expect(examples.length).toBeGreaterThan(5);
  await eventually(async () =>
    expect((await desk.ask('getDownload', { params: { id } })).body.state).toBe('done'),
  );
  for (const code of examples) {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', code], {
      cwd: folder,
      env: { ...process.env, DESK: desk.origin, TOKEN: desk.token, ID: id },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('exit', resolve)),
    ]);
    expect(status, `${code}\n${out}\n${err}`).toBe(0);
    expect(out).toMatch(/^[{<]/u);
  }
});

test('it names every scope, and no path that is not there', () => {
  const { paths } = apiDocument() as { paths: Record<string, unknown> };
  const templates = Object.keys(paths).map((one) => one.replaceAll(/\{\w+\}/gu, 'X'));
  const named = Array.from(document.matchAll(/\/api\/v1[\w/.${}-]*/gu), ([found]) =>
    found.replaceAll(/\$ID|\{id\}|AUR-26-1094/gu, 'X').replace(/[.,]$/u, ''),
  );
  expect(named.filter((one) => one !== '/api/v1' && !templates.includes(one))).toEqual([]);
});

test('tokens are made, listed and revoked on the command line, before and after a station', async () => {
  const home = temporaryFolder();
  const made = await runDesk(
    [
      'api',
      'token',
      'add',
      'Avid MAM',
      '--scope',
      'catalogue',
      '--scope',
      'downloads',
      '--expires',
      '2100-01-01',
    ],
    { home },
  );
  expect(made).toMatchObject({
    code: 0,
    result: {
      name: 'Avid MAM',
      scopes: ['catalogue:read', 'downloads:read', 'downloads:write', 'downloads:confirm'],
    },
  });
  const token = String(made.result['token']);
  const text = await deskText(['api', 'token', 'add', 'iNews', '--scope', 'articles:read'], {
    home,
  });
  expect(text.out).toMatch(/^mmd_[\w-]{43}\n$/u);
  expect(text.err).toContain('only this once');

  const station = startDesk(['station'], { home });
  try {
    const { origin } = new URL(
      String((await station.line(({ type }) => type === 'station'))['url']),
    );
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${origin}/api/v1/status`, { headers })).status).toBe(200);
    expect((await fetch(`${origin}/api/v1/recalls`, { headers })).status).toBe(403);
    expect((await fetch(`${origin}/api/v1/status`)).status).toBe(401);
  } finally {
    station.child.kill('SIGTERM');
    await station.end;
  }
  const { lines } = await runDesk(['api', 'token', 'list'], { home });
  expect(lines.filter(({ type }) => type === 'item')).toMatchObject([
    {
      name: 'Avid MAM',
      isExpired: false,
      expiresAt: '2100-01-01T00:00:00.000Z',
      lastUsedAt: expect.any(String),
    },
    { name: 'iNews', lastUsedAt: null },
  ]);
  expect(await runDesk(['api', 'token', 'revoke', 'avid mam'], { home })).toMatchObject({
    code: 0,
  });
  expect(await runDesk(['api', 'token', 'revoke', 'avid mam'], { home })).toMatchObject({
    code: 7,
  });
  for (const wrong of [
    ['a\u0007', '--scope', 'catalogue'],
    ['MAM', '--scope', 'everything'],
    ['MAM', '--scope', 'catalogue', '--expires', '2020-01-01'],
    ['MAM', '--scope', 'catalogue', '--expires', 'soon'],
    ['MAM'],
  ])
    expect((await runDesk(['api', 'token', 'add', ...wrong], { home })).code).toBe(2);
  const { out } = await deskText(['ledger', 'list'], { home });
  expect(out).toMatch(/apiAccess: catalogue:read, downloads:read.*by the system Avid MAM/u);
  const printed = await deskText(['api', 'openapi'], { home });
  expect(JSON.parse(printed.out)).toEqual(JSON.parse(JSON.stringify(apiDocument())));
});
