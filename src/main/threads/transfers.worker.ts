import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { createDisk } from '../adapters/fs/disk.ts';
import { eraseReplaced } from '../adapters/fs/erase-replaced.ts';
import { withLocalFiles } from '../adapters/fs/file-source.ts';
import { createByteSource } from '../adapters/http/byte-source.ts';
import { rememberWays } from '../adapters/http/network.ts';
import { watchNetwork } from '../adapters/http/network-monitor.ts';
import { parseMetalink } from '../formats/metalink.ts';
import { systemClock } from '../../shared/clock.ts';
import { startChecks } from './database-check.ts';
import {
  ROW_CHECKS,
  SqliteTransferStore,
  type TransferDamage,
} from '../adapters/sqlite/transfer-store.ts';
import { ThreadHasher } from './hashing.ts';
import type { TransferSettings } from '../transfers/api.ts';
import { createTransfers } from '../transfers/queue/service.ts';
import {
  addressVaultChannel,
  networkChannel,
  packageSourceChannel,
  transfersChannel,
  transfersLifecycle,
} from './channels.ts';
import { connect, expose } from './rpc.ts';

const data = z
  .object({
    home: z.string(),
    firstRev: z.number(),
    settings: z.custom<Partial<TransferSettings>>(
      (value) => typeof value === 'object' && value !== null,
    ),
  })
  .parse(workerData);
if (!parentPort) throw new Error('This file is the entry of a worker thread');
const port = parentPort;

const { api: source } = connect(port, packageSourceChannel);
const { api: vault } = connect(port, addressVaultChannel);
const { api: ways, on: onNetwork } = connect(port, networkChannel);
const network = rememberWays({ way: ({ origin }) => ways.way(origin) });
const http = withLocalFiles(createByteSource({ network }));
const hasher = new ThreadHasher();
const onBug = (thrown: unknown) =>
  emit('bug', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
/** Emitted once the parent thread listens. */
const pendingDamage: TransferDamage[] = [];
let emitDamage = (damage: TransferDamage): void => void pendingDamage.push(damage);
const file = path.join(data.home, 'transfers.sqlite');
const store = new SqliteTransferStore(file, (damage) => emitDamage(damage));
const stopChecks = startChecks({ file, rowChecks: ROW_CHECKS, hasBackups: true }, () =>
  store.reportDamage(),
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
    vault,
    eraseOld: () => eraseReplaced(file),
    firstRev: data.firstRev,
    newId: () => `trf_${randomUUID()}`,
    onBug,
  },
  data.settings,
);

const { emit } = expose(port, transfersChannel, () => transfers, { onBug });
expose(
  port,
  transfersLifecycle,
  () => ({
    async close() {
      unwatch();
      stopChecks();
      await transfers.close();
      http.close();
      await hasher.close();
    },
  }),
  { onBug },
);
transfers.onVerification((view) => emit('verification', view));
transfers.onHere(() => emit('here', null));
transfers.onHistory((view) => emit('history', view));
transfers.onRecalls((view) => emit('recalls', view));
transfers.onChanged((change) => emit('changed', change));
const unwatch = watchNetwork(() => void transfers.reconnect());
onNetwork('changed', () => {
  network.forget();
  void transfers.reconnect();
});
emitDamage = (damage) => emit('damaged', damage);
pendingDamage.forEach(emitDamage);
emit('ready', null);
