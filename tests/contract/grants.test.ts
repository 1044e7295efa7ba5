import { expect, test } from 'vitest';
import { DAY } from '../../src/service/clock.ts';
import { DEVICE, NEW_PASSWORD, PASSWORD, startTested, TERMS } from './support/service.ts';
import type { Tested } from './support/service.ts';

// What was proved or opened before a password, an address or an account changed is of no use after
// it.

const EMAIL = 'ada@station.example';
const NEXT = 'next@station.example';
const THIRD_PASSWORD = 'Third-Horse-999';

async function openReset(service: Tested, count: number, email = EMAIL) {
  const { body } = await service.ask('startReset', { body: { email } });
  return { flowId: body.flowId, code: await service.code(email, count) };
}
const grant = async (service: Tested, count: number) =>
  (await service.ask('verifyReset', { body: await openReset(service, count) })).body.resetToken;

async function openChange(service: Tested, token: string, count: number) {
  const { body } = await service.ask('startEmailChange', {
    token,
    body: { newEmail: NEXT, password: PASSWORD },
  });
  return { flowId: body.flowId, code: await service.code(NEXT, count) };
}
const signIn = (service: Tested, password: string, email = EMAIL) =>
  service.ask('signIn', { body: { email, password, device: DEVICE } });

test('of two proved resets one sets the password', async () => {
  const service = await startTested();
  await service.signUp(EMAIL);
  const first = await grant(service, 2);
  const second = await grant(service, 3);
  expect(
    (await service.ask('completeReset', { body: { resetToken: first, newPassword: NEW_PASSWORD } }))
      .status,
  ).toBe(204);
  await service.refused(
    'completeReset',
    { body: { resetToken: second, newPassword: THIRD_PASSWORD } },
    'flow-closed',
  );
  expect((await signIn(service, NEW_PASSWORD)).status).toBe(201);
});

test('a reset ends a change of address that was under way, and a registration for the address', async () => {
  const service = await startTested();
  const { accessToken } = await service.signUp(EMAIL);
  const change = await openChange(service, accessToken, 1);
  const { body: registration } = await service.ask('register', {
    body: { email: EMAIL, password: PASSWORD, terms: TERMS },
  });
  await service.mails(EMAIL, 2);
  const resetToken = await grant(service, 3);
  await service.ask('completeReset', { body: { resetToken, newPassword: NEW_PASSWORD } });
  const {
    body: { accessToken: token },
  } = await signIn(service, NEW_PASSWORD);
  await service.refused('verifyEmailChange', { token, body: change }, 'flow-closed');
  expect(
    (
      await service.refused(
        'verifyAccount',
        { body: { flowId: registration.flowId, code: '123456' } },
        'flow-closed',
      )
    ).status,
  ).toBe(410);
});

test('a change of the password ends proved and open resets and a change of address', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(EMAIL);
  const proved = await grant(service, 2);
  const open = await openReset(service, 3);
  const change = await openChange(service, token, 1);
  await service.ask('changePassword', {
    token,
    body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
  });
  await service.refused(
    'completeReset',
    { body: { resetToken: proved, newPassword: THIRD_PASSWORD } },
    'flow-closed',
  );
  await service.refused('verifyReset', { body: open }, 'flow-closed');
  expect(
    (await service.refused('verifyEmailChange', { token, body: change }, 'flow-closed')).status,
  ).toBe(410);
});

test('a change of the address ends what was proved in the old mailbox, and the proofs of other sessions', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(EMAIL);
  const { body: other } = await signIn(service, PASSWORD);
  const proved = await grant(service, 2);
  const open = await openReset(service, 3);
  const earlier = await openChange(service, token, 1);
  await service.ask('verifyEmailChange', { token, body: await openChange(service, token, 2) });
  await service.refused(
    'completeReset',
    { body: { resetToken: proved, newPassword: THIRD_PASSWORD } },
    'flow-closed',
  );
  await service.refused('verifyReset', { body: open }, 'flow-closed');
  await service.refused('verifyEmailChange', { token, body: earlier }, 'flow-closed');
  await service.refused('revokeOthers', { token: other.accessToken }, 'reauth-required');
  expect((await service.ask('revokeOthers', { token })).body).toEqual({ revoked: 1 });
});

test('the first proof of a registration ends all that was opened for its address before', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(EMAIL);
  const change = await openChange(service, token, 1);
  const { body: decoy } = await service.ask('startReset', { body: { email: NEXT } });
  const { body: other } = await service.ask('register', {
    body: { email: NEXT, password: 'Planted-By-Eve-1', terms: TERMS },
  });
  const otherCode = await service.code(NEXT, 2);
  const { body: mine } = await service.ask('register', {
    body: { email: NEXT, password: PASSWORD, terms: TERMS },
  });
  await service.ask('verifyAccount', {
    body: { flowId: mine.flowId, code: await service.code(NEXT, 3), device: DEVICE },
  });
  await service.refused(
    'verifyAccount',
    { body: { flowId: other.flowId, code: otherCode } },
    'flow-closed',
  );
  await service.refused(
    'verifyReset',
    { body: { flowId: decoy.flowId, code: '123456' } },
    'flow-closed',
  );
  expect(
    (await service.refused('verifyEmailChange', { token, body: change }, 'flow-closed')).status,
  ).toBe(410);
});

test('the end of an account ends all that was opened for it', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(EMAIL);
  const proved = await grant(service, 2);
  const open = await openReset(service, 3);
  const { body: decoy } = await service.ask('register', {
    body: { email: EMAIL, password: PASSWORD, terms: TERMS },
  });
  await service.mails(EMAIL, 4);
  await service.ask('deleteAccount', { token, body: { password: PASSWORD } });
  await service.refused(
    'completeReset',
    { body: { resetToken: proved, newPassword: THIRD_PASSWORD } },
    'flow-closed',
  );
  await service.refused('verifyReset', { body: open }, 'flow-closed');
  expect(
    (await service.refused('resendCode', { body: { flowId: decoy.flowId } }, 'flow-closed')).status,
  ).toBe(410);
});

test('a password that was compared while it was changed proves nothing', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(EMAIL);
  const change = async (newPassword: string) => {
    const { status } = await fetch(`${service.url}/v1/account/password`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ currentPassword: PASSWORD, newPassword }),
    });
    return { newPassword, status };
  };
  const changes = await Promise.all([change(NEW_PASSWORD), change(THIRD_PASSWORD)]);
  expect(changes.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 401]);
  const winner = changes.find(({ status }) => status === 204)?.newPassword ?? '';
  expect((await signIn(service, winner)).status).toBe(201);
});

test('codes, proved resets, proofs of the password and access tokens do not last for days when the clock is set back', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(EMAIL);
  const resetToken = await grant(service, 2);
  const open = await openReset(service, 3);
  service.clock.advance(-3 * DAY);
  service.clock.advance(DAY);
  await service.refused('verifyReset', { body: open }, 'code-expired');
  await service.refused(
    'completeReset',
    { body: { resetToken, newPassword: NEW_PASSWORD } },
    'flow-closed',
  );
  await service.refused('getAccount', { token }, 'invalid-token');
  const { body: session } = await signIn(service, PASSWORD);
  service.clock.advance(-3 * DAY);
  const { body: renewed } = await service.ask('refresh', {
    body: { refreshToken: session.refreshToken },
  });
  expect(
    (await service.refused('revokeOthers', { token: renewed.accessToken }, 'reauth-required'))
      .status,
  ).toBe(403);
});
