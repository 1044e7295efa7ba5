import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { desk, deskText, startDesk } from '../../support/app/desk.ts';
import { eventually } from '../../support/eventually.ts';
import { startReceiver, status, type Receiver } from '../../support/events.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let home: string;
let receiver: Receiver;
beforeEach(async () => {
  home = temporaryFolder();
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const keyFile = path.join(temporaryFolder(), 'key');
writeFileSync(keyFile, randomBytes(32), { mode: 0o600 });
const withFile = ['--credentials', 'file', '--credential-key', keyFile];

test('webhooks are added, listed, tested and removed', async () => {
  const added = await desk(
    ['webhook', 'add', '-', '--event', 'ready,failed', '--name', 'MAM', ...withFile],
    { home, input: `${receiver.url}?key=quiet-harbour\n` },
  );
  expect(added.result).toMatchObject({
    ok: true,
    events: ['package.ready', 'download.ready', 'download.failed'],
    signingKey: expect.stringMatching(/^whsec_/u),
  });
  const listed = await desk(['webhook', 'list'], { home });
  expect(listed.lines[0]).toMatchObject({
    type: 'webhook',
    name: 'MAM',
    where: new URL(receiver.url).origin,
    waiting: 0,
    isManaged: false,
  });
  expect(JSON.stringify(listed.lines)).not.toContain('quiet-harbour');
  expect((await desk(['webhook', 'test', 'MAM'], { home })).result).toMatchObject({ status: 204 });
  expect(receiver.received).toMatchObject([{ event: { type: 'test' } }]);
  receiver.answers.splice(0, 1, status(500));
  expect(await desk(['webhook', 'test', 'MAM'], { home })).toMatchObject({
    code: 4,
    result: { code: 'origin-error' },
  });
  expect((await deskText(['webhook', 'list'], { home })).out).toContain('nothing sent yet');
  expect((await desk(['webhook', 'retry', 'MAM'], { home })).code).toBe(0);
  expect((await desk(['webhook', 'remove', 'MAM'], { home })).code).toBe(0);
  expect((await desk(['webhook', 'remove', 'MAM'], { home })).code).toBe(7);
});

test('the key is a line of its own, and a name that two webhooks have removes neither', async () => {
  const add = ['webhook', 'add', receiver.url, '--name', 'MAM', ...withFile];
  expect((await deskText(add, { home })).out).toMatch(
    /^Added\. .*\nSigning key, shown only now: whsec_[A-Za-z0-9+/=]+\n$/u,
  );
  await desk(add, { home });
  const { result } = await desk(['webhook', 'remove', 'MAM'], { home });
  const { lines } = await desk(['webhook', 'list'], { home });
  const ids = lines.flatMap(({ type, id }) => (type === 'webhook' ? [String(id)] : []));
  expect(result).toMatchObject({
    code: 'usage',
    message: `2 webhooks are called MAM. Use an ID: ${ids.join(', ')}`,
  });
  expect(ids).toHaveLength(2);
  expect((await desk(['webhook', 'remove', ids[1] ?? ''], { home })).code).toBe(0);
  expect((await desk(['webhook', 'remove', 'MAM'], { home })).code).toBe(0);
});

test('what can’t be one is refused, with a sentence', async () => {
  for (const [args, code] of [
    [['https://user:pass@mam.example/'], 2],
    [['mam.example'], 2],
    [['http://8.8.8.8/'], 2],
    [['https://mam.example/', '--event', 'everything'], 2],
  ] as const)
    expect((await desk(['webhook', 'add', ...args, ...withFile], { home })).code, args[0]).toBe(
      code,
    );
});

const fileOf = (name: string) => `<file name="${name}"><url>http://127.0.0.1:9/c.mov</url></file>`;

test(
  'a watch folder is set, works while a station runs, and says what it took',
  { tags: ['long'] },
  async () => {
    const folder = path.join(home, '..', `${path.basename(home)}-lists`);
    mkdirSync(folder);
    expect((await desk(['watch-folder', 'set', home], { home })).code).toBe(2);
    expect((await desk(['watch-folder', 'set', path.join(folder, 'no')], { home })).code).toBe(6);
    const to = temporaryFolder();
    const set = await desk(['watch-folder', 'set', folder, '--to', to], { home });
    expect(set.result).toMatchObject({ ok: true, setting: { folder }, state: 'idle' });
    const station = startDesk(['station'], { home });
    await station.line(({ type }) => type === 'station');
    writeFileSync(path.join(folder, 'list.meta4'), '<metalink>');
    writeFileSync(
      path.join(folder, 'queue.json'),
      JSON.stringify({
        format: 'multimedia-desk-queue',
        version: 1,
        exportedAt: '2026-11-24T12:00:00Z',
        items: [{ kind: 'url', url: 'http://127.0.0.1:9/a.mov', sha256: null }],
      }),
    );
    await eventually(() => expect(readdirSync(folder)).toContain('done'));
    writeFileSync(
      path.join(folder, 'partly.meta4'),
      `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${fileOf('a.mov')}${fileOf('../b.mov')}</metalink>`,
    );
    await eventually(() =>
      expect(readdirSync(path.join(folder, 'done'))).toContain('partly.meta4'),
    );
    station.child.kill('SIGTERM');
    await station.end;
    const shown = (await deskText(['watch-folder', 'status'], { home })).out;
    expect(shown).toContain(
      `${folder}: watched while the app or desk station runs, downloads to ${to}`,
    );
    expect(shown).toContain('queue.json: 1 queued\n');
    expect(shown).toMatch(/partly\.meta4: 1 queued\. Not queued, because .*\.\.\/b\.mov/u);
    const { lines } = await desk(['watch-folder', 'status'], { home });
    expect(lines[1]).toMatchObject({ type: 'list', name: 'queue.json', queued: 1, fault: null });
    expect((await desk(['watch-folder', 'off'], { home })).result).toMatchObject({ setting: null });
    expect((await desk(['queue', 'list'], { home })).lines.length).toBeGreaterThan(1);
  },
);
