import { spawn, type ChildProcess } from 'node:child_process';
import readline from 'node:readline';
import { text } from 'node:stream/consumers';
import { program } from '../built.ts';

export type Line = { type: string } & Record<string, unknown>;
export type Run = { code: number | null; lines: Line[]; result: Line };
export type Command = {
  child: ChildProcess;
  /** Resolves with the first line that fits. */ line(fits: (line: Line) => boolean): Promise<Line>;
  end: Promise<Run>;
};

/** Starts `desk … --json` as a program of its own. */
export function startDesk(
  args: string[],
  options: {
    home: string;
    service?: string;
    input?: string;
    env?: NodeJS.ProcessEnv;
    cwd?: string;
    /** Its standard input stays open. */
    keepsInput?: boolean;
  },
): Command {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      program('desk'),
      ...args,
      '--json',
      '--home',
      options.home,
      ...(options.service ? ['--service', options.service] : []),
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: options.env ?? process.env,
      cwd: options.cwd,
    },
  );
  if (!options.keepsInput) child.stdin?.end(options.input ?? '');
  const lines: Line[] = [];
  const waiting: { fits(line: Line): boolean; resolve(line: Line): void }[] = [];
  const reader = readline.createInterface({ input: child.stdout as NodeJS.ReadableStream });
  reader.on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    for (const waiter of waiting.filter(({ fits }) => fits(line))) waiter.resolve(line);
  });
  const end = Promise.all([
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
    new Promise<void>((resolve) => reader.once('close', resolve)),
  ]).then(([code]) => ({ code, lines, result: lines.at(-1) ?? { type: 'nothing' } }));
  return {
    child,
    end,
    line: (fits) =>
      new Promise((resolve, reject) => {
        const found = lines.find(fits);
        if (found) return resolve(found);
        waiting.push({ fits, resolve });
        void end.then(({ result }) =>
          reject(new Error(`ended without the line: ${JSON.stringify(result)}`)),
        );
      }),
  };
}

export const desk = (args: string[], options: Parameters<typeof startDesk>[1]): Promise<Run> =>
  startDesk(args, options).end;

/** Runs `desk …` as a person does, without `--json`. */
export async function deskText(
  args: string[],
  { home, service, input }: { home: string; service?: string; input?: string },
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      program('desk'),
      ...args,
      '--home',
      home,
      ...(service ? ['--service', service] : []),
    ],
    { stdio: 'pipe' },
  );
  child.stdin.end(input ?? '');
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ]);
  return { code, out, err };
}
