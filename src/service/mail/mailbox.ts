import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { parseAddress } from '../accounts/email.ts';
import { isLoopbackHost, smallServer } from '../http/connections.ts';

/** A letter as it arrived. */
export type MailboxMessage = { id: string; to: string; from: string; subject: string; text: string; html: string; receivedAt: string; code: string | null };

/** A mail server on loopback for the demo and for tests: takes every letter, keeps the newest, and lets them be read. */
export type Mailbox = { smtpUrl: string; url: string; close(): Promise<void> };

const KEPT = 1000;
const LARGEST = 1024 * 1024;
const CONNECTIONS = { total: 64, perAddress: 64 };
/** For a request to arrive, and for the next command of a mail. */
const PATIENCE_MS = 10_000;

const codeIn = (text: string): string | null => {
  const found = /(?<!\d)(\d{3})[ \u00a0-]?(\d{3})(?!\d)/.exec(text);
  return found === null ? null : `${found[1]}${found[2]}`;
};

async function parsed(raw: Buffer, to: string, number: number): Promise<MailboxMessage> {
  const { from, subject = '', text = '', html = '' } = await PostalMime.parse(raw);
  return { id: `msg_${number}`, to, from: from?.address ?? '', subject, text, html, receivedAt: new Date().toISOString(), code: codeIn(subject) ?? codeIn(text) };
}

async function collected(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length <= LARGEST) chunks.push(chunk);
  }
  if (length > LARGEST) throw new Error('Message too large');
  return Buffer.concat(chunks);
}

/** The mail server hands over Unicode labels, callers may ask with either spelling. */
const mailboxKey = (address: string): string => parseAddress(address)?.emailKey ?? address;

function answer(messages: readonly MailboxMessage[], request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://mailbox');
  const isMessages = isLoopbackHost(request.headers.host) && request.method === 'GET' && url.pathname === '/messages';
  const to = url.searchParams.get('to');
  const found = messages.filter((message) => to === null || mailboxKey(message.to) === mailboxKey(to));
  response.writeHead(isMessages ? 200 : 404, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(JSON.stringify(isMessages ? { messages: found } : { error: 'GET /messages?to=ADDRESS' }));
}

async function listening(server: Server | SMTPServer): Promise<number> {
  const inner = server instanceof SMTPServer ? server.server : server;
  server.listen(0, '127.0.0.1');
  if (!inner.listening) await once(inner, 'listening');
  return (inner.address() as AddressInfo).port;
}

const closed = (server: { close(done: () => void): unknown }) => new Promise<void>((resolve) => void server.close(() => resolve()));

export async function startMailbox(patienceMs = PATIENCE_MS): Promise<Mailbox> {
  const messages: MailboxMessage[] = [];
  let number = 0;
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: LARGEST,
    maxClients: CONNECTIONS.total,
    socketTimeout: patienceMs,
    onData(stream, session, answered) {
      const take = async () => {
        const raw = await collected(stream);
        for (const { address } of session.envelope.rcptTo) messages.unshift(await parsed(raw, address, (number += 1)));
        messages.length = Math.min(messages.length, KEPT);
        return null;
      };
      void take().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))).then(answered);
    },
  });
  smtp.on('error', () => undefined);
  const http = smallServer((request, response) => answer(messages, request, response), CONNECTIONS, patienceMs);
  const smtpUrl = `smtp://127.0.0.1:${await listening(smtp)}`;
  const url = `http://127.0.0.1:${await listening(http)}`;
  return {
    smtpUrl,
    url,
    async close() {
      http.closeAllConnections();
      await Promise.all([closed(http), closed(smtp)]);
    },
  };
}
