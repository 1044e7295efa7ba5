import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { createDisk } from '../adapters/fs/disk.ts';
import { eraseReplaced } from '../adapters/fs/erase-replaced.ts';
import { createByteSource } from '../adapters/http/byte-source.ts';
import { watchNetwork } from '../adapters/http/network-monitor.ts';
import { parseMetalink } from '../formats/metalink.ts';
import { systemClock } from '../adapters/clock.ts';
import { startChecks } from './database-check.ts';
import {
  ROW_CHECKS,
  SqliteTransferStore,
  type TransferDamage,
} from '../adapters/sqlite/transfer-store.ts';
import { ThreadHasher } from './hashing.ts';
import type { ServedVault } from './transfers.ts';
import type { TransferSettings } from '../transfers/api.ts';
import type { PackageSource } from '../transfers/ports.ts';
import { createTransfers, type TransferService } from '../transfers/queue/service.ts';
import { connectRpc, serveRpc } from './rpc.ts';

/** What the thread that started this one may call. */
export type TransferWorkerApi = Omit<TransferService, 'onChanged' | 'onVerification'>;

const data = z
  .object({
    home: z.string(),
    settings: z.custom<Partial<TransferSettings>>(
      (value) => typeof value === 'object' && value !== null,
    ),
  })
  .parse(workerData);
if (!parentPort) throw new Error('This file is the entry of a worker thread');
const port = parentPort;

const { api: source } = connectRpc<PackageSource & ServedVault>(port);
const http = createByteSource();
const hasher = new ThreadHasher();
const onBug = (thrown: unknown) =>
  server.emit('bug', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
/** Told once the thread that started this one listens. */
const early: TransferDamage[] = [];
let tellDamage = (damage: TransferDamage): void => void early.push(damage);
const file = path.join(data.home, 'transfers.sqlite');
const store = new SqliteTransferStore(file, (damage) => tellDamage(damage));
const stopChecks = startChecks({ file, rowChecks: ROW_CHECKS, hasBackups: true }, () =>
  store.found(),
);
const transfers = createTransfers(
  {
    source,
    bytes: http,
    hasher,
    disk: createDisk(),
    store,
    clock: systemClock,
    parseMetalink,
    vault: {
      read: (id) => source.readSecret(id),
      write: (id, value) => source.writeSecret(id, value),
      remove: (id) => source.removeSecret(id),
    },
    eraseOld: () => eraseReplaced(file),
    newId: () => `trf_${randomUUID()}`,
    onBug,
  },
  data.settings,
);

const methods: TransferWorkerApi = {
  enqueue: (items, options) => transfers.enqueue(items, options),
  list: (tab, range, search) => transfers.list(tab, range, search),
  packages: () => transfers.packages(),
  find: (assetId, packageId) => transfers.find(assetId, packageId),
  setRights: (rights) => transfers.setRights(rights),
  detail: (id) => transfers.detail(id),
  totals: () => transfers.totals(),
  report: (id) => transfers.report(id),
  exportQueue: (ids, format) => transfers.exportQueue(ids, format),
  importDocument: (document, destination, options) =>
    transfers.importDocument(document, destination, options),
  evidence: (id, format, language) => transfers.evidence(id, format, language),
  pause: (ids) => transfers.pause(ids),
  resume: (ids) => transfers.resume(ids),
  retry: (ids) => transfers.retry(ids),
  cancel: (ids) => transfers.cancel(ids),
  clear: (ids, options) => transfers.clear(ids, options),
  restore: (ids) => transfers.restore(ids),
  pauseAll: (paused) => transfers.pauseAll(paused),
  setOptions: (id, wishes) => transfers.setOptions(id, wishes),
  move: (id, before) => transfers.move(id, before),
  folderOf: (id) => transfers.folderOf(id),
  verify: (ids) => transfers.verify(ids),
  stopVerify: () => transfers.stopVerify(),
  dismissVerification: () => transfers.dismissVerification(),
  verification: () => transfers.verification(),
  verifyFolder: (wanted, options) => transfers.verifyFolder(wanted, options),
  repair: (ids) => transfers.repair(ids),
  repairFolder: (folder, acknowledge) => transfers.repairFolder(folder, acknowledge),
  configure: (patch) => transfers.configure(patch),
  wake: (reasons) => transfers.wake(reasons),
  reconnect: () => transfers.reconnect(),
  async close() {
    unwatch();
    stopChecks();
    await transfers.close();
    http.close();
    await hasher.close();
  },
};
const server = serveRpc(port, methods, onBug);
transfers.onVerification((view) => server.emit('check', view));
transfers.onChanged((change) => server.emit('changed', change));
const unwatch = watchNetwork(() => void transfers.reconnect());
tellDamage = (damage) => server.emit('damaged', damage);
early.forEach(tellDamage);
server.emit('ready', null);
