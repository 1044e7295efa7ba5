import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { vi } from 'vitest';

// A setup file: threads are those that are shipped, which start in two thirds of the time that their
// sources take; `built.ts` has built them.
vi.mock('../../src/main/threads/spawn.ts', () => ({
  workerFile: (name: string) =>
    pathToFileURL(path.resolve(import.meta.dirname, `../../out/main/worker-${name}.js`)),
}));
