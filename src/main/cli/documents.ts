import { open } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../adapters/fs/atomic-write.ts';
import { fsError } from '../adapters/fs/errors.ts';
import { AppError } from '../../shared/errors.ts';
import { MAX_DOCUMENT_BYTES } from '../../shared/model/document-limits.ts';

/** @throws `usage` for one that is too large, `not-found` for one that can’t be read */
export async function readDocument(file: string): Promise<string> {
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

/**
 * Writes a document atomically: an existing file survives a full disk and a kill.
 * @returns the absolute path
 * @throws what `fsError` maps, with the path in its message
 */
export async function writeDocument(file: string, text: string): Promise<string> {
  const target = path.resolve(file);
  try {
    await writeFileAtomic(target, text, { mode: 0o666, durable: true });
    return target;
  } catch (thrown) {
    throw fsError(thrown, `${target} can’t be written`);
  }
}
