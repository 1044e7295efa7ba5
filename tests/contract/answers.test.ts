import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { endpointNames, endpointOf } from '../../src/shared/api/endpoints.ts';
import { DEVICE, startTested } from './support/service.ts';
import type { Tested } from './support/service.ts';

// What is sent comes back in answers about faults: never more of it than a person can read.

const LARGEST_ANSWER = 8 * 1024;
const LARGEST_BODY = 64 * 1024;

async function sent(
  service: Tested,
  path: string,
  method: string,
  type: string,
  body: string,
  token: string,
): Promise<{ status: number; text: string }> {
  const headers = {
    'content-type': type,
    'idempotency-key': randomUUID(),
    'if-match': '*',
    authorization: `Bearer ${token}`,
  };
  const response = await fetch(`${service.url}${path}`, { method, headers, body });
  return { status: response.status, text: await response.text() };
}

/** As many members as fit into a body. */
function members(name: (at: number) => string): string {
  const parts: string[] = [];
  for (let length = 2, at = 0; ; at += 1) {
    const part = `${JSON.stringify(name(at))}:1`;
    length += part.length + 1;
    if (length > LARGEST_BODY) return `{${parts.join(',')}}`;
    parts.push(part);
  }
}
const HOSTILE: [string, string][] = [
  ['thousands of unknown members', members((at) => at.toString(36))],
  ['an unknown member with a name of 64 kB', members(() => 'x'.repeat(65_000))],
  [
    'unknown members named with control characters',
    members((at) => `${at}${'\u0001'.repeat(100)}`),
  ],
  [
    'a list of thousands of wrong entries',
    `{"fileIds":[${Array.from({ length: 30_000 }, () => '1').join(',')}],"acknowledge":[${Array.from({ length: 1000 }, () => '1').join(',')}],"topics":[${Array.from({ length: 1000 }, () => '1').join(',')}]}`,
  ],
];
const deep = (open: string, close: string, room: number) =>
  open.repeat(room) + '1' + close.repeat(room);
const withBody = endpointNames.filter((name) => endpointOf(name).body !== undefined);

describe('an answer about faults', () => {
  test.each(HOSTILE)('is short for %s, at every endpoint', async (_, body) => {
    expect(body.length).toBeLessThanOrEqual(LARGEST_BODY);
    const service = await startTested();
    const {
      body: { accessToken: token },
    } = await service.ask('signIn', { body: { ...service.demoAccount, device: DEVICE } });
    for (const name of withBody) {
      const { method, path, bodyType = 'application/json' } = endpointOf(name);
      const { status, text } = await sent(
        service,
        path.replaceAll(/\{\w+\}/g, 'x'),
        method,
        bodyType,
        body,
        token,
      );
      expect({ name, status }).toEqual({ name, status: 422 });
      expect(text.length, name).toBeLessThanOrEqual(LARGEST_ANSWER);
    }
  });

  test('names the first faults in full', async () => {
    const service = await startTested();
    const { errors = [] } = await service.refused(
      'startReset',
      {
        body: Object.fromEntries(
          ['email', 'a', 'b', ...Array.from({ length: 100 }, (_, at) => `member-${at}`)].map(
            (name) => [name, 1],
          ),
        ),
      },
      'validation-failed',
    );
    expect(errors.slice(0, 3)).toEqual([
      { field: 'email', code: 'invalid' },
      { field: 'a', code: 'unknown-member' },
      { field: 'b', code: 'unknown-member' },
    ]);
  });

  test('is short for a query of thousands of unknown parameters', async () => {
    const service = await startTested();
    const query = Array.from({ length: 2000 }, (_, at) => `${at.toString(36)}=1`).join('&');
    const response = await fetch(`${service.url}/v1/catalogue/assets?${query}`);
    expect(response.status).toBe(422);
    expect((await response.text()).length).toBeLessThanOrEqual(LARGEST_ANSWER);
  });
});

describe('a body nested as deep as it may be long', () => {
  test('is refused at every member of every endpoint, and never a fault of the service', async () => {
    const service = await startTested();
    const {
      body: { accessToken: token },
    } = await service.ask('signIn', { body: { ...service.demoAccount, device: DEVICE } });
    for (const name of withBody) {
      const { method, path, bodyType = 'application/json', body } = endpointOf(name);
      const shape =
        body !== undefined && 'shape' in body && typeof body.shape === 'object'
          ? Object.keys(body.shape ?? {})
          : [];
      const values = [deep('[', ']', 30_000), deep('{"a":', '}', 10_000)];
      const bodies = values.flatMap((value) => [
        value,
        ...['unheardOf', ...shape].map((member) => `{${JSON.stringify(member)}:${value}}`),
      ]);
      for (const one of bodies) {
        const { status } = await sent(
          service,
          path.replaceAll(/\{\w+\}/g, 'x'),
          method,
          bodyType,
          one,
          token,
        );
        expect({ name, status }).toEqual({ name, status: 422 });
      }
    }
  });
});
