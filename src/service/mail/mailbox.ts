import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { parseAddress } from '../accounts/email.ts';
import { isLoopbackHost, limitConnections, readStatus, smallServer } from '../http/connections.ts';

/** A received mail. */
export type MailboxMessage = {
  id: string;
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  receivedAt: string;
  code: string | null;
};

/**
 * A mail server on loopback for the demo and for tests. It accepts every mail, keeps the newest
 * ones and serves them over HTTP.
 */
export type Mailbox = { smtpUrl: string; url: string; close(): Promise<void> };

const MAX_MESSAGES = 1000;
/** Characters of all mails together, so that one answer can hold them. */
const MAX_TOTAL_LENGTH = 8 * 1024 * 1024;
const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_RECIPIENTS = 100;
const CONNECTIONS = { total: 64, perAddress: 64 };
/** For a request to arrive, and between two SMTP commands. */
const TIMEOUT_MS = 10_000;

const codeIn = (text: string): string | null => {
  const found = /(?<!\d)(\d{3})[ \u00a0-]?(\d{3})(?!\d)/.exec(text);
  return found === null ? null : `${found[1]}${found[2]}`;
};

type Content = Omit<MailboxMessage, 'id' | 'to'>;

async function parsed(raw: Buffer): Promise<Content> {
  const { from, subject = '', text = '', html = '' } = await PostalMime.parse(raw);
  return {
    from: from?.address ?? '',
    subject,
    text,
    html,
    receivedAt: new Date().toISOString(),
    code: codeIn(subject) ?? codeIn(text),
  };
}

/** How many of the newest mails are within the limits. */
function countWithinLimits(messages: readonly MailboxMessage[]): number {
  let length = 0;
  const over = messages.findIndex(
    ({ subject, text, html }) =>
      (length += subject.length + text.length + html.length) > MAX_TOTAL_LENGTH,
  );
  return Math.min(MAX_MESSAGES, over === -1 ? messages.length : over);
}

async function collected(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length <= MAX_MESSAGE_BYTES) chunks.push(chunk);
  }
  if (length > MAX_MESSAGE_BYTES) throw new Error('Message too large');
  return Buffer.concat(chunks);
}

/** The SMTP server reports Unicode labels; callers may use either form. */
const mailboxKey = (address: string): string => parseAddress(address)?.emailKey ?? address;

function answer(
  messages: readonly MailboxMessage[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // Null for a target that is not a URL, such as `//`.
  const url = URL.parse(request.url ?? '/', 'http://mailbox');
  const isMessages = isLoopbackHost(request.headers.host) && url?.pathname === '/messages';
  const status = isMessages ? readStatus(request, response) : 404;
  const to = url?.searchParams.get('to') ?? null;
  const found = messages.filter(
    (message) => to === null || mailboxKey(message.to) === mailboxKey(to),
  );
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(
    JSON.stringify(status === 200 ? { messages: found } : { error: 'GET /messages?to=ADDRESS' }),
  );
}

async function listening(server: Server | SMTPServer): Promise<number> {
  const inner = server instanceof SMTPServer ? server.server : server;
  server.listen(0, '127.0.0.1');
  if (!inner.listening) await once(inner, 'listening');
  return (inner.address() as AddressInfo).port;
}

const closed = (server: { close(done: () => void): unknown }) =>
  new Promise<void>((resolve) => void server.close(() => resolve()));

export async function startMailbox(timeoutMs = TIMEOUT_MS): Promise<Mailbox> {
  const messages: MailboxMessage[] = [];
  let number = 0;
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MAX_MESSAGE_BYTES,
    socketTimeout: timeoutMs,
    onRcptTo(_address, session, answered) {
      answered(
        session.envelope.rcptTo.length < MAX_RECIPIENTS
          ? null
          : Object.assign(new Error('Too many recipients'), { responseCode: 452 }),
      );
    },
    onData(stream, session, answered) {
      const take = async () => {
        const content = await parsed(await collected(stream));
        for (const { address } of session.envelope.rcptTo)
          messages.unshift({ id: `msg_${(number += 1)}`, to: address, ...content });
        messages.length = countWithinLimits(messages);
        return null;
      };
      void take()
        .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
        .then(answered);
    },
  });
  smtp.on('error', () => undefined);
  limitConnections(smtp.server, CONNECTIONS);
  const http = smallServer(
    (request, response) => answer(messages, request, response),
    CONNECTIONS,
    timeoutMs,
  );
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
