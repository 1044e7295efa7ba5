import { AppError } from '../../../shared/errors.ts';
import { isLoopback } from './errors.ts';
import { createHttpSource, type ClosableSource, type HttpOptions } from './byte-source.ts';
import { OnreadSource } from './fast/reader.ts';

const MAX_DECLINED = 1000;

/** True where no proxy can be meant. NO_PROXY is left to the client that knows proxies. */
function isDirect(url: URL, env: NodeJS.ProcessEnv): boolean {
  if (url.protocol === 'http:')
    return isLoopback(url.hostname) || !(env['http_proxy'] ?? env['HTTP_PROXY']);
  return !(env['https_proxy'] ?? env['HTTPS_PROXY']);
}

/**
 * The bytes of any http or https address: straight from the socket where there is no proxy and the
 * answer is plain, over node:http otherwise. An address whose answer was not plain is asked over
 * node:http from then on, so that it is not asked everything twice.
 */
export function createByteSource({
  env = process.env,
  ...options
}: HttpOptions & { blockBytes?: number } = {}): ClosableSource {
  const general = createHttpSource({ env, ...options });
  const direct = new OnreadSource(options);
  const declined = new Set<string>();
  return {
    async open(request) {
      const url = new URL(request.url);
      const place = url.origin + url.pathname;
      const over = async (why: 'proxy' | 'not-plain') =>
        Object.assign(await general.open(request), { route: { by: 'node:http', why } as const });
      if (!isDirect(url, env)) return over('proxy');
      if (declined.has(place)) return over('not-plain');
      const answer = await direct.open(request);
      if (answer) return Object.assign(answer, { route: { by: 'socket', why: 'plain' } as const });
      if (declined.size < MAX_DECLINED) declined.add(place);
      return over('not-plain');
    },
    drop() {
      direct.drop(
        new AppError('stalled', 'The connection may be dead and was dropped', { retryable: true }),
      );
      general.drop();
    },
    close() {
      direct.close();
      general.close();
    },
  };
}
