import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A set of flags by name. */
export type FlagSet = Pick<Set<string>, 'has'> & {
  add(name: string): void;
  delete(name: string): void;
};

/**
 * A persistent flag set: one empty file per flag, named by a hash. If the folder cannot be written
 * the flags last until the program exits.
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
        // Cannot be persisted, e.g. on a full disk; the flag holds for this run.
      }
    },
    delete(name) {
      memory.delete(name);
      rmSync(fileOf(name), { force: true });
    },
  };
}
