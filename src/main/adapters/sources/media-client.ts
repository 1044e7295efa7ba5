import { AppError } from '../../../shared/errors.ts';
import { createAgents, type AgentOptions } from '../http/agents.ts';
import { openStream, type StreamedAnswer } from '../http/stream.ts';
import { followable } from './document-client.ts';

const MAX_REDIRECTS = 5;
const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

/** Pictures and previews of a publisher, without cookies or a referrer. */
export type PublisherMedia = {
  /** @throws `not-found`, `service-unreachable`, `redirect-refused`, `origin-error` */
  bytes(url: string): Promise<Uint8Array>;
  stream(url: string, range: string | null): Promise<StreamedAnswer>;
};

/**
 * Media of the source at an address, which decides where they may be: see `followable`.
 */
export function createPublisherMedia(version: string, options: AgentOptions = {}) {
  const agents = createAgents(options);
  const userAgent = `MultimediaDesk/${version}`;

  async function stream(
    source: string,
    given: string,
    range: string | null,
  ): Promise<StreamedAnswer> {
    let [url, from] = [given, source];
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const target = followable(url, from);
      if (target === null)
        throw new AppError(
          'redirect-refused',
          'The publisher’s server redirects to an unsafe address',
          {
            retryable: false,
          },
        );
      const answer = await openStream(new URL(target), { range, userAgent }, agents);
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined)
        return answer;
      answer.body.destroy();
      [url, from] = [location, target];
    }
    throw new AppError('redirect-refused', 'The publisher’s server redirects too often', {
      retryable: false,
    });
  }

  return {
    of: (source: string): PublisherMedia => ({
      stream: (url, range) => stream(source, url, range),
      async bytes(url) {
        const { status, body } = await stream(source, url, null);
        if (status !== 200) {
          body.destroy();
          throw new AppError(
            status === 404 || status === 410 ? 'not-found' : 'origin-error',
            `A picture couldn’t be loaded (status ${status})`,
          );
        }
        const chunks: Uint8Array[] = [];
        let size = 0;
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          size += chunk.byteLength;
          // Leaving the loop closes the connection.
          if (size > MAX_PICTURE_BYTES)
            throw new AppError('origin-error', 'A picture is too large', { retryable: false });
          chunks.push(chunk);
        }
        return Buffer.concat(chunks);
      },
    }),
    close: () => agents.destroy(),
  };
}
