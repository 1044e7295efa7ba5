import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import readline from 'node:readline';

const TICKS_PER_SECOND = 100;
const KERNEL = 2;
const SAMPLE_MS = 20;

/** The address that a station or a service tells in its first line. */
export async function addressOf(child: ChildProcess): Promise<string> {
  const [line] = (await once(
    readline.createInterface({ input: child.stdout as NodeJS.ReadableStream }),
    'line',
  )) as [string];
  return (JSON.parse(line) as { url: string }).url;
}

export type Run = {
  exit: number | null;
  seconds: number;
  cpuSeconds: number;
  peakMiB: number;
  othersCores: number;
};

type ProcessCpu = { parent: number; ticks: number };

/** CPU of every process that is not the kernel's, by pid. */
function processes(): Map<number, ProcessCpu> {
  const found = new Map<number, ProcessCpu>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[1]) !== KERNEL)
        found.set(Number(name), {
          parent: Number(fields[1]),
          ticks: Number(fields[11]) + Number(fields[12]),
        });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** CPU seconds that others than us, the origin and the contestant used. */
function othersSeconds(
  before: Map<number, ProcessCpu>,
  after: Map<number, ProcessCpu>,
  ours: ReadonlySet<number>,
): number {
  let ticks = 0;
  for (const [pid, now] of after) {
    if (ours.has(pid) || ours.has(now.parent)) continue;
    ticks += now.ticks - (before.get(pid)?.ticks ?? 0);
  }
  return ticks / TICKS_PER_SECOND;
}

/** Of a whole process, at most and now. */
export function memoryOf(pid: number): { peakMiB: number; nowMiB: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`, 'u').exec(text)?.[1] ?? 0) / 1024;
  return { peakMiB: of('VmHWM'), nowMiB: of('VmRSS') };
}

/** Resolves when it has ended. */
export const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
};

function peakOf(pid: number): number {
  try {
    return memoryOf(pid).peakMiB;
  } catch {
    return 0;
  }
}

/** The only child of a shell that waits for it. */
function childOf(pid: number): number {
  try {
    return (
      Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]) || pid
    );
  } catch {
    return pid;
  }
}

/**
 * Runs a program to its end. The shell that times it costs a millisecond, the same for everybody.
 */
export async function timed(
  command: string[],
  { cwd, env, originPid }: { cwd: string; env?: NodeJS.ProcessEnv; originPid: number },
): Promise<Run> {
  const before = processes();
  const startedAt = performance.now();
  const shell = spawn('bash', ['-c', 'TIMEFORMAT="bench %U %S"; time "$@"', 'bench', ...command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  shell.stderr.on('data', (bytes: Buffer) => void (told = (told + bytes.toString()).slice(-4000)));
  let peakMiB = 0;
  const sampler = setInterval(() => {
    if (shell.pid !== undefined) peakMiB = Math.max(peakMiB, peakOf(childOf(shell.pid)));
  }, SAMPLE_MS);
  const exit = await new Promise<number | null>((resolve) => shell.once('close', resolve));
  clearInterval(sampler);
  const seconds = (performance.now() - startedAt) / 1000;
  const times = /bench ([\d.]+) ([\d.]+)\s*$/u.exec(told);
  if (exit !== 0) console.error(told);
  const ours = new Set([process.pid, originPid, ...(shell.pid === undefined ? [] : [shell.pid])]);
  return {
    exit,
    seconds,
    cpuSeconds: Number(times?.[1] ?? 0) + Number(times?.[2] ?? 0),
    peakMiB,
    othersCores: othersSeconds(before, processes(), ours) / seconds,
  };
}

/**
 * So much memory is touched and given back: the first run pays no more than the others for a page
 * cache that has to grow.
 */
export function touchMemory(gib: number): void {
  const blocks = Array.from(
    { length: Math.min(gib, Math.floor(os.freemem() / 1024 ** 3) - 1) },
    () => Buffer.alloc(1024 ** 3, 1),
  );
  if (blocks.some((block) => block[0] !== 1)) throw new Error('Memory does not keep what is in it');
}

export function describeMachine(): string {
  const cpu = os.cpus()[0]?.model ?? 'unknown CPU';
  return `${os.availableParallelism()} × ${cpu}, ${Math.round(os.totalmem() / 1024 ** 3)} GiB, ${os.type()} ${os.release()}, Node ${process.version}`;
}
