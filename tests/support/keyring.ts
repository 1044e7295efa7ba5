import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

const PASSWORD = 'keyring';
/**
 * A bus that starts nothing by itself: asked for a Secret Service while one takes over from
 * another, it would start a third, locked, which keeps the name.
 */
const busOf = (
  folder: string,
): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=${folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`;
const isThere = (command: string): boolean => spawnSync(command, ['--version']).error === undefined;
export const hasKeyring = isThere('dbus-daemon') && isThere('gnome-keyring-daemon');
/** For the name of what is skipped. */
export const whyNoKeyring = hasKeyring
  ? ''
  : ' (skipped: no dbus-daemon or gnome-keyring-daemon here)';

export type Keyring = {
  /** What a program needs to find this one: spread it over the environment. */
  env: Record<string, string>;
  lock(): void;
  /**
   * A fresh daemon takes over and is given the password, as when a person logs in again. Nothing,
   * where it is not locked.
   */
  unlock(): void;
  /**
   * The daemon is there and says nothing, as on a machine that has too much to do; until `resume`.
   */
  suspend(): void;
  resume(): void;
  stop(): Promise<void>;
};

/** Blocks, as what calls it does; throws after half a minute. */
const waitUntil = (isSo: () => boolean): void => {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries === 600) throw new Error('the Secret Service did not come or go');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
};

/**
 * A D-Bus session of its own with a real, unlocked Secret Service, its files in a folder that goes
 * with it: nothing of the person who runs the checks is read or written, and a lock here is not
 * felt elsewhere.
 */
export async function startKeyring(): Promise<Keyring> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'multimedia-desk-keyring-'));
  const own = {
    XDG_RUNTIME_DIR: path.join(folder, 'run'),
    XDG_DATA_HOME: path.join(folder, 'data'),
  };
  for (const made of Object.values(own)) mkdirSync(made, { mode: 0o700 });
  const config = path.join(folder, 'bus.conf');
  writeFileSync(config, busOf(folder));
  const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address=1'], {
    env: { ...process.env, ...own },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [address] = (await once(readline.createInterface({ input: bus.stdout }), 'line')) as [
    string,
  ];
  const env = { ...own, DBUS_SESSION_BUS_ADDRESS: address };
  const run = (command: string, args: string[]): void => {
    const { status } = spawnSync(command, args, {
      env: { ...process.env, ...env },
      input: PASSWORD,
    });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  };
  const start = (): void =>
    run('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--daemonize']);
  /** Pid of the daemon that owns the name of the Secret Service on the bus. */
  const owner = (): number | null => {
    const { stdout } = spawnSync(
      'dbus-send',
      [
        '--session',
        '--print-reply=literal',
        '--dest=org.freedesktop.DBus',
        '/org/freedesktop/DBus',
        'org.freedesktop.DBus.GetConnectionUnixProcessID',
        'string:org.freedesktop.secrets',
      ],
      { env: { ...process.env, ...env }, encoding: 'utf8' },
    );
    const pid = /uint32 (\d+)/u.exec(stdout)?.[1];
    return pid === undefined ? null : Number(pid);
  };
  const begin = (): void => {
    start();
    waitUntil(() => owner() !== null);
  };
  begin();
  let isLocked = false;
  let suspended: number | null = null;
  return {
    env,
    lock() {
      run('dbus-send', [
        '--session',
        '--print-reply',
        '--dest=org.freedesktop.secrets',
        '/org/freedesktop/secrets',
        'org.freedesktop.Secret.Service.Lock',
        'array:objpath:/org/freedesktop/secrets/collection/login',
      ]);
      isLocked = true;
    },
    unlock() {
      if (!isLocked) return;
      const former = owner();
      if (former !== null) process.kill(former);
      // One that is still there would win over the new one.
      waitUntil(() => owner() === null);
      begin();
      isLocked = false;
    },
    suspend() {
      suspended = owner();
      if (suspended === null) throw new Error('there is no Secret Service to suspend');
      process.kill(suspended, 'SIGSTOP');
    },
    resume() {
      if (suspended !== null) process.kill(suspended, 'SIGCONT');
      suspended = null;
    },
    async stop() {
      if (suspended !== null) process.kill(suspended, 'SIGCONT');
      // The daemon ends with its bus.
      bus.kill();
      if (bus.exitCode === null && bus.signalCode === null) await once(bus, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
