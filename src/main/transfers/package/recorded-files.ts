import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import { folderOf } from './folder.ts';
import { MANIFEST_NAME } from './manifest.ts';
import { listContext, planMetalinkFiles } from '../run/plan.ts';
import type { Disk, StoredFile, StoredTransfer, TransferPorts } from '../ports.ts';
import type { ExpectedFile } from '../api.ts';

/** Recorded files of one transfer under a path. */
export type Recorded = {
  transfer: StoredTransfer;
  /** Folder their paths are relative to. */
  folder: string;
  files: StoredFile[];
};

const wasHere = ({ done, evidence }: StoredFile): boolean =>
  done || (evidence?.finishedAtMs ?? null) !== null;
const isUnder = (root: string, file: string): boolean =>
  file === root || file.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
const STEP = 100;

/** Resolves symbolic links; the path itself may be missing. Null if its parent is missing too. */
export async function realPathOf(disk: Disk, wanted: string): Promise<string | null> {
  const real = async (name: string): Promise<string | null> => {
    try {
      return await disk.realPath(name);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'destination-missing') return null;
      throw thrown;
    }
  };
  const whole = await real(wanted);
  if (whole !== null) return whole;
  const above = await real(path.dirname(wanted));
  return above === null ? null : path.join(above, path.basename(wanted));
}

/**
 * Files fetched by address or Metalink at or under `root`, the newest record of each. Packages have
 * manifests instead.
 */
export async function recordedUnder(
  { disk, store }: TransferPorts,
  transfers: readonly StoredTransfer[],
  root: string,
): Promise<Recorded[]> {
  const bases = new Map<string, string | null>();
  const seen = new Set<string>();
  const found: Recorded[] = [];
  const newestFirst = transfers
    .filter(({ kind }) => kind !== 'package')
    .toSorted((a, b) => (b.finishedAtMs ?? b.addedAtMs) - (a.finishedAtMs ?? a.addedAtMs));
  for (const [at, transfer] of newestFirst.entries()) {
    if (at % STEP === STEP - 1) await setImmediate();
    const wanted = folderOf(transfer);
    const folder = bases.get(wanted) ?? (await realPathOf(disk, wanted));
    bases.set(wanted, folder);
    if (folder === null || (!isUnder(root, folder) && !isUnder(folder, root))) continue;
    const files = store.files(transfer.id).filter((file) => {
      const place = path.join(folder, file.path);
      if (!wasHere(file) || !isUnder(root, place) || seen.has(place)) return false;
      seen.add(place);
      return true;
    });
    if (files.length > 0) found.push({ transfer, folder, files });
  }
  return found.toReversed();
}

/** Paths of downloaded files that only have the name of a manifest. */
export const plainManifests = (recorded: readonly Recorded[]): ReadonlySet<string> =>
  new Set(
    recorded.flatMap(({ folder, files }) =>
      files
        .map((file) => path.join(folder, file.path))
        .filter((file) => path.basename(file) === MANIFEST_NAME),
    ),
  );

/** Expected content: size and hash from the record, pieces from the stored Metalink. */
export async function expectedOf(
  { parseMetalink }: Pick<TransferPorts, 'parseMetalink'>,
  transfer: StoredTransfer,
  files: readonly StoredFile[],
): Promise<(ExpectedFile & { required: boolean })[]> {
  const { kind, manifest } = transfer;
  const planned =
    kind === 'metalink' && manifest !== null
      ? (await planMetalinkFiles(await parseMetalink(manifest), listContext(transfer))).files
      : [];
  const pieces = new Map(planned.map((file) => [file.path, file.pieces]));
  return files.map(({ path: name, bytes, sha256 }) => ({
    path: name,
    bytes,
    sha256,
    pieces: pieces.get(name) ?? null,
    required: true,
  }));
}
