import { lstat, mkdir, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../adapters/fs/atomic-write.ts';
import { fsError, hasErrno } from '../adapters/fs/errors.ts';
import { AppError } from '../../shared/errors.ts';
import { splitName } from '../../shared/model/names.ts';
import { MAX_DOCUMENT_BYTES } from '../../shared/model/document-limits.ts';

/** Documents that a command reads and writes for people. Names may be relative. */
export type Documents = {
  /** @throws `usage` for one that is too large, `not-found` for one that can’t be read */
  read(file: string): Promise<string>;
  /**
   * Writes a document atomically: an existing file survives a full disk and a kill.
   * @returns the absolute path
   * @throws what `fsError` maps, with the path in its message
   */
  write(file: string, text: string | Uint8Array): Promise<string>;
  /**
   * Writes a new document atomically into a folder, which is made; one that is called so is left
   * alone and this one gets a number.
   * @returns the absolute path
   * @throws what `fsError` maps, with the path in its message
   */
  writeNew(folder: string, name: string, bytes: Uint8Array): Promise<string>;
  /** @throws `exists` if something is called so */
  requireFree(file: string): Promise<void>;
  /** What is called so, links followed; null if nothing is. */
  look(file: string): Promise<{ isFolder: boolean; bytes: number } | null>;
};

async function readDocument(file: string): Promise<string> {
  try {
    const opened = await open(file);
    try {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of opened.createReadStream() as AsyncIterable<Buffer>) {
        bytes += chunk.byteLength;
        // Checked while reading: the path may be an endless device.
        if (bytes > MAX_DOCUMENT_BYTES)
          throw new AppError(
            'usage',
            `${path.resolve(file)} is too large. Lists may have ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB at most.`,
          );
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    } finally {
      await opened.close();
    }
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError('not-found', `${path.resolve(file)} can’t be read`, { cause: thrown });
  }
}

async function writeDocument(file: string, text: string | Uint8Array): Promise<string> {
  const target = path.resolve(file);
  try {
    await writeFileAtomic(target, text, { mode: 0o666, durable: true });
    return target;
  } catch (thrown) {
    throw fsError(thrown, `${target} can’t be written`);
  }
}

async function requireFree(file: string): Promise<void> {
  const there = await lstat(file).catch(() => null);
  if (there)
    throw new AppError(
      'exists',
      `${path.resolve(file)} already exists. Use another name, or --overwrite.`,
    );
}

/** Number of names that are tried for a document before something is wrong with the folder. */
const MAX_NUMBERED = 10_000;

/** Takes a name that nothing has, with an empty file; null if something has it. */
async function claim(target: string): Promise<string | null> {
  try {
    await (await open(target, 'wx', 0o666)).close();
    return target;
  } catch (thrown) {
    if (hasErrno(thrown, 'EEXIST')) return null;
    throw thrown;
  }
}

async function claimNumbered(folder: string, name: string): Promise<string> {
  const [stem, extension] = splitName(name);
  for (let n = 1; n <= MAX_NUMBERED; n += 1) {
    const target = await claim(path.join(folder, n === 1 ? name : `${stem} (${n})${extension}`));
    if (target !== null) return target;
  }
  throw new AppError('exists', `${path.join(folder, name)} has too many namesakes`);
}

async function writeNewDocument(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  const place = path.resolve(folder);
  try {
    await mkdir(place, { recursive: true });
    const target = await claimNumbered(place, name);
    try {
      await writeFileAtomic(target, bytes, { mode: 0o666, durable: true });
    } catch (thrown) {
      await rm(target, { force: true }).catch(() => undefined);
      throw thrown;
    }
    return target;
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw fsError(thrown, `${path.join(place, name)} can’t be written`);
  }
}

/** Documents as this process reaches them. */
export const fileDocuments: Documents = {
  read: readDocument,
  write: writeDocument,
  writeNew: writeNewDocument,
  requireFree,
  async look(file) {
    const found = await stat(file).catch(() => null);
    return found && { isFolder: found.isDirectory(), bytes: found.size };
  },
};
