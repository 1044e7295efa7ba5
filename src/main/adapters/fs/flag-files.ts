import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Names that something holds for. */
export type FlagSet = Pick<Set<string>, 'has'> & {
  add(name: string): void;
  delete(name: string): void;
};

/**
 * Marks that outlive the program: an empty file each, named by a hash. Where the folder cannot be
 * written to they last as long as the program.
 */
export function createFlagFiles(folder: string): FlagSet {
  const memory = new Set<string>();
  const fileOf = (name: string): string =>
    path.join(folder, createHash('sha256').update(name).digest('hex').slice(0, 32));
  return {
    has: (name) => memory.has(name) || existsSync(fileOf(name)),
    add(name) {
      memory.add(name);
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(fileOf(name), '', { mode: 0o600, flush: true });
      } catch {
        // A full disk: it still holds for this run.
      }
    },
    delete(name) {
      memory.delete(name);
      rmSync(fileOf(name), { force: true });
    },
  };
}
