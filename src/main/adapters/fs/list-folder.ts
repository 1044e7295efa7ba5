import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rename, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { MAX_DOCUMENT_BYTES } from '../../../shared/model/document-limits.ts';
import { splitName } from '../../../shared/model/names.ts';
import type { Clock } from '../../../shared/clock.ts';
import { writeFileAtomic } from './atomic-write.ts';
import {
  fsError,
  hasErrno,
  mapPathErrors,
  UNOPENABLE_FOLDER,
  UNSYNCABLE_FOLDER,
} from './errors.ts';

/** A list that lies in the folder. What it is changes with each write and each replacement. */
export type WaitingList = { name: string; bytes: number; state: string };
/** A list that was taken: it has a hidden name until it is put away. */
export type ClaimedList = { file: string; name: string; key: string };

const LIST_NAME = /\.(?:meta4|metalink|json)$/iu;
/** Of files that are being written, by editors and programs that copy. */
const UNFINISHED = /^[.~#]|~$|\.(?:part|partial|tmp|temp|crdownload)(?:\.|$)/iu;
const CLAIMED = /^\.(.+)\.([\da-f]{8})\.([\da-f-]{36})\.desk-list$/u;
const isListName = (name: string): boolean => LIST_NAME.test(name) && !UNFINISHED.test(name);
/** Of a name, so that the hidden one fits beside it. */
const MAX_NAME_BYTES = 180;
const MAX_NUMBERED = 10_000;
/** A share that is away may give no answer at all. */
const SILENT_MS = 30_000;

/** A name that is free in a folder: `name (2).meta4` where the plain one is taken. */
async function freeName(folder: string, name: string): Promise<string> {
  const [stem, extension] = splitName(name);
  for (let n = 1; n <= MAX_NUMBERED; n += 1) {
    const target = path.join(folder, n === 1 ? name : `${stem} (${n})${extension}`);
    try {
      await lstat(target);
    } catch (thrown) {
      if (hasErrno(thrown, 'ENOENT')) return target;
      throw fsError(thrown, target);
    }
  }
  throw new AppError('exists', `${path.join(folder, name)} has too many namesakes`);
}

/**
 * Opens a folder that is no link. What is done at `place` is done in that folder, whatever has come
 * in its place since; null where the system has no such name, and it can only be looked at before.
 *
 * @throws `exists` for anything else
 */
async function openPlainFolder(
  folder: string,
): Promise<{ handle: FileHandle; place: string } | null> {
  if (!(await lstat(folder)).isDirectory()) throw notAFolder(folder);
  if (process.platform !== 'linux') return null;
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const handle = await open(folder, flags).catch((thrown: unknown) => {
    throw hasErrno(thrown, 'ELOOP', 'ENOTDIR') ? notAFolder(folder) : thrown;
  });
  return { handle, place: `/proc/self/fd/${handle.fd}` };
}

const notAFolder = (folder: string): AppError =>
  new AppError('exists', `${folder} isn’t a folder. Move it away.`);

function shortName(name: string): string {
  const [stem, extension] = splitName(name);
  let short = stem;
  while (Buffer.byteLength(short + extension) > MAX_NAME_BYTES) short = short.slice(0, -1);
  return short + extension;
}

/** What is renamed stays so after a loss of power, where the file system can say that. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const opened = await open(folder, 'r');
    try {
      await opened.sync();
    } finally {
      await opened.close();
    }
  } catch (thrown) {
    if (!hasErrno(thrown, ...UNOPENABLE_FOLDER, ...UNSYNCABLE_FOLDER)) throw thrown;
  }
}

/** Where a folder is, by all names that lead to it, and what it lies in. */
export type FolderFacts = { real: string; isFolder: boolean; within: string | null };

/**
 * A folder into which others put lists. Plain files alone are seen: links, pipes and devices are left
 * where they are. One call at a time; one that gets no answer for half a minute is given up, and
 * until it does get one all others are too: each can be repeated.
 */
export class ListFolder {
  readonly folder: string;
  readonly #owner: string;
  readonly #clock: Clock;
  #isBusy = false;

  /** @param owner 8 hexadecimal digits: others may take lists from the same folder */
  constructor(folder: string, owner: string, clock: Clock) {
    this.folder = folder;
    this.#owner = owner;
    this.#clock = clock;
  }

  /**
   * @param names of files that are in a folder which lists may not lie in
   * @throws codes of the disk, here and below also `timeout`
   */
  facts(names: readonly string[]): Promise<FolderFacts> {
    return this.#inTime(() =>
      mapPathErrors(this.folder, async () => {
        const real = await realpath(this.folder);
        const isFolder = (await lstat(real)).isDirectory();
        for (let at = real; ; at = path.dirname(at)) {
          for (const name of names)
            if (await lstat(path.join(at, name)).catch(() => null))
              return { real, isFolder, within: at };
          if (path.dirname(at) === at) return { real, isFolder, within: null };
        }
      }),
    );
  }

  /** @throws codes of the disk, where the folder can't be read */
  look(): Promise<{ waiting: WaitingList[]; claimed: ClaimedList[] }> {
    return this.#inTime(() => this.#look());
  }

  async #look(): Promise<{ waiting: WaitingList[]; claimed: ClaimedList[] }> {
    const { folder } = this;
    const entries = await mapPathErrors(folder, () => readdir(folder, { withFileTypes: true }));
    const waiting: WaitingList[] = [];
    const claimed: ClaimedList[] = [];
    for (const entry of entries) {
      const [, given = '', owner, key = ''] = CLAIMED.exec(entry.name) ?? [];
      // Whoever may write here could have made this name too: it is one of a list, or nothing.
      if (owner === this.#owner && entry.isFile() && isListName(given))
        claimed.push({ file: path.join(folder, entry.name), name: given, key });
      if (!isListName(entry.name)) continue;
      try {
        const found = await lstat(path.join(folder, entry.name), { bigint: true });
        if (!found.isFile()) continue;
        const { dev, ino, size, mtimeNs } = found;
        waiting.push({
          name: entry.name,
          bytes: Number(size),
          state: [dev, ino, size, mtimeNs].join('-'),
        });
      } catch (thrown) {
        // Gone meanwhile.
        if (!hasErrno(thrown, 'ENOENT')) throw fsError(thrown, path.join(folder, entry.name));
      }
    }
    return { waiting, claimed };
  }

  /**
   * The text of a list, by its path. Nothing is followed and nothing waited for.
   * @throws `usage` for one that is too large or no file, and codes of the disk
   */
  read(file: string): Promise<string> {
    return this.#inTime(() => this.#read(file));
  }

  #read(file: string): Promise<string> {
    return mapPathErrors(file, async () => {
      const opened = await open(
        file,
        constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
      );
      try {
        const found = await opened.stat();
        if (!found.isFile()) throw new AppError('usage', 'This isn’t a file.');
        const bytes = Buffer.alloc(Math.min(found.size, MAX_DOCUMENT_BYTES) + 1);
        let at = 0;
        for (let read = -1; read !== 0 && at < bytes.length; at += read)
          ({ bytesRead: read } = await opened.read(bytes, at, bytes.length - at, at));
        if (at > MAX_DOCUMENT_BYTES)
          throw new AppError(
            'usage',
            `The list is too large. Lists may have ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB at most.`,
          );
        return bytes.toString('utf8', 0, at);
      } finally {
        await opened.close();
      }
    });
  }

  /** Takes a list: durable when it returns. @returns null if somebody else has taken it */
  claim(name: string, key: string): Promise<ClaimedList | null> {
    return this.#inTime(() => this.#claim(name, key));
  }

  async #claim(name: string, key: string): Promise<ClaimedList | null> {
    const short = shortName(name);
    const file = path.join(this.folder, `.${short}.${this.#owner}.${key}.desk-list`);
    try {
      await rename(path.join(this.folder, name), file);
      await syncFolder(this.folder);
    } catch (thrown) {
      if (hasErrno(thrown, 'ENOENT')) return null;
      throw fsError(thrown, path.join(this.folder, name));
    }
    return { file, name: short, key };
  }

  /**
   * Moves a list to `done` or `failed` below the folder, beside a text where there is something to
   * say. It can be repeated after a kill.
   */
  putAway(list: ClaimedList, where: 'done' | 'failed', text: string | null): Promise<void> {
    return this.#inTime(() => this.#putAway(list, where, text));
  }

  async #putAway(
    { file, name }: ClaimedList,
    where: 'done' | 'failed',
    text: string | null,
  ): Promise<void> {
    const folder = path.join(this.folder, where);
    const opened = await mapPathErrors(folder, async () => {
      await mkdir(folder, { recursive: true });
      return openPlainFolder(folder);
    });
    try {
      const place = opened?.place ?? folder;
      const target = await freeName(place, name);
      await mapPathErrors(path.join(folder, name), async () => {
        if (text !== null) await writeFileAtomic(`${target}.txt`, `${text}\n`, { mode: 0o666 });
        await rename(file, target);
      });
    } finally {
      await opened?.handle.close();
    }
  }

  async #inTime<T>(work: () => Promise<T>): Promise<T> {
    const silent = new AppError('timeout', `${this.folder} gives no answer`, { retryable: true });
    if (this.#isBusy) throw silent;
    this.#isBusy = true;
    const call = work().finally(() => {
      this.#isBusy = false;
    });
    // Whatever it ends with later, nobody waits for it any more.
    call.catch(() => undefined);
    const { promise, reject } = Promise.withResolvers<never>();
    const cancel = this.#clock.after(SILENT_MS, () => reject(silent));
    try {
      return await Promise.race([call, promise]);
    } finally {
      cancel();
    }
  }
}
