import {
  configureRequestOptions,
  configureRequestUrl,
  HttpExecutor,
  type DownloadOptions,
} from 'builder-util-runtime';
import http from 'node:http';
import https from 'node:https';
import { isLoopbackHost } from '../../../shared/model/url.ts';
import type { Agents } from '../http/agents.ts';
import { rejectUnanswered } from '../http/errors.ts';

/** An offer has some hundred bytes. */
const MAX_OFFER_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 5;

/** An address that isn't https, or redirects without end. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
}

/**
 * The requests of electron-updater over the program's agents, in place of Electron's own network: the
 * proxies, authorities and client certificates of the settings and of the policy hold for updates
 * too.
 */
export class AgentsExecutor extends HttpExecutor<http.ClientRequest> {
  readonly #agents: Agents;
  /** Ends the requests of one check or download. */
  signal: AbortSignal | null = null;
  /** The library doesn't count them. */
  #redirects = 0;

  constructor(agents: Agents) {
    super();
    this.#agents = agents;
  }

  override createRequest(
    { headers, ...options }: http.RequestOptions,
    callback: (response: http.IncomingMessage) => void,
  ): http.ClientRequest {
    const url = new URL(
      `${options.protocol ?? 'https:'}//${options.hostname ?? ''}${options.port ? `:${options.port}` : ''}${options.path ?? ''}`,
    );
    const isSecure = url.protocol === 'https:';
    // It would tell the server one installation from all others.
    const { 'x-user-staging-id': _id, ...sent } = { ...(headers as http.OutgoingHttpHeaders) };
    let isAnswered = false;
    const request = (isSecure ? https : http).request(
      url,
      {
        method: options.method,
        headers: { ...sent, 'User-Agent': 'multimedia-desk' },
        agent: this.#agents.of(url),
        ...(this.signal && { signal: this.signal }),
      },
      (response) => {
        isAnswered = true;
        const isRedirect = response.headers.location !== undefined;
        this.#redirects = isRedirect ? this.#redirects + 1 : 0;
        if (url.pathname.endsWith('.yml')) limit(response);
        callback(response);
      },
    );
    rejectUnanswered(request, (thrown) => {
      if (!isAnswered) request.emit('error', thrown);
    });
    // Thrown here it would end the program: redirects are followed in an event.
    if (!isSecure && !isLoopbackHost(url.hostname))
      request.destroy(new RefusedRequest(`${url.origin} isn’t https`));
    if (this.#redirects > MAX_REDIRECTS) {
      this.#redirects = 0;
      request.destroy(new RefusedRequest(`${url.origin} redirects without end`));
    }
    return request;
  }

  /** Called by the updaters; Electron's executor, whose place this has, has it too. */
  download(url: URL, destination: string, options: DownloadOptions): Promise<string> {
    return options.cancellationToken.createPromise<string>((resolve, reject, onCancel) => {
      const request: http.RequestOptions = { headers: options.headers ?? {} };
      configureRequestUrl(url, request);
      configureRequestOptions(request);
      this.doDownload(
        request,
        {
          destination,
          options,
          onCancel,
          callback: (error) => (error ? reject(error) : resolve(destination)),
          responseHandler: null,
        },
        0,
      );
    });
  }
}

function limit(response: http.IncomingMessage): void {
  let received = 0;
  response.on('data', (chunk: Buffer | string) => {
    received += chunk.length;
    if (received > MAX_OFFER_BYTES)
      response.destroy(new RefusedRequest('the server’s file is too large for an offer'));
  });
}
