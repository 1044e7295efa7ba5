import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { Got, OptionsInit, Response } from 'got';
import { AppError } from '../../../shared/errors.ts';
import { isLoopbackHost } from '../../../shared/model/url.ts';
import { errorFromTransport, errorFromAnswer, parseJson, VerificationRequired } from './errors.ts';
import type * as z from 'zod';
import {
  account,
  accountExport,
  erasure,
  newsletter,
  type Account,
} from '../../../shared/api/account.ts';
import { codeResent, codeSent, resetGrant } from '../../../shared/api/flows.ts';
import { meta } from '../../../shared/api/meta.ts';
import {
  revoked,
  session,
  sessionList,
  tokenPair,
  verified,
} from '../../../shared/api/sessions.ts';
import type { AccountApi, TaggedAccount } from '../../account/ports.ts';

type Answer = { status: number; headers: http.IncomingHttpHeaders; body: Buffer };
type StreamedAnswer = { status: number; headers: Record<string, string>; body: Readable };

/**
 * Requests to one service and to where its public bytes are. Throws `AppError` only; follows no
 * redirects.
 */
type Transport = {
  /** The whole answer, whatever its status. */
  send(url: string, options: OptionsInit): Promise<Answer>;
  /** As it comes; the caller's Range is passed through. */
  stream(url: string, range: string | null): Promise<StreamedAnswer>;
  /** Requests under way and later ones end as `offline`. */
  close(): void;
};

/**
 * The largest answers are a page of 500 changes and a picture of an article; what is larger is not
 * read to its end.
 */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** A preview whose source does not answer for this long is given up. */
const ANSWER_MS = 30_000;

/**
 * Proxies from HTTPS_PROXY, HTTP_PROXY and NO_PROXY (Node's own reading of them); loopback never
 * goes through one.
 */
function agents(origin: string): { http: http.Agent; https: https.Agent } {
  const proxyEnv = isLoopbackHost(new URL(origin).hostname) ? {} : { proxyEnv: process.env };
  return {
    http: new http.Agent({ keepAlive: true, ...proxyEnv }),
    https: new https.Agent({ keepAlive: true, ...proxyEnv }),
  };
}

/** @param onUnreachable told when no answer came. */
export function createTransport(
  origin: string,
  version: string,
  onUnreachable: () => void,
): Transport {
  const agent = agents(origin);
  let client: Promise<Got> | null = null;
  // With the first request: a command that needs no service need not wait for its client, nor hold
  // it in memory.
  const clientOf = (): Promise<Got> =>
    (client ??= import('got').then(({ default: got }) =>
      got.extend({
        agent,
        throwHttpErrors: false,
        followRedirect: false,
        retry: { limit: 1, methods: ['GET'] },
        timeout: { lookup: 5000, connect: 8000, response: 30_000, request: 60_000 },
        headers: { 'user-agent': `MultimediaDesk/${version}` },
        responseType: 'buffer',
        decompress: true,
      }),
    ));
  const closed = new AbortController();

  /** Counted after unpacking: a small answer that unpacks to a large one is stopped as well. */
  async function read(
    url: string,
    { signal, ...options }: OptionsInit,
  ): Promise<Response<Uint8Array>> {
    const tooLarge = new AbortController();
    const request = (await clientOf())(url, {
      ...options,
      signal: AbortSignal.any([closed.signal, tooLarge.signal, ...(signal ? [signal] : [])]),
    });
    void request.on('downloadProgress', ({ transferred, total }) => {
      if (Math.max(transferred, total ?? 0) > MAX_ANSWER_BYTES) tooLarge.abort();
    });
    try {
      return (await request) as Response<Uint8Array>;
    } catch (thrown) {
      if (closed.signal.aborted)
        throw new AppError('offline', 'The service is no longer in use', {
          retryable: true,
          cause: thrown,
        });
      if (tooLarge.signal.aborted)
        throw new AppError('service-error', 'The answer of the service is too large', {
          cause: thrown,
        });
      throw thrown;
    }
  }

  return {
    async send(url, options) {
      try {
        const { statusCode, headers, rawBody } = await read(url, options);
        return { status: statusCode, headers, body: Buffer.from(rawBody) };
      } catch (thrown) {
        const error = errorFromTransport(thrown);
        if (
          !closed.signal.aborted &&
          ['offline', 'service-unreachable', 'timeout'].includes(error.code)
        )
          onUnreachable();
        throw error;
      }
    },
    stream: (address, range) => openStream(new URL(address), range, agent),
    close() {
      // Nothing that is under way or still comes holds up the end of the program.
      closed.abort();
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

function openStream(
  url: URL,
  range: string | null,
  agent: { http: http.Agent; https: https.Agent },
): Promise<StreamedAnswer> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).get(
      url,
      { agent: secure ? agent.https : agent.http, headers: range === null ? {} : { range } },
      (response) => {
        // From here on a pause is the viewer's, not the source's.
        request.setTimeout(0);
        const headers = Object.fromEntries(
          ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag'].flatMap(
            (name) => {
              const value = response.headers[name];
              return typeof value === 'string' ? [[name, value]] : [];
            },
          ),
        );
        resolve({ status: response.statusCode ?? 502, headers, body: response });
      },
    );
    request.setTimeout(ANSWER_MS, () => request.destroy(new Error('no answer')));
    // Also after the answer has begun, when there is nobody left to reject: the body's reader is
    // told by the body.
    request.on('error', () =>
      reject(
        new AppError('service-unreachable', 'The service cannot be reached', { retryable: true }),
      ),
    );
  });
}

export type Call<T> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under `/v1`, with its leading slash; ids in it already encoded. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** What a success carries; null where it carries nothing. */
  answer: z.ZodType<T> | null;
  token?: string;
  idempotencyKey?: string;
  /**
   * The edition that the change is based on (RFC 9110 section 13.1.1); the body is then a merge
   * patch (RFC 7396).
   */
  ifMatch?: string;
  accept?: string;
};

export type ServiceClient = {
  readonly origin: string;
  /** Throws `AppError` only. An answer outside its schema is `service-error`. */
  call<T>(call: Call<T>): Promise<T>;
  /** The same with the answer’s `ETag`; null where the service gives none. */
  tagged<T>(call: Call<T>): Promise<{ value: T; etag: string | null }>;
  /**
   * Bytes of a public address (`/media/…` or absolute): pictures and previews; no token goes with
   * it.
   */
  bytes(publicUrl: string, options?: { signal?: AbortSignal }): Promise<Buffer>;
  /** The same as a stream, with the caller's Range passed through. */
  stream(publicUrl: string, range: string | null): Promise<StreamedAnswer>;
  /** Calls under way and later ones end as `offline`. */
  close(): void;
};

type Options = {
  origin: string;
  language(): string;
  /** Called with the service's clock minus ours, ms, whenever it answered. */
  onSeen?(clockOffsetMs: number): void;
  onUnreachable?(): void;
  version: string;
};

function optionsOf(call: Call<unknown>, language: string): OptionsInit {
  const headers: Record<string, string> = {
    accept: call.accept ?? 'application/json',
    'accept-language': language,
  };
  if (call.token !== undefined) headers['authorization'] = `Bearer ${call.token}`;
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
  if (call.ifMatch !== undefined)
    Object.assign(headers, {
      'if-match': call.ifMatch,
      'content-type': 'application/merge-patch+json',
    });
  const searchParams = Object.fromEntries(
    Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined),
  );
  return {
    method: call.method,
    headers,
    searchParams,
    ...(call.body === undefined ? {} : { json: call.body }),
  };
}

/** The client of one service. `origin` is its address without `/v1`. */
export function createServiceClient({
  origin,
  language,
  onSeen,
  onUnreachable,
  version,
}: Options): ServiceClient {
  const transport = createTransport(origin, version, () => onUnreachable?.());
  const base = `${origin.replace(/\/+$/, '')}/v1`;

  /**
   * Only the service itself, in its own language, says that it is there and what time it is: not a
   * captive portal, not a store of pictures.
   */
  function seen(date: string | undefined): void {
    const serviceNow = Date.parse(date ?? '');
    // HTTP dates have whole seconds: half of one is the best guess.
    if (Number.isFinite(serviceNow)) onSeen?.(serviceNow + 500 - Date.now());
  }

  /** @throws `service-error` for an address that is less protected than the service itself. */
  function absolute(publicUrl: string): string {
    const url = new URL(publicUrl, `${origin}/`);
    const isPlain = url.protocol === 'http:' && new URL(origin).protocol === 'http:';
    if (url.protocol !== 'https:' && !isPlain)
      throw new AppError('service-error', 'The service named an address that is not https');
    return url.href;
  }

  async function tagged<T>(call: Call<T>): Promise<{ value: T; etag: string | null }> {
    const { status, headers, body } = await transport.send(
      base + call.path,
      optionsOf(call, language()),
    );
    const contentType = headers['content-type'] ?? '';
    const isService = contentType.includes('json') || status === 204;
    if (isService) seen(headers.date);
    if (status < 200 || status > 299)
      throw errorFromAnswer({ status, contentType, body, retryAfter: headers['retry-after'] });
    const etag = headers.etag ?? null;
    if (call.answer === null) return { value: undefined as never, etag };
    if (!isService) throw errorFromAnswer({ status, contentType, body, retryAfter: undefined });
    const parsed = call.answer.safeParse(parseJson(body));
    if (!parsed.success)
      throw new AppError(
        'service-error',
        `The answer to ${call.method} ${call.path} is not what the interface says (${parsed.error.issues[0]?.path.join('.') ?? ''})`,
      );
    return { value: parsed.data, etag };
  }

  return {
    origin,
    tagged,
    call: async (call) => (await tagged(call)).value,
    async bytes(publicUrl, { signal } = {}) {
      const { status, headers, body } = await transport.send(absolute(publicUrl), {
        method: 'GET',
        ...(signal ? { signal } : {}),
      });
      if (status !== 200)
        throw errorFromAnswer({
          status,
          contentType: headers['content-type'] ?? '',
          body,
          retryAfter: headers['retry-after'],
        });
      return body;
    },
    stream: async (publicUrl, range) => transport.stream(absolute(publicUrl), range),
    close: () => transport.close(),
  };
}

/** The account part of the service over HTTP. */
export function createAccountApi({ call, tagged }: ServiceClient): AccountApi {
  const edition = async (request: Omit<Call<Account>, 'answer'>): Promise<TaggedAccount> => {
    const { value, etag } = await tagged({ ...request, answer: account });
    return { account: value, edition: etag };
  };
  return {
    register: (body, idempotencyKey) =>
      call({ method: 'POST', path: '/accounts', body, idempotencyKey, answer: codeSent }),
    verify: async (flowId, code, device, idempotencyKey) =>
      (
        await call({
          method: 'POST',
          path: '/accounts/verify',
          body: { flowId, code, device },
          idempotencyKey,
          answer: verified,
        })
      ).session,
    resendCode: (flowId) =>
      call({ method: 'POST', path: '/accounts/resend-code', body: { flowId }, answer: codeResent }),
    startReset: (email) =>
      call({ method: 'POST', path: '/password-resets', body: { email }, answer: codeSent }),
    resendReset: (flowId) =>
      call({
        method: 'POST',
        path: '/password-resets/resend',
        body: { flowId },
        answer: codeResent,
      }),
    verifyReset: (flowId, code) =>
      call({
        method: 'POST',
        path: '/password-resets/verify',
        body: { flowId, code },
        answer: resetGrant,
      }),
    completeReset: (resetToken, newPassword, idempotencyKey) =>
      call<void>({
        method: 'POST',
        path: '/password-resets/complete',
        body: { resetToken, newPassword },
        idempotencyKey,
        answer: null,
      }),
    async signIn(email, password, device) {
      try {
        return await call({
          method: 'POST',
          path: '/sessions',
          body: { email, password, device },
          answer: session,
        });
      } catch (thrown) {
        if (thrown instanceof VerificationRequired) return { awaitedFlowId: thrown.flowId };
        throw thrown;
      }
    },
    refresh: (refreshToken, idempotencyKey) =>
      call({
        method: 'POST',
        path: '/sessions/refresh',
        body: { refreshToken },
        idempotencyKey,
        answer: tokenPair,
      }),
    signOut: (refreshToken) =>
      call<void>({
        method: 'POST',
        path: '/sessions/logout',
        body: { refreshToken },
        answer: null,
      }),
    account: (token) => edition({ method: 'GET', path: '/account', token }),
    edit: (token, body, ifMatch) =>
      edition({ method: 'PATCH', path: '/account', token, body, ifMatch }),
    acceptTerms: async (token, version) =>
      edition({ method: 'PUT', path: '/account/terms', token, body: { version } }),
    changePassword: (token, currentPassword, newPassword) =>
      call<void>({
        method: 'POST',
        path: '/account/password',
        token,
        body: { currentPassword, newPassword },
        answer: null,
      }),
    startEmailChange: (token, newEmail, password) =>
      call({
        method: 'POST',
        path: '/account/email-change',
        token,
        body: { newEmail, password },
        answer: codeSent,
      }),
    resendEmailChange: (token, flowId) =>
      call({
        method: 'POST',
        path: '/account/email-change/resend',
        token,
        body: { flowId },
        answer: codeResent,
      }),
    verifyEmailChange: (token, flowId, code) =>
      edition({
        method: 'POST',
        path: '/account/email-change/verify',
        token,
        body: { flowId, code },
      }),
    deleteAccount: async (token, password) =>
      Date.parse(
        (
          await call({
            method: 'DELETE',
            path: '/account',
            token,
            body: { password },
            answer: erasure,
          })
        ).eraseAt,
      ),
    exportAccount: (token) =>
      call({ method: 'GET', path: '/account/export', token, answer: accountExport }),
    setNewsletter: async (token, subscribed) => {
      const { newsletterConsentVersion: consentVersion } = await call({
        method: 'GET',
        path: '/meta',
        answer: meta,
      });
      return call({
        method: 'PUT',
        path: '/account/newsletter',
        token,
        body: { subscribed, consentVersion },
        answer: newsletter,
      });
    },
    sessions: async (token) =>
      (await call({ method: 'GET', path: '/sessions', token, answer: sessionList })).items,
    revokeSession: (token, id) =>
      call<void>({
        method: 'DELETE',
        path: `/sessions/${encodeURIComponent(id)}`,
        token,
        answer: null,
      }),
    revokeOthers: async (token) =>
      (await call({ method: 'POST', path: '/sessions/revoke-others', token, answer: revoked }))
        .revoked,
    reauthenticate: (token, password) =>
      call<void>({
        method: 'POST',
        path: '/sessions/reauth',
        token,
        body: { password },
        answer: null,
      }),
    termsVersion: async () =>
      (await call({ method: 'GET', path: '/meta', answer: meta })).termsVersion,
  };
}
