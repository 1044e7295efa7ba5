import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { afterEach, expect, test, vi } from 'vitest';
import { clearHome } from '../../../src/main/adapters/fs/home-files.ts';
import { createVault, openCredentials } from '../../../src/main/adapters/vault.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RANDOM = randomBytes(32);
const PASSPHRASE = 'seven slow lanterns over the quay';
const DIGEST_BYTES = 32;
const VERSION_AT = 8;
const NONCE_AT = 26;
const NONCE_BYTES = 12;

afterEach(() => void vi.unstubAllEnvs());

function keyFile(content: Buffer | string = RANDOM, mode = 0o600): string {
  const file = path.join(temporaryFolder(), 'key');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

/** A home whose secrets are in a file, and its vault. */
async function fileHome(key = keyFile()) {
  const home = temporaryFolder();
  await openCredentials(home, { store: 'file', keyFile: key });
  const file = path.join(home, 'credentials.enc');
  return { home, key, file, vault: createVault(home, 'https://media.example') };
}

/** What a program that starts now finds. */
async function readAgain(home: string): Promise<string | null> {
  await openCredentials(home);
  return (await createVault(home, 'https://media.example').read('session')).value;
}

const closed = (message: RegExp) => ({
  code: 'credentials-closed',
  message: expect.stringMatching(message) as string,
});

for (const [kind, content] of [
  ['32 random bytes', RANDOM],
  ['a passphrase', `${PASSPHRASE}\n`],
] as const)
  test(`with ${kind}: what is written is read by the next program, removed, and never in clear`, async () => {
    const { home, file, vault } = await fileHome(keyFile(content));
    expect(await vault.write('session', 'token-7f3a')).toBe('ok');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const name of readdirSync(home))
      expect(readFileSync(path.join(home, name), 'latin1')).not.toMatch(
        /token-7f3a|session|media\.example|lanterns/,
      );
    expect(await readAgain(home)).toBe('token-7f3a');
    const later = createVault(home, 'https://media.example');
    expect(await later.remove('session')).toBe('ok');
    expect(await readAgain(home)).toBeNull();
  });

test('the key is a credential of systemd where no file is named', async () => {
  const folder = temporaryFolder();
  vi.stubEnv('CREDENTIALS_DIRECTORY', folder);
  // As systemd shows its access list for the user of the unit.
  writeFileSync(path.join(folder, 'multimedia-desk-key'), RANDOM, { mode: 0o440 });
  const home = temporaryFolder();
  await openCredentials(home, { store: 'file' });
  await createVault(home, 'https://media.example').write('session', 'kept');
  expect(await readAgain(home)).toBe('kept');
  vi.stubEnv('CREDENTIALS_DIRECTORY', undefined);
  await expect(openCredentials(home)).rejects.toMatchObject(
    closed(/systemd’s credential multimedia-desk-key.*--credential-key/),
  );
});

test('vaults of one home share the file, scopes and names do not meet, concurrent writes are all there', async () => {
  const { home, vault } = await fileHome();
  const other = createVault<string>(home, 'addresses');
  await Promise.all([
    vault.write('session', 'mine'),
    ...Array.from({ length: 20 }, (_, n) => other.write(`trf_${n}`, `password ${n}`)),
    other.write('session', 'another'),
  ]);
  expect(await readAgain(home)).toBe('mine');
  const again = createVault<string>(home, 'addresses');
  expect(await again.read('session')).toEqual({ state: 'ok', value: 'another' });
  expect(await again.read('trf_19')).toEqual({ state: 'ok', value: 'password 19' });
  expect(await createVault(home, 'https://media.example').read('flow')).toEqual({
    state: 'ok',
    value: null,
  });
});

test('every write has a nonce of its own', async () => {
  const { file, vault } = await fileHome();
  const nonces = new Set<string>();
  for (let n = 0; n < 20; n++) {
    await vault.write('session', n % 2 === 0 ? 'even' : 'odd');
    nonces.add(
      readFileSync(file)
        .subarray(NONCE_AT, NONCE_AT + NONCE_BYTES)
        .toString('hex'),
    );
  }
  expect(nonces.size).toBe(20);
});

for (const [how, content] of [
  ['another key', randomBytes(32)],
  ['a passphrase instead', PASSPHRASE],
] as const)
  test(`${how}: refused, whatever is done, and the file stays as it is`, async () => {
    const { home, key, file, vault } = await fileHome();
    await vault.write('session', 'kept');
    const before = readFileSync(file);
    const wrong = keyFile(content);
    await expect(openCredentials(home, { store: 'file', keyFile: wrong })).rejects.toMatchObject(
      closed(/another key than the one from .*Nothing was changed/),
    );
    // The choice isn't remembered either.
    expect(await readAgain(home)).toBe('kept');
    writeFileSync(key, readFileSync(wrong));
    await expect(openCredentials(home)).rejects.toMatchObject(closed(/another key/));
    const blind = createVault(home, 'https://media.example');
    expect(await blind.read('session')).toEqual({ state: 'unanswered', value: null });
    expect(await blind.write('session', 'new')).toBe('unanswered');
    expect(await blind.write('flow', 'new')).toBe('unanswered');
    expect(await blind.remove('session')).toBe('unanswered');
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(home).filter((name) => name.startsWith('credentials.enc'))).toEqual([
      'credentials.enc',
    ]);
  });

test('any flipped byte, any cut: set aside as it is, and a new file begins', async () => {
  const { home, file, vault } = await fileHome();
  await vault.write('session', 'kept');
  const sound = readFileSync(file);
  const damaged = [
    ...Array.from(sound, (byte, at) => {
      const copy = Buffer.from(sound);
      copy[at] = byte ^ 0x10;
      return copy;
    }),
    ...[0, 1, 20, 60, sound.length - 1].map((length) => sound.subarray(0, length)),
  ];
  for (const bytes of damaged) {
    writeFileSync(file, bytes);
    const { aside } = await openCredentials(home);
    expect(aside).toContain('credentials.enc.damaged-');
    expect(readFileSync(aside ?? '').equals(bytes)).toBe(true);
    rmSync(aside ?? '');
    expect(existsSync(file)).toBe(false);
  }
  const renewed = createVault(home, 'https://media.example');
  expect(await renewed.read('session')).toEqual({ state: 'ok', value: null });
  expect(await renewed.write('session', 'again')).toBe('ok');
  expect(await readAgain(home)).toBe('again');
});

/** The file as somebody would leave it who knows its format, but not the key. */
function forge(file: string, at: number): Buffer {
  const body = readFileSync(file).subarray(0, -DIGEST_BYTES);
  body[at] = (body[at] ?? 0) ^ 0x10;
  const forged = Buffer.concat([body, createHash('sha256').update(body).digest()]);
  writeFileSync(file, forged);
  return forged;
}

test('what was changed on purpose is refused and left alone, in the header too', async () => {
  for (const [at, message] of [
    [NONCE_AT, /another key/],
    [NONCE_AT + NONCE_BYTES + 1, /another key/],
    [VERSION_AT, /newer version/],
    [VERSION_AT + 1, /another key/],
    [VERSION_AT + 2, /another key/],
  ] as const) {
    const { home, file, vault } = await fileHome();
    await vault.write('session', 'kept');
    const forged = forge(file, at);
    await expect(openCredentials(home)).rejects.toMatchObject(closed(message));
    expect(readFileSync(file).equals(forged)).toBe(true);
  }
});

test('something else in its place is set aside', async () => {
  const { home, file } = await fileHome();
  mkdirSync(path.join(file, 'inside'), { recursive: true });
  const { aside } = await openCredentials(home);
  expect(readdirSync(aside ?? '')).toEqual(['inside']);
  expect(await createVault(home, 'https://media.example').write('session', 'one')).toBe('ok');
});

test('a disk that cannot be written: held in memory, and written once it can be', async () => {
  const { home, vault } = await fileHome();
  await vault.write('session', 'old');
  const away = `${home}-away`;
  renameSync(home, away);
  expect(await vault.write('session', 'new')).toBe('unanswered');
  expect(await vault.read('session')).toEqual({ state: 'ok', value: 'new' });
  rmSync(home, { recursive: true, force: true });
  renameSync(away, home);
  expect(await readAgain(home)).toBe('old');
  expect(await vault.flush()).toBe('ok');
  expect(await readAgain(home)).toBe('new');
});

test('kill -9 while it is written: the old secret or the new one, and no leftovers', async () => {
  const { home } = await fileHome();
  const module = new URL('../../../src/main/adapters/vault.ts', import.meta.url).href;
  const script = `
    const { createVault, openCredentials } = await import(${JSON.stringify(module)});
    const home = ${JSON.stringify(home)};
    await openCredentials(home);
    const vault = createVault(home, 'https://media.example');
    for (let n = Number((await vault.read('session')).value ?? 0); ; n++) {
      if ((await vault.write('session', String(n))) !== 'ok') throw new Error('not written');
      console.log(n);
    }`;
  let known = 0;
  for (let kills = 0; kills < 8; kills++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    let written = 0;
    for await (const line of readline.createInterface({ input: child.stdout })) {
      known = Number(line);
      if (++written === 2 + kills) child.kill('SIGKILL');
    }
    await exit;
    const found = Number(await readAgain(home));
    // What was told was on the medium, and at most the next one came after it.
    expect([known, known + 1]).toContain(found);
  }
  clearHome(home);
  expect(readdirSync(home).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('the choice holds for programs that do not name it, and losing it is no way back to the keychain', async () => {
  const { home, vault } = await fileHome();
  await vault.write('session', 'kept');
  expect(await readAgain(home)).toBe('kept');
  const choice = path.join(home, 'credentials.json');
  for (const text of [null, '{"store":"fi', '{"store":"elsewhere"}']) {
    if (text === null) rmSync(choice);
    else writeFileSync(choice, text);
    await expect(openCredentials(home)).rejects.toMatchObject(closed(/Choose it again/));
    const unreachable = createVault(home, 'https://media.example');
    expect(await unreachable.read('session')).toEqual({ state: 'unanswered', value: null });
    expect(await unreachable.write('session', 'elsewhere')).toBe('unanswered');
  }
  await openCredentials(home, { store: 'keychain' });
  await openCredentials(home);
  expect(JSON.parse(readFileSync(choice, 'utf8'))).toEqual({ store: 'keychain' });
});

test('a key that is missing, short or no key is refused with what to do', async () => {
  const home = temporaryFolder();
  for (const [file, error] of [
    [path.join(home, 'nothing'), closed(/isn’t there/)],
    [home, closed(/no key file/)],
    [keyFile(''), closed(/at least 12 characters/)],
    [keyFile('elevenchars\n'), closed(/at least 12 characters/)],
    [keyFile(randomBytes(31)), closed(/32 random bytes/)],
    [keyFile('two lines of\ntext are no passphrase'), closed(/on one line/)],
    [keyFile(randomBytes(5000)), closed(/no key file/)],
  ] as const)
    await expect(openCredentials(home, { store: 'file', keyFile: file })).rejects.toMatchObject(
      error,
    );
  expect(readdirSync(home)).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'a key file that others can read is refused with what to do',
  async () => {
    const home = temporaryFolder();
    for (const mode of [0o640, 0o604, 0o620])
      await expect(
        openCredentials(home, { store: 'file', keyFile: keyFile(RANDOM, mode) }),
      ).rejects.toMatchObject({
        code: 'not-permitted',
        message: expect.stringContaining('chmod 600') as string,
      });
    expect(readdirSync(home)).toEqual([]);
  },
);
