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

/**
 * Keeps a host to the files that the command line names: the home may be that of a user with fewer
 * rights.
 * @throws `forbidden`
 */
function requireNamed(
  { name, args: [given = '', document = ''] }: ClientCall,
  { cwd, named }: Named,
): void {
  if (name === 'readLines') return;
  const file = path.resolve(cwd, given);
  const isBelow = [...named].some((place) => {
    const way = path.relative(place, file);
    return way === '' || !(way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way));
  });
  const isOwnName = OWN_NAME.test(given);
  const isNamed = {
    read: named.has(file),
    write: named.has(file) || isOwnName,
    requireFree: named.has(file) || isOwnName,
    look: isBelow,
    writeNew: isBelow && document !== '' && path.basename(document) === document,
  }[name];
  if (!isNamed) throw new AppError('forbidden', `${file} isn’t named by this command`);
}
type Named = { cwd: string; named: ReadonlySet<string> };

/** All that the command line gives, as if it were paths. */
function namedBy(command: Command, terminal: Terminal): Named {
  const given = [command.args, Object.values(command.opts<Record<string, unknown>>())].flat(2);
  return {
    cwd: terminal.resolve('.'),
    named: new Set(
      given.flatMap((one) => (typeof one === 'string' && one !== '' ? terminal.resolve(one) : [])),
    ),
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
  const found = await connectToHome(home, aboutHost, {
    onMessage({ head, body }) {
      const said = head as HostMessage;
      if (said.type === 'out') terminal.out(body.toString());
      else if (said.type === 'err') terminal.err(body.toString());
      else if (said.type === 'end') ended.resolve(said.code);
      else if (said.type === 'call') void answer(said, body);
    },
    onClose: () => ended.resolve(null),
  });
  if (!found) return null;
  const { peer, about } = found;
  const send = (message: HostRequest | HostReply, body?: Buffer): void => peer.send(message, body);

  async function answer(call: ClientCall & { id: number }, given: Buffer): Promise<void> {
    try {
      requireNamed(call, named);
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
