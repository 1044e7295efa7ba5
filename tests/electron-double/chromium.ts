import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

type Waiting = { resolve(result: never): void; reject(error: Error): void; method: string };

/**
 * Chromium's debugging protocol over one WebSocket. Events are emitted as
 * `<session><Domain.event>`.
 */
export class Cdp extends EventEmitter {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #serial = 0;

  constructor(socket: WebSocket) {
    super();
    this.setMaxListeners(0);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
  }

  static async open(url: string): Promise<Cdp> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`cannot reach ${url}`)));
    });
    return new Cdp(socket);
  }

  send<T = Record<string, never>>(
    method: string,
    params: object = {},
    sessionId?: string,
  ): Promise<T> {
    this.#serial += 1;
    const id = this.#serial;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, method });
      this.#socket.send(
        JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }),
      );
    });
  }

  #take(text: string): void {
    const message = JSON.parse(text) as {
      id?: number;
      result?: never;
      error?: { message: string };
      method: string;
      params: object;
      sessionId?: string;
    };
    if (message.id === undefined) {
      this.emit(`${message.sessionId ?? ''}${message.method}`, message.params);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`));
    else waiting?.resolve(message.result as never);
  }
}

const CANDIDATES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
/** Switches of Node or of ours that are not Chromium's. */
const NOT_CHROMIUMS = new Set([
  'inspect',
  'inspect-brk',
  'user-data-dir',
  'remote-debugging-port',
  'demo',
  'service',
]);

/**
 * Starts Chromium with a profile of its own, which goes with it. Prints its debugging address,
 * which Playwright waits for.
 */
export async function startChromium(switches: ReadonlyMap<string, string>): Promise<Cdp> {
  const executable = CANDIDATES.find(
    (candidate) => candidate !== undefined && existsSync(candidate),
  );
  if (executable === undefined)
    throw new Error('no Chromium here: install Debian’s chromium or set CHROMIUM');
  const profile = mkdtempSync(path.join(os.tmpdir(), 'electron-double-'));
  const own = Array.from(switches)
    .filter(([name]) => !NOT_CHROMIUMS.has(name))
    .map(([name, value]) => (value ? `--${name}=${value}` : `--${name}`));
  const child = spawn(
    executable,
    [
      // The port is for Playwright and us. The pipe is never spoken on: when this process dies,
      // even by SIGKILL, it closes and Chromium ends.
      `--user-data-dir=${profile}`,
      '--remote-debugging-port=0',
      '--remote-debugging-pipe',
      '--no-startup-window',
      '--no-first-run',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      '--headless=new',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...own,
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'], detached: true },
  );
  process.on('exit', () => stop(child, profile));
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}`)));
    readline
      .createInterface({ input: child.stderr as NodeJS.ReadableStream })
      .on('line', (line) => {
        const found = /^DevTools listening on (ws:.*)$/.exec(line)?.[1];
        if (found === undefined) return;
        process.stderr.write(`${line}\n`);
        resolve(found);
      });
  });
  return Cdp.open(address);
}

function stop(child: ChildProcess, profile: string): void {
  try {
    // Its own process group: the renderers go with it.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It was gone before.
  }
  rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
}
