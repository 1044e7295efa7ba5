import { Worker } from 'node:worker_threads';
import { AppError, messageOf } from '../../shared/errors.ts';
import type { TransferSettings, TransfersApi } from '../transfers/api.ts';
import type { PackageSource } from '../transfers/ports.ts';
import {
  addressVaultChannel,
  networkChannel,
  packageSourceChannel,
  transfersChannel,
  transfersLifecycle,
} from './channels.ts';
import { connect, expose } from './rpc.ts';
import { createAddressVault } from '../adapters/address-vault.ts';
import { environmentNetwork, type Network } from '../adapters/http/network.ts';
import type { TransferDamage } from '../adapters/sqlite/transfer-store.ts';
import { workerFile } from './spawn.ts';

type TransferWorkerOptions = {
  home: string;
  source: PackageSource;
  /** As the environment says by default. */
  network?: Network & { onChanged(listener: () => void): void };
  settings?: Partial<TransferSettings>;
  /** Stack trace of a defect, for the log. */
  onBug?: (trace: string) => void;
  onDamaged?: (damage: TransferDamage) => void;
};

/** A queue of 10,000 needs about 50. */
const MAX_HEAP_MIB = 1024;

const traceOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
const toStderr = (trace: string): void => void process.stderr.write(`${trace}\n`);

/**
 * Starts the transfer engine in its own thread; resolves when its state is open. `close` stops
 * every run, keeps its state and ends the thread. If the thread dies, every call rejects with
 * `bug`.
 */
export async function startTransferWorker({
  home,
  source,
  network = { ...environmentNetwork(), onChanged: () => undefined },
  settings = {},
  onBug = toStderr,
  onDamaged = (damage) => onBug(`The queue was damaged: ${JSON.stringify(damage)}`),
}: TransferWorkerOptions): Promise<TransfersApi & { close(): Promise<void> }> {
  const vault = createAddressVault(home);
  // Most objects are short-lived: a small young generation saves some 12 MiB.
  const worker = new Worker(workerFile('transfers'), {
    workerData: { home, settings },
    name: 'transfers',
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: MAX_HEAP_MIB },
  });
  const onSourceBug = (thrown: unknown): void => onBug(traceOf(thrown));
  const ways = expose(
    worker,
    networkChannel,
    () => ({ way: (origin) => network.way(new URL(origin)) }),
    {
      onBug: onSourceBug,
    },
  );
  network.onChanged(() => ways.emit('changed', null));
  const exposed = [
    ways,
    expose(worker, packageSourceChannel, () => source, { onBug: onSourceBug }),
    expose(worker, addressVaultChannel, () => vault, { onBug: onSourceBug }),
  ];
  const { api, on } = connect(worker, transfersChannel);
  const lifecycle = connect(worker, transfersLifecycle);
  on('bug', onBug);
  on('damaged', onDamaged);
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    on('ready', () => resolve());
    worker.once('error', (error) =>
      reject(
        new AppError('disk-error', `The queue can’t be opened: ${messageOf(error)}`, {
          cause: error,
        }),
      ),
    );
    worker.once('exit', () =>
      reject(new AppError('bug', 'The transfer thread ended at its start')),
    );
  });
  worker.on('error', (error) => onBug(traceOf(error)));
  return {
    ...api,
    onVerification: (listener) => on('verification', listener),
    onHere: (listener) => on('here', () => listener()),
    onHistory: (listener) => on('history', listener),
    onRecalls: (listener) => on('recalls', listener),
    onChanged: (listener) => on('changed', listener),
    async close() {
      await lifecycle.api.close();
      for (const { close } of exposed) close();
      await worker.terminate();
      await exited;
    },
  };
}
