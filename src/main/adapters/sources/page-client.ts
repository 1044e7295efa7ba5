import { decodedPage } from '../../formats/decode-text.ts';
import { AppError } from '../../../shared/errors.ts';
import { redactUrl } from '../../../shared/model/url.ts';
import type { AgentOptions } from '../http/agents.ts';
import type { ArticlePage } from '../../formats/article-page.ts';
import type { PageOf } from './feed-articles.ts';
import { createHttpGet, headerOf, refusal } from './http-get.ts';
import type { Pace } from './pace.ts';

/** A page of the web as its server sent it. */
export type PageDocument = {
  html: string;
  /** Where it came from, after redirects. It may hold a secret, as what was asked for may. */
  url: string;
  /** Its `Link` header (RFC 8288), in which feeds may be. */
  link: string | null;
};

/** GETs pages, without cookies or a referrer, and runs nothing of them. Throws `AppError` only. */
export type PageClient = {
  /**
   * @param typedHost the host if somebody typed the address: it alone may be in the local network
   * @throws `page-unreadable` for what is no page, `origin-refused` if it has to be paid for (402)
   * or access is refused (403), `key-refused` for 401, `not-found`, `source-gone`, `source-blocked`,
   * `rate-limited`, `redirect-refused` for an address of the local network too, `origin-error`,
   * `timeout`, and what the network does
   */
  get(url: string, typedHost: string | null, signal: AbortSignal): Promise<PageDocument>;
  close(): void;
};

const MAX_MS = 20_000;
const MAX_BYTES = 5 * 1024 * 1024;
const ACCEPT = 'text/html, application/xhtml+xml;q=0.9';

export function createPageClient(
  version: string,
  {
    maxMs = MAX_MS,
    pace = async () => undefined,
    ...options
  }: AgentOptions & {
    maxMs?: number;
    /** Waited for before each request, also one that a redirect leads to. */
    pace?: Pace;
  } = {},
): PageClient {
  const http = createHttpGet(version, { ...options, accept: ACCEPT, maxMs, maxBytes: MAX_BYTES });
  return {
    async get(start, typedHost, signal) {
      const { hostname } = new URL(start);
      const takePlace = (stop: AbortSignal): Promise<void> => pace(hostname, stop);
      const answer = await http.get(start, {}, signal, { typedHost, takePlace });
      const { url, body, status } = answer;
      if (status !== 200) throw refusal(answer);
      const type = headerOf(answer, 'content-type') ?? '';
      // Without a type it is one if it begins like one.
      const isPage =
        type === ''
          ? new TextDecoder('latin1').decode(body.subarray(0, 512)).trimStart().startsWith('<')
          : /^\s*(?:text\/html|application\/xhtml\+xml)\b/iu.test(type);
      if (!isPage)
        throw new AppError(
          'page-unreadable',
          `${redactUrl(url)} is not a web page, but ${/^[\w.+/-]{1,60}/u.exec(type)?.[0] ?? 'a file'}`,
          { retryable: false },
        );
      const named = /charset\s*=\s*"?([\w:.-]{1,40})/iu.exec(type)?.[1] ?? null;
      return { html: decodedPage(body, named), url, link: headerOf(answer, 'link') };
    },
    close: () => http.close(),
  };
}

/** `readPage` in a thread. @throws `page-unreadable`, and what `signal` was aborted with */
export type PageReader = (
  page: PageDocument,
  source: string,
  signal: AbortSignal,
) => Promise<ArticlePage>;

/**
 * The articles of pages that a source names.
 *
 * @param options.typedHost that of the source's own address, which may be in the local network
 */
export const createPageOf =
  (options: {
    client: Pick<PageClient, 'get'>;
    readPage: PageReader;
    source: string;
    typedHost: string | null;
  }): PageOf =>
  async (url, signal) =>
    options.readPage(
      await options.client.get(url, options.typedHost, signal),
      options.source,
      signal,
    );
