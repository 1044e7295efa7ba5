import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';
import type * as z from 'zod';
import { endpointOf } from '../../../src/shared/api/endpoints.ts';
import type { EndpointName, endpoints } from '../../../src/shared/api/endpoints.ts';
import type { Schema } from '../../../src/shared/api/endpoint.ts';
import { COMMON_PROBLEMS, problemsOf } from '../../../src/shared/api/endpoint.ts';
import { problem, problemName } from '../../../src/shared/api/problem.ts';
import type { Problem, ProblemName } from '../../../src/shared/api/problem.ts';
import type { Session } from '../../../src/shared/api/sessions.ts';
import type { AdvancingClock } from '../../../src/service/clock.ts';
import { startService } from '../../../src/service/index.ts';
import type { RunningService, ServiceOptions } from '../../../src/service/index.ts';
import type { MailboxMessage } from '../../../src/service/mail/mailbox.ts';
import { CHEAP } from '../../support/service/demo.ts';
import { fixtureContent } from './fixture.ts';

export const PASSWORD = 'Correct-Horse-7';
export const NEW_PASSWORD = 'Battery-Staple-8';
export const DEVICE = { name: 'Test desk', platform: 'linux', appVersion: '1.0.0' };
export const TERMS = { version: '2026-01' };

/** A clock that only a test moves. */
export function standingClock(at = Date.parse('2026-03-01T12:00:00Z')): AdvancingClock {
  let now = at;
  return { now: () => now, advance: (byMs) => void (now += byMs) };
}

type Body<N extends EndpointName> =
  (typeof endpoints)[N]['answers'] extends Readonly<Record<number, infer A>>
    ? A extends Schema
      ? z.output<A>
      : never
    : never;
export type Asked = {
  body?: unknown;
  params?: Record<string, string>;
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  token?: string | undefined;
  key?: string;
  /** An address of this machine to connect from. */ from?: string;
};
export type Answered<N extends EndpointName> = {
  status: number;
  body: Body<N>;
  headers: Headers;
  text: string;
};

export type Tested = RunningService & {
  clock: AdvancingClock;
  /**
   * Asks, and checks the answer against the declaration: its status, its body down to members
   * nobody declared.
   */
  ask<N extends EndpointName>(name: N, asked?: Asked): Promise<Answered<N>>;
  /** Asks and expects this problem. */
  refused(
    name: EndpointName,
    asked: Asked,
    problem: ProblemName,
  ): Promise<Problem & { headers: Headers }>;
  mails(to: string, count: number): Promise<MailboxMessage[]>;
  code(to: string, count: number): Promise<string>;
  register(email: string): Promise<{ flowId: string; code: string }>;
  signUp(email: string, change?: object, from?: string): Promise<Session>;
};

function urlOf(base: string, name: EndpointName, { params = {}, query = {} }: Asked): string {
  const path = endpointOf(name).path.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(params[key] ?? ''),
  );
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) =>
      [value].flat().map((one): [string, string] => [key, one]),
    ),
  );
  return `${base}${path}${search.size > 0 ? `?${search.toString()}` : ''}`;
}

/** As fetch, from another address of this machine. */
async function fetchFrom(
  from: string,
  url: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body?: string },
): Promise<Response> {
  const request = http.request(url, { method, headers, localAddress: from, agent: false });
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const answered = await text(answer);
  const fields = Object.entries(answer.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return new Response(answered === '' ? null : answered, {
    status: answer.statusCode ?? 0,
    headers: fields,
  });
}

async function send(
  base: string,
  name: EndpointName,
  asked: Asked,
): Promise<{ response: Response; text: string }> {
  const { method, idempotencyKey, bodyType = 'application/json' } = endpointOf(name);
  const headers = {
    ...(asked.body === undefined ? {} : { 'content-type': bodyType }),
    ...(idempotencyKey ? { 'idempotency-key': asked.key ?? randomUUID() } : {}),
    ...(asked.token === undefined ? {} : { authorization: `Bearer ${asked.token}` }),
    ...asked.headers,
  };
  const init = {
    method,
    headers,
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
  };
  const response = await (asked.from === undefined
    ? fetch(urlOf(base, name, asked), init)
    : fetchFrom(asked.from, urlOf(base, name, asked), init));
  return { response, text: await response.text() };
}

function checked(name: EndpointName, status: number, text: string): unknown {
  const declared = endpointOf(name).answers[status];
  expect(declared, `${name} answered ${status}: ${text}`).not.toBeUndefined();
  if (declared === null || declared === undefined) {
    expect(text).toBe('');
    return null;
  }
  const body: unknown = JSON.parse(text);
  expect(declared.parse(body), `${name} has members nobody declared`).toEqual(body);
  return body;
}

async function refusedWith(
  base: string,
  name: EndpointName,
  asked: Asked,
  wanted: ProblemName,
): Promise<Problem & { headers: Headers }> {
  const { response, text } = await send(base, name, asked);
  expect(response.headers.get('content-type'), text).toMatch(/^application\/problem\+json/);
  const raw: unknown = JSON.parse(text);
  const body = problem.parse(raw);
  expect(body).toEqual(raw);
  expect(problemName(body.type), text).toBe(wanted);
  expect(body.status).toBe(response.status);
  expect(body.instance).toBe(`urn:uuid:${response.headers.get('x-request-id')}`);
  const { auth } = endpointOf(name);
  expect([
    ...problemsOf(endpointOf(name)),
    ...COMMON_PROBLEMS,
    ...(auth === 'none' ? [] : ['invalid-token', 'account-suspended']),
    'idempotency-key-reused',
    'idempotency-in-progress',
  ]).toContain(wanted);
  return { ...body, headers: response.headers };
}

async function readMails(service: RunningService, to: string): Promise<MailboxMessage[]> {
  const response = await fetch(`${service.mailboxUrl}/messages?to=${encodeURIComponent(to)}`);
  return ((await response.json()) as { messages: MailboxMessage[] }).messages;
}

async function mailsFor(
  service: RunningService,
  to: string,
  count: number,
): Promise<MailboxMessage[]> {
  // The mailbox has no push; a letter leaves right after the answer.
  await expect.poll(() => readMails(service, to), { interval: 5 }).toHaveLength(count);
  return readMails(service, to);
}

/**
 * A service of the test's own: fixture content, a standing clock, cheap hashes, no rate limits
 * unless asked for.
 */
export async function startTested(options: ServiceOptions = {}): Promise<Tested> {
  const clock = options.clock ?? standingClock();
  const service = await startService({
    content: fixtureContent(),
    limits: 'relaxed',
    testControls: true,
    scryptCost: CHEAP,
    mailBatchMs: 0,
    clock,
    ...options,
  });
  onTestFinished(() => service.close());
  const tested: Tested = {
    ...service,
    clock,
    async ask(name, asked = {}) {
      const { response, text } = await send(service.url, name, asked);
      const isPlain =
        response.status !== 304 &&
        !(response.headers.get('content-type') ?? '').startsWith('application/metalink');
      return {
        status: response.status,
        body: (isPlain ? checked(name, response.status, text) : null) as never,
        headers: response.headers,
        text,
      };
    },
    refused: (name, asked, wanted) => refusedWith(service.url, name, asked, wanted),
    mails: (to, count) => mailsFor(service, to, count),
    async code(to, count) {
      const [newest] = await mailsFor(service, to, count);
      return newest?.code ?? expect.fail('The letter has no code');
    },
    async register(email) {
      const codes = async () =>
        (await readMails(service, email)).filter(({ code }) => code !== null);
      const before = (await codes()).length;
      const { body } = await tested.ask('register', {
        body: { email, password: PASSWORD, terms: TERMS },
      });
      await expect.poll(codes, { interval: 5 }).toHaveLength(before + 1);
      return { flowId: body.flowId, code: (await codes())[0]?.code ?? '' };
    },
    async signUp(email, change = {}, from = '127.0.0.1') {
      const { body } = await tested.ask('register', {
        from,
        body: { email, password: PASSWORD, terms: TERMS, ...change },
      });
      const proved = await tested.ask('verifyAccount', {
        from,
        body: { flowId: body.flowId, code: await tested.code(email, 1), device: DEVICE },
      });
      return proved.body.session;
    },
  };
  return tested;
}

/** The wrong code nearest to a right one. */
export const wrong = (code: string): string => (code === '000000' ? '000001' : '000000');
