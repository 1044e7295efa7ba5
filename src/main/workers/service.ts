import { existsSync } from 'node:fs';
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

serveRpc(parentPort, {
  start: async () => {
    service ??= await startService({ dataDir, demoDir, seed: 'demo', limits: 'normal' });
    return { url: service.url, mailboxUrl: service.mailboxUrl };
  },
  stop: async () => {
    await service?.close();
    service = null;
  },
}, (thrown, method) => console.error(`demo service: ${method}:`, thrown));
