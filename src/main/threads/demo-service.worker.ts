import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { clearPath, quarantine } from '../adapters/fs/quarantine.ts';
import { repairLog } from '../adapters/sqlite/write-ahead-log.ts';
import { startService } from '../../service/index.ts';
import { DamagedData } from '../../service/store/damage.ts';
import { demoServiceChannel, type DemoStart } from './channels.ts';
import { expose } from './rpc.ts';

if (!parentPort) throw new Error('the demo service runs in a worker thread');

/** The demo's assets: two folders up from `out/main`, three from the sources. */
const demoDir = ['../../assets/demo', '../../../assets/demo']
  .map((up) => fileURLToPath(new URL(up, import.meta.url)))
  .find((folder) => existsSync(folder));
if (demoDir === undefined) throw new Error('assets/demo is missing next to the app');

let service: Awaited<ReturnType<typeof startService>> | null = null;
const { dataDir } = workerData as { dataDir: string };
const DATABASE = path.join(dataDir, 'service.sqlite');
const KEYS = ['service.key', 'password-peppers'].map((name) => path.join(dataDir, name));

const begin = () =>
  startService({
    dataDir,
    demoDir,
    seed: 'demo',
    demoDay: true,
    editors: true,
    limits: 'normal',
    onDamagedRow: (table) => {
      throw new DamagedData(DATABASE, `has a damaged record in ${table}`);
    },
  });

/**
 * Quarantines the demo's files, so that it starts anew.
 *
 * @returns the new path of its database
 */
function quarantineData(): string | null {
  const moved = [DATABASE, `${DATABASE}-wal`, `${DATABASE}-shm`, ...KEYS].map((file) =>
    existsSync(file) ? quarantine(file) : null,
  );
  return moved[0] ?? null;
}

/**
 * Damage that SQLite would not report: the database is missing, its log is damaged, or something
 * else is at one of the paths.
 */
function isDamagedSilently(): boolean {
  const inTheWay = [DATABASE, `${DATABASE}-wal`, ...KEYS]
    .map((file) => clearPath(file))
    .some((moved) => moved !== null);
  const isLost =
    KEYS.some((file) => existsSync(file)) &&
    (statSync(DATABASE, { throwIfNoEntry: false })?.size ?? 0) === 0;
  return inTheWay || isLost || repairLog(DATABASE, () => undefined);
}

expose(
  parentPort,
  demoServiceChannel,
  () => ({
    start: async () => {
      let rebuilt: DemoStart['rebuilt'] = null;
      if (!service && isDamagedSilently()) rebuilt = { aside: quarantineData() };
      service ??= await begin().catch(async (thrown: unknown) => {
        if (!(thrown instanceof DamagedData)) throw thrown;
        rebuilt = { aside: quarantineData() };
        return begin();
      });
      const { url, mailboxUrl, demoAccount } = service;
      return { url, mailboxUrl, account: demoAccount, rebuilt };
    },
    stop: async () => {
      await service?.close();
      service = null;
    },
  }),
  { onBug: (thrown, method) => console.error(`demo service: ${method}:`, thrown) },
);
