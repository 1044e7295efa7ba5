import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from '@playwright/test';
import type { Shell } from './tests/e2e/fixtures.ts';

// The real Electron where its binary is installed, else the double. The specs do not know which.
if (!existsSync('node_modules/electron/dist/version'))
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] ??= path.resolve('tests/electron-double');

const isLong = process.env['LONG'] === '1';

/** Long flows that are seldom wrong on the other shell: each runs on one of them, LONG=1 runs both. */
const ON_ONE = {
  window:
    /\/(?:account-change|account-create|archives|automation|exchange|integrity|package|plan|recall|search)\.spec/u,
  station:
    /\/(?:account-keychain|account-news|account-return|article-export|auto-fetch|catalogue|commands|connection|embargo|feeds|house-format|reader|rights|sources)\.spec/u,
};

export default defineConfig<{ shell: Shell }>({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  timeout: 300_000,
  expect: { timeout: 60_000 },
  // Tests wait as long as they work.
  workers: Math.ceil(1.5 * Math.max(2, availableParallelism())),
  fullyParallel: true,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: process.env['REPORT']
    ? [['list'], ['json', { outputFile: process.env['REPORT'] }]]
    : 'list',
  use: {
    // A trace takes half of a spec's time again: `--trace retain-on-failure` asks for it. A failure
    // leaves a picture, and the page as a tree of roles.
    trace: 'off',
    screenshot: 'only-on-failure',
    actionTimeout: 60_000,
  },
  // The same specs in the window and on the station, but for those of one of them alone. A flow in both
  // languages is run in one of them on each, one that is @long on none; LONG=1 runs all.
  projects: [
    {
      name: 'window',
      use: { shell: 'window' },
      grepInvert: isLong ? /@station/u : /@long|@station|@fr/u,
      ...(!isLong && { testIgnore: ON_ONE.station }),
    },
    {
      name: 'station',
      use: { shell: 'station' },
      grepInvert: isLong ? /@window/u : /@long|@window|@en/u,
      ...(!isLong && { testIgnore: ON_ONE.window }),
    },
  ],
});
