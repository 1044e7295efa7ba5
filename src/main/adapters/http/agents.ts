import http from 'node:http';
import https from 'node:https';
import { isLoopbackHost } from '../../../shared/model/url.ts';

export type AgentOptions = {
  /** Holds HTTPS_PROXY, HTTP_PROXY and NO_PROXY, which follow Node's rules. */
  env?: NodeJS.ProcessEnv;
  /** PEM; replaces the system's certificate authorities. */
  ca?: string;
};

/** Keep-alive agents for any address. */
export type Agents = {
  http: http.Agent;
  https: https.Agent;
  /** The agent for an address; plain http on loopback, as the demo's, never uses a proxy. */
  of(url: URL): http.Agent;
  /** True if no proxy can apply; NO_PROXY is left to the agents. */
  isDirect(url: URL): boolean;
  /** Closes all connections, also those in use. */
  destroy(): void;
};

const isLocal = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && isLoopbackHost(hostname);

export function createAgents({ env = process.env, ca }: AgentOptions = {}): Agents {
  const local = new http.Agent({ keepAlive: true });
  const plain = new http.Agent({ keepAlive: true, proxyEnv: env });
  const secure = new https.Agent({
    keepAlive: true,
    proxyEnv: env,
    ...(ca === undefined ? {} : { ca }),
  });
  return {
    http: plain,
    https: secure,
    of: (url) => (url.protocol === 'https:' ? secure : isLocal(url) ? local : plain),
    isDirect: (url) =>
      url.protocol === 'http:'
        ? isLocal(url) || !(env['http_proxy'] ?? env['HTTP_PROXY'])
        : !(env['https_proxy'] ?? env['HTTPS_PROXY']),
    destroy() {
      for (const agent of [local, plain, secure]) agent.destroy();
    },
  };
}

/** Agents for one service: one on loopback is never reached through a proxy. */
export const createServiceAgents = (origin: string): Agents =>
  createAgents(isLoopbackHost(new URL(origin).hostname) ? { env: {} } : {});
