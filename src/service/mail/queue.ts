import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { parseAddress } from '../accounts/email.ts';
import { DAY, MINUTE, SECOND, type Clock } from '../clock.ts';
import { POLICY } from '../policy.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { newId } from '../crypto/tokens.ts';
import type { Log } from '../log.ts';
import type { MailRecord, Store, StoreTx } from '../store/ports.ts';
import { renderMail, type Mail, type MailSender } from './templates.ts';

const FROM = `${POLICY.name} <no-reply@multimedia-desk.example>`;
const GIVE_UP_MS = DAY;
const MAX_RETRY_MS = 15 * MINUTE;
const POLL_INTERVAL_MS = 5 * SECOND;
/**
 * Delay between a request and its mail: sending must not show in the time of this answer or the
 * next.
 */
const BATCH_MS = 200;
/**
 * Records are padded to a multiple of this, so that the time to write one does not depend on the
 * mail.
 */
const RECORD_BYTES = 512;
/** For one check of the mail server. */
const PROBE_TIMEOUT_MS = 5 * SECOND;
/** For a mail server that does not respond. */
const SMTP_TIMEOUT_MS = 20 * SECOND;
/** Closing waits at most this long for a mail being sent; it stays queued. */
const CLOSE_TIMEOUT_MS = 2 * SECOND;

/**
 * Mails are stored in the transaction that causes them, and deleted once the mail server has
 * accepted them: a crash loses none, and may send one twice with the same Message-ID. Sealed, since
 * they contain codes.
 */
export type MailQueue = {
  /** Part of the caller’s transaction. Null stores an equally long record that sends nothing. */
  enqueue(tx: StoreTx, mail: Mail | null): Promise<void>;
  /** Call after the transaction: sends what is due, in a batch well after the answer. */
  wake(): void;
  /** Whether the mail server responds now. */
  isServerUp(): Promise<boolean>;
  /** Resolves when a pass that began after the call has ended. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

const retryInMs = (attempts: number) => Math.min(MAX_RETRY_MS, 2 ** attempts * 2 * SECOND);

type MailQueueDeps = {
  clock: Clock;
  store: Store;
  secrets: Secrets;
  baseUrl: () => string;
  contact: MailSender['contact'];
  log: Log;
};

/** @returns null for a mail that was sealed with another key */
function unsealMail({ sealed }: MailRecord, secrets: Secrets): { mail: Mail | null } | null {
  try {
    return { mail: JSON.parse(secrets.unseal(sealed)) as Mail | null };
  } catch {
    return null;
  }
}

const padded = (text: string): string =>
  text.padEnd(text.length + RECORD_BYTES - (Buffer.byteLength(text) % RECORD_BYTES));

export function createMailQueue(
  { clock, store, secrets, baseUrl, contact, log }: MailQueueDeps,
  smtpUrl: string,
  batchMs = BATCH_MS,
): MailQueue {
  const transport = createTransport(
    {
      url: smtpUrl,
      connectionTimeout: SMTP_TIMEOUT_MS,
      greetingTimeout: SMTP_TIMEOUT_MS,
      socketTimeout: SMTP_TIMEOUT_MS,
    },
    { from: FROM },
  );
  let pass: Promise<void> = Promise.resolve();
  let batch: NodeJS.Timeout | null = null;
  let isClosed = false;

  /**
   * Schedules the next attempt, or gives up after `GIVE_UP_MS`. An unreadable mail (another
   * `service.key`) is kept as long, since the key may be restored.
   */
  async function postpone(record: MailRecord, kind: string, reason: string): Promise<void> {
    const attempts = record.attempts + 1;
    const now = clock.now();
    log('mail-not-sent', { id: record.id, kind, attempts, reason });
    await store.transaction((tx) =>
      now - record.createdAt > GIVE_UP_MS
        ? tx.mails.delete(record.id)
        : tx.mails.put({ ...record, attempts, dueAt: now + retryInMs(attempts) }),
    );
  }

  async function deliver(record: MailRecord): Promise<void> {
    const opened = unsealMail(record, secrets);
    if (opened === null) return postpone(record, 'unknown', 'unreadable');
    const { mail } = opened;
    // Earlier versions accepted addresses that mail servers read differently; they get no mail.
    const recipient = mail === null ? null : parseAddress(mail.to);
    if (mail === null || recipient === null)
      return store.transaction((tx) => tx.mails.delete(record.id));
    const { subject, text, html, headers } = renderMail(mail, { baseUrl: baseUrl(), contact });
    try {
      await transport.sendMail({
        to: { name: '', address: recipient.email },
        subject,
        text,
        html,
        headers,
        messageId: `<${record.id}@multimedia-desk.example>`,
      });
      await store.transaction((tx) => tx.mails.delete(record.id));
    } catch (error) {
      await postpone(
        record,
        mail.kind,
        error instanceof Error && 'code' in error ? String(error.code) : 'unknown',
      );
    }
  }

  async function sendDue(): Promise<void> {
    for (;;) {
      // No mail waits longer than the longest delay, even after the clock was set back.
      const due = isClosed
        ? []
        : await store.transaction((tx) => tx.mails.due(clock.now(), clock.now() + MAX_RETRY_MS));
      if (due.length === 0) return;
      await Promise.all(due.map(deliver));
    }
  }

  const flush = (): Promise<void> => {
    pass = pass
      .then(sendDue)
      .catch((error: unknown) => log('mail-queue-failed', { message: String(error) }));
    return pass;
  };
  const timer = setInterval(() => void flush(), Math.max(POLL_INTERVAL_MS, batchMs)).unref();

  return {
    async enqueue(tx, mail) {
      const now = clock.now();
      await tx.mails.put({
        id: newId('mail'),
        sealed: secrets.seal(padded(JSON.stringify(mail))),
        createdAt: now,
        dueAt: now,
        attempts: 0,
      });
    },
    wake() {
      batch ??= setTimeout(() => {
        batch = null;
        void flush();
      }, batchMs).unref();
    },
    isServerUp: () =>
      Promise.race([
        transport.verify().catch(() => false),
        wait(PROBE_TIMEOUT_MS, false, { ref: false }),
      ]),
    flush,
    async close() {
      isClosed = true;
      clearInterval(timer);
      if (batch) clearTimeout(batch);
      await Promise.race([pass, wait(CLOSE_TIMEOUT_MS, null, { ref: false })]);
      transport.close();
    },
  };
}
