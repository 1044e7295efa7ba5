import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { program } from '../../support/built.ts';
import { freePort } from '../../support/free-port.ts';

const CLI = program('service-cli');
const PASSWORD = 'Correct-Horse-7';
const DEVICE = { name: 'Test', platform: 'linux', appVersion: '1' };

type Started = {
  child: ChildProcess;
  url: string;
  mailbox: string | null;
  metrics: string | null;
  pid: number;
  stderr: () => string;
};

async function start(args: string[], env: Record<string, string> = {}): Promise<Started> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', CLI, '--limits', 'relaxed', ...args],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as {
      type: string;
      url: string;
      mailbox: string | null;
      metrics: string | null;
      pid: number;
    };
    expect(said.type).toBe('service');
    return {
      child,
      url: said.url,
      mailbox: said.mailbox,
      metrics: said.metrics,
      pid: said.pid,
      stderr: () => errors,
    };
  }
  throw new Error(`The service ended: ${errors}`);
}

async function post(
  url: string,
  path: string,
  body: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const register = (url: string, email: string) =>
  post(url, '/v1/accounts', { email, password: PASSWORD, terms: { version: '2026-01' } });

async function codeFor(mailbox: string | null, email: string): Promise<string> {
  const read = async () =>
    (
      (await (await fetch(`${mailbox}/messages?to=${email}`)).json()) as {
        messages: { code: string | null }[];
      }
    ).messages[0]?.code;
  await expect.poll(read, { interval: 20 }).toMatch(/^\d{6}$/);
  return (await read()) ?? '';
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'service-process-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Of the files; a service that was killed leaves its socket. */
async function contentsOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFile(join(dir, name), 'latin1')),
  );
}

describe('the service as a program', () => {
  test('says where it is, ends on SIGTERM and takes its temporary folder with it', async () => {
    const temporary = await folder();
    const { child, url, pid } = await start([], { TMPDIR: temporary });
    expect(pid).toBe(child.pid);
    expect((await fetch(`${url}/v1/meta`)).status).toBe(200);
    expect(await readdir(temporary)).toHaveLength(1);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('gives measures on a port of their own when asked', async () => {
    const { metrics, url } = await start(['--metrics-port', '0', '--connections', '50']);
    expect(metrics).not.toContain(new URL(url).port);
    expect(await (await fetch(metrics ?? '')).text()).toContain('multimedia_mail_server_up 1');
  });

  test('refuses wrong arguments with 2 and nothing on stdout', async () => {
    const child = spawn(process.execPath, [CLI, '--seed', 'bench:many'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    expect(await once(child, 'exit')).toEqual([2, null]);
    expect(out).toBe('');
  });

  test(
    'a new key for password hashes is made on demand, and passwords stay right',
    { tags: ['long'] },
    async () => {
      const data = await folder();
      const first = await start(['--data', data]);
      const login = {
        email: 'editor@demo.example',
        password: 'Sunrise-Harbour-42',
        device: DEVICE,
      };
      first.child.kill('SIGTERM');
      await once(first.child, 'exit');
      const keysOf = async () =>
        (await readFile(join(data, 'password-peppers'), 'utf8')).trimEnd().split('\n');
      const [before, ...none] = await keysOf();
      expect(none).toEqual([]);
      const second = await start(['--data', data, '--rotate-pepper']);
      expect((await post(second.url, '/v1/sessions', login)).status).toBe(201);
      expect(await keysOf()).toEqual([before, expect.stringMatching(/^[\w-]{43} [\w-]{8}$/u)]);
    },
  );

  // tests/long/service-load does the same from many sides.
  test(
    'keeps every account it confirmed, when killed in the middle of work',
    { tags: ['long'] },
    async () => {
      const data = await folder();
      let service = await start(['--data', data]);
      const confirmed: string[] = [];
      for (let round = 0; round < 3; round += 1) {
        const email = `person${round}@station.example`;
        const { body } = await register(service.url, email);
        const proved = await post(service.url, '/v1/accounts/verify', {
          flowId: body['flowId'],
          code: await codeFor(service.mailbox, email),
        });
        expect(proved.status).toBe(201);
        confirmed.push(email);
        // Still hashing and writing when it dies.
        const cut = Promise.allSettled([
          register(service.url, 'a@x.example'),
          register(service.url, 'b@x.example'),
        ]);
        service.child.kill('SIGKILL');
        await once(service.child, 'exit');
        await cut;
        service = await start(['--data', data]);
      }
      for (const email of confirmed)
        expect(
          (await post(service.url, '/v1/sessions', { email, password: PASSWORD, device: DEVICE }))
            .status,
        ).toBe(201);
    },
  );

  test('sends after a crash what it could not send before, and keeps no secret in its files or its log', async () => {
    const data = await folder();
    const first = await start(['--data', data], {
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
    });
    expect(first.mailbox).toBeNull();
    const { body } = await register(first.url, 'ada@station.example');
    await expect.poll(first.stderr).toContain('mail-not-sent');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const files = await contentsOf(data);
    expect(files.some((text) => text.includes('ada@station.example'))).toBe(true);
    expect(
      files.filter((text) => text.includes(PASSWORD) || text.includes('registration-code')),
    ).toEqual([]);
    expect(first.stderr()).not.toMatch(/ada@station|Horse|flw_/);
    const second = await start(['--data', data]);
    const code = await codeFor(second.mailbox, 'ada@station.example');
    const proved = await post(second.url, '/v1/accounts/verify', { flowId: body['flowId'], code });
    expect(proved.status).toBe(201);
    const { refreshToken } = proved.body['session'] as { refreshToken: string };
    const later = await contentsOf(data);
    expect(later.filter((text) => text.includes(refreshToken))).toEqual([]);
  });
});
