import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createKeychainVault } from '../../../src/main/adapters/keychain.ts';
import { readSecret, storedFlow } from '../../../src/main/account/tokens.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { keyring } from '../../support/own-keyring.ts';
import { eventually } from '../../support/eventually.ts';

/** How many prompts the Secret Service was asked for while `work` ran. */
async function countPrompts(work: () => Promise<unknown>): Promise<number> {
  const monitor = spawn(
    'dbus-monitor',
    ['--session', "interface='org.freedesktop.Secret.Prompt'"],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let heard = '';
  monitor.stdout.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  // The bus keeps the order: once the frame after the work was heard, so was all that came before
  // it.
  const frame = (member: string): Promise<void> =>
    eventually(() => {
      spawnSync('dbus-send', ['--session', '/', `org.freedesktop.Secret.Prompt.${member}`]);
      expect(heard).toContain(`member=${member}`);
    });
  await frame('Before');
  await work();
  await frame('After');
  monitor.kill();
  await once(monitor, 'exit');
  return heard.split(/^method call .*member=Prompt$/mu).length - 1;
}

describe.skipIf(!hasKeyring)(`the keychain, a real Secret Service${whyNoKeyring}`, () => {
  test('ok: what is written is read by another program, and goes when it is removed', async () => {
    const scope = randomUUID();
    expect(await createKeychainVault(scope).write('session', 'one')).toBe('ok');
    expect(await createKeychainVault(scope).read('session')).toEqual({ state: 'ok', value: 'one' });
    expect(await createKeychainVault(scope).remove('session')).toBe('ok');
    expect(await createKeychainVault(scope).read('session')).toEqual({ state: 'ok', value: null });
  });

  test('scopes and names do not meet', async () => {
    const [one, other] = [createKeychainVault(randomUUID()), createKeychainVault(randomUUID())];
    await one.write('session', 'mine');
    expect(await one.read('flow')).toEqual({ state: 'ok', value: null });
    expect(await other.read('session')).toEqual({ state: 'ok', value: null });
    await one.remove('session');
  });

  test('locked: said so, nothing deleted, and all there once it is unlocked', async () => {
    const vault = createKeychainVault(randomUUID());
    await vault.write('session', 'kept');
    keyring?.lock();
    expect(await vault.read('session')).toEqual({ state: 'locked', value: null });
    // Kept in memory meanwhile, so that the program can go on.
    expect(await vault.write('flow', 'meanwhile')).toBe('locked');
    expect(await vault.read('flow')).toEqual({ state: 'ok', value: 'meanwhile' });
    keyring?.unlock();
    expect(await vault.read('session')).toEqual({ state: 'ok', value: 'kept' });
    await vault.remove('session');
  });

  test('silent: not called locked, kept in memory meanwhile, and all there once it answers', async () => {
    const scope = randomUUID();
    const vault = createKeychainVault(scope, new Set(), 100);
    await createKeychainVault(scope).write('session', 'kept');
    keyring?.suspend();
    try {
      expect(await vault.read('session')).toEqual({ state: 'unanswered', value: null });
      expect(await vault.write('flow', 'meanwhile')).toBe('unanswered');
      expect(await vault.read('flow')).toEqual({ state: 'ok', value: 'meanwhile' });
    } finally {
      keyring?.resume();
    }
    // A tenth of a second is all that it waits here, which a busy machine may need.
    await expect.poll(() => vault.flush()).toBe('ok');
    expect(await createKeychainVault(scope).read('flow')).toEqual({
      state: 'ok',
      value: 'meanwhile',
    });
    expect(await vault.read('session')).toEqual({ state: 'ok', value: 'kept' });
    await vault.remove('session');
    await vault.remove('flow');
  });

  test('silent for a moment: a call goes on once it answers', async () => {
    const scope = randomUUID();
    await createKeychainVault(scope).write('session', 'kept');
    keyring?.suspend();
    const reading = createKeychainVault(scope).read('session');
    // Real time: longer than the two seconds in which the Secret Service must answer a request, so
    // that the first look gives up, and within the window in which it is asked again.
    setTimeout(() => keyring?.resume(), 2_500);
    expect(await reading).toEqual({ state: 'ok', value: 'kept' });
  });

  test('a prompt that was refused is not opened again until a person asks', async () => {
    const vault = createKeychainVault(randomUUID());
    await vault.write('session', 'kept');
    keyring?.lock();
    const prompts = await countPrompts(async () => {
      for (let i = 0; i < 3; i += 1)
        expect(await vault.read('session')).toEqual({ state: 'locked', value: null });
    });
    expect(prompts).toBe(1);
    vault.allowPrompt();
    expect(await countPrompts(() => vault.read('session'))).toBe(1);
    keyring?.unlock();
    // Opened elsewhere: nobody has to ask.
    expect(await vault.read('session')).toEqual({ state: 'ok', value: 'kept' });
    await vault.remove('session');
  });

  test('removed while locked: not there any more, and gone once it is unlocked', async () => {
    const scope = randomUUID();
    const vault = createKeychainVault(scope);
    await vault.write('session', 'signed in');
    keyring?.lock();
    expect(await vault.remove('session')).toBe('locked');
    expect(await vault.read('session')).toEqual({ state: 'locked', value: null });
    keyring?.unlock();
    expect(await vault.read('session')).toEqual({ state: 'ok', value: null });
    expect(await createKeychainVault(scope).read('session')).toEqual({ state: 'ok', value: null });
  });

  test('unreadable: an entry that makes no sense is set aside, not deleted', async () => {
    const scope = randomUUID();
    const vault = createKeychainVault(scope);
    await vault.write('flow', '{"purpose":"from a newer version"}');
    expect(await readSecret(vault, 'flow', storedFlow)).toEqual({
      state: 'unreadable',
      value: null,
    });
    expect(await vault.read('flow')).toEqual({ state: 'ok', value: null });
    expect(
      spawnSync('secret-tool', ['search', '--all', 'username', `${scope}:flow-set-aside`], {
        encoding: 'utf8',
      }).stdout,
    ).toContain('newer version');
  });
});

test('absent: without a session bus secrets last as long as the program', async () => {
  const script = `
    const { createKeychainVault } = await import(${JSON.stringify(new URL('../../../src/main/adapters/keychain.ts', import.meta.url).href)});
    const vault = createKeychainVault('nobody');
    console.log(JSON.stringify([await vault.write('session', 'one'), await vault.read('session'), await vault.read('flow')]));`;
  const { DBUS_SESSION_BUS_ADDRESS: _bus, DISPLAY: _display, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...env, XDG_RUNTIME_DIR: '/nonexistent' },
    encoding: 'utf8',
  });
  expect(JSON.parse(stdout)).toEqual([
    'absent',
    { state: 'ok', value: 'one' },
    { state: 'absent', value: null },
  ]);
});
