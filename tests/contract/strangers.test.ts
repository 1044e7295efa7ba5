import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/service/clock.ts';
import { DEVICE, NEW_PASSWORD, PASSWORD, startTested, TERMS } from './support/service.ts';
import type { Tested } from './support/service.ts';

// A stranger who knows no more than the address must not keep its owner out. Each 127.0.N.x is a
// network of its own.

const EMAIL = 'ada@station.example';
const HOME = '127.0.1.1';
const STRANGER = '127.0.2.1';
const HOTEL = '127.0.3.1';

const login = (from: string, password = PASSWORD) => ({
  from,
  body: { email: EMAIL, password, device: DEVICE },
});
const reset = (service: Tested, from: string) =>
  service.ask('startReset', { from, body: { email: EMAIL } });
const registration = (from: string) => ({
  from,
  body: { email: EMAIL, password: PASSWORD, terms: TERMS },
});
const mails = async (
  service: Tested,
): Promise<{ subject: string; text: string; code: string | null }[]> =>
  (
    (await (await fetch(`${service.mailboxUrl}/messages?to=${EMAIL}`)).json()) as {
      messages: { subject: string; text: string; code: string | null }[];
    }
  ).messages;

/** Those whose code was asked for from there, newest first. */
const mailsFrom = async (service: Tested, from: string) =>
  (await mails(service)).filter(({ text }) => text.includes(`${from.replace(/\d+$/u, 'x')}.`));

/** A reset from there whose mail comes, as the owner sees it in program and mailbox. */
async function mailedReset(
  service: Tested,
  from: string,
): Promise<{ flowId: string; code: string | null | undefined }> {
  const before = (await mailsFrom(service, from)).length;
  const { body } = await reset(service, from);
  await expect.poll(() => mailsFrom(service, from)).toHaveLength(before + 1);
  return { flowId: body.flowId, code: (await mailsFrom(service, from))[0]?.code };
}
const proveReset = async (service: Tested, from: string): Promise<string> =>
  (await service.ask('verifyReset', { from, body: await mailedReset(service, from) })).body
    .resetToken;

describe('wrong passwords', () => {
  test('of a hundred tries elsewhere do not reach a network that signed in before; a reset opens the others', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL, {}, HOME);
    for (let i = 0; i < 100; i += 1) {
      await service.refused('signIn', login(STRANGER, 'Wrong-Horse-777'), 'invalid-credentials');
      service.clock.advance(15 * MINUTE);
    }
    for (const from of [STRANGER, HOTEL]) {
      await service.refused('signIn', login(from), 'invalid-credentials');
      service.clock.advance(15 * MINUTE);
    }
    expect((await service.ask('signIn', login(HOME))).status).toBe(201);
    expect((await service.mails(EMAIL, 2))[0]?.subject).toBe(
      'Your Multimedia account needs a new password',
    );
    const resetToken = await proveReset(service, HOTEL);
    await service.ask('completeReset', {
      from: HOTEL,
      body: { resetToken, newPassword: NEW_PASSWORD },
    });
    expect((await service.ask('signIn', login(HOTEL, NEW_PASSWORD))).status).toBe(201);
  });

  test('that go on after a reset do not keep its place out', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL, {}, HOME);
    const resetToken = await proveReset(service, HOTEL);
    await service.ask('completeReset', {
      from: HOTEL,
      body: { resetToken, newPassword: NEW_PASSWORD },
    });
    for (let i = 0; i < 5; i += 1)
      await service.refused('signIn', login(STRANGER, 'Wrong-Horse-777'), 'invalid-credentials');
    await service.refused('signIn', login('127.0.4.1', NEW_PASSWORD), 'too-many-attempts');
    expect((await service.ask('signIn', login(HOTEL, NEW_PASSWORD))).status).toBe(201);
  });

  test('a hundred in a known network close that one', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL, {}, HOME);
    await service.ask('signIn', login(HOTEL));
    for (let i = 0; i < 100; i += 1) {
      await service.refused('signIn', login(HOME, 'Wrong-Horse-777'), 'invalid-credentials');
      service.clock.advance(15 * MINUTE);
    }
    await service.refused('signIn', login(HOME), 'invalid-credentials');
    service.clock.advance(2 * DAY);
    await service.refused('signIn', login(HOME), 'invalid-credentials');
    expect((await service.ask('signIn', login(HOTEL))).status).toBe(201);
  });

  test('before the address had an account do not count against its owner', async () => {
    const service = await startTested({ limits: 'normal' });
    for (let i = 0; i < 100; i += 1) {
      await service.refused('signIn', login(STRANGER, 'Wrong-Horse-777'), 'invalid-credentials');
      service.clock.advance(15 * MINUTE);
    }
    const { accessToken } = await service.signUp(EMAIL, {}, HOME);
    expect((await service.ask('signIn', login(HOTEL))).status).toBe(201);
    const { body } = await service.ask('exportAccount', { token: accessToken });
    expect(
      new Map(body.networks.map(({ network, wrongPasswords }) => [network, wrongPasswords])),
    ).toEqual(
      new Map([
        ['127.0.1', 0],
        ['127.0.3', 0],
      ]),
    );
  });

  test('under an address that the owner moves to do not count either', async () => {
    const service = await startTested({ limits: 'normal' });
    const moved = 'ada.new@station.example';
    for (let i = 0; i < 100; i += 1) {
      await service.refused(
        'signIn',
        { from: STRANGER, body: { email: moved, password: 'Wrong-Horse-777', device: DEVICE } },
        'invalid-credentials',
      );
      service.clock.advance(15 * MINUTE);
    }
    const { accessToken: token } = await service.signUp(EMAIL, {}, HOME);
    const { body } = await service.ask('startEmailChange', {
      from: HOME,
      token,
      body: { newEmail: moved, password: PASSWORD },
    });
    await service.ask('verifyEmailChange', {
      from: HOME,
      token,
      body: { flowId: body.flowId, code: await service.code(moved, 1) },
    });
    expect(
      (
        await service.ask('signIn', {
          from: HOTEL,
          body: { email: moved, password: PASSWORD, device: DEVICE },
        })
      ).status,
    ).toBe(201);
    expect(
      (await service.ask('exportAccount', { token })).body.networks.map(({ network }) => network),
    ).not.toContain('127.0.2');
  });

  test('a sign-in to a registration that is not proved makes no network known', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.ask('register', {
      ...registration(STRANGER),
      body: { email: EMAIL, password: 'Planted-By-Eve-1', terms: TERMS },
    });
    await service.refused('signIn', login(STRANGER, 'Planted-By-Eve-1'), 'verification-required');
    const { body: mine } = await service.ask('register', registration(HOME));
    const proved = await service.ask('verifyAccount', {
      from: HOME,
      body: { flowId: mine.flowId, code: (await service.mails(EMAIL, 2))[0]?.code, device: DEVICE },
    });
    const { body } = await service.ask('exportAccount', { token: proved.body.session.accessToken });
    expect(body.networks).toEqual([
      { network: '127.0.1', signedInAt: expect.any(String), wrongPasswords: 0 },
    ]);
  });

  test('waits do not grow when the clock is set back by days', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL, {}, HOME);
    for (let i = 0; i < 9; i += 1) {
      await service.refused('signIn', login(HOME, 'Wrong-Horse-777'), 'invalid-credentials');
      if (i < 8) service.clock.advance(MINUTE);
    }
    expect(
      (await service.refused('signIn', login(HOME), 'too-many-attempts')).headers.get(
        'retry-after',
      ),
    ).toBe('16');
    service.clock.advance(-3 * DAY);
    expect((await service.ask('signIn', login(HOME))).status).toBe(201);
  });
});

describe('resets', () => {
  test('that a stranger asks for by the hour leave the owner a mail, at home and elsewhere', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL, {}, HOME);
    for (let hour = 0; hour < 12; hour += 1) {
      for (let i = 0; i < 3; i += 1) await reset(service, STRANGER);
      service.clock.advance(HOUR);
    }
    for (let i = 0; i < 3; i += 1) await reset(service, STRANGER);
    expect(await proveReset(service, HOTEL)).not.toBe('');
    expect(await proveReset(service, HOME)).not.toBe('');
  });

  test('from many networks use up neither the share of a known one nor the hourly one, and do not flood the mailbox', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL, {}, HOME);
    for (let hour = 0; hour < 24; hour += 1) {
      for (let network = 10; network < 14; network += 1)
        for (let i = 0; i < 3; i += 1) await reset(service, `127.0.${network}.1`);
      service.clock.advance(HOUR);
    }
    // One for signing up, and of a day's 288 requests what all networks have, refilled, and one an
    // hour.
    expect((await mails(service)).length).toBeLessThanOrEqual(1 + 10 + 10 + 24);
    expect(await proveReset(service, HOTEL)).not.toBe('');
    expect(await proveReset(service, HOME)).not.toBe('');
  });

  test('and registrations of strangers do not close the owner’s', async () => {
    const service = await startTested({ limits: 'normal' });
    const { body: mine } = await service.ask('register', registration(HOME));
    const code = await service.code(EMAIL, 1);
    for (const network of [10, 11])
      for (let i = 0; i < 3; i += 1)
        await service.ask('register', registration(`127.0.${network}.1`));
    await service.ask('verifyAccount', {
      from: HOME,
      body: { flowId: mine.flowId, code, device: DEVICE },
    });
    const own = await mailedReset(service, HOME);
    for (const network of [10, 11, 12])
      for (let i = 0; i < 3; i += 1) await reset(service, `127.0.${network}.1`);
    expect((await service.ask('verifyReset', { from: HOME, body: own })).status).toBe(200);
  });

  test('a mail says which network asked for its code', async () => {
    const service = await startTested();
    await service.signUp(EMAIL, {}, HOME);
    await reset(service, STRANGER);
    await service.mails(EMAIL, 2);
    expect((await mails(service)).map(({ text }) => /network ([\d.]+x)/u.exec(text)?.[1])).toEqual([
      '127.0.2.x',
      '127.0.1.x',
    ]);
  });

  test('one that sent no mail can be proved once a new code was sent for it', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL, {}, HOME);
    for (let i = 0; i < 3; i += 1) await reset(service, HOTEL);
    await service.mails(EMAIL, 4);
    const { body } = await reset(service, HOTEL);
    service.clock.advance(MINUTE);
    await service.ask('resendReset', { from: HOTEL, body: { flowId: body.flowId } });
    expect(
      (
        await service.ask('verifyReset', {
          from: HOTEL,
          body: { flowId: body.flowId, code: await service.code(EMAIL, 5) },
        })
      ).status,
    ).toBe(200);
  });
});

describe('registrations', () => {
  test('of a stranger leave the owner of the address their own', async () => {
    const service = await startTested({ limits: 'normal' });
    for (let i = 0; i < 3; i += 1) await service.ask('register', registration(STRANGER));
    await service.refused('register', registration(STRANGER), 'rate-limited');
    const { body } = await service.ask('register', registration(HOME));
    expect(
      (
        await service.ask('verifyAccount', {
          from: HOME,
          body: { flowId: body.flowId, code: await service.code(EMAIL, 4), device: DEVICE },
        })
      ).status,
    ).toBe(201);
  });

  test('the owner’s is the one that signing in names, whoever registered the address later', async () => {
    const service = await startTested();
    const { body } = await service.ask('register', registration(HOME));
    await service.ask('register', {
      ...registration(STRANGER),
      body: { email: EMAIL, password: 'Planted-By-Eve-1', terms: TERMS },
    });
    expect((await service.refused('signIn', login(HOME), 'verification-required')).flowId).toBe(
      body.flowId,
    );
  });

  test('a new code waits no longer than a minute when the clock is set back by days', async () => {
    const service = await startTested({ limits: 'normal' });
    const { body } = await service.ask('register', registration(HOME));
    await service.refused(
      'resendCode',
      { from: HOME, body: { flowId: body.flowId } },
      'resend-too-soon',
    );
    service.clock.advance(-3 * DAY);
    expect(
      (await service.ask('resendCode', { from: HOME, body: { flowId: body.flowId } })).status,
    ).toBe(202);
  });
});

test('limits do not follow a clock that is set back by days', async () => {
  const service = await startTested({ limits: 'normal' });
  for (let i = 0; i < 3; i += 1) await service.ask('register', registration(HOME));
  service.clock.advance(-3 * DAY);
  await service.refused('register', registration(HOME), 'rate-limited');
  service.clock.advance(20 * MINUTE);
  expect((await service.ask('register', registration(HOME))).status).toBe(202);
});

test('from a network of the owner, what resets leave of the limits is the same for every address', async () => {
  const service = await startTested({ limits: 'normal' });
  await service.signUp(EMAIL, {}, HOME);
  service.clock.advance(2 * DAY);
  const letterLimit = async (email: string, from: string): Promise<string[]> => {
    for (let i = 0; i < 3; i += 1) await service.ask('startReset', { from, body: { email } });
    const registrations = await Promise.allSettled(
      [1, 2, 3].map(() =>
        service.ask('register', { from, body: { email, password: PASSWORD, terms: TERMS } }),
      ),
    );
    return registrations.map(({ status }) => status);
  };
  expect(await letterLimit(EMAIL, '127.0.1.50')).toEqual(
    await letterLimit('nobody@station.example', '127.0.1.60'),
  );
});
