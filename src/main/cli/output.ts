import { toWire, type WireError } from '../../shared/errors.ts';
import { exitCodeOf } from './exit-codes.ts';

/** What a service says may hold commands to the terminal, or turn what follows around: neither leaves here. Line breaks and tabs do. */
const shown = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '�');

/**
 * Where a command writes: with `--json` one object a line on stdout, otherwise words for people (results on stdout, the rest on stderr).
 */
export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** One line for scripts; people see `human` instead, if there is one. */
  line(object: { type: string } & Record<string, unknown>, human?: string): void {
    if (this.json) process.stdout.write(`${JSON.stringify(object)}\n`);
    else if (human !== undefined) process.stdout.write(`${shown(human)}\n`);
  }

  /** For people only. */
  note(text: string): void {
    if (!this.json) process.stderr.write(`${shown(text)}\n`);
  }

  /** The last line of a command that did what it was asked to. */
  done(facts: Record<string, unknown> = {}, human?: string): number {
    this.line({ type: 'result', ok: true, ...facts }, human);
    return 0;
  }

  /** The last lines of one that did not. @returns the exit code. */
  failed(thrown: unknown, facts: Record<string, unknown> = {}): number {
    const error = toWire(thrown);
    if (error.code === 'bug') process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
    return this.failedWith(error, facts);
  }

  failedWith(error: WireError, facts: Record<string, unknown> = {}): number {
    const { code, message, retryable = false, ...rest } = error;
    this.line({ type: 'error', code, message, retryable, ...rest });
    this.line({ type: 'result', ok: false, code, message, ...facts });
    if (!this.json) process.stderr.write(`${shown(`desk: ${message} (${code})`)}\n`);
    return exitCodeOf(code);
  }
}
