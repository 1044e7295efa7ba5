import type { AgentOptions } from '../http/agents.ts';
import { createHttpGet, headerOf, refusal, textOf, type Answer } from './http-get.ts';

/** As the server sent them, byte for byte: a changed spelling never compares equal. */
export type Validators = { etag: string | null; lastModified: string | null };
export type Fetched = {
  validators: Validators;
  /** Set if every redirect on the way there was permanent (RFC 9110 §15.4). */
  movedTo: string | null;
  /** When it answered, by its own clock, ms since 1970; null if it doesn't say (RFC 9110 §6.6.1). */
  atMs: number | null;
  /** How long it may be used without asking (RFC 9111 §5.2.2.1). */
  maxAgeSeconds: number | null;
} & (
  | { kind: 'unchanged' }
  | {
      kind: 'document';
      text: string;
      /** Where it came from, after redirects. */
      url: string;
    }
);

/** GETs documents of publishers, without cookies or a referrer. Throws `AppError` only. */
export type DocumentClient = {
  /**
   * @throws `key-refused` for 401, `origin-refused` for 403, `source-blocked` for what a firewall
   * answers, `not-found` for 404, `source-gone` for 410, `rate-limited`, `origin-error`,
   * `redirect-refused`, and what the network does
   */
  get(url: string, validators: Validators | null, signal: AbortSignal): Promise<Fetched>;
  close(): void;
};

const MAX_MS = 20_000;
const ACCEPT =
  'application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.8, */*;q=0.5';

/** Those that the answer has: a 304 may have new ones, or none. */
function validatorsOf(answer: Answer): Partial<Validators> {
  const [etag, lastModified] = [headerOf(answer, 'etag'), headerOf(answer, 'last-modified')];
  return { ...(etag === null ? {} : { etag }), ...(lastModified === null ? {} : { lastModified }) };
}

export function createDocumentClient(version: string, options: AgentOptions = {}): DocumentClient {
  const http = createHttpGet(version, { ...options, accept: ACCEPT, maxMs: MAX_MS });
  return {
    async get(start, validators, signal) {
      const answer = await http.get(
        start,
        {
          ...(validators?.etag ? { 'if-none-match': validators.etag } : {}),
          ...(validators?.lastModified ? { 'if-modified-since': validators.lastModified } : {}),
        },
        signal,
      );
      const { status, url, isPermanent } = answer;
      const maxAge = /\bmax-age=(\d{1,9})\b/iu.exec(headerOf(answer, 'cache-control') ?? '')?.[1];
      const atMs = Date.parse(headerOf(answer, 'date') ?? '');
      const facts = {
        atMs: Number.isNaN(atMs) ? null : atMs,
        movedTo: url !== start && isPermanent ? url : null,
        maxAgeSeconds: maxAge === undefined ? null : Number(maxAge),
      };
      if (status === 304 && validators !== null)
        return {
          ...facts,
          kind: 'unchanged',
          validators: { ...validators, ...validatorsOf(answer) },
        };
      if (status !== 200) throw refusal(answer);
      return {
        ...facts,
        kind: 'document',
        text: textOf(answer),
        url,
        validators: { etag: null, lastModified: null, ...validatorsOf(answer) },
      };
    },
    close: () => http.close(),
  };
}
