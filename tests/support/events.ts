import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeskEvent, EventData, EventKind } from '../../src/shared/contract/events.ts';
import type { NewEvent } from '../../src/main/events/ports.ts';

export const EVENT_DATA: EventData = {
  transferId: 'trf_1',
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  source: 'https://media.example',
  title: 'Night ferry',
  folder: '/ingest/night-ferry',
  files: 4,
  bytes: 1000,
  reason: null,
  newRev: null,
  note: null,
  code: null,
  message: null,
};

export const newEvent = (key: string, type: EventKind = 'package.ready', atMs = 0): NewEvent => ({
  key,
  type,
  atMs,
  data: { ...EVENT_DATA, transferId: key },
});

export type Received = { headers: http.IncomingHttpHeaders; body: string; event: DeskEvent };
export type Receiver = {
  url: string;
  received: Received[];
  /** How the next requests are answered; the last stands for all that follow. */
  answers: ((request: http.IncomingMessage, response: http.ServerResponse) => void)[];
  close(): Promise<void>;
};

export const status =
  (code: number, headers: Record<string, string> = {}): Receiver['answers'][number] =>
  (_request, response) =>
    void response.writeHead(code, headers).end('{"ignored":true}');

/** A real receiver of webhooks. */
export async function startReceiver(
  wrap: (listener: http.RequestListener) => http.Server = (listener) => http.createServer(listener),
  host = '127.0.0.1',
): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Receiver['answers'] = [status(204)];
  const server = wrap((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ headers: request.headers, body, event: JSON.parse(body) as DeskEvent });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}/desk`,
    received,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
