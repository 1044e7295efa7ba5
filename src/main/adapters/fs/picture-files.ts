import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { PictureStore } from '../../articles/ports.ts';

/** A pipe in the place of one would keep whoever opens it waiting. */
const AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Files named by the SHA-256 of their content, in 256 folders. A file is whole or not there: it
 * appears by rename.
 */
export function createPictureFiles(folder: string): PictureStore {
  const fileOf = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new AppError('bug', 'not a SHA-256');
    return path.join(folder, sha256.slice(0, 2), sha256);
  };
  return {
    has: (sha256) =>
      access(fileOf(sha256)).then(
        () => true,
        () => false,
      ),
    async put(sha256, bytes) {
      if (hashOf(bytes) !== sha256)
        throw new AppError('hash-mismatch', 'The picture is not the one that was announced', {
          retryable: true,
        });
      const file = fileOf(sha256);
      const part = `${file}.${randomUUID()}.part`;
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        await writeFile(part, bytes, { mode: 0o600 });
        await rename(part, file);
      } catch (thrown) {
        await rm(part, { force: true }).catch(() => undefined);
        const isFull = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC';
        throw new AppError(isFull ? 'disk-full' : 'disk-error', 'The picture cannot be kept', {
          retryable: true,
          cause: thrown,
        });
      }
    },
    async read(sha256) {
      try {
        const bytes = await readFile(fileOf(sha256), { flag: AT_ONCE });
        // One that has changed on the disk is fetched again.
        return hashOf(bytes) === sha256 ? bytes : null;
      } catch (thrown) {
        if (
          thrown instanceof Error &&
          'code' in thrown &&
          ['ENOENT', 'EISDIR', 'ELOOP', 'EAGAIN'].includes(String(thrown.code))
        )
          return null;
        throw thrown;
      }
    },
    remove: (sha256) => rm(fileOf(sha256), { force: true, recursive: true }),
  };
}
