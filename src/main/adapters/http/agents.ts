import http from 'node:http';
import https from 'node:https';
import net, { type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { environmentNetwork, type Network, type Way } from './network.ts';
import { publicLookup } from './private-addresses.ts';
import { proxyName, type Route } from '../../formats/proxy-route.ts';
import { tlsOptionsOf, type TlsTrust } from './tls-trust.ts';

export type AgentOptions = {
  /** How addresses are reached; as the environment says by default. */
  network?: Network;
  /** Looks names up that are connected to from here; the system's by default. */
  lookup?: LookupFunction;
};

/** Keep-alive agents for any address. */
export type Agents = {
  http: http.Agent;
  https: https.Agent;
  /** The agent for an address. */
  of(url: URL): http.Agent;
  /** The route that a request takes now, and what TLS trusts there. */
  way(url: URL): Promise<{ route: Route; tls: TlsTrust }>;
  /** Closes all connections, also those in use. */
  destroy(): void;
};

/** How long a proxy counts as reachable, or not, once it was tried. */
const PROBED_MS = 60_000;
const PROBE_TIMEOUT_MS = 5_000;

const answers = ({ host, port }: { host: string; port: number }): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: PROBE_TIMEOUT_MS });
    const end = (isThere: boolean) => (): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', end(true));
    socket.once('timeout', end(false));
    socket.once('error', end(false));
  });

/** Chooses the first route of several that can be reached, as browsers do with what a PAC file names. */
function createChooser(): (routes: Way['routes']) => Promise<Route> {
  const probes = new Map<string, { at: number; isThere: Promise<boolean> }>();
  const isThere = (route: Route): Promise<boolean> => {
    if (route === null) return Promise.resolve(true);
    const name = proxyName(route);
    const known = probes.get(name);
    // Elapsed time, whatever is done to the clock.
    const now = performance.now();
    if (known && now - known.at < PROBED_MS) return known.isThere;
    const probe = { at: now, isThere: answers(route) };
    probes.set(name, probe);
    return probe.isThere;
  };
  return async (routes) => {
    if (routes.length > 1) for (const route of routes) if (await isThere(route)) return route;
    return routes[0] ?? null;
  };
}

/** Between node:http and its agents, and not among their types. */
type Adding = {
  addRequest(
    request: http.ClientRequest,
    /** `secureEndpoint`: agents of proxies would else look for it in the stack. */
    options: http.ClientRequestArgs & { secureEndpoint: boolean },
  ): void;
};
type Waiting = { onSocket(socket: null, error: Error | null): void };

/** Passes each request on to an agent that is found for its address. */
class RoutingAgent extends https.Agent {
  readonly #find: (url: URL) => Promise<http.Agent>;
  // Read by node:http, which refuses requests of another protocol.
  readonly protocol: 'http:' | 'https:';
  readonly defaultPort: number;

  constructor(protocol: 'http:' | 'https:', find: (url: URL) => Promise<http.Agent>) {
    // Decides over the header Connection.
    super({ keepAlive: true });
    this.protocol = protocol;
    this.defaultPort = protocol === 'https:' ? 443 : 80;
    this.#find = find;
  }

  /** Called by node:http for each request; not among its types. */
  addRequest(request: http.ClientRequest, options: http.ClientRequestArgs): void {
    const host = options.host ?? 'localhost';
    const url = new URL(
      `${this.protocol}//${net.isIPv6(host) ? `[${host}]` : host}:${options.port ?? this.defaultPort}`,
    );
    // A request that has been stopped ends with what it is given.
    const end = (error: Error | null) => (request as unknown as Waiting).onSocket(null, error);
    this.#find(url).then(
      (agent) =>
        request.destroyed
          ? end(null)
          : (agent as unknown as Adding).addRequest(request, {
              ...options,
              secureEndpoint: this.protocol === 'https:',
            }),
      (thrown: unknown) => end(thrown instanceof Error ? thrown : new Error(String(thrown))),
    );
  }

  override createConnection(): Duplex {
    throw new Error('Requests are passed on');
  }
}

/**
 * An agent for one way, with connections of its own.
 *
 * @param lookup for addresses that are connected to from here
 */
async function agentFor(
  route: Route,
  isSecure: boolean,
  trust: TlsTrust,
  lookup: LookupFunction | undefined,
): Promise<http.Agent> {
  const secure = isSecure || route?.kind === 'https' ? tlsOptionsOf(trust) : {};
  // Loaded with the first proxy: most computers have none.
  if (route !== null)
    return (await import('./proxy-agents.ts')).proxyAgent(route, isSecure, secure);
  const options = { keepAlive: true, ...secure, ...(lookup === undefined ? {} : { lookup }) };
  return isSecure ? new https.Agent(options) : new http.Agent(options);
}

export function createAgents({
  network = environmentNetwork(),
  lookup,
}: AgentOptions = {}): Agents {
  const choose = createChooser();
  /** By trust and route; those of former settings go with the rest. */
  const agents = new Map<TlsTrust, Map<string, Promise<http.Agent>>>();
  const way = async (url: URL): Promise<{ route: Route; tls: TlsTrust }> => {
    const { routes, tls } = await network.way(url);
    return { route: await choose(routes), tls };
  };
  const find = async (url: URL): Promise<http.Agent> => {
    const { route, tls } = await way(url);
    const isSecure = url.protocol === 'https:';
    const trusting = agents.get(tls) ?? new Map<string, Promise<http.Agent>>();
    agents.set(tls, trusting);
    const key = JSON.stringify([isSecure, route]);
    const agent = trusting.get(key) ?? agentFor(route, isSecure, tls, lookup);
    trusting.set(key, agent);
    return agent;
  };
  const plain = new RoutingAgent('http:', find);
  const secure = new RoutingAgent('https:', find);
  return {
    http: plain,
    https: secure,
    of: (url) => (url.protocol === 'https:' ? secure : plain),
    way,
    destroy() {
      for (const trusting of agents.values())
        for (const agent of trusting.values()) void agent.then((one) => one.destroy());
      agents.clear();
    },
  };
}

/** Agents for addresses that others wrote. */
export type PublisherAgents = {
  /**
   * Those for an address: they connect to the local network only for the host that somebody typed.
   * Each has connections of its own, so that one isn't used for the other.
   */
  of(url: URL, typedHost: string | null): Agents;
  destroy(): void;
};

/** What a proxy looks up is its own affair. */
export function createPublisherAgents(options: AgentOptions = {}): PublisherAgents {
  const anywhere = createAgents(options);
  const outside = createAgents({ ...options, lookup: publicLookup(options.lookup) });
  return {
    of: ({ hostname }, typedHost) => (hostname === typedHost ? anywhere : outside),
    destroy() {
      for (const agents of [anywhere, outside]) agents.destroy();
    },
  };
}
