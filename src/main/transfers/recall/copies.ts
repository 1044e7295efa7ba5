import path from 'node:path';
import { AppError, stopReason } from '../../../shared/errors.ts';
import { isWithin } from './roots.ts';
import { isPackageIn } from './marks.ts';
import { WALK_LIMITS, filesBelow, within, type WalkLimits } from './walk.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { Disk, Hasher, StoredFile } from '../ports.ts';

/** From this size on a file tells its package; smaller ones may be in several. */
const MAIN_BYTES = 1024 * 1024;
const MAX_MAIN_FILES = 16;
/** Folders above a file that may be a package's. */
const MAX_ABOVE = 4;
const BLOCK_BYTES = 1024 * 1024;

/** A file as it is known by its content. */
export type MainFile = { path: string; bytes: number; sha256: string };

/** The files by which a package is recognised: the largest, and all that are not small. */
export function mainFilesOf(
  files: readonly Pick<StoredFile, 'path' | 'bytes' | 'sha256' | 'done'>[],
): MainFile[] {
  const known = files
    .flatMap(({ path: name, bytes, sha256, done }) =>
      done && bytes !== null && bytes > 0 && sha256 !== null ? [{ path: name, bytes, sha256 }] : [],
    )
    .toSorted((a, b) => b.bytes - a.bytes);
  return known.filter(({ bytes }, at) => at === 0 || bytes >= MAIN_BYTES).slice(0, MAX_MAIN_FILES);
}

/** A package whose copies are looked for. */
export type Wanted = { id: string; packageId: string; rev: number | null; files: MainFile[] };
/** Where one was found; `file` is null for the whole package with its manifest. */
export type Copy = { id: string; root: string; folder: string; file: string | null };

export type SearchDeps = {
  disk: Disk;
  clock: Clock;
  hasher: Hasher;
  signal: AbortSignal;
  /** Folders that are known to be something else. */
  isSkipped(folder: string): boolean;
  /** A file that needs no look, because it is known for a copy of this already. */
  isKnown(wanted: Wanted, folder: string, name: string): boolean;
  /** Called for every file that was looked at. */
  onSeen(): void;
  /** Something below this root was not looked at. */
  onPartial(root: string): void;
  limits?: WalkLimits;
};

/** SHA-256 of a file in the hashing thread. */
export async function hashOf(
  {
    disk,
    clock,
    hasher,
    signal,
    limits = WALK_LIMITS,
  }: Pick<SearchDeps, 'disk' | 'clock' | 'hasher' | 'signal' | 'limits'>,
  name: string,
  bytes: number,
): Promise<string | null> {
  const file = await disk.open(name, 'read');
  const hash = hasher.start();
  try {
    const block = new Uint8Array(Math.min(BLOCK_BYTES, bytes));
    for (let at = 0; at < bytes;) {
      if (signal.aborted) throw stopReason(signal);
      const part = block.subarray(0, Math.min(block.byteLength, bytes - at));
      const read = await within(clock, limits.stallMs, signal, file.read(part, at));
      if (read === 0) {
        hash.drop();
        return null;
      }
      await hash.update(part.subarray(0, read));
      at += read;
    }
    return await hash.digest();
  } catch (thrown) {
    hash.drop();
    throw thrown;
  } finally {
    await file.close();
  }
}

/** The folder of the whole package that the file belongs to, between its own and the root. */
async function packageFolderOf(
  disk: Disk,
  { root, folder }: { root: string; folder: string },
  wanted: Wanted,
): Promise<string | null> {
  let at = folder;
  for (let above = 0; above <= MAX_ABOVE && at !== root && isWithin(root, at); above++) {
    if (await isPackageIn(disk, at, wanted)) return at;
    at = path.dirname(at);
  }
  return null;
}

/**
 * Looks for copies of the files of packages below folders: by size first, then by hash. Each is
 * told once, before the next is looked for.
 * @throws the signal's reason
 */
export async function findCopies(
  wanted: readonly Wanted[],
  roots: readonly string[],
  deps: SearchDeps,
  found: (copy: Copy) => void,
): Promise<void> {
  const { disk, clock, signal, limits = WALK_LIMITS, isKnown, onSeen, onPartial } = deps;
  const bySize = new Map<number, { file: MainFile; of: Wanted }[]>();
  for (const of of wanted)
    for (const file of of.files)
      bySize.set(file.bytes, [...(bySize.get(file.bytes) ?? []), { file, of }]);
  for (const root of roots)
    for await (const { folder, name } of filesBelow([root], {
      ...deps,
      onPartial: () => onPartial(root),
    })) {
      onSeen();
      const at = path.join(folder, name);
      try {
        const entry = await within(clock, limits.stallMs, signal, disk.entry(at));
        const ofSize = entry?.kind === 'file' ? (bySize.get(entry.bytes) ?? []) : [];
        const alike = ofSize.filter(({ of }) => !isKnown(of, folder, name));
        if (alike.length === 0 || !entry) continue;
        const hash = await hashOf(deps, at, entry.bytes);
        const matches = alike.filter(({ file }) => file.sha256 === hash);
        for (const of of new Set(matches.map((match) => match.of))) {
          const whole = await packageFolderOf(disk, { root, folder }, of);
          found({ id: of.id, root, folder: whole ?? folder, file: whole === null ? name : null });
        }
      } catch (thrown) {
        // It can't be read, or is gone meanwhile.
        if (signal.aborted) throw stopReason(signal);
        if (!(thrown instanceof AppError)) throw thrown;
        onPartial(root);
      }
    }
}
