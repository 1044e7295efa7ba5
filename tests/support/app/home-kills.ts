import { spawn, type ChildProcess } from 'node:child_process';
import readline from 'node:readline';
import { program } from '../built.ts';

type Line = { type: string; pid?: number; message?: string };

/** The first line of a station, or the last of one that does not start. */
const firstLine = (child: ChildProcess): Promise<Line> =>
  new Promise((resolve, reject) => {
    const lines = readline.createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if (line.type === 'station' || line.type === 'result') resolve(line);
    });
    lines.once('close', () => reject(new Error('The station ended without a word')));
  });

const looksAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/**
 * Starts a station on a home again and again, and kills it as soon as it owns the home. Its parent
 * never waits for it: each is a zombie, whose pid still looks alive, while the next one starts.
 */
export async function killAndStartAgain(
  home: string,
  times: number,
): Promise<{ started: number; zombies: number; refused: string[] }> {
  const parents: ChildProcess[] = [];
  const found = { started: 0, zombies: 0, refused: [] as string[] };
  try {
    for (let time = 0; time < times; time += 1) {
      // The shell becomes a program that knows nothing of its child.
      const parent = spawn(
        'sh',
        [
          '-c',
          '"$@" & exec sleep 1800',
          'sh',
          process.execPath,
          '--disable-warning=ExperimentalWarning',
          program('desk'),
          'station',
          '--json',
          '--home',
          home,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      parents.push(parent);
      const line = await firstLine(parent);
      if (line.pid === undefined) {
        found.refused.push(String(line.message));
        continue;
      }
      found.started += 1;
      process.kill(line.pid, 'SIGKILL');
      if (looksAlive(line.pid)) found.zombies += 1;
    }
  } finally {
    for (const parent of parents) parent.kill('SIGKILL');
  }
  return found;
}
