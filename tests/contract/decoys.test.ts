import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { endpointOf } from '../../src/shared/api/endpoints.ts';
import type { EndpointName } from '../../src/shared/api/endpoints.ts';
import { PASSWORD, startTested, TERMS } from './support/service.ts';
import type { Tested } from './support/service.ts';

type Names = { start: EndpointName; resend: EndpointName; verify: EndpointName };
type Flow = Names & { body: (email: string) => object };

const FLOWS: Flow[] = [
  { start: 'register', resend: 'resendCode', verify: 'verifyAccount', body: (email) => ({ email, password: PASSWORD, terms: TERMS }) },
  { start: 'startReset', resend: 'resendReset', verify: 'verifyReset', body: (email) => ({ email }) },
  { start: 'startEmailChange', resend: 'resendEmailChange', verify: 'verifyEmailChange', body: (newEmail) => ({ newEmail, password: PASSWORD }) },
];

/** All that can be seen of an answer but what is new in each: ids and times by their length. */
async function seen(service: Tested, token: string, name: EndpointName, body: object): Promise<{ flowId: string; shape: { status: number; kept: [string, string][]; told: object } }> {
  const { method, path } = endpointOf(name);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() };
  const response = await fetch(service.url + path, { method, headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as { flowId?: string };
  const { flowId = '' } = answer;
  const told = { ...answer, flowId: flowId.length, instance: null };
  const kept = [...response.headers].filter(([header]) => header !== 'x-request-id');
  return { flowId, shape: { status: response.status, kept, told } };
}

test.each(FLOWS)('of $start, $resend and $verify: an address with an account and one without cannot be told apart until the flow is closed', async ({ start, resend, verify, body }) => {
  const service = await startTested();
  const { accessToken: token } = await service.signUp('asking@station.example');
  await service.signUp('ada@station.example');
  const walk = async (email: string) => {
    const begun = await seen(service, token, start, body(email));
    const shapes = [begun.shape];
    for (let round = 0; round < 4; round += 1) {
      for (let attempt = 0; attempt < 6; attempt += 1) shapes.push((await seen(service, token, verify, { flowId: begun.flowId, code: 'abcdef' })).shape);
      shapes.push((await seen(service, token, resend, { flowId: begun.flowId })).shape);
    }
    return shapes;
  };
  const known = await walk('ada@station.example');
  expect(known).toEqual(await walk('bob@station.example'));
  expect(new Set(known.map(({ status }) => status))).toEqual(new Set([202, 400, 410]));
});
