import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desk, type Run } from '../../support/app/desk.ts';
import { PASSWORD, startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const EMAIL = 'server@station.example';
const home = temporaryFolder();
const key = path.join(temporaryFolder(), 'key');
const RANDOM = randomBytes(32);
let service: DemoService;

// As on a server: no bus, and so no keychain.
const {
  DBUS_SESSION_BUS_ADDRESS: _bus,
  DISPLAY: _display,
  CREDENTIALS_DIRECTORY: _credentials,
  ...env
} = { ...process.env, XDG_RUNTIME_DIR: '/nonexistent' } as NodeJS.ProcessEnv;
const run = (args: string[], input = ''): Promise<Run> =>
  desk(args, { home, service: service.url, input, env });
const doctor = async (...args: string[]) =>
  (await run(['doctor', ...args])).lines.find(({ name }) => name === 'keychain');

beforeAll(async () => {
  writeFileSync(key, RANDOM, { mode: 0o600 });
  service = await startDemo();
});
afterAll(() => service.close());

test('without a keychain: an account in the credential file, which later commands use by themselves', async () => {
  const register =
    `account register --email ${EMAIL} --name Ingest --organisation Station --country be --password-stdin --accept-terms`.split(
      ' ',
    );
  expect(await run(register, `${PASSWORD}\n`)).toMatchObject({
    code: 3,
    result: {
      code: 'keychain-absent',
      message: expect.stringContaining('--credentials file') as string,
    },
  });
  expect(
    await run([...register, '--credentials', 'file', '--credential-key', key], `${PASSWORD}\n`),
  ).toMatchObject({ code: 0, result: { keychain: 'ok' } });
  const { code } = await service.nextMail(EMAIL);
  expect(await run(['account', 'verify', '--code', code ?? ''])).toMatchObject({ code: 0 });
  expect(await run(['account', 'status'])).toMatchObject({
    code: 0,
    result: { signedIn: true, email: EMAIL },
  });
  expect(await doctor()).toMatchObject({
    ok: true,
    found: `credential file, encrypted with the key from ${key}`,
  });
});

test('with another key, nothing is changed; with the right one again, all is there', async () => {
  const file = path.join(home, 'credentials.enc');
  const before = readFileSync(file);
  writeFileSync(key, randomBytes(32));
  expect(await run(['account', 'status'])).toMatchObject({
    code: 3,
    result: { code: 'credentials-closed' },
  });
  expect(await doctor()).toMatchObject({
    ok: false,
    found: expect.stringContaining('another key') as string,
  });
  expect(await doctor('--credentials', 'file', '--credential-key', `${key}-lost`)).toMatchObject({
    ok: false,
    found: expect.stringContaining('isn’t there') as string,
  });
  expect(readFileSync(file).equals(before)).toBe(true);
  writeFileSync(key, RANDOM);
  expect(await run(['account', 'status'])).toMatchObject({ code: 0, result: { signedIn: true } });
});

test('a damaged file is said by doctor, then set aside: sign in again', async () => {
  const file = path.join(home, 'credentials.enc');
  const damaged = readFileSync(file).subarray(0, -1);
  writeFileSync(file, damaged);
  expect(await doctor()).toMatchObject({
    ok: false,
    advice: 'The next start sets it aside. Sign in again then.',
  });
  expect(readFileSync(file).equals(damaged)).toBe(true);
  expect(await run(['account', 'status'])).toMatchObject({ result: { signedIn: false } });
  expect(
    await run(['account', 'login', '--email', EMAIL, '--password-stdin'], `${PASSWORD}\n`),
  ).toMatchObject({ code: 0, result: { signedIn: true, keychain: 'ok' } });
});

test('where the choice is lost, every command says so, and doctor the rest too', async () => {
  rmSync(path.join(home, 'credentials.json'));
  expect(await run(['account', 'status'])).toMatchObject({
    code: 3,
    result: {
      code: 'credentials-closed',
      message: expect.stringContaining('Choose it again') as string,
    },
  });
  const { lines } = await run(['doctor']);
  expect(lines.find(({ name }) => name === 'keychain')).toMatchObject({ ok: false });
  expect(lines.find(({ name }) => name === 'versions')).toMatchObject({ ok: true });
  expect(
    await run(['account', 'status', '--credentials', 'file', '--credential-key', key]),
  ).toMatchObject({ code: 0, result: { signedIn: true } });
});

test('options that make no sense are said', async () => {
  expect(await run(['account', 'status', '--credentials', 'somewhere'])).toMatchObject({
    code: 2,
    result: { code: 'usage' },
  });
  expect(
    await run(['account', 'status', '--credentials', 'keychain', '--credential-key', key]),
  ).toMatchObject({ code: 2, result: { code: 'usage' } });
});
