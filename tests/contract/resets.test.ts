import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/service/clock.ts';
import { DEVICE, NEW_PASSWORD, PASSWORD, startTested, wrong } from './support/service.ts';
import type { Tested } from './support/service.ts';

const EMAIL = 'ada@station.example';
const start = async (service: Tested, count: number) => {
  const { body } = await service.ask('startReset', { body: { email: EMAIL } });
  return { flowId: body.flowId, code: await service.code(EMAIL, count) };
};
const grant = async (service: Tested, count: number) => {
  const { flowId, code } = await start(service, count);
  return (await service.ask('verifyReset', { body: { flowId, code } })).body.resetToken;
};

describe('password reset', () => {
  test('sets the password, ends every session, signs nobody in', async () => {
    const service = await startTested();
    const before = await service.signUp(EMAIL);
    const waiting = await start(service, 2);
    const resetToken = await grant(service, 3);
    expect(
      (await service.ask('completeReset', { body: { resetToken, newPassword: NEW_PASSWORD } }))
        .text,
    ).toBe('');
    await service.refused('getAccount', { token: before.accessToken }, 'invalid-token');
    await service.refused(
      'refresh',
      { body: { refreshToken: before.refreshToken } },
      'session-ended',
    );
    await service.refused('verifyReset', { body: waiting }, 'flow-closed');
    await service.refused(
      'completeReset',
      { body: { resetToken, newPassword: 'Third-Horse-999' } },
      'flow-closed',
    );
    await service.refused(
      'signIn',
      { body: { email: EMAIL, password: PASSWORD, device: DEVICE } },
      'invalid-credentials',
    );
    expect(
      (
        await service.ask('signIn', {
          body: { email: EMAIL, password: NEW_PASSWORD, device: DEVICE },
        })
      ).status,
    ).toBe(201);
    expect((await service.mails(EMAIL, 4))[0]?.subject).toBe(
      'Your Multimedia password was changed',
    );
  });

  test('a request alone changes nothing', async () => {
    const service = await startTested();
    const { accessToken } = await service.signUp(EMAIL);
    await start(service, 2);
    expect((await service.ask('getAccount', { token: accessToken })).status).toBe(200);
    expect(
      (await service.ask('signIn', { body: { email: EMAIL, password: PASSWORD, device: DEVICE } }))
        .status,
    ).toBe(201);
  });

  test('a refused password leaves the grant usable, for ten minutes', async () => {
    const service = await startTested();
    await service.signUp(EMAIL);
    const resetToken = await grant(service, 2);
    const same = await service.refused(
      'completeReset',
      { body: { resetToken, newPassword: PASSWORD } },
      'validation-failed',
    );
    expect(same.errors).toEqual([{ field: 'newPassword', code: 'same-as-current' }]);
    const weak = await service.refused(
      'completeReset',
      { body: { resetToken, newPassword: 'Ab1!' } },
      'validation-failed',
    );
    expect(weak.errors).toEqual([{ field: 'newPassword', code: 'too-short' }]);
    const guessed = await service.refused(
      'completeReset',
      { body: { resetToken, newPassword: '123!Monkey123!' } },
      'validation-failed',
    );
    expect(guessed.errors).toEqual([{ field: 'newPassword', code: 'common' }]);
    service.clock.advance(10 * MINUTE - 1);
    expect(
      (await service.ask('completeReset', { body: { resetToken, newPassword: NEW_PASSWORD } }))
        .status,
    ).toBe(204);
    const late = await grant(service, 4);
    service.clock.advance(10 * MINUTE);
    await service.refused(
      'completeReset',
      { body: { resetToken: late, newPassword: 'Third-Horse-999' } },
      'flow-closed',
    );
  });

  test('codes expire at thirty minutes and a new one voids the old', async () => {
    const service = await startTested();
    await service.signUp(EMAIL);
    const first = await start(service, 2);
    service.clock.advance(30 * MINUTE);
    await service.refused('verifyReset', { body: first }, 'code-expired');
    await service.ask('resendReset', { body: { flowId: first.flowId } });
    const code = await service.code(EMAIL, 3);
    if (code !== first.code) await service.refused('verifyReset', { body: first }, 'code-invalid');
    expect(
      (await service.ask('verifyReset', { body: { flowId: first.flowId, code } })).body.expiresIn,
    ).toBe(600);
    await service.refused('verifyAccount', { body: { flowId: first.flowId, code } }, 'flow-closed');
  });

  test('known and unknown addresses are answered and counted alike; a stranger gets no mail', async () => {
    const service = await startTested();
    await service.signUp(EMAIL);
    const seen = async (email: string) => {
      const { status, headers, body } = await service.ask('startReset', { body: { email } });
      const left: unknown[] = [];
      for (let i = 0; i < 6; i += 1)
        left.push(
          (
            await service.refused(
              'verifyReset',
              { body: { flowId: body.flowId, code: 'abcdef' } },
              'code-invalid',
            )
          ).attemptsLeft,
        );
      return [
        status,
        [...headers.keys()],
        Object.entries(body).map(([key, value]) => [key, String(value).length]),
        left,
      ];
    };
    expect(await seen(EMAIL)).toEqual(await seen('nobody@station.example'));
    await service.mails(EMAIL, 2);
    await service.mails('nobody@station.example', 0);
  });

  test('more than three an hour are answered but not mailed, and do not push out an open one', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL);
    await start(service, 2);
    await start(service, 3);
    const third = await start(service, 4);
    for (let i = 0; i < 6; i += 1)
      expect((await service.ask('startReset', { body: { email: EMAIL } })).status).toBe(202);
    expect((await service.ask('verifyReset', { body: third })).status).toBe(200);
    service.clock.advance(HOUR);
    await start(service, 5);
  });

  test('the right code after five wrong ones fails', async () => {
    const service = await startTested();
    await service.signUp(EMAIL);
    const { flowId, code } = await start(service, 2);
    for (let i = 0; i < 5; i += 1)
      await service.refused('verifyReset', { body: { flowId, code: wrong(code) } }, 'code-invalid');
    expect(
      (await service.refused('verifyReset', { body: { flowId, code } }, 'code-invalid'))
        .attemptsLeft,
    ).toBe(0);
  });
});
