import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock, type Clock } from '../../shared/clock.ts';
import { AppError, stopReason } from '../../shared/errors.ts';
import type { PdfPrinter } from '../articles/export/ports.ts';

/** Names of Chromium and of what is made of it, on the path of Linux. */
const COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_PROGRAMS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** A page is printed in a few seconds; this only ends what hangs. */
const LIMIT_MS = 120_000;

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where browsers are installed, best first. */
function places(environment: Environment, platform: NodeJS.Platform): string[] {
  if (platform === 'darwin')
    return MAC_APPS.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  if (platform === 'win32')
    return WINDOWS_PROGRAMS.flatMap((program) =>
      ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) =>
        environment[name] === undefined ? [] : [path.win32.join(environment[name], program)],
      ),
    );
  const folders = [...(environment['PATH'] ?? '').split(':'), '/usr/bin', '/usr/local/bin'];
  return COMMANDS.flatMap((command) =>
    folders.filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, command)),
  );
}

/**
 * The browser of `MULTIMEDIA_DESK_BROWSER`, else the first that is installed.
 * @throws `no-browser`
 */
export function findBrowser(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment['MULTIMEDIA_DESK_BROWSER'];
  if (chosen !== undefined && chosen !== '') {
    if (isProgram(chosen)) return chosen;
    throw new AppError(
      'no-browser',
      `MULTIMEDIA_DESK_BROWSER: ${chosen} can’t be started. Use the path of Chromium, Chrome or Edge.`,
    );
  }
  const found = places(environment, platform).find(isProgram);
  if (found !== undefined) return found;
  throw new AppError(
    'no-browser',
    'A PDF needs a browser on this computer. Install Chromium, Chrome or Edge (on Debian: apt-get install chromium), name one with MULTIMEDIA_DESK_BROWSER, or export html.',
  );
}

/**
 * Nothing of the user's browser is touched: a profile of its own, no network, no extension, no
 * keychain; the page's own policy forbids scripts. Tagged, so that a screen reader reads it as it reads the page.
 */
const flagsFor = (folder: string): string[] => [
  '--headless',
  // Chromium has no sandbox for root. The page can't run a script or load anything either way.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  `--user-data-dir=${path.join(folder, 'profile')}`,
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-gpu',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--password-store=basic',
  '--use-mock-keychain',
  '--export-tagged-pdf',
  '--generate-pdf-document-outline',
  // Pages are numbered by the page's own styles.
  '--no-pdf-header-footer',
  `--print-to-pdf=${path.join(folder, 'page.pdf')}`,
];

const POSIX = process.platform !== 'win32';

/** Ends the browser with the processes that it started. */
function endBrowser(pid: number | undefined, kill: () => void): void {
  try {
    if (POSIX && pid !== undefined) process.kill(-pid, 'SIGKILL');
    else kill();
  } catch (thrown) {
    // It has ended meanwhile.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}

/** Runs the browser to its end. @throws `pdf-failed`, or the reason of the signal */
function run(
  browser: string,
  args: readonly string[],
  { clock, limitMs, signal }: { clock: Clock; limitMs: number; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(browser, args, {
      stdio: ['ignore', 'ignore', 'ignore'],
      // A group of its own, so that all of it can be ended.
      detached: POSIX,
      windowsHide: true,
    });
    let failure: AppError | null = null;
    const stop = (reason: AppError): void => {
      failure ??= reason;
      endBrowser(child.pid, () => child.kill());
    };
    const onAbort = (): void => stop(stopReason(signal));
    const cancelLimit = clock.after(limitMs, () =>
      stop(
        new AppError('pdf-failed', `${browser} didn’t print the page in ${limitMs / 1000} seconds`),
      ),
    );
    const end = (): void => {
      cancelLimit();
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    child.once('error', (cause) => {
      end();
      reject(new AppError('pdf-failed', `${browser} can’t be started`, { cause }));
    });
    child.once('exit', (code) => {
      end();
      if (failure) reject(failure);
      else if (code === 0) resolve();
      else reject(new AppError('pdf-failed', `${browser} ended with ${code ?? 'a signal'}`));
    });
  });
}

/**
 * Prints pages by a browser that is installed on this computer, where there is no window that could.
 */
export function createBrowserPrinter({
  find = findBrowser,
  clock = systemClock,
  limitMs = LIMIT_MS,
}: { find?: () => string; clock?: Clock; limitMs?: number } = {}): PdfPrinter {
  return async (page, signal) => {
    signal.throwIfAborted();
    const browser = find();
    const folder = await mkdtemp(path.join(os.tmpdir(), 'multimedia-desk-pdf-')).catch(
      (cause: unknown) => {
        throw new AppError('pdf-failed', 'There is no room for temporary files', { cause });
      },
    );
    try {
      const file = path.join(folder, 'page.html');
      await writeFile(file, page, { mode: 0o600 });
      await run(browser, [...flagsFor(folder), pathToFileURL(file).href], {
        clock,
        limitMs,
        signal,
      });
      return await readFile(path.join(folder, 'page.pdf'));
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      throw new AppError('pdf-failed', `${browser} made no PDF`, { cause: thrown });
    } finally {
      // Its processes may still write for a moment.
      await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
    }
  };
}
