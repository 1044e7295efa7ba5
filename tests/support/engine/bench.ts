import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import { createByteSource } from '../../../src/main/adapters/http/byte-source.ts';
import { parseMetalink } from '../../../src/main/formats/metalink.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { ThreadHasher } from '../../../src/main/threads/hashing.ts';
import { SqliteTransferStore } from '../../../src/main/adapters/sqlite/transfer-store.ts';
import type { AddressItem, FileReport, TransferSettings } from '../../../src/main/transfers/api.ts';
import type { TransferPorts } from '../../../src/main/transfers/ports.ts';
import {
  createTransfers,
  type TransferService,
} from '../../../src/main/transfers/queue/service.ts';
import { isEnded, type TransferState } from '../../../src/shared/model/transfer.ts';
import { signedOutSource } from '../fakes/package-source.ts';
import { addressVault } from '../fakes/vault.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export type Bench = {
  /** Holds everything of one test; `to` is the destination. */
  folder: string;
  to: string;
  transfers: TransferService;
  bugs: unknown[];
  /**
   * Ends the service and starts it on the same state, like a new process; `between` runs meanwhile.
   */
  restart(between?: () => Promise<void>): Promise<void>;
  /** Closes everything and removes the folder; once. */
  end(): Promise<void>;
};

/**
 * The real engine on a temporary home, with a real disk, HTTP and SQLite.
 * @param options.home a separate home
 */
export async function startBench({
  ports = {},
  settings = {},
  home,
}: {
  ports?: Partial<TransferPorts>;
  settings?: Partial<TransferSettings>;
  home?: string;
} = {}): Promise<Bench> {
  const folder = temporaryFolder();
  const bugs: unknown[] = [];
  const http = createByteSource();
  const hasher = new ThreadHasher();
  let nextId = 1;
  const vault = addressVault();
  const start = () =>
    createTransfers(
      {
        source: signedOutSource,
        bytes: http,
        hasher,
        disk: createDisk(),
        store: new SqliteTransferStore(
          path.join(home ?? path.join(folder, 'home'), 'transfers.sqlite'),
          (damage) => bugs.push(damage),
        ),
        clock: systemClock,
        parseMetalink,
        newId: () => `trf_${process.pid}_${nextId++}`,
        onBug: (thrown) => bugs.push(thrown),
        vault,
        ...ports,
      },
      { maxAttempts: 3, ...settings },
    );
  let ended: Promise<void> | null = null;
  const bench: Bench = {
    folder,
    to: path.join(folder, 'to'),
    transfers: start(),
    bugs,
    async restart(between) {
      await bench.transfers.close();
      await between?.();
      bench.transfers = start();
    },
    end: () =>
      (ended ??= (async () => {
        await bench.transfers.close();
        http.close();
        await hasher.close();
        await rm(folder, { recursive: true });
      })()),
  };
  return bench;
}

/**
 * Resolves to the state once the transfer has ended, or reached one of the named phases or wait
 * reasons.
 */
export function settled(
  transfers: TransferService,
  id: string,
  ...also: string[]
): Promise<TransferState> {
  return new Promise((resolve, reject) => {
    const look = async () => {
      const { state } = await transfers.detail(id);
      const word = state.phase === 'waiting' ? state.reason : state.phase;
      if (!isEnded(state) && !also.includes(word)) return;
      stop();
      resolve(state);
    };
    const stop = transfers.onChanged(() => void look().catch(reject));
    look().catch(reject);
  });
}

/** Resolves once so many bytes are on disk. */
export function received(transfers: TransferService, id: string, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = transfers.onChanged(({ rows }) => {
      if (!rows.some((row) => row.id === id && row.receivedBytes >= bytes)) return;
      stop();
      resolve();
    });
  });
}

export async function get(
  bench: Bench,
  item: Partial<AddressItem> & { url: string },
  ...also: string[]
): Promise<{ id: string; state: TransferState; files: FileReport[] }> {
  const [id = ''] = await bench.transfers.enqueue(
    [{ metalink: false, destination: bench.to, sha256: null, hashAnyway: false, ...item }],
    { makeDestination: true },
  );
  const state = await settled(bench.transfers, id, ...also);
  return { id, state, files: await bench.transfers.report(id) };
}
