import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { messageOf } from '../../shared/errors.ts';
import type { Cancel, Clock } from '../../shared/clock.ts';
import type { Outcome } from '../events/delivery.ts';

/** What is kept of the end of each of the two outputs. */
const MAX_OUTPUT_BYTES = 4 * 1024;
/** From the polite signal to the other one. */
const KILL_AFTER_MS = 5_000;
/** From its end to the last of its outputs. */
const OUTPUT_AFTER_MS = 1_000;
/** What a command may find of the environment of this program: nothing that could be a secret. */
const PASSED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'USERPROFILE',
];

/** An event, or what tries the command out. */
type HookEvent = {
  id: string;
  type: string;
  data: { transferId?: string; folder?: string | null };
};
type Command = { command: readonly string[]; timeoutMs: number };

const environmentOf = ({ id, type, data }: HookEvent): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    PASSED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  ),
  MULTIMEDIA_DESK_EVENT: type,
  MULTIMEDIA_DESK_EVENT_ID: id,
  MULTIMEDIA_DESK_TRANSFER: data.transferId ?? '',
  MULTIMEDIA_DESK_FOLDER: data.folder ?? '',
});

/** The last of a stream, as text. */
function lastOf(stream: NodeJS.ReadableStream): () => string {
  let kept = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-MAX_OUTPUT_BYTES);
  });
  return () => kept.toString('utf8').trim();
}

/**
 * Runs the administrator's command for an event, without a shell: the event is a line of JSON on its
 * standard input. It is ended, with all that it has started, once its time is over or `signal` fires.
 * Never throws.
 */
export function runHook(
  { command: [file = '', ...args], timeoutMs }: Command,
  event: HookEvent,
  { clock, signal, log }: { clock: Clock; signal: AbortSignal; log(text: string): void },
): Promise<Outcome> {
  const isGroup = process.platform !== 'win32';
  const failed = (thrown: unknown): Outcome => ({
    kind: 'failed',
    code: 'not-found',
    message: `${file} can’t be run: ${messageOf(thrown)}`,
  });
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(file, args, {
      ...(isGroup && { cwd: '/' }),
      env: environmentOf(event),
      // A group of its own, so that it can be ended as a whole.
      detached: isGroup,
      windowsHide: true,
    });
  } catch (thrown) {
    // Some of what the system refuses is thrown, the rest is an event.
    return Promise.resolve(failed(thrown));
  }
  const outputs = { out: lastOf(child.stdout), err: lastOf(child.stderr) };
  return new Promise((resolve) => {
    let isOver = false;
    let ended: 'timeout' | 'stopped' | null = null;
    const timers: Cancel[] = [];
    const send = (how: NodeJS.Signals): void => {
      try {
        if (isGroup && child.pid !== undefined) process.kill(-child.pid, how);
        else child.kill(how);
      } catch {
        // It has ended.
      }
    };
    const end = (why: 'timeout' | 'stopped'): void => {
      ended ??= why;
      send('SIGTERM');
      timers.push(clock.after(KILL_AFTER_MS, () => send('SIGKILL')));
    };
    const stop = (): void => end('stopped');
    const settle = (outcome: Outcome): void => {
      if (isOver) return;
      isOver = true;
      for (const cancel of timers) cancel();
      signal.removeEventListener('abort', stop);
      // What it has started and left behind.
      if (ended !== null) send('SIGKILL');
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      for (const [name, text] of Object.entries(outputs))
        if (text() !== '') log(`hook: ${event.id}: ${name}: ${text()}`);
      resolve(outcome);
    };
    const outcomeOf = (code: number | null, by: NodeJS.Signals | null): Outcome => {
      if (code === 0 && ended === null) return { kind: 'delivered' };
      const isLate = ended === 'timeout';
      const how = code === null ? `was ended by ${by}` : `ended with ${code}`;
      return {
        kind: 'failed',
        code: isLate ? 'timeout' : 'origin-error',
        message: `${file} ${isLate ? `took longer than ${timeoutMs / 1000} s` : how}`,
        isOfEvent: true,
      };
    };
    timers.push(clock.after(timeoutMs, () => end('timeout')));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    // It may end without reading what it is given.
    child.stdin.on('error', () => undefined);
    child.on('error', (thrown) => settle(failed(thrown)));
    // The outputs end a moment later, or never: what it has started may hold them open.
    child.on('exit', (code, by) =>
      timers.push(clock.after(OUTPUT_AFTER_MS, () => settle(outcomeOf(code, by)))),
    );
    child.on('close', (code, by) => settle(outcomeOf(code, by)));
    child.stdin.end(`${JSON.stringify(event)}\n`);
  });
}
