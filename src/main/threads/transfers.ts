import { Worker } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import type {
  VerificationView,
  TransferChange,
  TransferSettings,
  TransfersApi,
} from '../transfers/api.ts';
import type { AddressVault, PackageSource } from '../transfers/ports.ts';
import { connectRpc, serveRpc } from './rpc.ts';
import { createAddressVault } from '../adapters/address-vault.ts';
import type { TransferDamage } from '../adapters/sqlite/transfer-store.ts';
import { workerFile } from './spawn.ts';

type TransferWorkerOptions = {
  home: string;
  source: PackageSource;
  settings?: Partial<TransferSettings>;
  /** A stack trace of something that must not happen, for the log. */
  onBug?: (trace: string) => void;
  onDamaged?: (damage: TransferDamage) => void;
};

/** A queue of 10,000 needs some 50. */
const MAX_HEAP_MIB = 1024;

type Api = Omit<TransfersApi, 'onChanged' | 'onVerification'> & { close(): Promise<void> };

/** The keychain stays with the thread that started this one. */
export type ServedVault = {
  readSecret: AddressVault['read'];
  writeSecret: AddressVault['write'];
  removeSecret: AddressVault['remove'];
};

/** Only what was named crosses: the source may be an object with more in it. */
const served = (source: PackageSource, vault: AddressVault): PackageSource & ServedVault => ({
  readSecret: (id) => vault.read(id),
  writeSecret: (id, value) => vault.write(id, value),
  removeSecret: (id) => vault.remove(id),
  manifest: (packageId, rev) => source.manifest(packageId, rev),
  trustedKeys: () => source.trustedKeys(),
  keptKeys: () => source.keptKeys(),
  authorise: (request) => source.authorise(request),
  renew: (downloadId, fileIds, excludeOriginIds) =>
    source.renew(downloadId, fileIds, excludeOriginIds),
});

const toStderr = (trace: string): void => void process.stderr.write(`${trace}\n`);

/**
 * Starts the transfer engine in a thread of its own; resolves when its state is open. `close` stops
 * every run, keeps its state and ends the thread. When the thread dies by itself, every call
 * rejects with `bug`.
 */
export async function startTransferWorker({
  home,
  source,
  settings = {},
  onBug = toStderr,
  onDamaged = (damage) => onBug(`The list of downloads was damaged: ${JSON.stringify(damage)}`),
}: TransferWorkerOptions): Promise<TransfersApi & { close(): Promise<void> }> {
  // What it makes is used at once and dropped: a small young generation keeps some 12 MiB from
  // being touched.
  const worker = new Worker(workerFile('transfers'), {
    workerData: { home, settings },
    name: 'transfers',
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: MAX_HEAP_MIB },
  });
  const server = serveRpc(worker, served(source, createAddressVault(home)), (thrown) =>
    onBug(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)),
  );
  const client = connectRpc<Api>(worker);
  client.on('bug', (trace) => onBug(String(trace)));
  client.on('damaged', (damage) => onDamaged(damage as TransferDamage));
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    client.on('ready', () => resolve());
    worker.once('error', (error) =>
      reject(
        new AppError(
          'disk-error',
          `The transfers cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        ),
      ),
    );
    worker.once('exit', () =>
      reject(new AppError('bug', 'The transfer worker ended at its start')),
    );
  });
  worker.on('error', (error) =>
    onBug(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  const { api } = client;
  return {
    enqueue: (items, options) => api.enqueue(items, options),
    list: (tab, range, search) => api.list(tab, range, search),
    packages: () => api.packages(),
    find: (assetId, packageId) => api.find(assetId, packageId),
    setRights: (rights) => api.setRights(rights),
    detail: (id) => api.detail(id),
    totals: () => api.totals(),
    report: (id) => api.report(id),
    exportQueue: (ids, format) => api.exportQueue(ids, format),
    importDocument: (document, destination, options) =>
      api.importDocument(document, destination, options),
    evidence: (id, format, language) => api.evidence(id, format, language),
    pause: (ids) => api.pause(ids),
    resume: (ids) => api.resume(ids),
    retry: (ids) => api.retry(ids),
    cancel: (ids) => api.cancel(ids),
    clear: (ids, options) => api.clear(ids, options),
    restore: (ids) => api.restore(ids),
    pauseAll: (paused) => api.pauseAll(paused),
    setOptions: (id, wishes) => api.setOptions(id, wishes),
    move: (id, before) => api.move(id, before),
    folderOf: (id) => api.folderOf(id),
    verify: (ids) => api.verify(ids),
    stopVerify: () => api.stopVerify(),
    dismissVerification: () => api.dismissVerification(),
    verification: () => api.verification(),
    onVerification: (listener) => client.on('check', (view) => listener(view as VerificationView)),
    verifyFolder: (wanted, options) => api.verifyFolder(wanted, options),
    repair: (ids) => api.repair(ids),
    repairFolder: (folder, acknowledge) => api.repairFolder(folder, acknowledge),
    configure: (patch) => api.configure(patch),
    wake: (reasons) => api.wake(reasons),
    reconnect: () => api.reconnect(),
    onChanged: (listener) => client.on('changed', (change) => listener(change as TransferChange)),
    async close() {
      await api.close();
      server.close();
      await worker.terminate();
      await exited;
    },
  };
}
