import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { COMMON_PROBLEMS } from '../../../src/shared/api/endpoint.ts';
import type { Endpoint } from '../../../src/shared/api/endpoint.ts';
import { endpointNames, endpointOf } from '../../../src/shared/api/endpoints.ts';
import type { EndpointName } from '../../../src/shared/api/endpoints.ts';
import { problem, problemName } from '../../../src/shared/api/problem.ts';
import type { ProblemName } from '../../../src/shared/api/problem.ts';
import { asText, valuesFor } from '../../support/service/json-schema-arbitrary.ts';
import { randomOf, seed } from '../../support/seed.ts';
import { DEVICE, NEW_PASSWORD, PASSWORD, TERMS } from './service.ts';
import type { Tested } from './service.ts';

/** What an earlier answer told, so that later requests speak of things that are there. */
class Known {
  readonly #pools = new Map<string, string[]>();

  add(name: string, ...values: string[]): void {
    this.#pools.set(name, [...(this.#pools.get(name) ?? []), ...values].slice(-20));
  }

  pick(name: string, at: number): string | undefined {
    const pool = this.#pools.get(name) ?? [];
    return pool[at % Math.max(1, pool.length)];
  }

  /** Takes note of every member of an answer that a request can name. */
  learn(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'string' && name.length < 40)
        this.add(name === 'nextCursor' ? 'cursor' : name, member);
      this.learn(member);
    }
  }
}

const ALIASES: Record<string, string[]> = {
  since: ['cursor'],
  fileIds: ['fileId'],
  mediaIds: ['mediaId'],
  acknowledge: ['id'],
  token: ['unsubscribeToken'],
  email: ['email'],
  id: ['id', 'packageId', 'downloadId', 'sessionId'],
};
const SECRETS = [PASSWORD, NEW_PASSWORD, 'short', 'alllowercase-1234'];

/** Puts what is known in place of what was made up, in two of three cases. */
function filled(value: unknown, known: Known, random: () => number, name = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(one, known, random, name));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, filled(member, known, random, key)]),
    );
  // The fixture has first revisions only.
  if (name === 'rev') return random() < 0.8 ? 1 : value;
  if (typeof value !== 'string' || random() < 0.33) return value;
  if (/password/iu.test(name)) return SECRETS[Math.floor(random() * SECRETS.length)];
  if (name === 'version') return TERMS.version;
  const names = ALIASES[name] ?? [name];
  return (
    known.pick(names[Math.floor(random() * names.length)] ?? name, Math.floor(random() * 1000)) ??
    value
  );
}

type Made = { params: unknown; query: unknown; body: unknown };
function madeFor({ params, query, body }: Endpoint, count: number, seed: number): Made[] {
  return fc.sample(
    fc.record({ params: valuesFor(params), query: valuesFor(query), body: valuesFor(body) }),
    { numRuns: count, seed },
  );
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

type Sent = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
};

/** Headers as careless or hostile clients send them; mostly as good ones do. */
function headersFor(
  endpoint: Endpoint,
  token: string | undefined,
  random: () => number,
): Record<string, string> {
  const good = random() < 0.85;
  return {
    ...(endpoint.body
      ? {
          'content-type': good
            ? (endpoint.bodyType ?? 'application/json')
            : ([
                'text/plain',
                'application/xml',
                'application/json; charset=utf-16',
                'multipart/form-data',
              ][Math.floor(random() * 4)] ?? ''),
        }
      : {}),
    ...(endpoint.idempotencyKey && random() < 0.95
      ? { 'idempotency-key': good ? randomUUID() : 'not-a-uuid' }
      : {}),
    ...(endpoint.auth !== 'none' && random() < 0.9
      ? {
          authorization:
            random() < 0.92
              ? `Bearer ${token ?? ''}`
              : (['Basic abc', 'Bearer', 'Bearer x.y.z', `Bearer ${'a'.repeat(4000)}`][
                  Math.floor(random() * 4)
                ] ?? ''),
        }
      : {}),
    ...(endpoint.method === 'PATCH' ? { 'if-match': random() < 0.5 ? '*' : '"other"' } : {}),
    ...(endpoint.etag && random() < 0.1
      ? { 'if-none-match': random() < 0.5 ? '*' : 'W/"x", "y' }
      : {}),
    ...(random() < 0.2
      ? {
          'accept-language':
            ['fr', 'de-CH;q=0.9, fr;q=0.8', '*;q=x', ';;;'][Math.floor(random() * 4)] ?? '',
        }
      : {}),
    ...(random() < 0.1
      ? {
          accept:
            ['application/metalink4+xml', 'application/ninjs+json', 'text/html', '*/*;q=0'][
              Math.floor(random() * 4)
            ] ?? '',
        }
      : {}),
    ...(random() < 0.1 ? { 'x-request-id': random() < 0.5 ? randomUUID() : 'x y' } : {}),
  };
}

function bodyText(body: unknown, random: () => number): string | undefined {
  if (body === undefined) return undefined;
  const text = JSON.stringify(body) ?? '';
  const bend = random();
  if (bend < 0.02) return text.slice(0, -1);
  if (bend < 0.03) return `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  if (bend < 0.04) return `{"a":"${'x'.repeat(70_000)}"}`;
  if (bend < 0.05) return `${text.slice(0, -1)},"__proto__":{"isAdmin":true}}`;
  return text;
}

function requestOf(
  endpoint: Endpoint,
  made: Made,
  known: Known,
  random: () => number,
  token: string | undefined,
): Sent {
  const params = Object.fromEntries(entriesOf(filled(made.params, known, random)));
  const path = endpoint.path.replaceAll(/\{(\w+)\}/gu, (_, name: string) =>
    // `.` and `..` never arrive: a URL drops them, and what is left is another path.
    encodeURIComponent(asText(params[name]).toWellFormed()).replace(/^\.{1,2}$/u, '$&~'),
  );
  const query = new URLSearchParams(
    entriesOf(filled(made.query, known, random)).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, asText(one)]),
    ),
  );
  return {
    method: endpoint.method,
    path: query.size > 0 ? `${path}?${query.toString()}` : path,
    headers: headersFor(endpoint, token, random),
    body:
      endpoint.body && endpoint.method !== 'GET'
        ? bodyText(filled(made.body, known, random), random)
        : undefined,
  };
}

const SIGNED_IN: readonly ProblemName[] = ['invalid-token', 'account-suspended'];
const KEYED: readonly ProblemName[] = ['idempotency-key-reused', 'idempotency-in-progress'];

/** What the declaration says may come back; null when it is that. */
function faultOf(endpoint: Endpoint, { status, headers }: Response, text: string): string | null {
  if (headers.get('x-request-id') === null) return 'no request id';
  if (status === 304) return endpoint.etag ? null : 'an undeclared 304';
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('application/problem+json')) {
    const parsed = problem.safeParse(JSON.parse(text));
    if (!parsed.success || parsed.data.status !== status) return 'no proper problem';
    const name = problemName(parsed.data.type);
    const declared: readonly (string | null)[] = [
      ...(endpoint.problems ?? []),
      ...COMMON_PROBLEMS,
      ...(endpoint.auth === 'none' ? [] : SIGNED_IN),
      ...(endpoint.idempotencyKey ? KEYED : []),
    ];
    if (status >= 500) return 'a fault of the service';
    return declared.includes(name) ? null : `the undeclared problem ${name}`;
  }
  const declared = endpoint.answers[status];
  if (declared === undefined) return `the undeclared status ${status}`;
  if (declared === null) return text === '' ? null : 'a body where there should be none';
  if (type.startsWith('application/metalink4+xml') || type.startsWith('application/ninjs+json'))
    return null;
  const body: unknown = JSON.parse(text);
  const parsed = declared.safeParse(body);
  if (!parsed.success) return `a body of another shape: ${parsed.error.message}`;
  return JSON.stringify(parsed.data) === JSON.stringify(body) || isSame(parsed.data, body)
    ? null
    : 'members nobody declared';
}

function isSame(left: unknown, right: unknown): boolean {
  try {
    expect(left).toEqual(right);
    return true;
  } catch {
    return false;
  }
}

export type Tally = {
  requests: number;
  byStatus: Map<number, number>;
  answered: Set<EndpointName>;
};

/**
 * Sends so many requests, made of the endpoints' own schemas, bent and filled with what earlier
 * answers told. Throws with the request and the seed at the first answer that the declaration does
 * not foresee.
 */
export async function sendGenerated(service: Tested, count: number): Promise<Tally> {
  const random = randomOf(0);
  const known = new Known();
  const each = Math.ceil(count / endpointNames.length);
  const made = new Map(
    endpointNames.map((name, at) => [name, madeFor(endpointOf(name), each, seed + at)]),
  );
  const tally: Tally = { requests: 0, byStatus: new Map(), answered: new Set() };
  let token: string | undefined;
  let accounts = 0;
  const signUp = async () => {
    const email = `desk${accounts++}@news.example`;
    const session = await service.signUp(email);
    known.add('email', email);
    known.learn({ ...session, device: DEVICE });
    token = session.accessToken;
  };
  await signUp();
  for (let round = 0; round < each; round++) {
    for (const name of endpointNames.toSorted(() => random() - 0.5)) {
      const endpoint = endpointOf(name);
      const one = made.get(name)?.[round];
      if (!one) continue;
      const sent = requestOf(endpoint, one, known, random, token);
      const response = await fetch(service.url + sent.path, {
        method: sent.method,
        headers: sent.headers,
        ...(sent.body === undefined ? {} : { body: sent.body }),
      });
      const text = await response.text();
      tally.requests++;
      tally.byStatus.set(response.status, (tally.byStatus.get(response.status) ?? 0) + 1);
      const fault = faultOf(endpoint, response, text);
      if (fault !== null)
        throw new Error(
          `SEED=${seed}, ${name}: ${fault}\n${JSON.stringify(sent).slice(0, 2000)}\n${response.status} ${text.slice(0, 2000)}`,
        );
      if (response.ok) tally.answered.add(name);
      if (response.ok && text.startsWith('{')) known.learn(JSON.parse(text));
      if (response.status === 202)
        known.learn(await (await fetch(`${service.mailboxUrl}/messages`)).json());
      // A request may have ended the session that the others need.
      if (
        response.status === 401 ||
        (response.ok &&
          ['deleteAccount', 'logout', 'revokeSession', 'refresh', 'completeReset'].includes(name))
      )
        await signUp();
    }
  }
  return tally;
}
