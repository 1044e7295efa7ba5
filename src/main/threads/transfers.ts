import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../shared/clock.ts';
import { AppError, messageOf } from '../../shared/errors.ts';
import type {
  HistoryView,
  RecallsView,
  TransferChange,
  TransferSettings,
  TransfersApi,
  VerificationView,
} from '../transfers/api.ts';
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
  /** Starts the thread again if it dies; a command ends with it and is run again by who ran it. */
  restarts?: boolean;
  /** Stack trace of a defect, for the log. */
  onBug?: (trace: string) => void;
  onDamaged?: (damage: TransferDamage) => void;
};

/** A queue of 10,000 needs about 50. */
const MAX_HEAP_MIB = 1024;
/** Pauses before it is started again, for deaths that follow each other; the next one is final. */
const RESTART_PAUSES_MS = [0, 1_000, 10_000, 60_000, 300_000];
/** After so long a life a death is the first again. */
const SOUND_MS = 30 * 60_000;
/** More revisions than a thread gives in its life. */
const REVISIONS_PER_LIFE = 1e9;

const traceOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
const toStderr = (trace: string): void => void process.stderr.write(`${trace}\n`);

/**
 * One life of the thread; resolves when its state is open.
 *
 * @throws `disk-error`, `bug`
 */
async function openThread({
  home,
  source,
  network,
  onBug,
  onDamaged,
  ...data
}: {
  home: string;
  source: PackageSource;
  network: Network;
  settings: Partial<TransferSettings>;
  firstRev: number;
  onBug(trace: string): void;
  onDamaged(damage: TransferDamage): void;
}) {
  const vault = createAddressVault(home);
  // Most objects are short-lived: a small young generation saves some 12 MiB.
  const worker = new Worker(workerFile('transfers'), {
    workerData: { home, ...data },
    name: 'transfers',
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: MAX_HEAP_MIB },
  });
  const onSourceBug = (thrown: unknown): void => onBug(traceOf(thrown));
  const ways = expose(
    worker,
    networkChannel,
    () => ({ way: (origin) => network.way(new URL(origin)) }),
    { onBug: onSourceBug },
  );
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
    api,
    on,
    exited,
    networkChanged: () => ways.emit('changed', null),
    async close() {
      await lifecycle.api.close();
      for (const { close } of exposed) close();
      await worker.terminate();
      await exited;
    },
  };
}
type Thread = Awaited<ReturnType<typeof openThread>>;
/** What a thread tells, by the names of its events. */
type Heard = {
  changed: [TransferChange];
  verification: [VerificationView];
  history: [HistoryView];
  recalls: [RecallsView];
  here: [];
};

/**
 * Starts the transfer engine in its own thread; resolves when its state is open. `close` stops every
 * run, keeps its state and ends the thread.
 *
 * If the thread dies, pending calls reject with `bug`. With `restarts` another one goes on from what
 * is on disk, as after the death of the program; later calls wait for it. Without it, and after
 * several deaths in a row, later calls reject too.
 */
export async function startTransferWorker({
  home,
  source,
  network = { ...environmentNetwork(), onChanged: () => undefined },
  settings: firstSettings = {},
  restarts = false,
  onBug = toStderr,
  onDamaged = (damage) => onBug(`The queue was damaged: ${JSON.stringify(damage)}`),
}: TransferWorkerOptions): Promise<TransfersApi & { close(): Promise<void> }> {
  const events = new EventEmitter<Heard>().setMaxListeners(0);
  const hearing =
    <N extends keyof Heard>(name: N) =>
    (listener: (...args: Heard[N]) => void): (() => void) => {
      // The emitter's own type of a listener isn't resolved for a name that is a parameter.
      const heard = listener as Parameters<typeof events.on<N>>[1];
      events.on(name, heard);
      return () => void events.off(name, heard);
    };
  const stop = new AbortController();
  let settings = firstSettings;
  let lives = 0;
  let deaths = 0;
  let current: Promise<Thread>;

  async function start(): Promise<Thread> {
    const thread = await openThread({
      home,
      source,
      network,
      settings,
      firstRev: lives * REVISIONS_PER_LIFE,
      onBug,
      onDamaged,
    });
    lives += 1;
    thread.on('changed', (change) => events.emit('changed', change));
    thread.on('verification', (view) => events.emit('verification', view));
    thread.on('history', (view) => events.emit('history', view));
    thread.on('recalls', (view) => events.emit('recalls', view));
    thread.on('here', () => events.emit('here'));
    const bornAtMs = systemClock.nowMs();
    void thread.exited.then(() => {
      if (stop.signal.aborted || !restarts) return;
      if (systemClock.nowMs() - bornAtMs > SOUND_MS) deaths = 0;
      become(startAgain());
    });
    return thread;
  }

  /** @throws what `openThread` throws, after the last attempt */
  async function startAgain(): Promise<Thread> {
    for (;;) {
      const pauseMs = RESTART_PAUSES_MS[deaths];
      if (pauseMs === undefined) throw new AppError('bug', 'The transfer thread keeps ending');
      deaths += 1;
      onBug(`The transfer thread has ended; it starts again in ${pauseMs} ms`);
      await systemClock.sleep(pauseMs, stop.signal);
      try {
        const thread = await start();
        void goOn(thread).catch((thrown: unknown) => onBug(traceOf(thrown)));
        return thread;
      } catch (thrown) {
        onBug(traceOf(thrown));
      }
    }
  }

  /** Starts what may run, which waits for its settings, and tells what was missed meanwhile. */
  async function goOn({ api }: Thread): Promise<void> {
    await api.configure(settings);
    events.emit('changed', { totals: await api.totals(), rows: [], removed: [] });
    events.emit('verification', await api.verification());
    events.emit('history', await api.historyView());
    events.emit('recalls', await api.recallsView());
    events.emit('here');
  }

  function become(next: Promise<Thread>): void {
    current = next;
    // Whoever calls hears of it.
    next.catch(() => undefined);
  }

  const first = await start();
  become(Promise.resolve(first));
  network.onChanged(
    () => void current.then(({ networkChanged }) => networkChanged()).catch(() => undefined),
  );
  const api = Object.fromEntries(
    transfersChannel.methods.map((method) => [
      method,
      async (...args: unknown[]) =>
        Reflect.apply((await current).api[method] as (...given: unknown[]) => unknown, null, args),
    ]),
  ) as Thread['api'];
  return {
    ...api,
    async configure(patch) {
      await api.configure(patch);
      settings = { ...settings, ...patch };
    },
    onVerification: hearing('verification'),
    onHere: hearing('here'),
    onHistory: hearing('history'),
    onRecalls: hearing('recalls'),
    onChanged: hearing('changed'),
    async close() {
      stop.abort(new AppError('cancelled', 'The app quits'));
      const thread = await current.catch(() => null);
      // Rejects if the thread has died; nothing is left to close then.
      await thread?.close().catch(() => undefined);
    },
  };
}
