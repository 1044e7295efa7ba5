import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import readline from 'node:readline';
import { stop } from './machine.ts';
import type { QueueField } from './queue-page.ts';

const RATE = 20_000_000;
const SECONDS = 10;

/** Connections to the origin that are open now. */
function connectionsTo(port: number): number {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => new RegExp(`^\\s*\\d+: \\S+ \\S+:${wanted} 01 `, 'u').test(line)).length;
}

/**
 * How true a limit is over ten seconds while sixteen packages share it, and how many connections
 * stay open meanwhile.
 */
export async function measureLimit({ desk, origin }: QueueField, home: string): Promise<string> {
  const settings = path.join(home, 'settings.json');
  await writeFile(
    settings,
    JSON.stringify({
      ...(JSON.parse(readFileSync(settings, 'utf8')) as object),
      limitBytesPerSecond: RATE,
    }),
  );
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', desk, 'queue', 'run', '--json', '--home', home],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: origin.cert },
    },
  );
  const marks: { atMs: number; bytes: number }[] = [];
  readline.createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
    const line = JSON.parse(text) as { type: string; receivedBytes?: number };
    if (line.type === 'progress')
      marks.push({ atMs: performance.now(), bytes: line.receivedBytes ?? 0 });
  });
  const connections: number[] = [];
  for (let second = 0; second < SECONDS + 5; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (second >= 4) connections.push(connectionsTo(Number(new URL(origin.https).port)));
  }
  await stop(child);
  await rm(home, { recursive: true, force: true });
  const last = marks.at(-1);
  const first = marks.find(({ atMs }) => last !== undefined && last.atMs - atMs <= SECONDS * 1000);
  if (!first || !last) throw new Error('Nothing was told');
  const rate = ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs);
  return `A limit of 20 MB/s over 16 packages let ${(rate / 1e6).toFixed(2)} MB/s through over ${SECONDS} s (${((rate / RATE - 1) * 100).toFixed(1)} %), with ${Math.min(...connections)} to ${Math.max(...connections)} connections open.`;
}
