import type http from 'node:http';
import net from 'node:net';
import tls, { type SecureContext } from 'node:tls';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { SocksClient } from 'socks';
import { messageOf } from '../../../shared/errors.ts';
import { ProxyFault } from './proxy-fault.ts';
import { proxyName, type Proxy } from '../../formats/proxy-route.ts';

type Trust = { secureContext?: SecureContext };

/** Until a SOCKS proxy has connected, ms. */
const CONNECT_TIMEOUT_MS = 30_000;
/** Of the answer of a proxy to a request, or to CONNECT. */
const PROXY_AUTHENTICATION_REQUIRED = 407;

const authNeeded = (name: string, isKnown: boolean): ProxyFault =>
  new ProxyFault(
    'auth',
    name,
    isKnown
      ? `The proxy ${name} doesn’t accept its user name and password`
      : `The proxy ${name} asks for a user name and password`,
  );

const unreachable = (name: string, thrown: unknown): ProxyFault =>
  new ProxyFault(
    'unreachable',
    name,
    `The proxy ${name} can’t be reached: ${messageOf(thrown)}`,
    thrown,
  );

const urlOf = ({ kind, host, port, credentials }: Proxy): string => {
  const url = new URL(`${kind === 'https' ? 'https' : 'http'}://${proxyName({ host, port })}`);
  if (credentials) {
    url.username = encodeURIComponent(credentials.user);
    url.password = encodeURIComponent(credentials.password);
  }
  return url.href;
};

/**
 * Through a tunnel the name that a certificate must be for isn't that of the connection; without
 * this, that of an address would be taken for localhost.
 */
const checking = (host = ''): Pick<tls.ConnectionOptions, 'checkServerIdentity'> => ({
  checkServerIdentity: (_, certificate) => tls.checkServerIdentity(host, certificate),
});

/** The proxy is asked for a tunnel (CONNECT, RFC 9110 §9.3.6). */
class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #proxy: Proxy;
  readonly #trust: Trust;

  constructor(proxy: Proxy, trust: Trust) {
    super(urlOf(proxy), { keepAlive: true, ...trust });
    this.#proxy = proxy;
    this.#trust = trust;
  }

  override async connect(
    ...[request, options]: Parameters<HttpsProxyAgent<string>['connect']>
  ): ReturnType<HttpsProxyAgent<string>['connect']> {
    const name = proxyName(this.#proxy);
    let status = 200;
    request.once('proxyConnect', (answer: { statusCode: number }) => {
      status = answer.statusCode;
    });
    // For the address behind the proxy too: the library has it for the proxy alone.
    const trusting = { ...options, ...this.#trust, ...checking(options.host) };
    const socket = await super.connect(request, trusting).catch((thrown: unknown) => {
      throw unreachable(name, thrown);
    });
    if (status === 200) return socket;
    // What a proxy answers must not pass for an answer of the address.
    socket.destroy();
    if (status === PROXY_AUTHENTICATION_REQUIRED)
      throw authNeeded(name, this.#proxy.credentials !== null);
    throw new ProxyFault(
      'refused',
      name,
      `The proxy ${name} doesn’t connect to ${options.host ?? 'this address'} (${status})`,
    );
  }
}

/** The proxy is sent the request itself, for plain http (RFC 9112 §3.2.2). */
class ForwardAgent extends HttpProxyAgent<string> {
  readonly #name: string;

  constructor(proxy: Proxy, trust: Trust) {
    super(urlOf(proxy), { keepAlive: true, ...trust });
    this.#name = proxyName(proxy);
  }

  override async connect(
    ...given: Parameters<HttpProxyAgent<string>['connect']>
  ): ReturnType<HttpProxyAgent<string>['connect']> {
    return super.connect(...given).catch((thrown: unknown) => {
      throw unreachable(this.#name, thrown);
    });
  }
}

/** SOCKS 5 (RFC 1928, RFC 1929) or 4a; the proxy looks names up. */
class SocksAgent extends Agent {
  readonly #proxy: Proxy;

  constructor(proxy: Proxy, trust: Trust) {
    super({ keepAlive: true, ...trust });
    this.#proxy = proxy;
  }

  override async connect(_: http.ClientRequest, options: AgentConnectOpts): Promise<net.Socket> {
    const { kind, host, port, credentials } = this.#proxy;
    const name = proxyName(this.#proxy);
    const address = options.host ?? '';
    const { socket } = await SocksClient.createConnection({
      proxy: {
        host,
        port,
        type: kind === 'socks4' ? 4 : 5,
        ...(credentials ? { userId: credentials.user, password: credentials.password } : {}),
      },
      destination: { host: address, port: options.port },
      command: 'connect',
      timeout: CONNECT_TIMEOUT_MS,
    }).catch((thrown: unknown) => {
      const why = messageOf(thrown);
      if (/authentication/iu.test(why)) throw authNeeded(name, credentials !== null);
      if (/rejected connection/iu.test(why))
        throw new ProxyFault(
          'refused',
          name,
          `The proxy ${name} doesn’t connect to ${address} (${why})`,
          thrown,
        );
      throw unreachable(name, thrown);
    });
    if (!options.secureEndpoint) return socket;
    const { host: _host, port: _port, path: _path, ...secure } = options;
    return tls.connect({
      ...secure,
      ...(net.isIP(address) === 0 ? { servername: address } : {}),
      ...checking(address),
      socket,
    });
  }
}

/**
 * An agent for what a proxy leads to, with connections of its own.
 *
 * @param trust as `tls.connect` takes it
 */
export function proxyAgent(proxy: Proxy, isSecure: boolean, trust: Trust): http.Agent {
  if (proxy.kind === 'socks4' || proxy.kind === 'socks5') return new SocksAgent(proxy, trust);
  return isSecure ? new TunnelAgent(proxy, trust) : new ForwardAgent(proxy, trust);
}
