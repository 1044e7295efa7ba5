import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { isActive } from '../../shared/model/transfer-reducer.ts';
import { Checks } from './checks.ts';
import type { CheckTarget } from './checks.ts';
import type { FolderCheck } from './client.ts';
import { packageFolders, readPackage } from './folder-package.ts';
import { newTransfer } from './new-transfer.ts';
import { planMetalinkFiles } from './plan.ts';
import type { StoredTransfer, TransferPorts } from './ports.ts';
import { positionBefore } from './queue.ts';
import type { Registry } from './registry.ts';

const folderOf = ({ folder, destination }: StoredTransfer): string => folder ?? destination;
const pathsOf = (folder: string, root: string, files: FolderCheck['files']): FolderCheck['files'] =>
  files.map((file) => ({ ...file, path: path.posix.join(path.relative(root, folder).replaceAll('\\', '/'), file.path) }));

/** What can be done with finished packages: look whether they are still right, and queue them to be mended. */
export class Integrity {
  readonly #ports: TransferPorts;
  readonly #registry: Registry;
  /** Puts them into the queue again. */
  readonly #runAgain: (ids: string[]) => void;
  readonly checks: Checks;

  constructor(ports: TransferPorts, registry: Registry, runAgain: (ids: string[]) => void) {
    this.#ports = ports;
    this.#registry = registry;
    this.#runAgain = runAgain;
    this.checks = new Checks(ports.disk, ports.clock);
  }

  /** Resolves when the check has begun; it tells itself what it finds. */
  verify(ids: string[] | null): void {
    const chosen = ids === null ? this.#registry.all() : ids.map((id) => this.#registry.get(id));
    const targets = chosen.filter(({ state }) => state.phase === 'done').map((transfer) => this.#targetOf(transfer));
    this.checks.run(targets).catch((thrown: unknown) => {
      if (!(thrown instanceof AppError)) this.#ports.onBug(thrown);
    });
  }

  async verifyFolder(root: string): Promise<FolderCheck[]> {
    const { disk, source } = this.#ports;
    const targets = (await packageFolders(disk, root)).map((folder): CheckTarget => ({
      id: null, title: path.basename(folder), folder, bytes: 0,
      load: async () => (await readPackage(disk, source, folder)).manifest.files.map((file) => ({ ...file, pieces: file.pieces ?? null })),
    }));
    return (await this.checks.run(targets)).map((result) => ({ ...result, files: pathsOf(result.folder, root, result.files) }));
  }

  repair(ids: string[]): void {
    this.#again(ids.map((id) => this.#registry.get(id)));
  }

  async repairFolder(root: string, acknowledge: string[]): Promise<string[]> {
    const { disk } = this.#ports;
    const transfers: StoredTransfer[] = [];
    for (const folder of await packageFolders(disk, root)) transfers.push(await this.#transferOf(await disk.realPath(folder), acknowledge));
    this.#again(transfers);
    return transfers.map(({ id }) => id);
  }

  #again(transfers: StoredTransfer[]): void {
    this.#registry.put(transfers.filter(({ state }) => !isActive(state)).map((transfer) => ({ ...transfer, repair: true })));
    this.checks.forget(transfers.map(({ id }) => id));
    this.#runAgain(transfers.map(({ id }) => id));
  }

  /** The transfer that has fetched this folder, or a new one that takes it over. */
  async #transferOf(folder: string, acknowledge: string[]): Promise<StoredTransfer> {
    const { disk, source, clock, newId } = this.#ports;
    const { manifest: { packageId, assetId, rev, rootName, totalBytes, files } } = await readPackage(disk, source, folder);
    const all = this.#registry.all();
    const known = all.findLast((one) => one.kind === 'package' && one.packageId === packageId && one.rev === rev && folderOf(one) === folder);
    if (known) return { ...known, acknowledge: [...new Set([...known.acknowledge, ...acknowledge])] };
    const item = {
      assetId, packageId, rev, title: rootName, label: '', purpose: 'broadcast', destination: path.dirname(folder), acknowledge, bytes: totalBytes, fileCount: files.length,
    };
    return { ...newTransfer(item, { id: newId(), position: positionBefore(all, null), nowMs: clock.nowMs() }), folder };
  }

  #targetOf(transfer: StoredTransfer): CheckTarget {
    const { disk, source, store, parseMetalink } = this.#ports;
    const folder = folderOf(transfer);
    const load = async () => {
      if (transfer.kind === 'package') return (await readPackage(disk, source, folder)).manifest.files.map((file) => ({ ...file, pieces: file.pieces ?? null }));
      const { files } = transfer.kind === 'metalink' && transfer.manifest !== null ? await planMetalinkFiles(await parseMetalink(transfer.manifest)) : { files: [] };
      const known = new Map(files.map(({ path: name, pieces }) => [name, pieces]));
      return store.files(transfer.id).flatMap(({ path: name, bytes, sha256 }) => {
        const pieces = known.get(name) ?? null;
        const fits = pieces !== null && pieces.hashes.length === Math.ceil((bytes ?? 0) / pieces.pieceBytes);
        return bytes === null ? [] : [{ path: name, bytes, sha256, pieces: fits ? pieces : null, required: true }];
      });
    };
    return { id: transfer.id, title: transfer.title, folder, bytes: transfer.totalBytes ?? 0, load };
  }
}
