import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { startService } from '../../service/index.ts';
import { serveRpc } from './rpc.ts';

if (!parentPort) throw new Error('the demo service runs in a worker thread');

/** The demo's pictures and hash lists lie beside the program: two folders up from `out/main`, three from the sources. */
const demoDir = ['../../assets/demo', '../../../assets/demo'].map((up) => fileURLToPath(new URL(up, import.meta.url))).find((folder) => existsSync(folder));
if (demoDir === undefined) throw new Error('assets/demo is missing beside the program');

let service: Awaited<ReturnType<typeof startService>> | null = null;
const { dataDir } = workerData as { dataDir: string };

const begin = () => startService({ dataDir, demoDir, seed: 'demo', limits: 'normal' });

/** SQLITE_CORRUPT and SQLITE_NOTADB; the low byte is the primary result code. */
const isDamage = (thrown: unknown): boolean => thrown instanceof Error && 'errcode' in thrown && [11, 26].includes(Number(thrown.errcode) & 0xff);

/** Never deleted, and never in the way: a demo whose file is damaged begins anew. */
function putAside(): string {
  const file = path.join(dataDir, 'service.sqlite');
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/gu, '-')}`;
  for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) renameSync(file + part, aside + part);
  return aside;
}

serveRpc(parentPort, {
  start: async () => {
    let damaged: string | null = null;
    service ??= await begin().catch(async (thrown: unknown) => {
      if (!isDamage(thrown)) throw thrown;
      damaged = putAside();
      return begin();
    });
    return { url: service.url, mailboxUrl: service.mailboxUrl, damaged };
  },
  stop: async () => {
    await service?.close();
    service = null;
  },
}, (thrown, method) => console.error(`demo service: ${method}:`, thrown));
