import { execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Application, AppOptions } from '../../../src/main/app/services.ts';
import type { DeskEvent } from '../../../src/shared/contract/events.ts';
import type { CommandName, Received } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { selfSigned } from '../../support/engine/certificate.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { eventually } from '../../support/eventually.ts';
import { startReceiver, status, type Receiver } from '../../support/events.ts';
import { fasterClock } from '../../support/fakes/clock.ts';
import { freePort } from '../../support/free-port.ts';
import { proxiesMissing, Servers } from '../../support/network/servers.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PLAIN = 'ast_aur261094';
const keyFile = path.join(temporaryFolder(), 'key');
writeFileSync(keyFile, randomBytes(32), { mode: 0o600 });

let home: string;
let application: Application;
let receiver: Receiver;
let nowhere: http.Server;

const open = async (more: Partial<AppOptions> = {}): Promise<void> => {
  application = await openApplication(home, {
    background: true,
    credentials: { store: 'file', keyFile },
    // Pauses of seconds and minutes pass in a moment.
    clock: fasterClock(200),
    ...more,
  });
};
const call = <N extends CommandName<AppContract>>(
  name: N,
  ...input: undefined extends Received<AppContract, N> ? [] : [Received<AppContract, N>]
) => invoke(application, name, ...input);
const add = (
  address: string,
  events: Received<AppContract, 'webhooks.add'>['events'] = ['download.failed'],
) => call('webhooks.add', { name: null, address, events });
const all = (): Promise<DeskEvent[]> => application.services.events.after(0, 1000);
const hook = async (id: string) => (await call('webhooks.get')).items.find((one) => one.id === id);

/** A download that ends in failure: there is nothing at its address. */
async function fail(name: string): Promise<string> {
  const { port } = nowhere.address() as net.AddressInfo;
  const { ids } = await call('transfers.import', { url: `http://127.0.0.1:${port}/${name}.mov` });
  return ids[0] ?? '';
}
const failed = async (id: string): Promise<void> =>
  eventually(async () =>
    expect((await call('transfers.detail', { id })).state.phase).toBe('failed'),
  );

beforeEach(async () => {
  home = temporaryFolder();
  receiver = await startReceiver();
  nowhere = http.createServer((_request, response) => void response.writeHead(404).end());
  await new Promise<void>((resolve) => nowhere.listen(0, '127.0.0.1', resolve));
  await open();
  await call('settings.set', { destination: path.join(home, 'to') });
});
afterEach(async () => {
  await application.close();
  await receiver.close();
  nowhere.close();
});

test('what fails is told once, signed, and again only if it fails again', async () => {
  await failed(await fail('before'));
  const { id, signingKey, view } = await add(receiver.url);
  expect(view.items).toMatchObject([{ id, where: new URL(receiver.url).origin, waiting: 0 }]);
  const transfer = await fail('harbour');
  await eventually(() => expect(receiver.received).toHaveLength(1));
  const [first] = receiver.received;
  if (!first) throw new Error('nothing was received');
  const { headers, body, event } = first;
  expect(event).toMatchObject({
    type: 'download.failed',
    data: { transferId: transfer, code: 'not-found', assetId: null },
  });
  expect(headers['webhook-id']).toBe(event.id);
  const signed = `${event.id}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = createHmac('sha256', Buffer.from(signingKey.slice(6), 'base64'))
    .update(signed)
    .digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  await call('transfers.retry', { ids: [transfer] });
  await eventually(() => expect(receiver.received).toHaveLength(2));
  // Neither a restart nor what is told again of the download is news.
  await application.close();
  await open();
  await call('transfers.list', { tab: 'failed', range: { offset: 0, count: 10 }, search: '' });
  await failed(await fail('mole'));
  await eventually(() => expect(receiver.received).toHaveLength(3));
  expect(new Set(receiver.received.map((one) => one.event.id)).size).toBe(3);
  expect((await all()).map(({ data }) => data.title)).toEqual([
    'before.mov',
    'harbour.mov',
    'harbour.mov',
    'mole.mov',
  ]);
  await eventually(async () =>
    expect(await hook(id)).toMatchObject({ waiting: 0, failingSince: null, off: null }),
  );
});

test('a failure of a run that was ended before it was noticed is told by the next', async () => {
  // The first start has looked at what had failed before.
  await eventually(async () => expect(await all()).toEqual([]));
  await application.close();
  await open({ background: false });
  const id = await fail('harbour');
  await failed(id);
  expect(await all()).toEqual([]);
  await application.close();
  await open();
  await eventually(async () => expect(await all()).toHaveLength(1));
  await application.close();
  await open();
  expect(await all()).toMatchObject([{ data: { transferId: id } }]);
});

test('500, then a pause that is asked for, then a broken connection: all in order, nothing lost', async () => {
  const { id } = await add(receiver.url);
  receiver.answers.unshift(
    status(500),
    status(429, { 'retry-after': '30' }),
    (request) => void request.socket.destroy(),
    (_request, response) => {
      response.writeHead(200);
      // Of a body nothing is needed, however much there is.
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      };
      response.on('drain', more);
      more();
    },
  );
  await fail('one');
  await eventually(async () =>
    expect(await hook(id)).toMatchObject({ failingSince: expect.any(Number), waiting: 1 }),
  );
  await fail('two');
  await eventually(() => expect(receiver.received).toHaveLength(5));
  const titles = receiver.received.map(({ event }) => event.data.title);
  expect(titles).toEqual(['one.mov', 'one.mov', 'one.mov', 'one.mov', 'two.mov']);
  const [first, second] = receiver.received;
  expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
  await eventually(async () =>
    expect(await hook(id)).toMatchObject({ failingSince: null, waiting: 0 }),
  );
});

test('410 switches it off, which can be undone; a redirect is not followed', async () => {
  const { id } = await add(receiver.url);
  receiver.answers.unshift(status(410));
  await fail('one');
  await eventually(async () => expect(await hook(id)).toMatchObject({ off: 'gone' }));
  await failed(await fail('two'));
  expect(receiver.received).toHaveLength(1);
  const elsewhere = await startReceiver();
  onTestFinished(() => elsewhere.close());
  receiver.answers.unshift(status(307, { location: elsewhere.url }));
  await call('webhooks.resume', { id });
  await eventually(() => expect(receiver.received).toHaveLength(4));
  receiver.answers.unshift(status(302, { location: elsewhere.url }));
  await expect(call('webhooks.test', { id })).rejects.toMatchObject({ code: 'redirect-refused' });
  expect(elsewhere.received).toEqual([]);
  expect(receiver.received.map(({ event }) => event.data.title)).toEqual([
    'one.mov',
    'one.mov',
    'one.mov',
    'two.mov',
    undefined,
  ]);
  expect(await hook(id)).toMatchObject({ off: null, failingSince: null, waiting: 0 });
});

test('one that is slow, and one that can’t be reached, hold up neither another nor a download', async () => {
  const silent = await startReceiver();
  onTestFinished(() => silent.close());
  silent.answers.unshift(() => undefined);
  silent.answers[1] = () => undefined;
  const slow = await add(silent.url);
  const absent = await add(`http://127.0.0.1:${await freePort()}/desk`);
  await add(receiver.url);
  await failed(await fail('one'));
  await eventually(() => expect(receiver.received).toHaveLength(1));
  await eventually(async () =>
    expect(await hook(absent.id)).toMatchObject({ waiting: 1, fault: { code: 'origin-error' } }),
  );
  expect(await hook(slow.id)).toMatchObject({ waiting: 1 });
});

test('one that answers by changing the protocol has failed, and keeps the app from nothing', async () => {
  let asked = 0;
  const odd = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      asked += 1;
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void odd.close());
  const { id } = await add(`http://127.0.0.1:${(odd.address() as net.AddressInfo).port}/`);
  await fail('odd');
  await eventually(async () =>
    expect(await hook(id)).toMatchObject({ fault: { code: 'origin-error' } }),
  );
  // It is tried again.
  await eventually(() => expect(asked).toBeGreaterThan(1));
});

test('a test is sent at once and says what is wrong; what is removed gets nothing more', async () => {
  const { id } = await add(receiver.url);
  expect(await call('webhooks.test', { id })).toMatchObject({ status: 204 });
  expect(receiver.received).toMatchObject([{ event: { type: 'test', data: {} } }]);
  receiver.answers.unshift(status(503));
  await expect(call('webhooks.test', { id })).rejects.toMatchObject({
    code: 'origin-error',
    message: expect.stringContaining('status 503'),
  });
  expect(await all()).toEqual([]);
  expect((await call('webhooks.remove', { id })).items).toEqual([]);
  await failed(await fail('one'));
  await eventually(async () => expect(await all()).toHaveLength(1));
  expect(receiver.received).toHaveLength(2);
  await expect(call('webhooks.test', { id })).rejects.toMatchObject({ code: 'not-found' });
});

test('addresses with a user, of other schemes, and plain ones of the internet are refused', async () => {
  for (const [address, code] of [
    ['https://user:Quiet-Harbour7@mam.example/', 'usage'],
    ['ftp://mam.example/', 'usage'],
    ['mam.example', 'usage'],
    ['http://8.8.8.8/desk', 'https-required'],
  ] as const)
    await expect(add(address), address).rejects.toMatchObject({
      code,
      message: expect.not.stringContaining('Quiet-Harbour7'),
    });
  expect((await call('webhooks.get')).items).toEqual([]);
});

test('TLS trusts the authorities of the settings', async () => {
  const { key, cert } = selfSigned();
  const secure = await startReceiver((listener) => https.createServer({ key, cert }, listener));
  onTestFinished(() => secure.close());
  const { id } = await add(secure.url.replace('http:', 'https:'));
  await expect(call('webhooks.test', { id })).rejects.toMatchObject({ code: 'tls' });
  const authority = path.join(home, 'authority.pem');
  writeFileSync(authority, cert);
  await call('settings.set', { caFiles: [authority] });
  expect(await call('webhooks.test', { id })).toMatchObject({ status: 204 });
});

test('the administrator’s webhooks are there, signed by a file; the user’s own go with their feature', async () => {
  await add(receiver.url);
  const secret = path.join(home, 'mam.key');
  writeFileSync(secret, `whsec_${randomBytes(32).toString('base64')}\n`);
  const fixed = await startReceiver();
  onTestFinished(() => fixed.close());
  await application.close();
  const policy = path.join(home, 'policy.json');
  writeFileSync(
    policy,
    JSON.stringify({
      webhooks: [
        { name: 'MAM', url: fixed.url, events: ['download.failed'], keyFile: secret },
        { name: 'Unsigned', url: fixed.url, events: ['package.ready'] },
      ],
      disabled: ['webhooks'],
    }),
  );
  await open();
  expect((await call('webhooks.get')).items).toMatchObject([
    { name: 'MAM', isManaged: true, isSigned: true },
    { name: 'Unsigned', isManaged: true, isSigned: false },
  ]);
  await failed(await fail('one'));
  await eventually(() => expect(fixed.received).toHaveLength(1));
  expect(fixed.received[0]?.headers['webhook-signature']).toMatch(/^v1,/u);
  expect(receiver.received).toEqual([]);
  await expect(add(receiver.url)).rejects.toMatchObject({ code: 'managed' });
  await expect(call('webhooks.remove', { id: 'managed:MAM' })).rejects.toMatchObject({
    code: 'managed',
  });
  writeFileSync(secret, 'no key');
  await expect(call('webhooks.test', { id: 'managed:MAM' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(secret),
  });
});

test('who edits the settings takes neither their place nor their events', async () => {
  const fixed = await startReceiver();
  onTestFinished(() => fixed.close());
  await add(receiver.url);
  await application.close();
  const file = path.join(home, 'settings.json');
  const { checksum: _, ...settings } = JSON.parse(readFileSync(file, 'utf8')) as {
    checksum: string;
    webhooks: { id: string }[];
  };
  for (const id of ['managed:MAM', 'hook']) settings.webhooks.push({ ...settings.webhooks[0], id });
  writeFileSync(file, JSON.stringify(settings));
  rmSync(path.join(home, 'settings.backup.json'));
  const webhook = { name: 'MAM', url: fixed.url, events: ['download.failed'] };
  writeFileSync(path.join(home, 'policy.json'), JSON.stringify({ webhooks: [webhook] }));
  await open();
  await failed(await fail('one'));
  await eventually(() => expect(fixed.received).toHaveLength(1));
  expect((await call('webhooks.get')).items).toMatchObject([
    { id: 'managed:MAM', isManaged: true },
  ]);
});

test.skipIf(process.platform === 'win32')(
  'the administrator’s command is run for each event, without a shell, secrets, or more than its time',
  async () => {
    await application.close();
    const script = path.join(home, 'ingest.cjs');
    const out = path.join(home, 'ran.jsonl');
    writeFileSync(
      script,
      `#!${process.execPath}
const fs = require('node:fs');
const event = JSON.parse(fs.readFileSync(0, 'utf8'));
fs.appendFileSync(${JSON.stringify(out)}, JSON.stringify({ args: process.argv.slice(2), env: process.env, cwd: process.cwd(), event }) + '\\n');
console.log('took ' + event.data.title);
console.error('x'.repeat(100000));
if (event.data.title === 'bad.mov') process.exit(3);
if (event.data.title === 'slow.mov') require('node:child_process').spawnSync('sleep', ['600']);
`,
    );
    chmodSync(script, 0o755);
    writeFileSync(
      path.join(home, 'policy.json'),
      JSON.stringify({
        hook: {
          command: [script, '--ready', '$HOME; touch /tmp/never'],
          events: ['download.failed'],
          timeoutSeconds: 300,
        },
      }),
    );
    process.env['DESK_TEST_SECRET'] = 'Quiet-Harbour7';
    onTestFinished(() => void delete process.env['DESK_TEST_SECRET']);
    await open();
    const ran = (): {
      args: string[];
      env: Record<string, string>;
      cwd: string;
      event: DeskEvent;
    }[] =>
      existsSync(out)
        ? readFileSync(out, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as ReturnType<typeof ran>[number])
        : [];
    await fail('one');
    await eventually(() => expect(ran()).toHaveLength(1));
    const [first] = ran();
    const [event] = await all();
    expect(first).toMatchObject({ args: ['--ready', '$HOME; touch /tmp/never'], cwd: '/', event });
    expect(first?.env).toMatchObject({
      MULTIMEDIA_DESK_EVENT: 'download.failed',
      MULTIMEDIA_DESK_EVENT_ID: event?.id,
      MULTIMEDIA_DESK_TRANSFER: event?.data.transferId,
    });
    expect(JSON.stringify(first?.env)).not.toContain('Quiet-Harbour7');
    // Refused five times, then given up; the next one comes.
    await fail('bad');
    await eventually(() => expect(ran()).toHaveLength(6));
    await fail('slow');
    await eventually(async () => expect(await hook('hook')).toMatchObject({ missed: 1 }));
    await eventually(async () =>
      expect(await hook('hook')).toMatchObject({ fault: { code: 'timeout' } }),
    );
    const log = readFileSync(path.join(home, 'desk.log'), 'utf8');
    expect(log).toContain('took one.mov');
    expect(log.length).toBeLessThan(200_000);
    await application.close();
    // With the program end its command and what that has started.
    const left = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(left).not.toContain(script);
    rmSync(path.join(home, 'policy.json'));
    await open();
    expect((await call('webhooks.get')).items).toEqual([]);
  },
);

test('a command that isn’t there is waited for, and gives no event up', async () => {
  await application.close();
  const script = path.join(home, 'later');
  writeFileSync(
    path.join(home, 'policy.json'),
    JSON.stringify({ hook: { command: [script], events: ['download.failed'] } }),
  );
  await open();
  await fail('one');
  await eventually(async () =>
    expect(await hook('hook')).toMatchObject({
      fault: { code: 'not-found' },
      waiting: 1,
      missed: 0,
    }),
  );
  writeFileSync(script, `#!/bin/sh\ncat > ${path.join(home, 'got')}\n`);
  chmodSync(script, 0o755);
  await eventually(async () =>
    expect(await hook('hook')).toMatchObject({ failingSince: null, waiting: 0 }),
  );
  expect(JSON.parse(readFileSync(path.join(home, 'got'), 'utf8'))).toMatchObject({
    type: 'download.failed',
  });
});

test('a URL that is complete is told once, also when that was in the run before', async () => {
  const origin = http.createServer((_request, response) => void response.end('a film'));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void origin.close());
  const { port } = origin.address() as net.AddressInfo;
  const fetched = async (name: string): Promise<string> => {
    const url = `http://127.0.0.1:${port}/${name}.mov`;
    const { ids } = await call('transfers.import', { url });
    const [id = ''] = ids;
    await eventually(async () =>
      expect((await call('transfers.detail', { id })).state.phase).toBe('done'),
    );
    return id;
  };
  await eventually(async () => expect(await all()).toEqual([]));
  await add(receiver.url, ['download.ready']);
  const first = await fetched('first');
  await eventually(() => expect(receiver.received).toHaveLength(1));
  expect(receiver.received[0]?.event).toMatchObject({
    type: 'download.ready',
    data: { transferId: first, title: 'first.mov', bytes: 6, folder: path.join(home, 'to') },
  });
  await application.close();
  // Without what watches in the background nothing is recorded.
  await open({ background: false });
  await application.services.transfers.configure({ scope: 'all' });
  const second = await fetched('second');
  await application.close();
  await open();
  await eventually(() => expect(receiver.received).toHaveLength(2));
  expect((await all()).map(({ data }) => data.transferId)).toEqual([first, second]);
});

test('packages: ready, recalled, released and corrected, once each over restarts', async () => {
  const service: DemoService = await startDemo({ testControls: true, limits: 'relaxed' });
  onTestFinished(() => service.close());
  const reopen = async (): Promise<void> => {
    await application.close();
    await open({ serviceUrl: service.url });
  };
  const edit = async (act: string, body: object): Promise<void> => {
    const answer = await fetch(`${service.url}/test/assets/${PLAIN}/${act}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.ok).toBe(true);
    await call('library.sync');
    await application.services.rights.check();
  };
  await reopen();
  await call('account.sign-in', service.demoAccount);
  await call('library.sync');
  await add(receiver.url, [
    'package.ready',
    'package.recalled',
    'package.released',
    'package.corrected',
  ]);
  const [item] = (await call('transfers.plan', { assetIds: [PLAIN], profile: 'preview' })).items;
  const { ids } = await call('transfers.enqueue', {
    packages: [{ assetId: PLAIN, packageId: item?.packageId ?? '' }],
    acknowledge: item?.restrictionIds ?? [],
  });
  await eventually(() => expect(receiver.received).toHaveLength(1));
  const { folder } = await call('transfers.detail', { id: ids[0] ?? '' });
  expect(existsSync(path.join(folder, '.done'))).toBe(true);
  expect(receiver.received[0]?.event).toMatchObject({
    type: 'package.ready',
    data: { transferId: ids[0], assetId: PLAIN, packageId: item?.packageId, rev: 1, folder },
  });
  expect(receiver.received[0]?.event.data.bytes).toBeGreaterThan(0);
  await reopen();
  await edit('hold', { reason: { en: 'One shot shows another village.' } });
  await eventually(() => expect(receiver.received).toHaveLength(2));
  await reopen();
  await edit('lift', {});
  await eventually(() => expect(receiver.received).toHaveLength(3));
  await edit('correct', { note: { en: 'Names' }, patch: { headline: { en: 'Another headline' } } });
  await eventually(() => expect(receiver.received).toHaveLength(4));
  await reopen();
  await application.services.rights.check();
  const events = await all();
  expect(events.map(({ type, data }) => `${type} ${data.reason} ${data.newRev}`)).toEqual([
    'package.ready null null',
    'package.recalled on-hold null',
    'package.released null null',
    'package.corrected null 2',
  ]);
  expect(receiver.received.map(({ event }) => event)).toEqual(events);
});

test.skipIf(proxiesMissing !== null)(
  `through the proxy of the settings, with its password${proxiesMissing === null ? '' : ` (${proxiesMissing})`}`,
  async () => {
    const servers = new Servers(temporaryFolder());
    onTestFinished(() => servers.stop());
    const by = servers.authority('own', 'Newsroom CA');
    const file = servers.certificate('receiver', by);
    const pem = readFileSync(file, 'utf8');
    const secure = await startReceiver(
      (listener) => https.createServer({ key: pem, cert: pem }, listener),
      servers.host,
    );
    onTestFinished(() => secure.close());
    const port = await freePort();
    await servers.tinyproxy(port, 'BasicAuth ingest QuietHarbour7');
    await call('settings.set', {
      caFiles: [by.ca],
      proxyMode: 'manual',
      proxyAddress: `127.0.0.1:${port}`,
    });
    const { id } = await add(secure.url.replace('http:', 'https:'));
    await expect(call('webhooks.test', { id })).rejects.toMatchObject({ code: 'proxy-auth' });
    await call('network.set-login', {
      proxy: `127.0.0.1:${port}`,
      login: { user: 'ingest', password: 'QuietHarbour7' },
    });
    expect(await call('webhooks.test', { id })).toMatchObject({ status: 204 });
    // Without TLS it isn’t known whom a proxy asks, unless the address says it.
    const named = await add('http://mam.example/desk');
    await expect(call('webhooks.test', { id: named.id })).rejects.toMatchObject({
      code: 'https-required',
    });
  },
);

test('the receiver of docs/automation.md takes what is signed with its key, and nothing else', async () => {
  // It compares the time of what it gets with the system's.
  await application.close();
  await open({ clock: systemClock });
  const document = readFileSync(
    path.join(import.meta.dirname, '../../../docs/automation.md'),
    'utf8',
  );
  const [, source = ''] = /```js\n([^]+?)```/u.exec(document) ?? [];
  const port = await freePort();
  const script = path.join(home, 'receiver.mjs');
  writeFileSync(script, source.replace('.listen(8080)', `.listen(${port}, '127.0.0.1')`));
  const { id, signingKey } = await add(`http://127.0.0.1:${port}/`);
  const start = async (key: string): Promise<() => Promise<unknown>> => {
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, DESK_KEY: key },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    onTestFinished(() => void child.kill());
    const ended = once(child, 'exit');
    await eventually(async () =>
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(401),
    );
    return () => {
      child.kill();
      return ended;
    };
  };
  const stop = await start(signingKey);
  expect(await call('webhooks.test', { id })).toMatchObject({ status: 204 });
  await stop();
  const stopOther = await start(`whsec_${randomBytes(32).toString('base64')}`);
  await expect(call('webhooks.test', { id })).rejects.toMatchObject({ code: 'origin-refused' });
  await stopOther();
});
