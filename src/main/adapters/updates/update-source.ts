import { CancellationToken, HttpError } from 'builder-util-runtime';
import { AppImageUpdater, MacUpdater, NsisUpdater } from 'electron-updater';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import type { UpdateFault } from '../../../shared/contract/updates.ts';
import { messageOf } from '../../../shared/errors.ts';
import { UpdateError, type UpdateSource } from '../../updates/ports.ts';
import { errnoOf, isDiskFull } from '../fs/errors.ts';
import { createAgents } from '../http/agents.ts';
import { transportError } from '../http/errors.ts';
import type { Network } from '../http/network.ts';
import { AgentsExecutor, RefusedRequest } from './agents-executor.ts';
import { readOfferFile, signatureOf } from './signed-offer.ts';

/** What electron-updater asks of the program. */
export type UpdaterApp = {
  readonly version: string;
  readonly name: string;
  readonly isPackaged: boolean;
  /** `app-update.yml`, which electron-builder puts beside the program: the server's address. */
  readonly appUpdateConfigPath: string;
  readonly userDataPath: string;
  readonly baseCachePath: string;
  whenReady(): Promise<void>;
  relaunch(): void;
  quit(): void;
  onQuit(handler: (exitCode: number) => void): void;
};

/** How this program was installed; what a package manager has installed, that updates. */
export type Installed = { kind: 'appimage'; file: string } | { kind: 'nsis' } | { kind: 'mac' };

type Options = {
  installed: Installed;
  app: UpdaterApp;
  network: Network;
  /** Of the publisher: see `signatureOf`. */
  keys: readonly string[];
  log(message: string): void;
};

/** Its place among all installations is a number in a file of its own, kept by the library. */
type Staged = { stagingUserIdPromise: { value: Promise<string> } };
type Updater = AppImageUpdater | NsisUpdater | MacUpdater;

/**
 * Puts a new AppImage in the place of the one that runs, under its name: launchers that point at it
 * stay right. The library removes the old one first, and a full disk would leave none.
 */
class ReplacingAppImageUpdater extends AppImageUpdater {
  readonly #file: string;

  constructor(file: string, app: UpdaterApp) {
    super(null, app);
    this.#file = file;
  }

  protected override doInstall({ isForceRunAfter }: { isForceRunAfter: boolean }): boolean {
    if (this.installerPath === null) throw new Error('nothing was downloaded');
    replaceFile(this.installerPath, this.#file);
    if (isForceRunAfter) this.app.relaunch();
    return true;
  }
}

/** @throws what a system call failed with; the former file is whole then */
function replaceFile(from: string, to: string): void {
  const beside = `${to}.update`;
  try {
    copyFileSync(from, beside);
    chmodSync(beside, 0o755);
    const handle = openSync(beside, 'r+');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, to);
  } catch (thrown) {
    rmSync(beside, { force: true });
    throw thrown;
  }
}

function createUpdater(installed: Installed, app: UpdaterApp): Updater {
  switch (installed.kind) {
    case 'appimage':
      return new ReplacingAppImageUpdater(installed.file, app);
    case 'nsis':
      return new NsisUpdater(undefined, app);
    case 'mac':
      return new MacUpdater(undefined, app);
  }
  return installed satisfies never;
}

/**
 * Updates from a server of files, by electron-updater: it reads the channel's file, fetches what has
 * changed of the installer, checks its SHA-512, on Windows also its Authenticode signature, and runs
 * it. What it is used for ends there: when, whether and by whose signature is decided here.
 */
export function createUpdateSource({ installed, app, network, keys, log }: Options): UpdateSource {
  const agents = createAgents({ network });
  const executor = new AgentsExecutor(agents);
  const updater = createUpdater(installed, app);
  // Null where an app is given; read when the configuration is.
  Reflect.set(updater, 'httpExecutor', executor);
  updater.logger = {
    info: () => undefined,
    warn: (message: unknown) => log(`updates: ${firstLine(message)}`),
    error: (message: unknown) => log(`updates: ${firstLine(message)}`),
  };
  updater.autoDownload = false;
  // Squirrel, which installs on macOS, does it by itself.
  updater.autoInstallOnAppQuit = installed.kind === 'mac';
  updater.disableWebInstaller = true;
  updater.isUserWithinRollout = () => true;
  // Last, because a channel switches it on.
  const setChannel = (channel: string): void => {
    updater.channel = channel;
    updater.allowDowngrade = false;
  };
  const during = async <T>(
    signal: AbortSignal,
    isDownload: boolean,
    work: () => Promise<T>,
  ): Promise<T> => {
    executor.signal = signal;
    try {
      return await work();
    } catch (thrown) {
      throw updateError(thrown, signal, isDownload);
    } finally {
      executor.signal = null;
    }
  };
  return {
    check: (channel, signal) =>
      during(signal, false, async () => {
        requireReplaceable(installed);
        setChannel(channel === 'beta' ? 'beta' : 'latest');
        const answer = await updater.checkForUpdates();
        if (answer === null) throw new UpdateError('other', 'the app isn’t packaged');
        const file = readOfferFile(answer.updateInfo);
        const id = await (updater as unknown as Staged).stagingUserIdPromise.value;
        return {
          version: file.version,
          signature: signatureOf(file, keys),
          stagingPercentage: file.stagingPercentage ?? null,
          place: placeOf(id, file.version),
          isSupported: await updater.isUpdateSupported(answer.updateInfo),
        };
      }),
    download(onPercent, signal) {
      const onProgress = ({ percent }: { percent: number }): void =>
        onPercent(Math.max(0, Math.min(100, Math.floor(percent))));
      return during(signal, true, async () => {
        const token = new CancellationToken();
        const cancel = (): void => token.cancel();
        signal.addEventListener('abort', cancel, { once: true });
        updater.on('download-progress', onProgress);
        try {
          await updater.downloadUpdate(token);
        } finally {
          updater.off('download-progress', onProgress);
          signal.removeEventListener('abort', cancel);
          token.dispose();
        }
      });
    },
    install({ isRestart }) {
      if (updater instanceof MacUpdater) {
        if (isRestart) updater.quitAndInstall();
        return;
      }
      let failure: unknown = null;
      const note = (error: Error): void => void (failure = error);
      updater.on('error', note);
      const isInstalled = updater.install(true, isRestart);
      updater.off('error', note);
      if (!isInstalled) throw failure instanceof Error ? failure : new Error('it didn’t start');
    },
    close: () => agents.destroy(),
  };
}

/** Where an installation stands in a roll-out, 0 to 100: in each version's somewhere else. */
const placeOf = (id: string, version: string): number =>
  (100 * createHash('sha256').update(`${id} ${version}`).digest().readUInt32BE()) / 2 ** 32;

/** Before anything is asked: what an administrator has put there, an administrator updates. */
function requireReplaceable(installed: Installed): void {
  if (installed.kind !== 'appimage') return;
  try {
    accessSync(path.dirname(installed.file), constants.W_OK);
  } catch (thrown) {
    throw new UpdateError('not-permitted', `${installed.file} can’t be replaced`, thrown);
  }
}

/** The library adds headers, bodies and stacks to its messages. */
const firstLine = (thrown: unknown): string => messageOf(thrown).split('\n')[0] ?? '';

const UNREADABLE = new Set([
  'ERR_UPDATER_INVALID_UPDATE_INFO',
  'ERR_UPDATER_INVALID_VERSION',
  'ERR_UPDATER_NO_FILES_PROVIDED',
  'ERR_UPDATER_NO_CHECKSUM',
]);
const NO_PERMISSION = new Set(['EACCES', 'EPERM', 'EROFS']);
const CUT = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

function faultOf(thrown: unknown, signal: AbortSignal, isDownload: boolean): UpdateFault {
  const code = errnoOf(thrown) ?? '';
  if (code === 'ERR_UPDATER_CHANNEL_FILE_NOT_FOUND') return 'not-found';
  // A page where the file should be has no version, or is no object at all.
  if (UNREADABLE.has(code) || (!isDownload && thrown instanceof TypeError)) return 'unreadable';
  if (code === 'ERR_CHECKSUM_MISMATCH') return 'wrong-hash';
  if (code === 'ERR_UPDATER_INVALID_SIGNATURE') return 'wrong-signature';
  if (isDiskFull(thrown)) return 'disk-full';
  if (NO_PERMISSION.has(code)) return 'not-permitted';
  if (isDownload && CUT.has(code)) return 'incomplete';
  if (thrown instanceof HttpError || thrown instanceof RefusedRequest) return 'unreachable';
  // The library has no code for it.
  const status = /, status (\d{3})/u.exec(messageOf(thrown))?.[1];
  if (status !== undefined) return status === '404' ? 'not-found' : 'unreachable';
  const { code: kind } = transportError(thrown, { url: '', signal }, null);
  if (kind.startsWith('proxy-')) return 'proxy';
  return kind === 'tls' ? 'certificate' : 'unreachable';
}

function updateError(thrown: unknown, signal: AbortSignal, isDownload: boolean): UpdateError {
  if (thrown instanceof UpdateError) return thrown;
  return new UpdateError(faultOf(thrown, signal, isDownload), firstLine(thrown), thrown);
}
