import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import readline from 'node:readline';
import { SqliteTransferStore } from '../../src/main/adapters/sqlite/transfer-store.ts';
import { NO_EVIDENCE } from '../../src/shared/contract/transfers.ts';
import type { StoredTransfer } from '../../src/main/transfers/ports.ts';
import { median } from './contest.ts';
import { memoryOf, stop } from './machine.ts';
import { measureEnqueue } from './queue-enqueue.ts';
import { measureLimit } from './queue-limit.ts';
import { measurePage, type QueueField } from './queue-page.ts';

const MIB = 1024 * 1024;
const PIECE_BYTES = 8 * MIB;
const LARGE_BYTES = 20_000_000_000;
const QUEUED = 10_000;
const SECONDS = 12;

type Memory = { p50: number; p99: number; max: number; peakMiB: number; endMiB: number };

const zeros = (bytes: number): string =>
  createHash('sha256').update(Buffer.alloc(bytes)).digest('hex');
const PIECE = zeros(PIECE_BYTES);

/**
 * A file of 20 GB that takes no room at the origin, and the Metalink that vouches for its pieces;
 * under a name of its own each time.
 */
export async function sparseMetalinks(
  { folder, origin }: QueueField,
  count: number,
  way: 'steady' | 'slow',
  scheme: 'http' | 'https',
): Promise<string[]> {
  const handle = await open(path.join(folder, 'www', 'large.mov'), 'w');
  await handle.truncate(LARGE_BYTES);
  await handle.close();
  const last = LARGE_BYTES % PIECE_BYTES;
  const pieces = [
    ...Array.from({ length: Math.floor(LARGE_BYTES / PIECE_BYTES) }, () => PIECE),
    ...(last > 0 ? [zeros(last)] : []),
  ]
    .map((hash) => `<hash>${hash}</hash>`)
    .join('');
  const files = Array.from({ length: count }, (_, i) => path.join(folder, `${way}-${i}.meta4`));
  for (const [i, file] of files.entries()) {
    await writeFile(
      file,
      `<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="large-${i}.mov"><size>${LARGE_BYTES}</size><pieces length="${PIECE_BYTES}" type="sha-256">${pieces}</pieces><url>${origin[scheme]}/${way}/large.mov</url></file></metalink>`,
    );
  }
  return files;
}

function stored(i: number, more: Partial<StoredTransfer>): StoredTransfer {
  const id = `trf_${String(i).padStart(8, '0')}-1111-4222-8333-444455556666`;
  return {
    id,
    kind: 'package',
    assetId: `ast_b${i}`,
    packageId: `pkg_b${i}`,
    rev: 1,
    purpose: 'broadcast',
    title: `Harbour ${i}: the lighthouse marks fifty years`,
    label: 'HD 1080i50, XDCAM 50',
    source: `pkg_b${i}`,
    destination: '/tmp',
    folder: null,
    acknowledge: [],
    sha256: null,
    hashAnyway: false,
    strict: false,
    repair: false,
    repairOnly: null,
    evidence: NO_EVIDENCE,
    state: { phase: 'queued' },
    attempts: 0,
    urgent: false,
    position: i,
    deadlineMs: null,
    limitBytesPerSecond: null,
    folderName: null,
    fileNaming: null,
    cleared: false,
    rights: null,
    embargo: null,
    receivedBytes: 0,
    totalBytes: 14_200_000_000,
    filesDone: 0,
    filesTotal: 17,
    addedAtMs: 1_790_000_000_000 + i,
    finishedAtMs: null,
    resumes: 0,
    refetchedBytes: 0,
    manifest: null,
    ...more,
  };
}

/** A home with ten thousand packages in the queue behind the Metalinks named, which are to run. */
export async function seedHome(
  field: QueueField,
  name: string,
  metalinks: readonly string[],
  { queued = QUEUED, demo = false, limitBytesPerSecond = null as number | null } = {},
): Promise<string> {
  const home = path.join(field.folder, name);
  await rm(home, { recursive: true, force: true });
  await mkdir(path.join(home, 'to'), { recursive: true });
  await writeFile(
    path.join(home, 'settings.json'),
    JSON.stringify({
      activeTransfers: Math.max(1, Math.min(16, metalinks.length)),
      destination: path.join(home, 'to'),
      language: 'en',
      theme: 'dark',
      demo,
      limitBytesPerSecond,
    }),
  );
  const store = new SqliteTransferStore(path.join(home, 'transfers.sqlite'), (damage) =>
    console.error(damage),
  );
  const active = metalinks.map((source, i) =>
    stored(i, {
      kind: 'metalink',
      source,
      title: path.basename(source),
      packageId: null,
      assetId: null,
      rev: null,
      destination: path.join(home, 'to'),
      totalBytes: LARGE_BYTES,
      filesTotal: 1,
    }),
  );
  store.save([
    ...active,
    ...Array.from({ length: queued }, (_, i) =>
      stored(metalinks.length + i, { destination: path.join(home, 'to') }),
    ),
  ]);
  store.close();
  return home;
}

/**
 * `desk queue run` on a home for some seconds: memory of the whole process and lateness of its main
 * thread.
 */
async function runHeadless(
  { desk, origin, folder }: QueueField,
  home: string,
  args: string[],
): Promise<Memory> {
  const loop = path.join(folder, 'loop.json');
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--import',
      path.join(import.meta.dirname, 'loop-delay.mjs'),
      desk,
      ...args,
      '--json',
      '--home',
      home,
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: origin.cert, BENCH_LOOP: loop },
    },
  );
  readline
    .createInterface({ input: child.stdout as NodeJS.ReadableStream })
    .on('line', () => undefined);
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const { peakMiB, nowMiB } = memoryOf(child.pid ?? 0);
  const delays = JSON.parse(readFileSync(loop, 'utf8')) as {
    p50: number;
    p99: number;
    max: number;
  };
  await stop(child);
  await rm(home, { recursive: true, force: true });
  return { ...delays, peakMiB, endMiB: nowMiB };
}

const told = (what: string, { p50, p99, max, peakMiB, endMiB }: Memory): string =>
  `| ${what} | ${peakMiB.toFixed(0)} (${endMiB.toFixed(0)} after ${SECONDS} s) | p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, longest ${max.toFixed(0)} |`;

/**
 * The queue at full strength, as a table: memory, lateness of the main thread, frames of the page.
 */
export async function queueRows(field: QueueField): Promise<string> {
  return [
    await headlessRows(field),
    await limitRow(field),
    await measureEnqueue(field.folder),
    await pageRow(field),
  ].join('\n\n');
}

export async function limitRow(field: QueueField): Promise<string> {
  return measureLimit(
    field,
    await seedHome(field, 'home', await sparseMetalinks(field, 16, 'slow', 'https')),
  );
}

export async function headlessRows(field: QueueField): Promise<string> {
  const lines = [
    '| headless process | peak MiB | event loop of the main thread, ms (1 of it the timer’s own) |',
    '|---|---|---|',
  ];
  const row = async (what: string, metalinks: string[], queued?: number): Promise<void> => {
    lines.push(
      told(
        what,
        await runHeadless(
          field,
          await seedHome(field, 'home', metalinks, { queued: queued ?? QUEUED }),
          ['queue', 'run'],
        ),
      ),
    );
    console.error(lines.at(-1));
  };
  const [one = ''] = await sparseMetalinks(field, 1, 'steady', 'http');
  await row('one file of 20 GB at 160 MB/s, nothing queued', [one], 0);
  await row('one file of 20 GB at 160 MB/s, 10,000 queued', [one]);
  await row(
    '16 verified https streams, 10,000 queued',
    await sparseMetalinks(field, 16, 'slow', 'https'),
  );
  return lines.join('\n');
}

/** Held to 10 MB/s: what is measured is the page, not how much the downloads leave of two cores. */
export async function pageRow(field: QueueField): Promise<string> {
  return measurePage(
    field,
    await seedHome(field, 'home', await sparseMetalinks(field, 20, 'slow', 'https'), {
      demo: true,
      limitBytesPerSecond: 10_000_000,
    }),
    median,
  );
}
