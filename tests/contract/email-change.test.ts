import { expect, test } from 'vitest';
import { DEVICE, PASSWORD, TERMS, startTested, wrong } from './support/service.ts';

const OLD = 'desk@news.example';
const NEW = 'new-desk@news.example';

test('the code from the new address moves the account; the old one is told and can do nothing any more', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(OLD);
  const reset = await service.ask('startReset', { body: { email: OLD } });
  const resetCode = await service.code(OLD, 2);
  const { status, body } = await service.ask('startEmailChange', {
    token,
    body: { newEmail: NEW, password: PASSWORD },
  });
  expect(status).toBe(202);
  const changed = await service.ask('verifyEmailChange', {
    token,
    body: { flowId: body.flowId, code: await service.code(NEW, 1) },
  });
  expect(changed.body).toMatchObject({ email: NEW, notices: [{ code: 'email-changed' }] });
  expect((await service.mails(OLD, 3))[0]).toMatchObject({
    subject: 'Your Multimedia email address was changed',
    code: null,
  });
  await service.refused(
    'verifyReset',
    { body: { flowId: reset.body.flowId, code: resetCode } },
    'flow-closed',
  );
  await service.refused(
    'signIn',
    { body: { email: OLD, password: PASSWORD, device: DEVICE } },
    'invalid-credentials',
  );
  expect(
    (await service.ask('signIn', { body: { email: NEW, password: PASSWORD, device: DEVICE } })).body
      .account.email,
  ).toBe(NEW);
  // The old address is free again.
  await service.register(OLD);
});

test('without the password, with the address it has, or with a wrong code nothing changes', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(OLD);
  await service.refused(
    'startEmailChange',
    { token, body: { newEmail: NEW, password: 'Wrong-Horse-77' } },
    'invalid-credentials',
  );
  expect(
    (
      await service.refused(
        'startEmailChange',
        { token, body: { newEmail: ` ${OLD.toUpperCase()}`, password: PASSWORD } },
        'validation-failed',
      )
    ).errors,
  ).toEqual([{ field: 'newEmail', code: 'same-as-current' }]);
  const {
    body: { flowId },
  } = await service.ask('startEmailChange', { token, body: { newEmail: NEW, password: PASSWORD } });
  const code = await service.code(NEW, 1);
  expect(
    (
      await service.refused(
        'verifyEmailChange',
        { token, body: { flowId, code: wrong(code) } },
        'code-invalid',
      )
    ).attemptsLeft,
  ).toBe(4);
  const resent = await service.ask('resendEmailChange', { token, body: { flowId } });
  expect(resent.body.resendsLeft).toBe(4);
  await service.code(NEW, 2);
  await service.refused('verifyEmailChange', { token, body: { flowId, code } }, 'code-invalid');
  expect((await service.ask('getAccount', { token })).body.email).toBe(OLD);
});

test('a flow works for its account and its purpose only', async () => {
  const service = await startTested();
  const { accessToken: mine } = await service.signUp(OLD);
  const { accessToken: others } = await service.signUp('other@news.example');
  const {
    body: { flowId },
  } = await service.ask('startEmailChange', {
    token: mine,
    body: { newEmail: NEW, password: PASSWORD },
  });
  const code = await service.code(NEW, 1);
  await service.refused(
    'verifyEmailChange',
    { token: others, body: { flowId, code } },
    'flow-closed',
  );
  await service.refused('resendEmailChange', { token: others, body: { flowId } }, 'flow-closed');
  await service.refused('verifyAccount', { body: { flowId, code, device: DEVICE } }, 'flow-closed');
  await service.refused('verifyReset', { body: { flowId, code } }, 'flow-closed');
  const registration = await service.register('third@news.example');
  await service.refused(
    'verifyEmailChange',
    { token: mine, body: { flowId: registration.flowId, code: registration.code } },
    'flow-closed',
  );
  expect((await service.ask('getAccount', { token: mine })).body.email).toBe(OLD);
});

test('somebody else’s address looks like a free one, is told, and stays theirs', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(OLD);
  await service.signUp('other@news.example');
  const free = await service.ask('startEmailChange', {
    token,
    body: { newEmail: NEW, password: PASSWORD },
  });
  const taken = await service.ask('startEmailChange', {
    token,
    body: { newEmail: 'other@news.example', password: PASSWORD },
  });
  expect(Object.keys(taken.body)).toEqual(Object.keys(free.body));
  expect(taken.text.length).toBe(free.text.length);
  expect((await service.mails('other@news.example', 2))[0]).toMatchObject({ code: null });
  for (let left = 4; left >= 0; left--) {
    expect(
      (
        await service.refused(
          'verifyEmailChange',
          { token, body: { flowId: taken.body.flowId, code: '123456' } },
          'code-invalid',
        )
      ).attemptsLeft,
    ).toBe(left);
  }
});

test('who proves an address first has it: later codes for it are of no use', async () => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp(OLD);
  const registration = await service.register(NEW);
  const { accessToken: second } = await service.signUp('other@news.example');
  const one = await service.ask('startEmailChange', {
    token,
    body: { newEmail: NEW, password: PASSWORD },
  });
  const oneCode = await service.code(NEW, 2);
  const two = await service.ask('startEmailChange', {
    token: second,
    body: { newEmail: NEW, password: PASSWORD },
  });
  const twoCode = await service.code(NEW, 3);
  await service.ask('verifyEmailChange', {
    token,
    body: { flowId: one.body.flowId, code: oneCode },
  });
  await service.refused(
    'verifyEmailChange',
    { token: second, body: { flowId: two.body.flowId, code: twoCode } },
    'flow-closed',
  );
  await service.refused(
    'verifyAccount',
    { body: { flowId: registration.flowId, code: registration.code, device: DEVICE } },
    'flow-closed',
  );
  await service.ask('register', { body: { email: NEW, password: PASSWORD, terms: TERMS } });
  expect((await service.mails(NEW, 4))[0]).toMatchObject({
    subject: 'You already have a Multimedia account',
  });
});
