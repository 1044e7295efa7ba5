import { availableParallelism } from 'node:os';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { StillRunning } from './tests/support/still-running.ts';

/** What is waited for comes at once on a quiet machine; a busy one is given time. */
const POLL_MS = 60_000;

/** Where the checks want the report, as in `playwright.config.ts`. */
const report = process.env['REPORT'];

const project = (name: string, extra: object = {}) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.{ts,tsx}`],
    environment: 'node' as const,
    setupFiles: ['tests/support/tidy.ts'],
    expect: { poll: { timeout: POLL_MS } },
    ...extra,
  },
});

/** Files that mock no module share those of their process, which takes two thirds of the time. */
const inOneProcess = { isolate: false };

// What they start is the built programs, with a keyring of their own.
const whole = {
  hookTimeout: 180_000,
  setupFiles: [
    'tests/support/tidy.ts',
    'tests/support/own-keyring.ts',
    'tests/support/built-threads.ts',
  ],
  globalSetup: ['tests/support/built.ts'],
};

export default defineConfig({
  cacheDir: '.cache/vitest',
  test: {
    // Names that a test can be chosen by.
    tags: [{ name: 'long', description: 'Takes long and is seldom wrong: in `test:long` alone.' }],
    // Tests wait as long as they work.
    maxWorkers: Math.ceil(1.5 * Math.max(2, availableParallelism())),
    reporters: ['default', new StillRunning(), ...(report ? ['json'] : [])],
    ...(report && { outputFile: { json: report } }),
    projects: [
      // Limits only end what hangs: a busy machine fails no test.
      project('unit', { testTimeout: 180_000 }),
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          include: ['tests/renderer/**/*.test.{ts,tsx}'],
          environment: 'jsdom',
          // A page of its own for each file in threads that stay: half the time.
          pool: 'vmThreads',
          setupFiles: ['tests/support/renderer.ts'],
          testTimeout: 180_000,
          expect: { poll: { timeout: POLL_MS } },
        },
      },
      project('contract', { ...inOneProcess, testTimeout: 180_000 }),
      project('integration', { ...whole, testTimeout: 180_000 }),
      project('long', { ...whole, testTimeout: 1_800_000 }),
      project('rules', { ...inOneProcess, testTimeout: 180_000 }),
    ],
  },
});
