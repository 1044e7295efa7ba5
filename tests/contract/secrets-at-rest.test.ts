import { randomBytes, scryptSync } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { ServiceOptions } from '../../src/service/index.ts';
import { CHEAP } from '../support/service/demo.ts';
import { inDatabase } from '../support/changed-database.ts';
import { DEVICE, NEW_PASSWORD, PASSWORD, startTested } from './support/service.ts';
import type { Tested } from './support/service.ts';

const EMAIL = 'ada@station.example';
const OTHER = 'bo@station.example';
const login = (email = EMAIL, password = PASSWORD) => ({
  body: { email, password, device: DEVICE },
});

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'service-peppers-'));
  return () => rm(dataDir, { recursive: true });
});
const start = (options: ServiceOptions = {}) => startTested({ dataDir, ...options });

/** What stands in the closed store. */
const hashOf = (email: string) =>
  String(
    inDatabase(path.join(dataDir, 'service.sqlite'), (db) =>
      db.prepare("SELECT json ->> 'passwordHash' AS hash FROM accounts WHERE email = ?").get(email),
    )?.['hash'],
  );
const idOf = (hash: string) => hash.split('$')[6];
const withoutPepper = (password: string, salt: Buffer) =>
  scryptSync(password, salt, 32, CHEAP).toString('base64url');

/** As the version before wrote it. */
function putOldHash(email: string): void {
  const salt = randomBytes(16);
  const hash = [
    'scrypt',
    CHEAP.N,
    CHEAP.r,
    CHEAP.p,
    salt.toString('base64url'),
    withoutPepper(PASSWORD, salt),
  ].join('$');
  inDatabase(path.join(dataDir, 'service.sqlite'), (db) =>
    db
      .prepare("UPDATE accounts SET json = json_set(json, '$.passwordHash', ?) WHERE email = ?")
      .run(hash, email),
  );
}
async function signedUp(): Promise<void> {
  const service = await start();
  for (const email of [EMAIL, OTHER]) await service.signUp(email);
  await service.close();
}
async function resetTo(service: Tested, email: string, newPassword: string): Promise<number> {
  const {
    body: { flowId },
  } = await service.ask('startReset', { body: { email } });
  const {
    body: { resetToken },
  } = await service.ask('verifyReset', { body: { flowId, code: await service.code(email, 1) } });
  return (await service.ask('completeReset', { body: { resetToken, newPassword } })).status;
}

test('a copy of the database does not tell whether a guessed password is right', async () => {
  await signedUp();
  const [, , , , salt = '', key, id] = hashOf(EMAIL).split('$');
  expect(key).not.toBe(withoutPepper(PASSWORD, Buffer.from(salt, 'base64url')));
  expect(id).toMatch(/^[\w-]{8}$/u);
  const file = path.join(dataDir, 'password-peppers');
  expect(await readFile(file, 'utf8')).toMatch(/^[\w-]{43} [\w-]{8}\n$/u);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a hash of the version before is right still, and gives way to one with a pepper at the next sign-in', async () => {
  await signedUp();
  putOldHash(EMAIL);
  putOldHash(OTHER);
  const service = await start();
  await service.refused('signIn', login(EMAIL, 'Wrong-Horse-777'), 'invalid-credentials');
  const signIns = await Promise.all(
    [1, 2, 3].map(() =>
      fetch(`${service.url}/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(login().body),
      }),
    ),
  );
  expect(signIns.map(({ status }) => status)).toEqual([201, 201, 201]);
  await service.refused('signIn', login(OTHER, 'Wrong-Horse-777'), 'invalid-credentials');
  await service.close();
  expect(idOf(hashOf(EMAIL))).toMatch(/^[\w-]{8}$/u);
  expect(idOf(hashOf(OTHER))).toBeUndefined();
  const again = await start();
  expect((await again.ask('signIn', login())).status).toBe(201);
  await again.refused('signIn', login(EMAIL, 'Wrong-Horse-777'), 'invalid-credentials');
});

test('what is asked of somebody signed in renews the hash too, and is no change of the account', async () => {
  await signedUp();
  const first = await start();
  const {
    body: { accessToken: token },
  } = await first.ask('signIn', login());
  const etag = (await first.ask('getAccount', { token })).headers.get('etag');
  await first.close();
  putOldHash(EMAIL);
  const service = await start();
  expect((await service.ask('reauth', { token, body: { password: PASSWORD } })).status).toBe(204);
  expect((await service.ask('getAccount', { token })).headers.get('etag')).toBe(etag);
  await service.close();
  expect(idOf(hashOf(EMAIL))).toMatch(/^[\w-]{8}$/u);
});

test('a new pepper takes over as people sign in; without the old one the others reset their password', async () => {
  await signedUp();
  const old = idOf(hashOf(EMAIL));
  const rotated = await start({ rotatePepper: true });
  expect((await rotated.ask('signIn', login())).status).toBe(201);
  await rotated.close();
  expect(idOf(hashOf(EMAIL))).not.toBe(old);
  expect(idOf(hashOf(OTHER))).toBe(old);

  const file = path.join(dataDir, 'password-peppers');
  const lines = (await readFile(file, 'utf8')).split('\n');
  expect(lines).toHaveLength(3);
  await writeFile(file, lines.slice(1).join('\n'));
  const service = await start();
  expect((await service.ask('signIn', login())).status).toBe(201);
  await service.refused('signIn', login(OTHER), 'invalid-credentials');
  expect(await resetTo(service, OTHER, NEW_PASSWORD)).toBe(204);
  expect((await service.ask('signIn', login(OTHER, NEW_PASSWORD))).status).toBe(201);
});

test('the files hold no code, no token and no password', async () => {
  const service = await start();
  const { flowId, code } = await service.register(EMAIL);
  const {
    body: { session },
  } = await service.ask('verifyAccount', { body: { flowId, code, device: DEVICE } });
  const { body: renewed } = await service.ask('refresh', {
    body: { refreshToken: session.refreshToken },
  });
  const {
    body: { flowId: resetId },
  } = await service.ask('startReset', { body: { email: EMAIL } });
  const resetCode = await service.code(EMAIL, 2);
  const {
    body: { resetToken },
  } = await service.ask('verifyReset', { body: { flowId: resetId, code: resetCode } });
  const files = await Promise.all(
    (await readdir(dataDir)).map((name) => readFile(path.join(dataDir, name), 'latin1')),
  );
  expect(files.some((text) => text.includes(flowId) && text.includes(EMAIL))).toBe(true);
  const secrets = [
    session.accessToken,
    session.refreshToken,
    renewed.accessToken,
    renewed.refreshToken,
    resetToken,
    PASSWORD,
    `"${code}"`,
    `"${resetCode}"`,
    `${code.slice(0, 3)} ${code.slice(3)}`,
  ];
  for (const secret of secrets) expect(files.filter((text) => text.includes(secret))).toEqual([]);
});

test('a file of peppers that makes no sense is not written over', async () => {
  await signedUp();
  const file = path.join(dataDir, 'password-peppers');
  await writeFile(file, 'half a ke');
  await expect(start()).rejects.toThrow('not a key');
  expect(await readFile(file, 'utf8')).toBe('half a ke');
});

test.skipIf(process.platform === 'win32')(
  'in a folder that others may open, and after a version that left it open, the database is its owner’s alone',
  async () => {
    await chmod(dataDir, 0o755);
    const files = async () => {
      const service = await start();
      await service.signUp(`${randomBytes(4).toString('hex')}@station.example`);
      const modes = await Promise.all(
        (await readdir(dataDir)).map(
          async (name) => (await stat(path.join(dataDir, name))).mode & 0o077,
        ),
      );
      await service.close();
      return modes;
    };
    expect((await files()).filter((mode) => mode !== 0)).toEqual([]);
    await chmod(path.join(dataDir, 'service.sqlite'), 0o644);
    expect((await files()).filter((mode) => mode !== 0)).toEqual([]);
  },
);
