import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isLoopbackHost } from '../../../shared/model/url.ts';
import { publicLookup } from './private-addresses.ts';

export type AgentOptions = {
  /** Holds HTTPS_PROXY, HTTP_PROXY and NO_PROXY, which follow Node's rules. */
  env?: NodeJS.ProcessEnv;
  /** PEM; replaces the system's certificate authorities. */
  ca?: string;
  /** Looks names up; the system's by default. */
  lookup?: LookupFunction;
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

export function createAgents({ env = process.env, ca, lookup }: AgentOptions = {}): Agents {
  const own = { keepAlive: true, ...(lookup === undefined ? {} : { lookup }) };
  const local = new http.Agent(own);
  const plain = new http.Agent({ ...own, proxyEnv: env });
  const secure = new https.Agent({
    ...own,
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

/** Agents for addresses that others wrote. */
export type PublisherAgents = {
  /**
   * Those for an address: they connect to the local network only for the host that somebody typed.
   * Each has connections of its own, so that one isn't used for the other.
   */
  of(url: URL, typedHost: string | null): Agents;
  destroy(): void;
};

const PROXIES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];
export function createPublisherAgents(options: AgentOptions = {}): PublisherAgents {
  const { env = process.env, lookup } = options;
  // What a proxy looks up is its own affair; it may be in the local network itself.
  const proxies = PROXIES.map((name) => URL.parse(env[name] ?? '')?.hostname);
  const anywhere = createAgents(options);
  const outside = createAgents({
    ...options,
    lookup: publicLookup((hostname) => proxies.includes(hostname), lookup),
  });
  return {
    of: ({ hostname }, typedHost) => (hostname === typedHost ? anywhere : outside),
    destroy() {
      for (const agents of [anywhere, outside]) agents.destroy();
    },
  };
}
