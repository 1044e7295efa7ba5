import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import type { Looked } from '../support/app/damage-batch.ts';
import { isLong, seed, tell } from '../support/seed.ts';

const [FLIPS, OTHERS] = isLong ? [1000, 200] : [4, 4];
/**
 * Starts in one process: V8 has a fault that ends one in which a thousand threads were started and
 * ended.
 */
const BATCH = 100;
const program = path.resolve(import.meta.dirname, '../support/app/damage-batch.ts');

/**
 * Runs cases in a process of their own. @returns what it told before it ended, and the signal that
 * ended it, if one did
 */
async function batch(
  from: number,
  to: number,
): Promise<{ looked: Looked[]; signal: string | null }> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    program,
    String(from),
    String(to),
    String(FLIPS),
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, SEED: String(seed) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const looked: Looked[] = [];
  const ended = new Promise<string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? (code === 0 ? null : `exit ${code}`))),
  );
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith('{"n"')) looked.push(JSON.parse(line) as Looked);
  return { looked, signal: await ended };
}

test(
  `${FLIPS} flipped bits and ${OTHERS} cuts, swaps and wrong kinds over every file of a home: always a start or a clear error, never a silent loss`,
  { timeout: 3_600_000 },
  async () => {
    const all: Looked[] = [];
    const crashes: string[] = [];
    const starts = Array.from(
      { length: Math.ceil((FLIPS + OTHERS) / BATCH) },
      (_, index) => index * BATCH,
    );
    const worker = async (): Promise<void> => {
      for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
        const end = Math.min(start + BATCH, FLIPS + OTHERS);
        for (let from = start; from < end;) {
          const { looked, signal } = await batch(from, end);
          all.push(...looked);
          from += looked.length;
          if (signal === null) continue;
          // The same case twice is its own fault.
          if (looked.length === 0 && crashes.some((crash) => crash.startsWith(`${from}:`))) {
            all.push({
              n: from,
              text: '',
              outcome: 'crash',
              wrong: [`ends the program: ${signal}`],
            });
            from += 1;
          } else crashes.push(`${from}: ${signal}`);
        }
      }
    };
    await Promise.all([worker(), worker()]);
    const outcomes = Map.groupBy(all, ({ outcome }) => outcome);
    const wrong = all.flatMap(({ n, text, wrong: lines }) =>
      lines.map((line) => `${n}: ${text}: ${line}`),
    );
    tell(
      `damage: ${FLIPS} flipped bits and ${OTHERS} others: ${[...outcomes]
        .map(([name, cases]) => `${name} ${cases.length}`)
        .toSorted()
        .join(
          ', ',
        )}; silent losses and faults ${wrong.length}${crashes.length > 0 ? `; run again after ${crashes.join(', ')}` : ''}`,
    );
    expect(wrong.join('\n')).toBe('');
    expect(all).toHaveLength(FLIPS + OTHERS);
  },
);
