export const PROXY_KINDS = ['http', 'https', 'socks5', 'socks4'] as const;
export type ProxyKind = (typeof PROXY_KINDS)[number];

/** A proxy: `https` is one that is itself reached over TLS. */
export type Proxy = {
  kind: ProxyKind;
  /** Name or address, IPv6 without brackets. */
  host: string;
  port: number;
  /** Sent to the proxy alone (RFC 7617, RFC 1929). */
  credentials: { user: string; password: string } | null;
};

/** A way to an address: a proxy, or null for the address itself. */
export type Route = Proxy | null;

const SCHEMES: Readonly<Record<string, readonly [ProxyKind, port: number]>> = {
  'http:': ['http', 80],
  'https:': ['https', 443],
  'socks:': ['socks5', 1080],
  'socks5:': ['socks5', 1080],
  'socks5h:': ['socks5', 1080],
  'socks4:': ['socks4', 1080],
  'socks4a:': ['socks4', 1080],
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * A proxy as people and environment variables name it: `host:port`, or a URL with its kind.
 *
 * @returns null for what names none
 */
export function parseProxy(text: string): Proxy | null {
  const trimmed = text.trim();
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//iu.test(trimmed) ? trimmed : `http://${trimmed}`);
  const known = url ? SCHEMES[url.protocol] : undefined;
  if (!url || !known || url.hostname === '') return null;
  const [kind, usualPort] = known;
  return {
    kind,
    host: url.hostname.replace(/^\[(.*)\]$/u, '$1'),
    port: url.port === '' ? usualPort : Number(url.port),
    credentials:
      url.username === '' && url.password === ''
        ? null
        : { user: decoded(url.username), password: decoded(url.password) },
  };
}

/** `host:port`, as people know a proxy; without credentials. */
export const proxyName = ({ host, port }: Pick<Proxy, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

const PAC_KINDS: Readonly<Record<string, ProxyKind>> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks5',
  SOCKS5: 'socks5',
  SOCKS4: 'socks4',
};

/**
 * What a PAC file's `FindProxyForURL` answers, such as `PROXY a:3128; DIRECT`. What isn't understood
 * is left out, as browsers do; nothing at all is the way without a proxy.
 */
export function parsePacAnswer(answer: unknown): Route[] {
  const routes = (typeof answer === 'string' ? answer : '').split(';').flatMap((part): Route[] => {
    const [word = '', address = ''] = part.trim().split(/\s+/u);
    if (word.toUpperCase() === 'DIRECT') return [null];
    const kind = PAC_KINDS[word.toUpperCase()];
    const proxy = kind && address !== '' ? parseProxy(`${kind}://${address}`) : null;
    return proxy ? [proxy] : [];
  });
  return routes.length === 0 ? [null] : routes;
}
