import * as fc from 'fast-check';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isEmail } from '../../src/renderer/features/account/draft.ts';
import { parseAddress } from '../../src/service/accounts/email.ts';
import { takeBack } from '../support/changed-database.ts';
import { DEVICE, NEW_PASSWORD, PASSWORD, startTested, TERMS } from './support/service.ts';

/** A mail server that accepts everything; `recipients` has what stood in each RCPT TO. */
async function acceptAll(): Promise<{ smtpUrl: string; recipients: string[] }> {
  const recipients: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      recipients.push(address);
      done();
    },
    onData: (stream, _session, done) => void stream.resume().on('end', () => done()),
  });
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  onTestFinished(async () => {
    smtp.close();
    await once(smtp.server, 'close');
  });
  return { smtpUrl: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`, recipients };
}

const invalid = (field: string) => [{ field, code: 'invalid' }];

const VICTIM = 'chief@victim.example';
/** Read carelessly, each of these has the victim's key. */
const REFUSED = [
  'chief@victim.example/.attacker.example',
  'chief@victim.example#.attacker.example',
  'chief@victim.example?.attacker.example',
  'chief@victim.example\\.attacker.example',
  'chief@v%69ctim.example',
  'chief@vic\ttim.example',
  'chief@vic\ntim.example',
  'chief@victim.example:25',
  'chief@victim.example.',
  'chief@victim․example',
  'chief@victim.example/ .attacker.example',
  'chief@attacker.example@victim.example',
  '"chief"@victim.example',
  'chief(x)@victim.example',
  '<chief@victim.example>',
  'chief\u200b@victim.example',
  '=?utf-8?q?chief=40victim.example=3e?=@attacker.example',
];
const SAME = [
  'CHIEF@Victim.Example',
  ' chief@victim.example\u00a0',
  'chief@VICTIM。example',
  'chief@vic\u00adtim.example',
  'chief@ｖｉｃｔｉｍ．example',
  'chief@𝐯ictim.example',
];
const NEVER_ADDRESSES = [
  'a@10.0.0.1',
  'a@0x7f.1',
  'a@[10.0.0.1]',
  'a@foo_bar.example',
  'a@-x.example',
  'a@ab--cd.example',
  'a@xn--a.example',
  '.a@x.example',
  'a..b@x.example',
  `${'a'.repeat(65)}@x.example`,
  `a@${'b'.repeat(64)}.example`,
];

describe('an address', () => {
  test.each(REFUSED)(
    '%j is refused wherever an address is given, and nobody is written to',
    async (email) => {
      const { smtpUrl, recipients } = await acceptAll();
      const service = await startTested({ smtpUrl });
      expect(
        (
          await service.refused(
            'register',
            { body: { email, password: PASSWORD, terms: TERMS } },
            'validation-failed',
          )
        ).errors,
      ).toEqual(invalid('email'));
      expect(
        (await service.refused('startReset', { body: { email } }, 'validation-failed')).errors,
      ).toEqual(invalid('email'));
      expect(
        (
          await service.refused(
            'signIn',
            { body: { email, password: PASSWORD, device: DEVICE } },
            'validation-failed',
          )
        ).errors,
      ).toEqual(invalid('email'));
      const {
        body: { accessToken: token },
      } = await service.ask('signIn', { body: { ...service.demoAccount, device: DEVICE } });
      expect(
        (
          await service.refused(
            'startEmailChange',
            { token, body: { newEmail: email, password: service.demoAccount.password } },
            'validation-failed',
          )
        ).errors,
      ).toEqual(invalid('newEmail'));
      await service.ask('register', {
        body: { email: 'last@news.example', password: PASSWORD, terms: TERMS },
      });
      await expect.poll(() => recipients).toEqual(['last@news.example']);
    },
  );

  test.each(NEVER_ADDRESSES)('%j is none', (email) => expect(parseAddress(email)).toBeNull());

  test('however it is spelt is one account, and every mail goes to the form that was parsed', async () => {
    const { smtpUrl, recipients } = await acceptAll();
    const service = await startTested({ smtpUrl });
    for (const [at, email] of SAME.entries()) {
      await service.ask('register', { body: { email, password: PASSWORD, terms: TERMS } });
      await expect.poll(() => recipients).toHaveLength(at + 1);
    }
    expect(new Set(recipients.map((address) => address.toLowerCase()))).toEqual(new Set([VICTIM]));
    expect(new Set(SAME.map((email) => parseAddress(email)?.emailKey))).toEqual(new Set([VICTIM]));
  });

  test('with a domain in another script is stored with A-labels, found by either spelling, and mailed', async () => {
    const service = await startTested();
    const { account } = await service.signUp('Ada@Bücher.example');
    expect(account.email).toBe('Ada@xn--bcher-kva.example');
    expect(await service.mails('ada@xn--bcher-kva.example', 1)).toEqual(
      await service.mails('ada@bücher.example', 1),
    );
    for (const email of [
      'ada@BÜCHER.example',
      'ada@xn--bcher-kva.example',
      'ada@bu\u0308cher.example',
    ])
      expect(
        (await service.ask('signIn', { body: { email, password: PASSWORD, device: DEVICE } }))
          .status,
      ).toBe(201);
  });
});

test('an account of an older version under the key of another’s address gives the key up, is not written to, and can take an address of its own', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'service-addresses-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const { smtpUrl, recipients } = await acceptAll();
  const before = await startTested({ dataDir });
  const { accessToken: token, account } = await before.signUp(VICTIM);
  await before.close();
  takeBack(
    path.join(dataDir, 'service.sqlite'),
    2,
    `UPDATE accounts SET json = json_set(json, '$.email', 'chief@victim.example/.attacker.example') WHERE key = '${account.id}'`,
  );
  const service = await startTested({ dataDir, smtpUrl });
  expect(
    (
      await service.ask('changePassword', {
        token,
        body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
      })
    ).status,
  ).toBe(204);
  await service.refused(
    'signIn',
    { body: { email: VICTIM, password: NEW_PASSWORD, device: DEVICE } },
    'invalid-credentials',
  );
  await service.ask('startEmailChange', {
    token,
    body: { newEmail: 'own@attacker.example', password: NEW_PASSWORD },
  });
  await service.ask('register', { body: { email: VICTIM, password: PASSWORD, terms: TERMS } });
  await expect.poll(() => recipients.toSorted()).toEqual([VICTIM, 'own@attacker.example']);
});

const pieces = fc.constantFrom(
  'a',
  'B',
  '1',
  '-',
  '_',
  '.',
  '@',
  '。',
  '．',
  '․',
  '/',
  '#',
  '?',
  '\\',
  '%69',
  '\t',
  '\n',
  ' ',
  '\u00ad',
  '\u200b',
  '\u200d',
  'é',
  'e\u0301',
  'İ',
  'ß',
  'ς',
  'ａ',
  '℀',
  'ﷺ',
  'ͺ',
  '\u3164',
  'xn--',
  'א',
  '٣',
  '"',
  '<',
  '+',
  ':',
  '💥',
);
const typed = fc.oneof(
  fc.array(pieces, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
  fc
    .tuple(
      fc.array(pieces, { minLength: 1, maxLength: 4 }),
      fc.array(pieces, { minLength: 1, maxLength: 4 }),
    )
    .map(([local, domain]) => `${local.join('')}@${domain.join('')}.example`),
  fc.emailAddress(),
);

describe('of any text', () => {
  test('the parsed form parses to itself, holds nothing but an address, and has one domain for a key', () => {
    let parsed = 0;
    fc.assert(
      fc.property(typed, (text) => {
        const address = parseAddress(text);
        if (address === null) return;
        parsed += 1;
        expect(parseAddress(address.email)).toEqual(address);
        expect(parseAddress(address.emailKey)).toEqual({
          email: address.emailKey,
          emailKey: address.emailKey,
        });
        expect(address.email).toMatch(/^[^\s\p{C}<>(),;:"\\[\]@]+@[a-z\d.-]+$/u);
        expect(address.emailKey.split('@')[1]).toBe(address.email.split('@')[1]);
      }),
      { numRuns: 3000 },
    );
    expect(parsed).toBeGreaterThan(100);
  });

  test('the form lets through whatever the service takes', () => {
    const samples = [...SAME, 'ada@例え。jp', 'ada@例え｡jp'];
    for (const text of samples)
      expect([text, parseAddress(text) !== null, isEmail(text)]).toEqual([text, true, true]);
    fc.assert(
      fc.property(typed, (text) => parseAddress(text) === null || isEmail(text)),
      { numRuns: 3000 },
    );
  });
});
