import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';

export type Line = Record<string, unknown> & { type: string };
export type DeskProcess = {
  lines: Line[];
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or null after a signal. */
  ended: Promise<number | null>;
  result(): Line;
};

const DESK = path.join(import.meta.dirname, 'program.ts');

/** Starts the small desk in its own process; `onLine` receives every line. */
export function startDesk(
  args: string[],
  onLine: (line: Line, desk: DeskProcess) => void = () => {},
): DeskProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', DESK, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const desk: DeskProcess = {
    lines: [],
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve) => child.once('close', resolve)),
    result: () => desk.lines.findLast(({ type }) => type === 'result') ?? { type: 'none' },
  };
  readline.createInterface({ input: child.stdout }).on('line', (text) => {
    const line: Line = JSON.parse(text);
    desk.lines.push(line);
    onLine(line, desk);
  });
  return desk;
}
