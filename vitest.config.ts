import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const project = (name: string, extra: object = {}) => ({
  test: { name, include: [`tests/${name}/**/*.test.{ts,tsx}`], environment: 'node' as const, ...extra },
});

export default defineConfig({
  cacheDir: '.cache/vitest',
  test: {
    projects: [
      // Limits only end what hangs: a busy machine fails no test.
      project('unit', { testTimeout: 60_000 }),
      { plugins: [react()], test: { name: 'renderer', include: ['tests/renderer/**/*.test.{ts,tsx}'], environment: 'jsdom', testTimeout: 60_000 } },
      project('contract', { testTimeout: 60_000 }),
      project('integration', { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('long', { testTimeout: 1_800_000, hookTimeout: 60_000 }),
      project('rules', { testTimeout: 120_000 }),
    ],
  },
});
