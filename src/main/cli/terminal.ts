import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { ShellKind } from '../app/service-session.ts';
import { fileDocuments, type Documents } from './documents.ts';

/** What has a home open for long, and carries out commands in it. */
export type Host = Exclude<ShellKind, 'command-line'>;

/**
 * Where a command was typed: all that it may use of a process. Commands are carried out in the
 * process that has the home open, which may be another one than that of the terminal.
 */
export type Terminal = {
  /** Of the process that was started for the command. */
  pid: number;
  /** Stderr is a terminal, in which a line can be drawn anew. */
  isTTY: boolean;
  /** MULTIMEDIA_DESK_SERVICE. */
  service: string | undefined;
  /** In whose process the command runs; null in its own. */
  host: Host | null;
  out(text: string): void;
  err(text: string): void;
  /**
   * Resolves once what was written has been taken, for commands that write much.
   * @throws `cancelled` once nobody is there any more
   */
  flushed(): Promise<void>;
  /** The absolute path of what an argument names. */
  resolve(given: string): string;
  /**
   * Reads a line of standard input for each name, and strips only its line end. Asks for them where
   * it is a terminal.
   * @throws `usage` if a line is missing or empty
   */
  readLines(names: readonly string[]): Promise<string[]>;
  /** Nothing is read any more. */
  close(): void;
  /**
   * Calls `listener` at SIGINT and SIGTERM, which then don't end the command.
   * @returns a function that unsubscribes
   */
  onInterrupt(listener: () => void): () => void;
  /** Files of whoever has typed the command. */
  documents: Documents;
};

/** `desk station` in the middle of a sentence, and at its beginning. */
export const hostName = (host: Host, isFirst = false): string =>
  host === 'station' ? 'desk station' : isFirst ? 'The app' : 'the app';

/** The terminal of this process. */
export function ownTerminal(): Terminal {
  let isReading = false;
  return {
    pid: process.pid,
    isTTY: (process.stderr as { isTTY?: boolean }).isTTY === true,
    service: process.env['MULTIMEDIA_DESK_SERVICE'],
    host: null,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    flushed: async () => undefined,
    resolve: (given) => path.resolve(given),
    async readLines(names) {
      if (process.stdin.isTTY) process.stderr.write(`${names.join(', then ')}: `);
      isReading = true;
      let text = '';
      for await (const part of process.stdin.setEncoding('utf8')) {
        text += String(part);
        if (text.split('\n').length > names.length) break;
      }
      const lines = text.split(/\r?\n/).slice(0, names.length);
      if (lines.length < names.length || lines.includes(''))
        throw new AppError(
          'usage',
          `${names.join(', then ')}: expected on standard input, one per line`,
        );
      return lines;
    },
    close: () => {
      if (isReading) process.stdin.destroy();
    },
    onInterrupt(listener) {
      process.once('SIGINT', listener);
      process.once('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    documents: fileDocuments,
  };
}
