import { appendFileSync, renameSync, statSync } from 'node:fs';
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

/**
 * `desk.log` in the home, with one rotated file. Callers pass names and codes; query strings, which
 * may carry signatures, and values after words such as bearer or password are redacted as a second
 * line of defence.
 */
export function createLog(home: string): Log {
  const file = path.join(home, 'desk.log');
  const write = (level: string, text: string): void => {
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES)
        renameSync(file, `${file}.1`);
      appendFileSync(file, `${new Date().toISOString()} ${level} ${sanitise(text)}\n`, {
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
