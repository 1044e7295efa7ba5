import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { isActive } from '../../../shared/model/transfer.ts';
import { Verifier, type VerifyTarget } from '../package/verify.ts';
import type { ExpectedFile, FolderCheck, LedgerSubject, Repair, VerifyOptions } from '../api.ts';
import { namesOf, namesOfRecords, namesText, requireOwnFolders } from '../package/disk-names.ts';
import { folderOf, hasText, knownPackage, packageFolders, readPackage } from '../package/folder.ts';
import { sha256Of } from '../hashing.ts';
import { newTransfer } from './enqueue.ts';
import { planMetalinkFiles, readList } from '../run/plan.ts';
import type { StoredTransfer, TransferPorts } from '../ports.ts';
import { positionBefore } from './scheduler.ts';
import {
  expectedOf,
  plainManifests,
  realPathOf,
  recordedUnder,
  type Recorded,
} from '../package/recorded-files.ts';
import { DONE_NAME, NAMES_NAME, RECALLED_NAME, type Manifest } from '../package/manifest.ts';
import { isRecalled } from '../../../shared/api/rights.ts';
import { recordOf } from '../package/record.ts';
import { withTerms } from '../evidence/record.ts';
import { isPackageIn } from '../recall/marks.ts';
import type { Registry } from './registry.ts';

/** Paths relative to the named folder; a named file keeps its name. */
const pathsOf = (folder: string, root: string, files: FolderCheck['files']): FolderCheck['files'] =>
  files.map((file) => ({
    ...file,
    path:
      path.relative(root, path.join(folder, file.path)).replaceAll('\\', '/') ||
      path.basename(root),
  }));

const nothingIn = (wanted: string) =>
  new AppError(
    'not-found',
    `Nothing to verify in ${wanted}. Use a package folder, a folder with downloads in it or a downloaded file, or add --metalink FILE.`,
    { retryable: false },
  );

/** Verifies finished downloads and queues repairs. */
export class VerifyCommands {
  readonly #ports: TransferPorts;
  readonly #registry: Registry;
  /** Queues these transfers again. */
  readonly #restart: (ids: string[]) => void;
  readonly verifier: Verifier;

  constructor(ports: TransferPorts, registry: Registry, restart: (ids: string[]) => void) {
    this.#ports = ports;
    this.#registry = registry;
    this.#restart = restart;
    this.verifier = new Verifier(ports.disk, ports.clock, ports.firstRev);
  }

  /** Starts the verification; results go to the listeners of `verifier`. */
  verify(ids: string[] | null): void {
    const chosen = ids === null ? this.#registry.all() : ids.map((id) => this.#registry.record(id));
    const targets = chosen
      .filter(({ state }) => state.phase === 'done')
      .map((transfer) => this.#targetOf(transfer));
    this.verifier.run(targets).catch((thrown: unknown) => {
      if (!(thrown instanceof AppError)) this.#ports.onBug(thrown);
    });
  }

  async verifyFolder(wanted: string, { metalink }: VerifyOptions = {}): Promise<FolderCheck[]> {
    const { disk } = this.#ports;
    const root = await this.#rootOf(wanted);
    const recorded =
      metalink === undefined
        ? await recordedUnder(this.#ports, this.#registry.records(), root)
        : [];
    const packages = (
      metalink === undefined ? await packageFolders(disk, root, plainManifests(recorded)) : []
    ).map((folder): VerifyTarget => ({
      id: null,
      title: path.basename(folder),
      folder,
      bytes: 0,
      load: async () => this.#loadPackage(folder, await this.#packageIn(folder)),
    }));
    const others =
      metalink === undefined
        ? this.#recordedTargets(recorded)
        : [await this.#listTarget(root, metalink)];
    if (packages.length + others.length === 0) throw nothingIn(wanted);
    return (await this.verifier.run([...packages, ...others])).map((result) => ({
      ...result,
      files: pathsOf(result.folder, root, result.files),
    }));
  }

  async #rootOf(wanted: string): Promise<string> {
    const root = await realPathOf(this.#ports.disk, wanted);
    if (root === null) throw nothingIn(wanted);
    return root;
  }

  #recordedTargets(recorded: readonly Recorded[]): VerifyTarget[] {
    return recorded.map(({ transfer, folder, files }) => ({
      id: transfer.id,
      title: transfer.title,
      folder,
      bytes: files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
      load: async () => ({ files: await expectedOf(this.#ports, transfer, files) }),
    }));
  }

  /** Files of a Metalink in a folder, whether or not the list has a transfer for it. */
  async #listTarget(folder: string, metalink: string): Promise<VerifyTarget> {
    const { parseMetalink, disk } = this.#ports;
    const { files } = await planMetalinkFiles(await parseMetalink(await readList(disk, metalink)));
    return {
      id: null,
      title: path.basename(metalink),
      folder,
      bytes: 0,
      load: async () => ({ files }),
    };
  }

  /** Puts cleared transfers back on the list. */
  repair(ids: string[]): void {
    this.#registry.restore(ids);
    this.#requeue(ids.map((id) => ({ ...this.#registry.get(id), repairOnly: null })));
  }

  /**
   * Whether a finished package lies in its folder with every byte of its manifest, and has its marker
   * unless that waits for an embargo.
   */
  async isWhole(transfer: StoredTransfer): Promise<boolean> {
    const { disk, clock } = this.#ports;
    const marker = path.join(folderOf(transfer), DONE_NAME);
    try {
      if (transfer.embargo?.isHeld !== true && (await disk.entry(marker))?.kind !== 'file')
        return false;
    } catch (thrown) {
      // Its disk is away: what follows waits for it.
      if (thrown instanceof AppError) return false;
      throw thrown;
    }
    // Apart from what somebody has asked for and sees.
    const [result] = await new Verifier(disk, clock).run([this.#targetOf(transfer)]);
    return (
      result !== undefined &&
      result.error === null &&
      result.files.length >= transfer.filesTotal &&
      result.files.every(({ ok }) => ok)
    );
  }

  async packagesUnder(wanted: string): Promise<LedgerSubject[]> {
    const { disk } = this.#ports;
    const root = await this.#rootOf(wanted);
    const recorded = await recordedUnder(this.#ports, this.#registry.records(), root);
    const found: LedgerSubject[] = [];
    for (const folder of await packageFolders(disk, root, plainManifests(recorded))) {
      const transfer = await this.#transferOf(await disk.realPath(folder), []);
      const { assetId, packageId, rev, title, evidence } = transfer;
      found.push({ assetId, packageId, rev, title, source: evidence.service });
    }
    return found;
  }

  async repairFolder(wanted: string, acknowledge: string[]): Promise<Repair[]> {
    const { disk } = this.#ports;
    const root = await this.#rootOf(wanted);
    const transfers: StoredTransfer[] = [];
    const recorded = await recordedUnder(this.#ports, this.#registry.records(), root);
    for (const folder of await packageFolders(disk, root, plainManifests(recorded)))
      transfers.push(await this.#transferOf(await disk.realPath(folder), acknowledge));
    for (const { transfer, files } of recorded) {
      // A repair would fetch files that the user has cancelled.
      if (transfer.state.phase === 'cancelled') continue;
      const all = this.#ports.store.files(transfer.id);
      // Files of this transfer elsewhere may have been moved away on purpose.
      const others = all.filter((file) => !files.some(({ index }) => index === file.index));
      transfers.push({
        ...transfer,
        cleared: false,
        repairOnly:
          others.length > 0 && others.every(({ done }) => done)
            ? files.map((file) => file.path)
            : null,
      });
    }
    if (transfers.length === 0) throw nothingIn(wanted);
    this.#registry.restore(transfers.map(({ id }) => id));
    this.#requeue(transfers);
    return transfers.map((transfer) => ({
      id: transfer.id,
      paths:
        transfer.repairOnly &&
        transfer.repairOnly.map((name) => path.resolve(folderOf(transfer), name)),
    }));
  }

  #requeue(transfers: StoredTransfer[]): void {
    this.#registry.put(
      transfers
        .filter(({ state }) => !isActive(state))
        .map((transfer) => ({ ...transfer, repair: true })),
    );
    this.verifier.forget(transfers.map(({ id }) => id));
    this.#restart(transfers.map(({ id }) => id));
  }

  /** The transfer of this folder, or a new one for it. */
  async #transferOf(folder: string, acknowledge: string[]): Promise<StoredTransfer> {
    const { disk, source, clock, newId } = this.#ports;
    const queuedAgain = (known: StoredTransfer): StoredTransfer => ({
      ...known,
      cleared: false,
      acknowledge: [...new Set([...known.acknowledge, ...acknowledge])],
    });
    const finished = await this.#packageIn(folder);
    let manifest: Manifest;
    try {
      const known = finished && knownPackage(finished);
      ({ manifest } = await readPackage(disk, source, folder, known));
    } catch (thrown) {
      // Its own files come back.
      if (finished && thrown instanceof AppError && thrown.code === 'other-package')
        return queuedAgain(finished);
      throw thrown;
    }
    const { packageId, assetId, rev, rootName, totalBytes, files } = manifest;
    const all = this.#registry.all();
    const known = this.#registry
      .records()
      .findLast(
        (one) =>
          one.kind === 'package' &&
          one.packageId === packageId &&
          one.rev === rev &&
          folderOf(one) === folder,
      );
    if (known) return queuedAgain(known);
    const destination = path.dirname(folder);
    const elsewhere = this.#registry
      .records()
      .findLast(
        (one) =>
          one.kind === 'package' &&
          one.packageId === packageId &&
          one.rev === rev &&
          one.state.phase === 'done',
      );
    if (elsewhere && (await this.#hasLeft(elsewhere)))
      return queuedAgain({ ...elsewhere, destination, folder });
    // A copy of what was downloaded here needs no other confirmation than that.
    const { title = rootName, label = '', purpose = 'broadcast' } = elsewhere ?? {};
    const item = {
      assetId,
      packageId,
      rev,
      title,
      label,
      purpose: purpose ?? 'broadcast',
      destination,
      acknowledge: [...new Set([...(elsewhere?.acknowledge ?? []), ...acknowledge])],
      ...(totalBytes === null ? {} : { bytes: totalBytes }),
      fileCount: files.length,
    };
    const fresh = newTransfer(item, {
      id: newId(),
      position: positionBefore(all, null),
      nowMs: clock.nowMs(),
    });
    return {
      ...fresh,
      folder,
      evidence: elsewhere ? withTerms(fresh.evidence, elsewhere.evidence) : fresh.evidence,
    };
  }

  /** Whether a package is no longer where it was put; false for a disk that is away. */
  async #hasLeft(transfer: StoredTransfer): Promise<boolean> {
    const { disk } = this.#ports;
    const { packageId, rev, destination } = transfer;
    if (packageId === null || (await realPathOf(disk, destination)) === null) return false;
    return !(await isPackageIn(disk, folderOf(transfer), { packageId, rev }));
  }

  /** Files and signature of the package in a folder, which must be that of the transfer. */
  async #loadPackage(
    folder: string,
    transfer: StoredTransfer | undefined,
  ): ReturnType<VerifyTarget['load']> {
    const { disk, source } = this.#ports;
    const { manifest, signer, text } = await readPackage(
      disk,
      source,
      folder,
      transfer && knownPackage(transfer),
    );
    const { packageId, rev } = manifest;
    const files = await this.#filesIn(folder, manifest, transfer);
    const recalled = await this.#recalledIn(folder, transfer);
    if (signer)
      return {
        files,
        recalled,
        signed: { packageId, rev, service: signer.service, keyId: signer.keyId },
      };
    const record = recordOf(manifest, text, transfer?.evidence.recorded?.isOwn === true);
    return { files, recalled, recorded: record && { packageId, rev, ...record } };
  }

  /**
   * Under the names they have in the folder. Where this home knows the names, a folder that says
   * others, or none, is damaged: on another computer its files would not be found.
   */
  async #filesIn(
    folder: string,
    manifest: Manifest,
    transfer: StoredTransfer | undefined,
  ): Promise<(ExpectedFile & { required: boolean })[]> {
    const { disk, store } = this.#ports;
    const recorded = transfer ? store.files(transfer.id) : [];
    const names = await namesOf(disk, folder, manifest, recorded);
    const text = namesText(manifest, names);
    if (text !== null) await requireOwnFolders(disk, folder, names);
    const files = manifest.files.map(({ bytes, sha256, required, pieces = null, ...file }, at) => ({
      path: names[at] ?? file.path,
      bytes,
      sha256,
      pieces,
      required,
    }));
    const isKnown = text !== null && namesOfRecords(recorded, manifest) !== null;
    if (!isKnown || (await hasText(disk, path.join(folder, NAMES_NAME), text))) return files;
    const own = Buffer.from(text, 'utf8');
    return [
      ...files,
      {
        path: NAMES_NAME,
        bytes: own.byteLength,
        sha256: sha256Of(own),
        pieces: null,
        required: true,
      },
    ];
  }

  async #recalledIn(
    folder: string,
    transfer: StoredTransfer | undefined,
  ): Promise<FolderCheck['recalled']> {
    const state = transfer?.rights?.state;
    if (isRecalled(state)) return { state };
    return (await this.#ports.disk.entry(path.join(folder, RECALLED_NAME))) && { state: null };
  }

  /** The transfer that was the last to finish in this folder. */
  async #packageIn(folder: string): Promise<StoredTransfer | undefined> {
    const newestFirst = this.#registry
      .records()
      .filter(
        (one) =>
          one.kind === 'package' &&
          one.state.phase === 'done' &&
          path.basename(folderOf(one)) === path.basename(folder),
      )
      .toSorted((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0));
    for (const one of newestFirst)
      if ((await realPathOf(this.#ports.disk, folderOf(one))) === folder) return one;
    return undefined;
  }

  #targetOf(transfer: StoredTransfer): VerifyTarget {
    const { store } = this.#ports;
    const folder = folderOf(transfer);
    const load = async () =>
      transfer.kind === 'package'
        ? this.#loadPackage(folder, transfer)
        : { files: await expectedOf(this.#ports, transfer, store.files(transfer.id)) };
    return {
      id: transfer.id,
      title: transfer.title,
      folder,
      bytes: transfer.totalBytes ?? 0,
      load,
    };
  }
}
