import { lstatSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import * as z from 'zod';
import { AppError, toWire } from '../../shared/errors.ts';
import { connectToHome, type Message } from '../adapters/home-socket.ts';
import {
  aboutHost,
  type ClientCall,
  type HostMessage,
  type HostReply,
  type HostRequest,
} from './host.ts';
import type { Output } from './output.ts';
import { hostName, type Host, type Terminal } from './terminal.ts';

type Found = { kind: Host; version: string };

/** Names that commands give to documents, in the folder in which they are called. */
const OWN_NAME = /^(?:ledger-[\d-]+\.jsonl|multimedia-desk-report-[\d-]+\.txt)$/u;

const isBelow = (place: string, file: string): boolean => {
  const way = path.relative(place, file);
  return way === '' || !(way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way));
};

/** Of the paths that a command line gives: an argument is read, and `--to` written. */
type Named = {
  cwd: string;
  read: ReadonlySet<string>;
  to: string | null;
};

/**
 * Keeps a host to the files that the command line names, each for what it is named for: the home may
 * be that of a user with fewer rights.
 *
 * @param owner id of the user who serves the home
 * @throws `forbidden`
 */
function requireNamed(
  { name, args: [given = '', document = ''] }: ClientCall,
  { cwd, read, to }: Named,
  owner: number,
): void {
  if (name === 'readLines') return;
  const file = path.resolve(cwd, given);
  const isOwnName = OWN_NAME.test(given);
  const isWithin = to !== null && isBelow(to, file);
  const isNamed = {
    read: read.has(file),
    write: file === to || isOwnName,
    requireFree: file === to || isOwnName,
    look: isWithin,
    writeNew: isWithin && document !== '' && path.basename(document) === document,
  }[name];
  if (!isNamed) throw new AppError('forbidden', `${file} isn’t named by this command`);
  requireOutOfReach(name === 'writeNew' ? path.join(file, document) : file, owner);
}

/**
 * Who may replace a file, or a folder on its way, by a link says where it is: root goes to none that
 * belongs to the user whose home it is.
 * @throws `forbidden`
 */
function requireOutOfReach(file: string, owner: number): void {
  if (process.getuid?.() !== 0 || owner === 0) return;
  for (let at = file; ; at = path.dirname(at)) {
    if (lstatSync(at, { throwIfNoEntry: false })?.uid === owner)
      throw new AppError(
        'forbidden',
        `${at} belongs to the user whose home this is, who could have root read or write elsewhere. Use a place of your own, or run desk as that user: sudo -u '#${owner}' desk …`,
      );
    if (path.dirname(at) === at) return;
  }
}

function namedBy(command: Command, terminal: Terminal): Named {
  const { to } = command.opts<{ to?: string }>();
  return {
    cwd: terminal.resolve('.'),
    read: new Set(command.args.flatMap((one) => (one === '' ? [] : terminal.resolve(one)))),
    to: to === undefined || to === '' ? null : terminal.resolve(to),
  };
}

/** What a client does for a host, and what it answers. */
const SERVED: Record<
  ClientCall['name'],
  (terminal: Terminal, args: string[], body: Buffer) => Promise<{ value?: unknown; body?: Buffer }>
> = {
  readLines: async (terminal, names) => ({ value: await terminal.readLines(names) }),
  read: async ({ documents }, [file = '']) => ({ body: Buffer.from(await documents.read(file)) }),
  write: async ({ documents }, [file = ''], bytes) => ({
    value: await documents.write(file, bytes),
  }),
  writeNew: async ({ documents }, [folder = '', name = ''], bytes) => ({
    value: await documents.writeNew(folder, name, bytes),
  }),
  requireFree: async ({ documents }, [file = '']) => ({
    value: await documents.requireFree(file),
  }),
  look: async ({ documents }, [file = '']) => ({ value: await documents.look(file) }),
};

/**
 * Has a command carried out by the process that has the home open.
 *
 * @param argv the command line
 * @returns the exit code; null if no process serves the home
 * @throws `home-in-use` for one of another version
 */
export async function forward(
  home: string,
  command: Command,
  { argv, version, output }: { argv: readonly string[]; version: string; output: Output },
): Promise<number | null> {
  const { terminal } = output;
  const ended = Promise.withResolvers<number | null>();
  const named = namedBy(command, terminal);
  let isAsked = false;
  const found = await connectToHome(home, aboutHost, {
    onMessage({ head, body }) {
      if (!isAsked) return;
      const said = head as HostMessage;
      if (said.type === 'out') terminal.out(body.toString());
      else if (said.type === 'err') terminal.err(body.toString());
      else if (said.type === 'end') ended.resolve(said.code);
      else if (said.type === 'call') void answer(said, body);
    },
    onClose: () => ended.resolve(null),
  });
  if (!found) return null;
  const { peer, about, owner } = found;
  const send = (message: HostRequest | HostReply, body?: Buffer): void => peer.send(message, body);

  async function answer(call: ClientCall & { id: number }, given: Buffer): Promise<void> {
    try {
      requireNamed(call, named, owner);
      const { body, ...value } = await SERVED[call.name](terminal, call.args, given);
      send({ type: 'answer', id: call.id, ...value }, body);
    } catch (thrown) {
      send({ type: 'answer', id: call.id, error: toWire(thrown) });
    }
  }

  if (about.version !== version) {
    peer.destroy();
    throw new AppError(
      'home-in-use',
      `${hostName(about.kind, true)} ${about.version} is using ${home}, and this is desk ${version}. Restart ${hostName(about.kind)}, then run the same command again.`,
    );
  }
  const { pid, isTTY, service } = terminal;
  const cwd = terminal.resolve('.');
  isAsked = true;
  send({ type: 'run', argv: [...argv], cwd, pid, isTTY, ...(service && { service }) });
  const stop = terminal.onInterrupt(() => send({ type: 'interrupt' }));
  const code = await ended.promise;
  stop();
  terminal.close();
  peer.destroy();
  return (
    code ??
    output.failedWith({
      code: 'cancelled',
      message: `${hostName(about.kind, true)} has ended, and this command with it. Run the same command again.`,
      retryable: true,
    })
  );
}

/** What has this home open and serves it; null if nothing does. */
export async function hostOf(home: string): Promise<Found | null> {
  const found = await connectToHome(home, aboutHost, {
    onMessage: () => undefined,
    onClose: () => undefined,
  });
  found?.peer.destroy();
  return found?.about ?? null;
}

/** A fragment with a ticket is all that a link of ours has behind its origin. */
const linkAnswer = z.object({ link: z.string().regex(/^https?:\/\/[^\s/#?]+\/#t=[\w-]{43}$/u) });

/**
 * Asks the station that runs on this home for a new link.
 *
 * @throws `not-found` if none runs, or has no link of ours
 */
export async function requestLink(home: string): Promise<string> {
  const answered = Promise.withResolvers<Message | null>();
  const found = await connectToHome(home, aboutHost, {
    onMessage: answered.resolve,
    onClose: () => answered.resolve(null),
  });
  if (found?.about.kind === 'desktop') {
    found.peer.destroy();
    throw new AppError(
      'not-found',
      'The app’s window is open, and has no link. Close it, then start: desk station',
    );
  }
  found?.peer.send({ type: 'link' } satisfies HostRequest);
  const { data } = linkAnswer.safeParse(found && (await answered.promise)?.head);
  found?.peer.destroy();
  if (data) return data.link;
  throw new AppError('not-found', 'desk station isn’t running. Start it with: desk station');
}
