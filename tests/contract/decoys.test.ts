import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { endpointOf } from '../../src/shared/api/endpoints.ts';
import type { EndpointName } from '../../src/shared/api/endpoints.ts';
import { DEVICE, NEW_PASSWORD, PASSWORD, startTested, TERMS } from './support/service.ts';
import type { Tested } from './support/service.ts';

type Names = { start: EndpointName; resend: EndpointName; verify: EndpointName };
type Flow = Names & { body: (email: string) => object };

const FLOWS: Flow[] = [
  {
    start: 'register',
    resend: 'resendCode',
    verify: 'verifyAccount',
    body: (email) => ({ email, password: PASSWORD, terms: TERMS }),
  },
  {
    start: 'startReset',
    resend: 'resendReset',
    verify: 'verifyReset',
    body: (email) => ({ email }),
  },
  {
    start: 'startEmailChange',
    resend: 'resendEmailChange',
    verify: 'verifyEmailChange',
    body: (newEmail) => ({ newEmail, password: PASSWORD }),
  },
];

/** All that can be seen of an answer but what is new in each: ids and times by their length. */
async function seen(
  service: Tested,
  token: string,
  name: EndpointName,
  body: object,
): Promise<{ flowId: string; shape: { status: number; kept: [string, string][]; told: object } }> {
  const { method, path } = endpointOf(name);
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
    'idempotency-key': randomUUID(),
  };
  const response = await fetch(service.url + path, { method, headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as { flowId?: string };
  const { flowId = '' } = answer;
  const told = { ...answer, flowId: flowId.length, instance: null };
  const kept = [...response.headers].filter(([header]) => header !== 'x-request-id');
  return { flowId, shape: { status: response.status, kept, told } };
}

test.each(FLOWS)(
  'of $start, $resend and $verify: an address with an account and one without cannot be told apart until the flow is closed',
  async ({ start, resend, verify, body }) => {
    const service = await startTested();
    const { accessToken: token } = await service.signUp('asking@station.example');
    await service.signUp('ada@station.example');
    const walk = async (email: string) => {
      const begun = await seen(service, token, start, body(email));
      const shapes = [begun.shape];
      for (let round = 0; round < 4; round += 1) {
        for (let attempt = 0; attempt < 6; attempt += 1)
          shapes.push(
            (await seen(service, token, verify, { flowId: begun.flowId, code: 'abcdef' })).shape,
          );
        shapes.push((await seen(service, token, resend, { flowId: begun.flowId })).shape);
      }
      return shapes;
    };
    const known = await walk('ada@station.example');
    expect(known).toEqual(await walk('bob@station.example'));
    expect(new Set(known.map(({ status }) => status))).toEqual(new Set([202, 400, 410]));
  },
);

test.each(FLOWS)(
  'of $start, $resend and $verify: one a stranger has opened goes on when the account begins or its password changes, and its code is of no use',
  async ({ start, resend, verify, body }) => {
    const service = await startTested();
    const from = '127.0.1.1';
    const { accessToken: token } = await service.signUp('asking@station.example');
    const { accessToken } = await service.signUp('ada@station.example', {}, from);
    const open = async (email: string) => (await seen(service, token, start, body(email))).flowId;
    const flows = {
      changed: await open('ada@station.example'),
      begun: await open('new@station.example'),
      none: await open('bob@station.example'),
    };
    await service.ask('changePassword', {
      from,
      token: accessToken,
      body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
    });
    const known =
      (await service.mails('new@station.example', start === 'startReset' ? 0 : 1))[0]?.code ??
      '000000';
    const { body: own } = await service.ask('register', {
      from,
      body: { email: 'new@station.example', password: PASSWORD, terms: TERMS },
    });
    const code = await service.code('new@station.example', start === 'startReset' ? 1 : 2);
    expect(
      (
        await service.ask('verifyAccount', {
          from,
          body: { flowId: own.flowId, code, device: DEVICE },
        })
      ).status,
    ).toBe(201);
    const after = async (flowId: string, typed: string) => [
      (await seen(service, token, verify, { flowId, code: typed })).shape,
      (await seen(service, token, resend, { flowId })).shape,
      (await seen(service, token, verify, { flowId, code: 'abcdef' })).shape,
    ];
    const none = await after(flows.none, 'abcdef');
    expect(none.map(({ status }) => status)).toEqual([400, 202, 400]);
    expect(await after(flows.changed, 'abcdef')).toEqual(none);
    expect(await after(flows.begun, known)).toEqual(none);
  },
);
