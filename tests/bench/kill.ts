import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { median } from './contest.ts';
import { metalinkOf } from './origin.ts';
import type { BenchFile, BenchOrigin } from './origin.ts';
import { deskCommand } from './rows.ts';

const MIB = 1024 * 1024;

export type KillOptions = {
  folder: string;
  origin: BenchOrigin;
  desk: string;
  file: BenchFile;
  rounds: number;
};

type Line = { type?: string; receivedBytes?: number; files?: { downloadedBytes: number }[] };

/**
 * Runs until so many bytes are told, then kills; null lets it come to its end, and tells the bytes
 * it received.
 */
async function runUntil(command: string[], cwd: string, killAt: number | null): Promise<number> {
  const [program = '', ...args] = command;
  const child = spawn(program, [...args, '--json'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  let received = 0;
  child.stdout.on('data', (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const line = JSON.parse(text) as Line;
      if (killAt !== null && line.type === 'progress' && (line.receivedBytes ?? 0) >= killAt)
        child.kill('SIGKILL');
      if (line.type === 'result') received = line.files?.[0]?.downloadedBytes ?? 0;
    }
  });
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (killAt === null && exit !== 0) throw new Error(`The run after a kill ended with ${exit}`);
  return received;
}

/**
 * Blocks of the part file that hold data: what was on disk when the program was killed, to 4 KiB.
 */
async function bytesOnDisk(file: string, total: number): Promise<number> {
  const content = await readFile(file);
  let bytes = 0;
  for (let at = 0; at < total; at += 4096)
    if (content.subarray(at, at + 4096).some((byte) => byte !== 0))
      bytes += Math.min(4096, total - at);
  return bytes;
}

/**
 * Kills a download at a random point and lets it go on: bytes that were on disk and are asked for
 * again. nginx holds the rate at 200 MiB/s a connection, so that there is something to kill.
 */
export async function killRow({
  folder,
  origin,
  desk,
  file,
  rounds,
}: KillOptions): Promise<string> {
  const out = path.join(folder, 'out');
  const metalink = path.join(folder, 'limited.meta4');
  await writeFile(metalink, metalinkOf([file], `${origin.http}/limited`));
  const command = deskCommand(desk, metalink).map((word) => word.replaceAll('{out}', out));
  const again: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await rm(out, { recursive: true, force: true });
    await mkdir(out, { recursive: true });
    await runUntil(command, out, Math.floor((0.1 + Math.random() * 0.6) * file.bytes));
    const there = await bytesOnDisk(path.join(out, 'to', `${file.name}.part`), file.bytes);
    const bytes = await runUntil(command, out, null);
    again.push((bytes - (file.bytes - there)) / MIB);
  }
  return `After a kill -9 of ${file.bytes / MIB} MiB (4 connections, ${rounds} kills) the second run asked again for ${median(again).toFixed(2)} MiB that were on disk (median; worst ${Math.max(...again).toFixed(2)}).`;
}
