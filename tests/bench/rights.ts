import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createDisk } from '../../src/main/adapters/fs/disk.ts';
import { SqliteTransferStore } from '../../src/main/adapters/sqlite/transfer-store.ts';
import { parseMetalink } from '../../src/main/formats/metalink.ts';
import { ThreadHasher } from '../../src/main/threads/hashing.ts';
import type { StoredHistory } from '../../src/main/transfers/ports.ts';
import { History } from '../../src/main/transfers/queue/history.ts';
import { Registry } from '../../src/main/transfers/queue/registry.ts';
import { createTransfers } from '../../src/main/transfers/queue/service.ts';
import { DEMO_ACCOUNT } from '../../src/service/accounts/demo-account.ts';
import {
  evaluateRights,
  type RightsFacts,
  type RightsQuestion,
} from '../../src/shared/api/rights.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { invoke, openApplication } from '../support/app/application.ts';
import { transfer } from '../support/engine/rows.ts';
import { signedOutSource } from '../support/fakes/package-source.ts';
import { ANYTHING, ledgerDraft, openJournal } from '../support/ledger.ts';
import { startDemo } from '../support/service/demo.ts';
import { median } from './contest.ts';

const PACKAGES = 10_000;
const PLANNED = 2000;
const ENTRIES = 100_000;
const ENTRIES_AT_ONCE = 5000;
const ROUNDS = 5;
const NOON = Date.parse('2026-11-24T12:00:00Z');
const MIB = 1024 * 1024;

const inMs = (ns: number): string => (ns / 1e6).toFixed(0);

type Measured = { ms: number; loop: string };

/** How long it took, and how late the event loop was meanwhile. */
async function measured(work: () => Promise<unknown>): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // Its first sample: what blocks at once is seen too.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  // Its last sample.
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return {
    ms,
    loop: `p50 ${inMs(delay.percentile(50))}, p99 ${inMs(delay.percentile(99))}, longest ${inMs(delay.max)} ms`,
  };
}
const row = (what: string, ...cells: string[]): string => `| ${[what, ...cells].join(' | ')} |`;

/** Verdicts of assets with five restrictions, beside reading the same assets from JSON. */
function verdictRow(): string {
  const facts = Array.from({ length: PACKAGES }, (_, n): RightsFacts => ({
    pubStatus: 'usable',
    embargoUntil: null,
    expiresAt: NOON + n,
    restrictions: (['territory', 'platform', 'editorial', 'archive', 'time'] as const).map(
      (kind, k) => ({
        id: `rst_${n}_${k}`,
        kind,
        mode: 'deny',
        values: kind === 'territory' ? ['CA', 'US'] : kind === 'platform' ? ['online'] : [],
        note: `Not without asking, part ${n}`,
      }),
    ),
  }));
  const question: RightsQuestion = {
    use: 'queue',
    shots: null,
    nowMs: NOON,
    profile: { territory: 'FR', platforms: ['broadcast', 'web'], holdsUnderEmbargo: true },
    mayTakeEarly: false,
  };
  const texts = facts.map((one) => JSON.stringify(one));
  const times: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let startedAt = performance.now();
    for (const one of facts) evaluateRights(one, question);
    const judged = performance.now() - startedAt;
    startedAt = performance.now();
    for (const text of texts) JSON.parse(text);
    times.push([judged, performance.now() - startedAt]);
  }
  return row(
    `verdicts of ${PACKAGES} assets with five restrictions`,
    `${median(times.map(([judged]) => judged)).toFixed(0)} ms`,
    `${median(times.map(([judged, read]) => judged / read)).toFixed(2)} × reading them from JSON`,
    '',
  );
}

async function planRow(folder: string): Promise<string> {
  const service = await startDemo({ seed: `bench:${PLANNED}` });
  const home = path.join(folder, 'plan');
  await mkdir(home, { recursive: true });
  const application = await openApplication(home, { serviceUrl: service.url });
  try {
    await invoke(application, 'settings.set', { destination: path.join(home, 'to') });
    await invoke(application, 'account.sign-in', DEMO_ACCOUNT);
    await invoke(application, 'library.sync');
    const { ids } = await invoke(application, 'catalogue.ids', { text: '', sort: 'newest' });
    const plan = async (count: number): Promise<Measured> =>
      measured(() =>
        invoke(application, 'transfers.plan', { assetIds: ids.slice(0, count), profile: 'web' }),
      );
    await plan(PLANNED);
    const times: [Measured, Measured][] = [];
    for (let round = 0; round < ROUNDS; round++)
      times.push([await plan(PLANNED), await plan(PLANNED / 10)]);
    return row(
      `plan of ${ids.length} packages, to the answer`,
      `${median(times.map(([all]) => all.ms)).toFixed(0)} ms`,
      `${median(times.map(([all, tenth]) => all.ms / tenth.ms)).toFixed(1)} × a tenth of them`,
      times.at(-1)?.[0].loop ?? '',
    );
  } finally {
    await application.close();
    await service.close();
  }
}

type Held = { store: SqliteTransferStore; to: string; folders: string[] };

/** A home with finished packages of one small file each, which are on the disk. */
async function hold(folder: string): Promise<Held> {
  const to = path.join(folder, 'held');
  const folders = Array.from({ length: PACKAGES }, (_, n) => path.join(to, `package ${n}`));
  const film = Buffer.from('film');
  const sha256 = createHash('sha256').update(film).digest('hex');
  for (const [n, own] of folders.entries()) {
    await mkdir(own, { recursive: true });
    await writeFile(path.join(own, 'master.mov'), film);
    await writeFile(path.join(own, 'manifest.json'), `{"packageId":"pkg_${n}","rev":1}`);
    await writeFile(path.join(own, '.done'), '');
  }
  const store = new SqliteTransferStore(path.join(folder, 'held.sqlite'), (damage) => {
    throw new Error(JSON.stringify(damage));
  });
  const records = folders.map((own, n) =>
    transfer(`trf_${n}`, n, {
      assetId: `ast_${n}`,
      packageId: `pkg_${n}`,
      rev: 1,
      destination: to,
      folder: own,
      state: { phase: 'done' },
      repair: false,
      cleared: false,
      finishedAtMs: 1,
    }),
  );
  store.save(records);
  store.saveHistory(
    records.map(({ id, title, label, purpose }, n): StoredHistory => ({
      id,
      assetId: `ast_${n}`,
      packageId: `pkg_${n}`,
      rev: 1,
      service: null,
      title,
      label,
      purpose,
      destination: to,
      folder: folders[n] ?? '',
      totalBytes: film.length,
      filesTotal: 1,
      addedAtMs: 1,
      finishedAtMs: 1,
      files: [{ path: 'master.mov', bytes: film.length, sha256 }],
      isHere: true,
      isCleared: false,
      movedFrom: null,
    })),
  );
  return { store, to, folders };
}

/** Resolves once the file is there. */
async function appeared(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** The look at all folders, and their recall all at once. */
async function heldRows(folder: string): Promise<string[]> {
  const { store, folders } = await hold(folder);
  const hasher = new ThreadHasher();
  let id = 0;
  const transfers = createTransfers({
    source: signedOutSource,
    bytes: { open: () => Promise.reject(new Error('no bytes')), drop: () => undefined },
    hasher,
    disk: createDisk(),
    store,
    clock: systemClock,
    parseMetalink,
    newId: () => `id_${id++}`,
    onBug: (thrown) => {
      throw thrown;
    },
  });
  try {
    const history = new History({
      disk: createDisk(),
      store,
      clock: systemClock,
      firstRev: 0,
      hasher,
      registry: new Registry(store, systemClock),
      onBug: (thrown) => {
        throw thrown;
      },
      onChanged: () => undefined,
      onView: () => undefined,
      onMoved: () => undefined,
      onReturned: () => undefined,
    });
    const looks: [Measured, Measured][] = [];
    for (let round = 0; round < ROUNDS; round++)
      looks.push([
        await measured(() => history.check(true)),
        await measured(async () => {
          for (const own of folders) await stat(path.join(own, 'master.mov'));
        }),
      ]);
    await history.close();
    const before = process.memoryUsage().rss;
    let peak = before;
    const memory = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    let pushes = 0;
    transfers.onRecalls(() => (pushes += 1));
    const recalled = await measured(async () => {
      await transfers.setRights(
        folders.map((_, n) => ({
          assetId: `ast_${n}`,
          source: '',
          state: 'withdrawn' as const,
          refusal: null,
          embargoUntil: null,
          embargoEndsMs: null,
          packages: [{ packageId: `pkg_${n}`, rev: 1 }],
        })),
        NOON,
      );
      // In the order in which they were recorded.
      await appeared(path.join(folders.at(-1) ?? '', 'RECALLED.txt'));
    });
    clearInterval(memory);
    const { recalls, failed } = await transfers.recallsView();
    if (recalls !== PACKAGES || failed > 0)
      throw new Error(`${recalls} recalled, ${failed} failed`);
    return [
      row(
        `look at the folders of ${PACKAGES} packages`,
        `${median(looks.map(([look]) => look.ms)).toFixed(0)} ms`,
        `${median(looks.map(([look, plain]) => look.ms / plain.ms)).toFixed(2)} × one stat each`,
        looks.at(-1)?.[0].loop ?? '',
      ),
      row(
        `${PACKAGES} packages recalled at once, until all are marked on the disk`,
        `${(recalled.ms / 1000).toFixed(1)} s`,
        `${((peak - before) / MIB).toFixed(0)} MiB more, ${pushes} pushes`,
        recalled.loop,
      ),
    ];
  } finally {
    await transfers.close();
    await hasher.close();
  }
}

async function ledgerRows(folder: string): Promise<string[]> {
  const home = path.join(folder, 'ledger');
  await mkdir(home, { recursive: true });
  const filling = openJournal(home);
  for (let at = 0; at < ENTRIES; at += ENTRIES_AT_ONCE)
    await filling.append(
      Array.from({ length: ENTRIES_AT_ONCE }, (_, n) =>
        ledgerDraft({ what: { transferId: `trf_${at + n}`, folder: `/to/package ${at + n}` } }),
      ),
    );
  await filling.close();
  const journal = openJournal(home);
  try {
    const checked = await measured(() => journal.check());
    const searches: Measured[] = [];
    for (const search of ['', 'package 99', 'trf_777', 'tide', 'nothing like it'])
      searches.push(
        await measured(() => journal.list({ ...ANYTHING, search }, { offset: 0, count: 60 })),
      );
    const slowest = searches.toSorted((a, b) => b.ms - a.ms)[0];
    return [
      row(
        `check of a ledger of ${ENTRIES} entries`,
        `${(checked.ms / 1000).toFixed(1)} s`,
        '',
        checked.loop,
      ),
      row(
        `searches in it, the slowest of ${searches.length}`,
        `${slowest?.ms.toFixed(0)} ms`,
        `${((slowest?.ms ?? 0) / checked.ms).toFixed(2)} × the check`,
        slowest?.loop ?? '',
      ),
    ];
  } finally {
    await journal.close();
  }
}

/** Rights, recalls and the ledger at full strength, in this process, as a table. */
export async function rightsRows(folder: string): Promise<string> {
  return [
    '| rights, recalls and the ledger | time | beside | event loop (1 of it the timer’s own) |',
    '|---|---|---|---|',
    verdictRow(),
    await planRow(folder),
    ...(await heldRows(folder)),
    ...(await ledgerRows(folder)),
  ].join('\n');
}
