import path from 'node:path';
import * as z from 'zod';
import { AppError, fromWire, type WireError } from '../../shared/errors.ts';
import { MAX_DOCUMENT_BYTES } from '../../shared/model/document-limits.ts';
import { serveHomeSocket, type Message, type Peer } from '../adapters/home-socket.ts';
import type { Application } from '../app/services.ts';
import { hostName, type Host, type Terminal } from './terminal.ts';

/** Time to say what is wanted, ms. */
const PATIENCE_MS = 5000;
/** Of a message of a client: the longest is a document that it has read. */
const MAX_REQUEST_BYTES = MAX_DOCUMENT_BYTES + 64 * 1024;
/** What a client that doesn't read may leave waiting, in bytes, before it counts as gone. */
const MAX_PENDING_BYTES = 64 * 1024 * 1024;

/** What a host says of itself; the version comes first that this or the requests change. */
export const aboutHost = z.object({
  version: z.string(),
  kind: z.enum(['station', 'desktop']),
});

const request = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('link') }),
  z.strictObject({
    type: z.literal('run'),
    argv: z.array(z.string()),
    cwd: z.string(),
    pid: z.int(),
    isTTY: z.boolean(),
    service: z.string().optional(),
  }),
]);
export type HostRequest = z.infer<typeof request>;
type RunRequest = Extract<HostRequest, { type: 'run' }>;

const reply = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('interrupt') }),
  z.strictObject({
    type: z.literal('answer'),
    id: z.int(),
    value: z.unknown().optional(),
    error: z.custom<WireError>((value) => typeof Object(value).code === 'string').optional(),
  }),
]);
export type HostReply = z.infer<typeof reply>;

/** What a host asks a client to do; `write` and `writeNew` have the bytes as body, `read` answers so. */
export type ClientCall = { name: 'readLines' | keyof Terminal['documents']; args: string[] };
/** What a host says to the client of a command. */
export type HostMessage =
  | { type: 'out' | 'err' }
  | ({ type: 'call'; id: number } & ClientCall)
  | { type: 'end'; code: number };

/** Carries out a command line in this process. @returns the exit code */
export type RunHosted = (
  argv: readonly string[],
  call: { terminal: Terminal; application: Application },
) => Promise<number>;

export type HostOptions = {
  home: string;
  version: string;
  application: Application;
  /** A new link to its page; null where there is none. */
  link: (() => string) | null;
  run: RunHosted;
};

/**
 * The application as commands get it: closing it ends nothing, and what a command would set for a
 * process of its own changes nothing for the queue that runs here.
 */
function lent(application: Application): Application {
  const { services } = application;
  const transfers = { ...services.transfers, configure: async () => undefined };
  return { ...application, services: { ...services, transfers }, close: async () => undefined };
}

/** A command that is carried out here for a client. */
class HostedCommand {
  readonly terminal: Terminal;
  readonly #peer: Peer;
  readonly #host: Host;
  readonly #calls = new Map<number, PromiseWithResolvers<Message<unknown>>>();
  readonly #listeners = new Set<() => void>();
  #calledLast = 0;
  /** The client was told the end, or has gone. */
  #isOver = false;

  constructor(peer: Peer, host: Host, { pid, isTTY, cwd, service }: RunRequest) {
    this.#peer = peer;
    this.#host = host;
    const ask = async (call: ClientCall, body?: string | Uint8Array): Promise<Message<unknown>> =>
      this.#call(call, typeof body === 'string' ? Buffer.from(body) : body);
    this.terminal = {
      pid,
      isTTY,
      service,
      host,
      out: (text) => this.#write('out', text),
      err: (text) => this.#write('err', text),
      flushed: async () => {
        await peer.drained();
        if (this.#isOver) throw new AppError('cancelled', 'Interrupted');
      },
      resolve: (given) => path.resolve(cwd, given),
      readLines: async (names) =>
        z.array(z.string()).parse((await ask({ name: 'readLines', args: [...names] })).head),
      onInterrupt: (listener) => {
        this.#listeners.add(listener);
        if (this.#isOver) setImmediate(() => this.#interruptListeners());
        return () => void this.#listeners.delete(listener);
      },
      close: () => undefined,
      documents: {
        read: async (file) => (await ask({ name: 'read', args: [file] })).body.toString('utf8'),
        write: async (file, text) =>
          z.string().parse((await ask({ name: 'write', args: [file] }, text)).head),
        writeNew: async (folder, name, bytes) =>
          z.string().parse((await ask({ name: 'writeNew', args: [folder, name] }, bytes)).head),
        requireFree: async (file) => void (await ask({ name: 'requireFree', args: [file] })),
        look: async (file) =>
          z
            .object({ isFolder: z.boolean(), bytes: z.number() })
            .nullable()
            .parse((await ask({ name: 'look', args: [file] })).head),
      },
    };
  }

  take({ head, body }: Message): void {
    const said = reply.parse(head);
    if (said.type === 'interrupt') return this.#interrupt();
    const waiting = this.#calls.get(said.id);
    this.#calls.delete(said.id);
    if (said.error) waiting?.reject(fromWire(said.error));
    else waiting?.resolve({ head: said.value, body });
  }

  end(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#send({ type: 'end', code });
    this.#peer.end();
  }

  /** Nobody is there any more: what waits for a person ends, and so does what goes on for long. */
  leave(): void {
    this.#isOver = true;
    for (const waiting of this.#calls.values())
      waiting.reject(new AppError('cancelled', 'Interrupted'));
    this.#calls.clear();
    this.#interruptListeners();
  }

  #interrupt(): void {
    if (this.#listeners.size > 0) return this.#interruptListeners();
    this.terminal.err(
      `desk: Interrupted. ${hostName(this.#host, true)} finishes what was begun.\n`,
    );
    this.end(130);
    this.leave();
  }

  #interruptListeners(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }

  #write(type: 'out' | 'err', text: string): void {
    if (this.#isOver) return;
    if (this.#peer.pendingBytes > MAX_PENDING_BYTES) return this.#peer.destroy();
    this.#send({ type }, Buffer.from(text));
  }

  #call(call: ClientCall, body?: Uint8Array): Promise<Message<unknown>> {
    if (this.#isOver) throw new AppError('cancelled', 'Interrupted');
    const id = ++this.#calledLast;
    const waiting = Promise.withResolvers<Message<unknown>>();
    this.#calls.set(id, waiting);
    this.#send({ type: 'call', id, ...call }, body);
    return waiting.promise;
  }

  #send(message: HostMessage, body?: Uint8Array): void {
    this.#peer.send(message, body);
  }
}

/**
 * Carries out the commands of other processes on this home, by its socket, and hands out links.
 *
 * @returns ends the commands and stops serving
 */
export async function serveHome({
  home,
  version,
  application,
  link,
  run,
}: HostOptions): Promise<() => void> {
  const { settings, applySettings, options } = application.services;
  const kind = options.shell.kind === 'desktop' ? 'desktop' : 'station';
  const own = lent(application);

  async function carryOut(command: HostedCommand, { argv }: RunRequest): Promise<void> {
    const { rev } = settings.view;
    try {
      command.end(await run(argv, { terminal: command.terminal, application: own }));
    } catch (thrown) {
      options.log.error('command', thrown);
      command.end(1);
    }
    // As when a page changes them.
    if (settings.view.rev !== rev)
      await applySettings().catch((thrown: unknown) => options.log.error('settings', thrown));
  }

  const about: z.infer<typeof aboutHost> = { version, kind };
  const server = await serveHomeSocket(
    home,
    { about, patienceMs: PATIENCE_MS, maxBytes: MAX_REQUEST_BYTES },
    (peer) => {
      let command: HostedCommand | null = null;
      return {
        onMessage(message) {
          if (command) return command.take(message);
          const wanted = request.parse(message.head);
          if (wanted.type === 'link') {
            peer.send({ link: link?.() ?? null });
            return peer.end();
          }
          command = new HostedCommand(peer, kind, wanted);
          void carryOut(command, wanted);
        },
        onClose: () => command?.leave(),
      };
    },
  );
  return () => server.close();
}
