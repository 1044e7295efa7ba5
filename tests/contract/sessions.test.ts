import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DAY, MINUTE, SECOND } from '../../src/service/clock.ts';
import { DEVICE, NEW_PASSWORD, PASSWORD, startTested, TERMS } from './support/service.ts';

const EMAIL = 'ada@station.example';
const login = (password = PASSWORD, email = EMAIL) => ({
  body: { email, password, device: DEVICE },
});

describe('signing in', () => {
  test('opens a session that names its device', async () => {
    const service = await startTested();
    await service.signUp(EMAIL);
    const { body, headers } = await service.ask('signIn', login());
    expect(body).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 900,
      refreshExpiresIn: 30 * 86_400,
    });
    expect(headers.get('cache-control')).toBe('no-store');
    const { body: list } = await service.ask('listSessions', { token: body.accessToken });
    expect(
      list.items.map(({ device, ipMasked, current }) => ({ device, ipMasked, current })),
    ).toEqual([
      { device: DEVICE, ipMasked: '127.0.0.x', current: true },
      { device: DEVICE, ipMasked: '127.0.0.x', current: false },
    ]);
  });

  test('a wrong password and an unknown address get the same refusal', async () => {
    const service = await startTested();
    await service.signUp(EMAIL);
    const strip = (refusal: Awaited<ReturnType<typeof service.refused>>) => ({
      ...refusal,
      instance: '',
      headers: [...refusal.headers.keys()],
    });
    const known = await service.refused('signIn', login('Wrong-Horse-777'), 'invalid-credentials');
    const unknown = await service.refused(
      'signIn',
      login('Wrong-Horse-777', 'nobody@station.example'),
      'invalid-credentials',
    );
    expect(strip(known)).toEqual(strip(unknown));
    expect(known.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  test('an unproved registration is told only to whoever knows its password', async () => {
    const service = await startTested();
    const { flowId } = await service.register(EMAIL);
    expect((await service.refused('signIn', login(), 'verification-required')).flowId).toBe(flowId);
    await service.refused('signIn', login('Wrong-Horse-777'), 'invalid-credentials');
  });

  test('with the password of a registration that was begun, an address with an account is answered like one without, and nothing is forgotten of wrong ones', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL);
    const planted = 'Planted-By-Eve-1';
    const seen = async (email: string) => {
      const { body } = await service.ask('register', {
        body: { email, password: planted, terms: TERMS },
      });
      for (let i = 0; i < 4; i += 1)
        await service.refused('signIn', login('Wrong-Horse-777', email), 'invalid-credentials');
      const { flowId, status, headers } = await service.refused(
        'signIn',
        login(planted, email),
        'verification-required',
      );
      await service.refused('signIn', login('Wrong-Horse-777', email), 'invalid-credentials');
      const closed = await service.refused('signIn', login(planted, email), 'too-many-attempts');
      return [
        flowId === body.flowId,
        status,
        [...headers.keys()],
        headers.get('content-length'),
        closed.headers.get('retry-after'),
      ];
    };
    expect(await seen(EMAIL)).toEqual(await seen('nobody@station.example'));
    service.clock.advance(MINUTE);
    expect((await service.ask('signIn', login())).status).toBe(201);
  });

  test('waits 1, 2, 4 … seconds from the fifth failure, for unknown addresses too', async () => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp(EMAIL);
    const waits = async (email: string) => {
      const seen: (string | null)[] = [];
      for (let i = 0; i < 4; i += 1)
        await service.refused('signIn', login('Wrong-Horse-777', email), 'invalid-credentials');
      for (let i = 0; i < 5; i += 1) {
        await service.refused('signIn', login('Wrong-Horse-777', email), 'invalid-credentials');
        const { headers } = await service.refused(
          'signIn',
          login(PASSWORD, email),
          'too-many-attempts',
        );
        seen.push(headers.get('retry-after'));
        service.clock.advance(Number(headers.get('retry-after')) * SECOND);
      }
      service.clock.advance(MINUTE);
      return seen;
    };
    expect(await waits(EMAIL)).toEqual(['1', '2', '4', '8', '16']);
    expect(await waits('nobody@station.example')).toEqual(['1', '2', '4', '8', '16']);
    expect((await service.ask('signIn', login())).status).toBe(201);
  });

  test('a hundred failures close signing in until a reset; who is in stays in', async () => {
    const service = await startTested({ limits: 'normal' });
    const { accessToken, refreshToken } = await service.signUp(EMAIL);
    for (let i = 0; i < 100; i += 1) {
      await service.refused('signIn', login('Wrong-Horse-777'), 'invalid-credentials');
      service.clock.advance(15 * MINUTE);
    }
    await service.refused('signIn', login(), 'invalid-credentials');
    expect((await service.mails(EMAIL, 2))[0]?.subject).toBe(
      'Your Multimedia account needs a new password',
    );
    await service.refused('getAccount', { token: accessToken }, 'invalid-token');
    expect((await service.ask('refresh', { body: { refreshToken } })).status).toBe(200);
    const { body } = await service.ask('startReset', { body: { email: EMAIL } });
    const { body: grant } = await service.ask('verifyReset', {
      body: { flowId: body.flowId, code: await service.code(EMAIL, 3) },
    });
    await service.ask('completeReset', {
      body: { resetToken: grant.resetToken, newPassword: NEW_PASSWORD },
    });
    expect((await service.ask('signIn', login(NEW_PASSWORD))).status).toBe(201);
  });

  test('the eleventh session ends the least recently used and says so', async () => {
    const service = await startTested();
    const first = await service.signUp(EMAIL);
    for (let i = 0; i < 9; i += 1) await service.ask('signIn', login());
    expect((await service.ask('getAccount', { token: first.accessToken })).status).toBe(200);
    const { body } = await service.ask('signIn', login());
    expect(body.account.notices.map(({ code }) => code)).toEqual(['session-limit']);
    await service.refused('getAccount', { token: first.accessToken }, 'invalid-token');
    expect(
      (await service.ask('listSessions', { token: body.accessToken })).body.items,
    ).toHaveLength(10);
  });
});

describe('refreshing', () => {
  test('gives a new pair; access tokens last fifteen minutes', async () => {
    const service = await startTested();
    const first = await service.signUp(EMAIL);
    service.clock.advance(15 * MINUTE - 1);
    expect((await service.ask('getAccount', { token: first.accessToken })).status).toBe(200);
    service.clock.advance(1);
    await service.refused('getAccount', { token: first.accessToken }, 'invalid-token');
    const { body } = await service.ask('refresh', { body: { refreshToken: first.refreshToken } });
    expect(body.sessionId).toBe(first.sessionId);
    expect((await service.ask('getAccount', { token: body.accessToken })).status).toBe(200);
  });

  test('a lost answer is given again for the same key', async () => {
    const service = await startTested();
    const { refreshToken } = await service.signUp(EMAIL);
    const key = randomUUID();
    const lost = await service.ask('refresh', { body: { refreshToken }, key });
    service.clock.advance(MINUTE);
    expect((await service.ask('refresh', { body: { refreshToken }, key })).body).toEqual(lost.body);
    service.clock.advance(DAY - 2 * MINUTE);
    const late = await service.ask('refresh', { body: { refreshToken }, key });
    expect(late.body.refreshToken).toBe(lost.body.refreshToken);
    await service.ask('refresh', { body: { refreshToken: lost.body.refreshToken } });
    await service.refused('refresh', { body: { refreshToken }, key }, 'token-reused');
  });

  test('two at once with one key keep the session', async () => {
    const service = await startTested();
    const { refreshToken } = await service.signUp(EMAIL);
    const key = randomUUID();
    const one = async () => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const response = await fetch(`${service.url}/v1/sessions/refresh`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ refreshToken }),
      });
      return response.status;
    };
    const statuses = await Promise.all([one(), one()]);
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    const { body } = await service.ask('refresh', { body: { refreshToken }, key });
    expect((await service.ask('getAccount', { token: body.accessToken })).status).toBe(200);
  });

  test('an old token with another key ends the whole family and is told by mail', async () => {
    const service = await startTested();
    const { refreshToken } = await service.signUp(EMAIL);
    const { body: next } = await service.ask('refresh', { body: { refreshToken } });
    await service.refused('refresh', { body: { refreshToken } }, 'token-reused');
    await service.refused(
      'refresh',
      { body: { refreshToken: next.refreshToken } },
      'session-ended',
    );
    await service.refused('getAccount', { token: next.accessToken }, 'invalid-token');
    expect((await service.mails(EMAIL, 2))[0]?.subject).toBe('We signed out one of your devices');
    const { body } = await service.ask('signIn', login());
    expect(body.account.notices.map(({ code }) => code)).toEqual(['token-reused']);
  });

  test('ends after 30 days of rest and after 180 days in any case', async () => {
    const service = await startTested();
    const resting = await service.signUp(EMAIL);
    let busy = (await service.ask('signIn', login())).body.refreshToken;
    for (let day = 0; day < 180; day += 20) {
      service.clock.advance(20 * DAY - (day === 160 ? 1 : 0));
      busy = (await service.ask('refresh', { body: { refreshToken: busy } })).body.refreshToken;
    }
    await service.refused(
      'refresh',
      { body: { refreshToken: resting.refreshToken } },
      'session-ended',
    );
    service.clock.advance(1);
    await service.refused('refresh', { body: { refreshToken: busy } }, 'session-ended');
    expect(
      (await service.refused('refresh', { body: { refreshToken: 'unknown' } }, 'session-ended'))
        .status,
    ).toBe(401);
  });

  test('needs an idempotency key', async () => {
    const service = await startTested();
    const { errors } = await service.refused(
      'refresh',
      { body: { refreshToken: 'x' }, headers: { 'idempotency-key': 'not-a-uuid' } },
      'validation-failed',
    );
    expect(errors).toEqual([{ field: 'Idempotency-Key', code: 'invalid' }]);
  });
});

describe('ending sessions', () => {
  test('signing out always works and ends the session at once', async () => {
    const service = await startTested();
    const { accessToken, refreshToken } = await service.signUp(EMAIL);
    expect((await service.ask('logout', { body: { refreshToken } })).status).toBe(204);
    expect((await service.ask('logout', { body: { refreshToken: 'unknown' } })).status).toBe(204);
    await service.refused('getAccount', { token: accessToken }, 'invalid-token');
    await service.refused('refresh', { body: { refreshToken } }, 'session-ended');
  });

  test('others are ended only soon after the password', async () => {
    const service = await startTested();
    const other = await service.signUp(EMAIL);
    const { body: mine } = await service.ask('signIn', login());
    const token = mine.accessToken;
    service.clock.advance(10 * MINUTE);
    await service.refused(
      'revokeSession',
      { token, params: { id: other.sessionId } },
      'reauth-required',
    );
    await service.refused('revokeOthers', { token }, 'reauth-required');
    await service.refused(
      'reauth',
      { token, body: { password: 'Wrong-Horse-777' } },
      'invalid-credentials',
    );
    await service.ask('reauth', { token, body: { password: PASSWORD } });
    await service.refused('revokeSession', { token, params: { id: 'ses_foreign' } }, 'not-found');
    expect(
      (await service.ask('revokeSession', { token, params: { id: other.sessionId } })).status,
    ).toBe(204);
    await service.refused(
      'refresh',
      { body: { refreshToken: other.refreshToken } },
      'session-ended',
    );
    await service.ask('signIn', login());
    expect((await service.ask('revokeOthers', { token })).body).toEqual({ revoked: 1 });
    expect((await service.ask('listSessions', { token })).body.items.map(({ id }) => id)).toEqual([
      mine.sessionId,
    ]);
  });

  test('another account’s session is not there', async () => {
    const service = await startTested();
    const mine = await service.signUp(EMAIL);
    const theirs = await service.signUp('eve@station.example');
    await service.refused(
      'revokeSession',
      { token: theirs.accessToken, params: { id: mine.sessionId } },
      'not-found',
    );
    expect((await service.ask('getAccount', { token: mine.accessToken })).status).toBe(200);
  });

  test.each(['', 'Bearer', 'Bearer x', 'Bearer abc.def', 'Basic abc'])(
    '%j is no access',
    async (authorization) => {
      const service = await startTested();
      const refused = await service.refused(
        'getAccount',
        { headers: { authorization } },
        'invalid-token',
      );
      expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    },
  );
});

describe('rate limits', () => {
  test('three registrations an hour per address, known or not', async () => {
    const service = await startTested({ limits: 'normal' });
    const register = { body: { email: EMAIL, password: PASSWORD, terms: TERMS } };
    for (let i = 0; i < 3; i += 1) await service.ask('register', register);
    const { headers } = await service.refused('register', register, 'rate-limited');
    expect(Number(headers.get('retry-after'))).toBe(1200);
    service.clock.advance(20 * MINUTE);
    expect((await service.ask('register', register)).status).toBe(202);
  });

  test('sixty tries of codes an hour per place', async () => {
    const service = await startTested({ limits: 'normal' });
    for (let i = 0; i < 60; i += 1)
      await service.refused('verifyReset', { body: { flowId: 'flw_x', code: '1' } }, 'flow-closed');
    expect(
      (
        await service.refused(
          'verifyReset',
          { body: { flowId: 'flw_x', code: '1' } },
          'rate-limited',
        )
      ).status,
    ).toBe(429);
  });
});
