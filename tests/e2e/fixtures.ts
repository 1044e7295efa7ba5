import { _electron as electron, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export { expect } from '@playwright/test';

type Fixtures = {
  /** A home that nobody used before; it goes with the test. */
  home: string;
  /** Starts the app on it, as often as the test likes. */
  launch(...args: string[]): Promise<{ app: ElectronApplication; page: Page }>;
};

export const test = base.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names from the pattern
  home: async ({}, use) => {
    const home = mkdtempSync(path.join(os.tmpdir(), 'multimedia-desk-e2e-'));
    await use(home);
    rmSync(home, { recursive: true, force: true });
  },
  launch: async ({ home }, use) => {
    const running: ElectronApplication[] = [];
    await use(async (...args) => {
      const app = await electron.launch({ colorScheme: null, args: ['.', `--user-data-dir=${home}`, ...args] });
      running.push(app);
      const page = await app.firstWindow();
      return { app, page };
    });
    for (const app of running) await app.close().catch(() => undefined); // closed by the test already
  },
});
