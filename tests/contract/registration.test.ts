import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/service/clock.ts';
import { type Asked, DEVICE, PASSWORD, startTested, TERMS, wrong } from './support/service.ts';

const EMAIL = 'ada@station.example';
const withPassword = (password: string): Asked => ({
  body: { email: EMAIL, password, terms: TERMS },
});

describe('registration', () => {
  test('a code by mail, the right one opens an account and a session', async () => {
    const service = await startTested();
    const profile = {
      displayName: 'Ada Berg',
      organisation: 'Lorvik TV',
      country: 'NO',
      locale: 'fr',
      newsletter: true,
    };
    const { status, body, headers } = await service.ask('register', {
      body: { email: ` ${EMAIL} `, password: PASSWORD, terms: TERMS, ...profile },
    });
    expect(status).toBe(202);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Date.parse(body.codeExpiresAt) - service.clock.now()).toBe(30 * MINUTE);
    const [mail] = await service.mails(EMAIL, 1);
    expect(mail?.subject).toMatch(/^\d{3} \d{3} is your Multimedia code$/);
    expect(mail?.text).toContain('30 minutes');
    const typed = `${mail?.code?.slice(0, 3)} – ${mail?.code?.slice(3)}`;
    const { body: proved } = await service.ask('verifyAccount', {
      body: { flowId: body.flowId, code: typed, device: DEVICE },
    });
    expect(proved.account).toMatchObject({
      email: EMAIL,
      ...profile,
      newsletter: { subscribed: true },
      terms: TERMS,
    });
    const { body: account } = await service.ask('getAccount', {
      token: proved.session.accessToken,
    });
    expect(account).toEqual(proved.account);
  });

  test('mails follow the language asked for', async () => {
    const service = await startTested();
    await service.ask('register', {
      body: { email: EMAIL, password: PASSWORD, terms: TERMS },
      headers: { 'accept-language': 'fr-CH, en;q=0.5' },
    });
    const [mail] = await service.mails(EMAIL, 1);
    expect(mail?.subject).toMatch(/est votre code Multimedia$/);
    expect(mail?.html).toContain('<html lang="fr">');
  });

  test('every fault of the input is told at once', async () => {
    const service = await startTested();
    const { errors } = await service.refused(
      'register',
      { body: { email: EMAIL, password: 'short pass', terms: { version: 'old' } } },
      'validation-failed',
    );
    expect(errors).toEqual([
      { field: 'password', code: 'too-short' },
      { field: 'password', code: 'has-space' },
      { field: 'password', code: 'no-upper' },
      { field: 'password', code: 'no-digit' },
      { field: 'password', code: 'no-symbol' },
      { field: 'terms.version', code: 'invalid' },
    ]);
    const unknown = await service.refused(
      'register',
      { body: { email: EMAIL, password: PASSWORD, terms: TERMS, admin: true } },
      'validation-failed',
    );
    expect(unknown.errors).toEqual([{ field: 'admin', code: 'unknown-member' }]);
  });

  test('a password that is easy to guess is refused with the reason and a better way', async () => {
    const service = await startTested();
    const refused = (password: string, language: string) =>
      service.refused(
        'register',
        {
          body: { email: EMAIL, password, displayName: 'Ada Lovelace', terms: TERMS },
          headers: { 'accept-language': language },
        },
        'validation-failed',
      );
    const told: [password: string, language: string, code: string, detail: RegExp][] = [
      ['Michael1234!', 'en', 'common', /too common.*four unrelated words/],
      ['Trustno1Trustno1!', 'fr', 'repeated', /Une répétition.*quatre mots sans lien/],
      ['Lovelace-1815', 'en', 'personal', /your name.*four unrelated words/],
    ];
    for (const [password, language, code, detail] of told) {
      expect(await refused(password, language)).toMatchObject({
        errors: [{ field: 'password', code }],
        detail: expect.stringMatching(detail),
      });
    }
  });

  test('the longest password that is taken in is not estimated, and guesses are limited', async () => {
    const service = await startTested({ limits: 'normal' });
    const { errors } = await service.refused(
      'register',
      withPassword('4@8({[</369&#!1/|0$5+7%2/aA'.repeat(37)),
      'validation-failed',
    );
    expect(errors).toEqual([{ field: 'password', code: 'too-long' }]);
    for (let i = 0; i < 29; i += 1)
      await service.refused('register', withPassword('Michael1234!'), 'validation-failed');
    await service.refused('register', withPassword('Michael1234!'), 'rate-limited');
  });

  test.each([
    'no-at',
    'a@b',
    'a b@c.example',
    'a@@c.example',
    'a\r\nbcc:x@c.example',
    '@c.example',
    'a@c..example',
  ])('%j is no address', async (email) => {
    const service = await startTested();
    const { errors } = await service.refused(
      'register',
      { body: { email, password: PASSWORD, terms: TERMS } },
      'validation-failed',
    );
    expect(errors).toEqual([{ field: 'email', code: 'invalid' }]);
  });

  test('an address is the same in any case and with its domain as it is written', async () => {
    const service = await startTested();
    await service.signUp('ada@bücher.example');
    const { body } = await service.ask('register', {
      body: { email: 'ADA@XN--BCHER-KVA.example', password: PASSWORD, terms: TERMS },
    });
    await service.refused(
      'verifyAccount',
      { body: { flowId: body.flowId, code: '123456' } },
      'code-invalid',
    );
    const mails = async () =>
      (
        (await (await fetch(`${service.mailboxUrl}/messages`)).json()) as {
          messages: { subject: string; code: string | null }[];
        }
      ).messages;
    await expect.poll(mails).toHaveLength(2);
    expect((await mails())[0]).toMatchObject({
      subject: 'You already have a Multimedia account',
      code: null,
    });
  });
});

describe('codes', () => {
  test('29:59.999 works, 30:00.000 does not', async () => {
    const service = await startTested();
    const first = await service.register(EMAIL);
    const second = await service.register('other@station.example');
    service.clock.advance(30 * MINUTE - 1);
    expect(
      (await service.ask('verifyAccount', { body: { flowId: first.flowId, code: first.code } }))
        .status,
    ).toBe(201);
    service.clock.advance(1);
    await service.refused(
      'verifyAccount',
      { body: { flowId: second.flowId, code: second.code } },
      'code-expired',
    );
  });

  test('an expired code can be sent anew without registering again', async () => {
    const service = await startTested();
    const { flowId } = await service.register(EMAIL);
    service.clock.advance(31 * MINUTE);
    const { body } = await service.ask('resendCode', { body: { flowId } });
    expect(Date.parse(body.codeExpiresAt) - service.clock.now()).toBe(30 * MINUTE);
    expect(body.resendsLeft).toBe(4);
    expect(
      (await service.ask('verifyAccount', { body: { flowId, code: await service.code(EMAIL, 2) } }))
        .status,
    ).toBe(201);
  });

  test('after a resend only the newest code works', async () => {
    const service = await startTested();
    const { flowId, code: old } = await service.register(EMAIL);
    await service.ask('resendCode', { body: { flowId } });
    const fresh = await service.code(EMAIL, 2);
    if (old !== fresh)
      await service.refused('verifyAccount', { body: { flowId, code: old } }, 'code-invalid');
    expect((await service.ask('verifyAccount', { body: { flowId, code: fresh } })).status).toBe(
      201,
    );
  });

  test('after five wrong tries the right one fails too, a new code works, fifteen close the flow', async () => {
    const service = await startTested();
    const { flowId, code } = await service.register(EMAIL);
    const left: (number | undefined)[] = [];
    for (let i = 0; i < 5; i += 1)
      left.push(
        (
          await service.refused(
            'verifyAccount',
            { body: { flowId, code: wrong(code) } },
            'code-invalid',
          )
        ).attemptsLeft,
      );
    expect(left).toEqual([4, 3, 2, 1, 0]);
    expect(
      (await service.refused('verifyAccount', { body: { flowId, code } }, 'code-invalid'))
        .attemptsLeft,
    ).toBe(0);
    for (const count of [2, 3]) {
      await service.ask('resendCode', { body: { flowId } });
      const next = await service.code(EMAIL, count);
      for (let i = 0; i < 4; i += 1)
        await service.refused(
          'verifyAccount',
          { body: { flowId, code: wrong(next) } },
          'code-invalid',
        );
      await service.refused(
        'verifyAccount',
        { body: { flowId, code: wrong(next) } },
        count === 2 ? 'code-invalid' : 'flow-closed',
      );
    }
    await service.refused('resendCode', { body: { flowId } }, 'flow-closed');
  });

  test('a code of one flow or purpose fails in another', async () => {
    const service = await startTested();
    const first = await service.register(EMAIL);
    const second = await service.register(EMAIL);
    if (first.code !== second.code)
      await service.refused(
        'verifyAccount',
        { body: { flowId: second.flowId, code: first.code } },
        'code-invalid',
      );
    await service.refused(
      'verifyReset',
      { body: { flowId: first.flowId, code: first.code } },
      'flow-closed',
    );
    const nobody = await service.refused(
      'verifyAccount',
      { body: { flowId: 'flw_nobody', code: first.code } },
      'flow-closed',
    );
    expect(nobody.status).toBe(410);
  });

  test('digits of other scripts are digits', async () => {
    const service = await startTested();
    const { flowId, code } = await service.register(EMAIL);
    const typed = Array.from(code, (digit, i) =>
      String.fromCodePoint((i % 2 === 0 ? 0x0660 : 0xff10) + Number(digit)),
    ).join(' ');
    expect((await service.ask('verifyAccount', { body: { flowId, code: typed } })).status).toBe(
      201,
    );
  });

  test('of two right answers at once one succeeds; the same request again gets the same session', async () => {
    const service = await startTested();
    const { flowId, code } = await service.register(EMAIL);
    const key = randomUUID();
    const winner = await service.ask('verifyAccount', { body: { flowId, code }, key });
    await service.refused('verifyAccount', { body: { flowId, code } }, 'flow-closed');
    const again = await service.ask('verifyAccount', { body: { flowId, code }, key });
    expect(again.body).toEqual(winner.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  test('the same request gets the same session for a minute, and a key is remembered for a day', async () => {
    const service = await startTested();
    const { flowId, code } = await service.register(EMAIL);
    const key = randomUUID();
    const first = await service.ask('verifyAccount', { body: { flowId, code }, key });
    service.clock.advance(MINUTE);
    expect((await service.ask('verifyAccount', { body: { flowId, code }, key })).body).toEqual(
      first.body,
    );
    service.clock.advance(1);
    await service.refused('verifyAccount', { body: { flowId, code }, key }, 'flow-closed');
    const asked = {
      body: { email: 'other@station.example', password: PASSWORD, terms: TERMS },
      key: randomUUID(),
    };
    const { body: kept } = await service.ask('register', asked);
    service.clock.advance(24 * HOUR - 1);
    expect((await service.ask('register', asked)).body).toEqual(kept);
    service.clock.advance(1);
    expect((await service.ask('register', asked)).body).not.toEqual(kept);
  });

  test('two right answers in the same moment make one account', async () => {
    const service = await startTested();
    const { flowId, code } = await service.register(EMAIL);
    const one = () =>
      fetch(`${service.url}/v1/accounts/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify({ flowId, code }),
      });
    const statuses = (await Promise.all([one(), one(), one()]))
      .map(({ status }) => status)
      .toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, 410, 410]);
  });

  test('a stranger’s earlier attempt plants no password, and a proved flow closes the others', async () => {
    const service = await startTested();
    const { body: planted } = await service.ask('register', {
      body: { email: EMAIL, password: 'Planted-By-Eve-1', terms: TERMS },
    });
    const plantedCode = await service.code(EMAIL, 1);
    const mine = await service.register(EMAIL);
    await service.ask('verifyAccount', { body: { flowId: mine.flowId, code: mine.code } });
    await service.refused(
      'verifyAccount',
      { body: { flowId: planted.flowId, code: plantedCode } },
      'flow-closed',
    );
    await service.refused(
      'signIn',
      { body: { email: EMAIL, password: 'Planted-By-Eve-1', device: DEVICE } },
      'invalid-credentials',
    );
    expect(
      (await service.ask('signIn', { body: { email: EMAIL, password: PASSWORD, device: DEVICE } }))
        .status,
    ).toBe(201);
  });

  test('the sixth open flow closes the oldest; a flow lives a day', async () => {
    const service = await startTested();
    const oldest = await service.register(EMAIL);
    for (let i = 0; i < 5; i += 1) await service.register(EMAIL);
    await service.refused(
      'verifyAccount',
      { body: { flowId: oldest.flowId, code: oldest.code } },
      'flow-closed',
    );
    const last = await service.register(EMAIL);
    service.clock.advance(24 * HOUR);
    expect(
      (await service.refused('resendCode', { body: { flowId: last.flowId } }, 'flow-closed'))
        .status,
    ).toBe(410);
  });
});

describe('known and unknown addresses', () => {
  test('get the same answer, and a decoy counts down, throttles and closes alike', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL);
    const shape = async (email: string) => {
      const { status, body, headers } = await service.ask('register', {
        body: { email, password: PASSWORD, terms: TERMS },
      });
      const seen: unknown[] = [
        status,
        [...headers.keys()].toSorted(),
        Object.entries(body).map(([name, value]) => [name, String(value).length]),
      ];
      const { flowId } = body;
      const early = await service.refused('resendCode', { body: { flowId } }, 'resend-too-soon');
      seen.push(early.headers.get('retry-after'));
      for (let round = 0; round < 3; round += 1) {
        for (let i = 0; i < 5; i += 1) {
          const answer = await fetch(`${service.url}/v1/accounts/verify`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
            body: JSON.stringify({ flowId, code: 'abcdef' }),
          });
          const { type, attemptsLeft } = (await answer.json()) as {
            type: string;
            attemptsLeft?: number;
          };
          seen.push([answer.status, type, attemptsLeft]);
        }
        service.clock.advance(60_000);
        if (round < 2)
          seen.push((await service.ask('resendCode', { body: { flowId } })).body.resendsLeft);
      }
      await service.refused('resendCode', { body: { flowId } }, 'flow-closed');
      return seen;
    };
    expect(await shape(EMAIL)).toEqual(await shape('nobody@station.example'));
  });

  test('repeats of a registration with the same key are answered from memory', async () => {
    const service = await startTested();
    const key = randomUUID();
    const asked = { body: { email: EMAIL, password: PASSWORD, terms: TERMS }, key };
    const first = await service.ask('register', asked);
    const again = await service.ask('register', asked);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await service.mails(EMAIL, 1);
    await service.refused(
      'register',
      { ...asked, body: { ...asked.body, password: 'Another-Horse-7' } },
      'idempotency-key-reused',
    );
  });
});
