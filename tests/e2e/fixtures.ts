import {
  _electron as electron,
  expect,
  test as base,
  type ElectronApplication,
  type Page,
} from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { texts } from '../../src/renderer/i18n/index.ts';
import { openBrowser } from '../support/browser.ts';
import { hasKeyring, startKeyring, type Keyring } from '../support/keyring.ts';
import type { FormatProfile } from '../../src/shared/model/house-format.ts';
import type { BandwidthSchedule } from '../../src/shared/model/schedule.ts';

export { expect };
export type Shell = 'window' | 'station';
export type Running = {
  page: Page;
  /** Null on the station. */
  app: ElectronApplication | null;
  /** kill -9. */
  kill(): Promise<void>;
  close(): Promise<void>;
};
type Settings = {
  language?: 'en' | 'fr';
  theme?: 'light' | 'dark';
  limitBytesPerSecond?: number;
  schedule?: BandwidthSchedule;
  folderTemplate?: string;
  formatProfiles?: readonly FormatProfile[];
  houseFormat?: string;
  fileTemplate?: string;
  destination?: string;
};
type Environment = Record<string, string | undefined>;
type Place = {
  home: string;
  service: string;
  viewport: { width: number; height: number };
  environment: Environment;
};
type Fixtures = {
  shell: Shell;
  /** A folder that nobody used before, with `home` and `ingest` in it; it goes with the test. */
  folder: string;
  /**
   * Starts the app on the folder's home, as often as the test likes: on the demo, on a service by
   * its address, or with `first-start` on neither. Settings count at the first start of a home.
   * @param environment beside the test's own; what is undefined there is taken away
   */
  launch(settings?: Settings, service?: string, environment?: Environment): Promise<Running>;
};

const root = path.resolve(import.meta.dirname, '../..');
/** Whether the specs run on tests/electron-double, which records what the system would be shown. */
export const usesDouble = process.env['ELECTRON_OVERRIDE_DIST_PATH'] !== undefined;
export const PASSWORD = 'Quiet-Harbour7';
export const wordsOf = (language: 'en' | 'fr') => texts[language];

const serviceArgs = (service: string): string[] =>
  service === 'demo' ? ['--demo'] : service === 'first-start' ? [] : [`--service=${service}`];

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) =>
    child.exitCode !== null || child.signalCode !== null
      ? resolve()
      : child.once('exit', () => resolve()),
  );

const environmentOf = (own: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...process.env, ...own }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );

async function launchWindow({ home, service, viewport, environment }: Place): Promise<Running> {
  const app = await electron.launch({
    cwd: root,
    colorScheme: null,
    env: environmentOf(environment),
    args: ['.', `--user-data-dir=${home}`, ...serviceArgs(service)],
  });
  const page = await app.firstWindow();
  await page.setViewportSize(viewport);
  const child = app.process();
  return {
    app,
    page,
    async kill() {
      child.kill('SIGKILL');
      await ended(child);
    },
    close: () => app.close(),
  };
}

/** A `desk station` of a home. @param under the command that runs it, if another one does */
export async function startStation(
  home: string,
  args: string[],
  environment: Environment = {},
  under: readonly string[] = [],
): Promise<{ child: ChildProcess; url: string; nextLink(): Promise<string> }> {
  const [command = process.execPath, ...rest] =
    under.length === 0 ? [] : [...under, process.execPath];
  const child = spawn(
    command,
    [
      ...rest,
      '--disable-warning=ExperimentalWarning',
      path.join(root, 'out/main/desk.js'),
      'station',
      '--json',
      '--home',
      home,
      ...args,
    ],
    { env: environmentOf(environment), stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = readline.createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const nextUrl = (): Promise<string> =>
    new Promise((resolve, reject) => {
      lines.once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
      child.once('exit', (code) => reject(new Error(`the station ended with ${code}`)));
    });
  return {
    child,
    url: await nextUrl(),
    nextLink() {
      const next = nextUrl();
      child.stdin?.write('\n');
      return next;
    },
  };
}

async function launchStation({ home, service, viewport, environment }: Place): Promise<Running> {
  const { child, url } = await startStation(home, serviceArgs(service), environment);
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport, colorScheme: null });
  await page.goto(url);
  return {
    app: null,
    page,
    async kill() {
      child.kill('SIGKILL');
      await ended(child);
      await browser.close();
    },
    async close() {
      await browser.close();
      child.kill('SIGTERM');
      await ended(child);
    },
  };
}

type WorkerFixtures = {
  /** The worker's own, unlocked; null where there can be none. */
  keyring: Keyring | null;
};

export const test = base.extend<
  Fixtures & { size: { width: number; height: number } },
  WorkerFixtures
>({
  keyring: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const keyring = hasKeyring ? await startKeyring() : null;
      Object.assign(process.env, keyring?.env);
      await use(keyring);
      await keyring?.stop();
    },
    { scope: 'worker', auto: true },
  ],
  shell: ['window', { option: true }],
  size: [{ width: 1280, height: 800 }, { option: true }],
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from the pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'multimedia-desk-e2e-'));
    for (const name of ['home', 'ingest']) mkdirSync(path.join(folder, name));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  launch: async ({ folder, shell, size, keyring }, use) => {
    const home = path.join(folder, 'home');
    const running: Running[] = [];
    await use(async (settings = {}, service = 'demo', environment = {}) => {
      const file = path.join(home, 'settings.json');
      if (!existsSync(file))
        writeFileSync(
          file,
          JSON.stringify({
            language: 'en',
            theme: 'dark',
            destination: path.join(folder, 'ingest'),
            ...settings,
          }),
        );
      const started = await (shell === 'window' ? launchWindow : launchStation)({
        home,
        service,
        viewport: size,
        environment,
      });
      running.push(started);
      return started;
    });
    keyring?.unlock();
    for (const started of running) await started.close().catch(() => undefined); // ended by the test already
  },
});
