import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { timed } from './machine.ts';
import type { Run } from './machine.ts';

/** `{out}` in the command is the folder a run downloads to; it is empty at the start. */
export type Contestant = { name: string; command: string[] };
export type Row = {
  title: string;
  bytes: number;
  /** The first one is ours; every other one is compared with it. */ contestants: Contestant[];
};
export type Result = { row: Row; rounds: Map<string, Run>[]; disturbed: number };
export type ContestOptions = {
  folder: string;
  rounds: number;
  originPid: number;
  env: NodeJS.ProcessEnv;
  /** Cores that others may use before a run counts as disturbed. */ quietCores: number;
  redos: number;
};

async function bytesUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.flatMap((entry) =>
      entry.isFile() && !entry.parentPath.includes('home')
        ? [stat(path.join(entry.parentPath, entry.name))]
        : [],
    ),
  );
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

async function runOne(
  { name, command }: Contestant,
  row: Row,
  { folder, originPid, env }: ContestOptions,
): Promise<Run> {
  const out = path.join(folder, 'out');
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const run = await timed(
    command.map((word) => word.replaceAll('{out}', out)),
    { cwd: out, env, originPid },
  );
  const bytes = await bytesUnder(out);
  if (run.exit !== 0 || bytes < row.bytes)
    throw new Error(`${row.title}, ${name}: exit ${run.exit}, ${bytes} of ${row.bytes} bytes`);
  return run;
}

/**
 * Every contestant once a round, in a new order each; a round that others disturbed is run again, a
 * few times.
 */
export async function compete(row: Row, options: ContestOptions): Promise<Result> {
  const result: Result = { row, rounds: [], disturbed: 0 };
  for (let redos = 0; result.rounds.length < options.rounds;) {
    const round = new Map<string, Run>();
    for (const contestant of shuffled(row.contestants))
      round.set(contestant.name, await runOne(contestant, row, options));
    const quiet = [...round.values()].every(({ othersCores }) => othersCores <= options.quietCores);
    if (!quiet && redos < options.redos) {
      redos++;
      continue;
    }
    if (!quiet) result.disturbed++;
    result.rounds.push(round);
  }
  return result;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

const valuesOf = (result: Result, name: string, of: (run: Run) => number): number[] =>
  result.rounds.flatMap((round) => {
    const run = round.get(name);
    return run ? [of(run)] : [];
  });

/**
 * How many times as fast as each rival we are: the median over the rounds of the ratio within one
 * round.
 */
function ratios(result: Result): string {
  const [ours, ...rivals] = result.row.contestants.map(({ name }) => name);
  if (ours === undefined) return '';
  return rivals
    .map((rival) => {
      const each = result.rounds.map(
        (round) => (round.get(rival)?.seconds ?? NaN) / (round.get(ours)?.seconds ?? NaN),
      );
      return `${median(each).toFixed(2)} × ${rival} (${Math.min(...each).toFixed(2)}–${Math.max(...each).toFixed(2)})`;
    })
    .join(', ');
}

export function tableOf(results: readonly Result[]): string {
  const lines = [
    '| what | ours against the rival, median (range) | seconds, median | CPU s/GiB, median | peak MiB | rounds (disturbed) |',
    '|---|---|---|---|---|---|',
  ];
  for (const result of results) {
    const { row, rounds, disturbed } = result;
    const each = (of: (run: Run) => number, digits: number) =>
      row.contestants
        .map(({ name }) => `${name} ${median(valuesOf(result, name, of)).toFixed(digits)}`)
        .join(', ');
    const ours = row.contestants[0]?.name ?? '';
    const peak = Math.max(...valuesOf(result, ours, ({ peakMiB }) => peakMiB)).toFixed(0);
    lines.push(
      `| ${row.title} | ${ratios(result)} | ${each(({ seconds }) => seconds, 2)} | ${each(({ cpuSeconds }) => (cpuSeconds * 1024 ** 3) / row.bytes, 2)} | ${peak} | ${rounds.length} (${disturbed}) |`,
    );
  }
  return lines.join('\n');
}
