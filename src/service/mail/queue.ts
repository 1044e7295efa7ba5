import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { parseAddress } from '../accounts/email.ts';
import { DAY, MINUTE, SECOND, type Clock } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { newId } from '../crypto/tokens.ts';
import type { Log } from '../log.ts';
import type { MailRecord, Store, StoreTx } from '../store/ports.ts';
import { render } from './letters.ts';
import type { Letter } from './letters.ts';

const FROM = 'Multimedia <no-reply@multimedia-desk.example>';
const GIVE_UP_MS = DAY;
const LONGEST_RETRY_MS = 15 * MINUTE;
const LOOK_EVERY_MS = 5 * SECOND;
/**
 * From a request to its letter: the work of sending must not show in the time of this answer or the
 * next one.
 */
const BATCH_MS = 200;
/**
 * Every record has a multiple of this length, so that the work of writing it does not depend on the
 * letter.
 */
const RECORD_BYTES = 512;
/** For one look at the mail server. */
const PROBE_MS = 5 * SECOND;
/** With a mail server that says nothing. */
const PATIENCE_MS = 20 * SECOND;
/**
 * The end of the service waits no longer than this for a letter under way; it stays in the queue.
 */
const LAST_LETTER_MS = 2 * SECOND;

/**
 * Letters wait in the store from the transaction that caused them until the mail server has taken
 * them, so a crash loses none (it may send one twice, under the same Message-ID). Sealed there,
 * since codes are in them.
 */
export type MailQueue = {
  /** Part of the caller's transaction. Null writes the same record, for which no letter leaves. */
  enqueue(tx: StoreTx, letter: Letter | null): Promise<void>;
  /** After the transaction: sends what is due, in a batch well after the answer. */
  wake(): void;
  /** Whether the mail server answers now. */
  isServerUp(): Promise<boolean>;
  /** Resolves when a pass that began after the call has ended. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

const retryInMs = (attempts: number) => Math.min(LONGEST_RETRY_MS, 2 ** attempts * 2 * SECOND);

type Needs = { clock: Clock; store: Store; secrets: Secrets; baseUrl: () => string; log: Log };

/** @returns null where it was sealed with another key */
function openedOf({ sealed }: MailRecord, secrets: Secrets): { letter: Letter | null } | null {
  try {
    return { letter: JSON.parse(secrets.unseal(sealed)) as Letter | null };
  } catch {
    return null;
  }
}

const padded = (text: string): string =>
  text.padEnd(text.length + RECORD_BYTES - (Buffer.byteLength(text) % RECORD_BYTES));

export function mailQueue(
  { clock, store, secrets, baseUrl, log }: Needs,
  smtpUrl: string,
  batchMs = BATCH_MS,
): MailQueue {
  const transport = createTransport(
    {
      url: smtpUrl,
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
    },
    { from: FROM },
  );
  let pass: Promise<void> = Promise.resolve();
  let batch: NodeJS.Timeout | null = null;
  let isClosed = false;

  /**
   * Until it is given up. A letter that nobody can read (`service.key` is another one) waits too:
   * the key may be put back.
   */
  async function postpone(mail: MailRecord, kind: string, reason: string): Promise<void> {
    const attempts = mail.attempts + 1;
    const now = clock.now();
    log('mail-not-sent', { id: mail.id, kind, attempts, reason });
    await store.transaction((tx) =>
      now - mail.createdAt > GIVE_UP_MS
        ? tx.mails.delete(mail.id)
        : tx.mails.put({ ...mail, attempts, dueAt: now + retryInMs(attempts) }),
    );
  }

  async function deliver(mail: MailRecord): Promise<void> {
    const opened = openedOf(mail, secrets);
    if (opened === null) return postpone(mail, 'unknown', 'unreadable');
    const { letter } = opened;
    // Earlier versions accepted addresses that mail servers read differently; they get no mail.
    const recipient = letter === null ? null : parseAddress(letter.to);
    if (letter === null || recipient === null)
      return store.transaction((tx) => tx.mails.delete(mail.id));
    const { subject, text, html, headers } = render(letter, baseUrl());
    try {
      await transport.sendMail({
        to: { name: '', address: recipient.email },
        subject,
        text,
        html,
        headers,
        messageId: `<${mail.id}@multimedia-desk.example>`,
      });
      await store.transaction((tx) => tx.mails.delete(mail.id));
    } catch (error) {
      await postpone(
        mail,
        letter.kind,
        error instanceof Error && 'code' in error ? String(error.code) : 'unknown',
      );
    }
  }

  async function sendDue(): Promise<void> {
    for (;;) {
      // A letter waits no longer than the longest wait, also where the clock was set back
      // meanwhile.
      const due = isClosed
        ? []
        : await store.transaction((tx) =>
            tx.mails.due(clock.now(), clock.now() + LONGEST_RETRY_MS),
          );
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
  const timer = setInterval(() => void flush(), Math.max(LOOK_EVERY_MS, batchMs)).unref();

  return {
    async enqueue(tx, letter) {
      const now = clock.now();
      await tx.mails.put({
        id: newId('mail'),
        sealed: secrets.seal(padded(JSON.stringify(letter))),
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
      Promise.race([transport.verify().catch(() => false), wait(PROBE_MS, false, { ref: false })]),
    flush,
    async close() {
      isClosed = true;
      clearInterval(timer);
      if (batch) clearTimeout(batch);
      await Promise.race([pass, wait(LAST_LETTER_MS, null, { ref: false })]);
      transport.close();
    },
  };
}
