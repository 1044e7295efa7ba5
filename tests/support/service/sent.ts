import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

type Started = { request: IncomingMessage; response: ServerResponse; server: Server };
/** One answer of the origin. */
type Answer = { name: string; socket: Socket; from: number; until: number | null };

export type Sent = {
  /** Bytes that went out for each file so far, with the heads of the answers, by its name. */
  byName(): Record<string, number>;
  /** Bytes of all files. */
  total(): number;
  stop(): void;
};

/**
 * Counts what the origin of a service in this process really writes to its connections, from now
 * on: whatever was asked for, and however it ended.
 */
export function countSent(serviceUrl: string): Sent {
  const port = Number(new URL(serviceUrl).port);
  const answers: Answer[] = [];
  const onStart = (message: unknown): void => {
    const { request, response, server } = message as Started;
    if ((server.address() as AddressInfo | null)?.port !== port) return;
    const [, folder, , , name] = new URL(request.url ?? '/', serviceUrl).pathname.split('/');
    if (folder !== 'origin') return;
    const { socket } = request;
    const answer: Answer = {
      name: decodeURIComponent(name ?? ''),
      socket,
      from: socket.bytesWritten,
      until: null,
    };
    answers.push(answer);
    // The next answer on this connection begins here.
    response.once('close', () => (answer.until = socket.bytesWritten));
  };
  diagnostics.subscribe('http.server.request.start', onStart);
  const byName = (): Record<string, number> => {
    const sums: Record<string, number> = {};
    for (const { name, socket, from, until } of answers)
      sums[name] = (sums[name] ?? 0) + (until ?? socket.bytesWritten) - from;
    return sums;
  };
  return {
    byName,
    total: () => Object.values(byName()).reduce((sum, bytes) => sum + bytes, 0),
    stop: () => void diagnostics.unsubscribe('http.server.request.start', onStart),
  };
}
