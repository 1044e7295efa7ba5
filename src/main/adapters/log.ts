import { appendFileSync, fstatSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';

export type Log = {
  info(text: string): void;
  error(text: string, thrown: unknown): void;
  readonly file: string;
};

const MAX_BYTES = 5 * 1024 * 1024;

const MAX_LINE = 8000;

/**
 * Sanitises a message, which may contain text of a service: one line, bounded, without secrets or
 * control characters.
 */
const sanitise = (text: string): string =>
  text
    .slice(0, MAX_LINE)
    .replaceAll(/(https?:\/\/)[^\s/"'?#]*@/g, '$1…@')
    .replaceAll(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, '$1?…')
    .replaceAll(
      /([\w-]*(?:bearer|password|token|secret|ticket|\bcode))(["':=\s]+)(?:bearer\s+)?[^\s"',}]+/gi,
      '$1$2…',
    )
    .replaceAll(/\r?\n(?= {4}at )/g, ' |')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ');

/** Levels as systemd reads them at the start of a line (sd-daemon(3)). */
const PRIORITIES = { info: '<6>', error: '<3>' } as const;
const STDERR = 2;

/** Whether stdout or stderr goes to systemd's journal (systemd.exec(5), `$JOURNAL_STREAM`). */
export function isJournal(descriptor: 1 | 2): boolean {
  const { JOURNAL_STREAM } = process.env;
  if (JOURNAL_STREAM === undefined) return false;
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return JOURNAL_STREAM === `${dev}:${ino}`;
}

/**
 * `desk.log` in the home, with one rotated file, and the same lines in the journal where systemd has
 * started the program. Callers pass names and codes; query strings, which
 * may carry signatures, and values after words such as bearer or password are redacted as a second
 * line of defence.
 */
export function createLog(home: string): Log {
  const file = path.join(home, 'desk.log');
  const hasJournal = isJournal(STDERR);
  const write = (level: keyof typeof PRIORITIES, given: string): void => {
    const text = sanitise(given);
    try {
      if (hasJournal) writeSync(STDERR, `${PRIORITIES[level]}${text}\n`);
    } catch {
      // The journal is restarted, or takes nothing now; the file has it.
    }
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES)
        renameSync(file, `${file}.1`);
      appendFileSync(file, `${new Date().toISOString()} ${level} ${text}\n`, {
        mode: 0o600,
      });
    } catch {
      // A full disk or an unusable home must not keep the program from reporting it elsewhere.
    }
  };
  return {
    file,
    info: (text) => write('info', text),
    error: (text, thrown) =>
      write(
        'error',
        `${text}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
      ),
  };
}
