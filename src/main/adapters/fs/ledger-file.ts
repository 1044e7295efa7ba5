import { constants, readFileSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { headLine, readHead } from '../../ledger/ledger.ts';
import type { HeadStore, LedgerFile } from '../../ledger/ports.ts';
import { syncFolder, writeFileAtomic } from './atomic-write.ts';
import { hasErrno, saveError } from './errors.ts';

const FILE_MODE = 0o600;
const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants;

const changedMeanwhile = (): AppError =>
  new AppError('exists', 'The ledger was changed by another app', { retryable: true });

/** `ledger.jsonl` in the home; created by its first entry. */
export function createLedgerFile(home: string): LedgerFile {
  const file = path.join(home, 'ledger.jsonl');
  let handle: FileHandle | null = null;

  /** Null while there is no file. */
  const opened = async (): Promise<FileHandle | null> => {
    try {
      return (handle ??= await open(file, O_RDWR | O_APPEND));
    } catch (thrown) {
      if (hasErrno(thrown, 'ENOENT')) return null;
      throw saveError(thrown, `The ledger (${file}) can’t be opened`);
    }
  };
  /** @throws what the file system throws */
  const created = async (): Promise<FileHandle> => {
    const found = await opened();
    if (found) return found;
    handle = await open(file, O_RDWR | O_APPEND | O_CREAT | O_EXCL, FILE_MODE);
    syncFolder(home);
    return handle;
  };
  /** The open file is no longer the one at its path, e.g. after an editor has saved it. */
  const isReplaced = async (own: FileHandle): Promise<boolean> => {
    const [mine, other] = [await own.stat(), await statOf(file)];
    return other === null || other.ino !== mine.ino || other.dev !== mine.dev;
  };
  const reopen = async (): Promise<void> => {
    await handle?.close();
    handle = null;
  };

  return {
    async size() {
      if (handle && (await isReplaced(handle))) await reopen();
      return (await (await opened())?.stat())?.size ?? 0;
    },
    async read(offset, bytes) {
      const from = await opened();
      const into = Buffer.alloc(from === null ? 0 : bytes);
      let got = 0;
      while (got < into.byteLength) {
        const read = await from?.read(into, got, bytes - got, offset + got);
        if (!read?.bytesRead) break;
        got += read.bytesRead;
      }
      return into.subarray(0, got);
    },
    async append(offset, text) {
      let to: FileHandle | null = null;
      try {
        if (handle && (await isReplaced(handle))) throw changedMeanwhile();
        to = await created();
        if ((await to.stat()).size !== offset) throw changedMeanwhile();
        await to.appendFile(text);
        await to.datasync();
      } catch (thrown) {
        if (thrown instanceof AppError) throw thrown;
        // What of it is there would be taken for entries.
        await to?.truncate(offset).catch(() => undefined);
        throw saveError(thrown, `The ledger (${file}) can’t be written`);
      }
    },
    async cut(bytes) {
      const from = await opened();
      try {
        await from?.truncate(bytes);
        await from?.datasync();
      } catch (thrown) {
        throw saveError(thrown, `The ledger (${file}) can’t be written`);
      }
    },
    close: reopen,
  };
}

async function statOf(file: string): Promise<{ ino: number; dev: number } | null> {
  try {
    return await stat(file);
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT')) return null;
    throw thrown;
  }
}

/** `ledger-head.json` in the home. */
export function createLedgerHeadFile(home: string): HeadStore {
  const file = path.join(home, 'ledger-head.json');
  return {
    async read() {
      try {
        return { head: readHead(readFileSync(file, 'utf8')), isReachable: true };
      } catch {
        return { head: null, isReachable: true };
      }
    },
    async write(head) {
      try {
        await writeFileAtomic(file, headLine(head), { durable: true });
        return true;
      } catch {
        // E.g. a full disk: the file may be ahead of its head.
        return false;
      }
    },
  };
}
