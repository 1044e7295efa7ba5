import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from '../../../shared/model/url.ts';
import { parseProxy, type Route } from '../../formats/proxy-route.ts';

const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** A network (`10.0.0.0/8`) or a range (`10.0.0.1-10.0.0.9`) of addresses; null for what is neither. */
function addressesOf(pattern: string): BlockList | null {
  const list = new BlockList();
  const [, first = '', bits, last] =
    /^([\d.a-f:]+)(?:\/(\d{1,3})|-([\d.a-f:]+))$/u.exec(pattern) ?? [];
  const family = isIP(first);
  if (family === 0) return null;
  if (bits !== undefined) {
    if (Number(bits) > (family === 6 ? 128 : 32)) return null;
    list.addSubnet(first, Number(bits), familyOf(first));
  } else {
    if (last === undefined || isIP(last) !== family) return null;
    list.addRange(first, last, familyOf(first));
  }
  return list;
}

/**
 * Addresses that are reached without the proxy. A pattern is a name with all below it
 * (`example.org`, `.example.org`, `*.example.org`), one with a port, an address, a network
 * (`10.0.0.0/8`) or a range of addresses, `<local>` for names without a dot, `*` for everything.
 *
 * @returns a test for an address
 */
export function exceptions(patterns: readonly string[]): (url: URL) => boolean {
  const tests = patterns
    .map((pattern) => pattern.trim().toLowerCase())
    .filter((pattern) => pattern !== '')
    .map((pattern): ((host: string, port: number) => boolean) => {
      if (pattern === '*') return () => true;
      if (pattern === '<local>') return (host) => !host.includes('.') && isIP(host) === 0;
      const list = addressesOf(pattern);
      if (list) return (host) => isIP(host) !== 0 && list.check(host, familyOf(host));
      const [, name = '', only] =
        /^(\[[^\]]*\]|[^:]*|[^:]*:.*:[^:]*)(?::(\d+))?$/u.exec(pattern) ?? [];
      const below = name.replace(/^\[(.*)\]$/u, '$1').replace(/^\*?\./u, '');
      return (host, port) =>
        below !== '' &&
        (host === below || host.endsWith(`.${below}`)) &&
        (only === undefined || Number(only) === port);
    });
  return (url) => {
    const host = url.hostname.toLowerCase().replace(/^\[(.*)\]$/u, '$1');
    return tests.some((test) => test(host, portOf(url)));
  };
}

const OF_SCHEME: Readonly<Record<string, readonly string[]>> = {
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
};

/** Whether the environment names any proxy: then it says all there is to say. */
export const hasEnvironmentProxy = (env: NodeJS.ProcessEnv): boolean =>
  Object.values(OF_SCHEME)
    .flat()
    .some((name) => env[name]);

/**
 * The way that environment variables name: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, in small
 * letters first.
 */
export function environmentRoute(env: NodeJS.ProcessEnv, url: URL): Route {
  const named = OF_SCHEME[url.protocol]?.map((name) => env[name]).find((value) => value);
  if (named === undefined) return null;
  const except = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  return exceptions(except.split(/[\s,]+/u))(url) ? null : parseProxy(named);
}

/** This computer is never reached through a proxy: the demo, a service on it. */
export const isAlwaysDirect = ({ hostname }: URL): boolean => isLoopbackHost(hostname);
