import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test } from 'vitest';
import { startMailbox } from '../../src/service/mail/mailbox.ts';
import type { Mailbox, MailboxMessage } from '../../src/service/mail/mailbox.ts';
import { rawConnection } from '../support/service/raw-connection.ts';

async function opened(): Promise<Mailbox> {
  const mailbox = await startMailbox();
  onTestFinished(() => mailbox.close());
  return mailbox;
}

async function send({ smtpUrl }: Mailbox, to: string | string[], text = 'A mail'): Promise<void> {
  const transport = createTransport({ url: smtpUrl });
  await transport.sendMail({ from: 'desk@station.example', to, subject: 'A mail', text });
  transport.close();
}

async function messages({ url }: Mailbox): Promise<MailboxMessage[]> {
  const answer = (await (await fetch(`${url}/messages`)).json()) as { messages: MailboxMessage[] };
  return answer.messages;
}

test.each(['//', '/\\', 'http://['])(
  'a request for %s is answered and ends nothing',
  async (target) => {
    const mailbox = await opened();
    const connection = await rawConnection(
      mailbox.url,
      `GET ${target} HTTP/1.1\r\nhost: another.example\r\n\r\n`,
    );
    await expect.poll(connection.text).toMatch(/^HTTP\/1\.1 404 /u);
    expect(await messages(mailbox)).toEqual([]);
  },
);

test('connections that send no mail keep no mail out', async () => {
  const mailbox = await opened();
  for (let i = 0; i < 64; i += 1) await rawConnection(mailbox.smtpUrl);
  await send(mailbox, 'ada@station.example');
  expect(await messages(mailbox)).toHaveLength(1);
});

test('a mail has a hundred recipients at most', async () => {
  const mailbox = await opened();
  await send(
    mailbox,
    Array.from({ length: 120 }, (_, i) => `desk${i}@station.example`),
  );
  expect(await messages(mailbox)).toHaveLength(100);
});

test('of long mails the newest are kept, so that all can be read', async () => {
  const mailbox = await opened();
  const long = `${'y'.repeat(70)}\n`.repeat(12_000);
  for (let i = 0; i < 12; i += 1) await send(mailbox, `desk${i}@station.example`, long);
  const kept = await messages(mailbox);
  expect(kept.map(({ to }) => to)).toEqual(
    Array.from({ length: 9 }, (_, i) => `desk${11 - i}@station.example`),
  );
});
