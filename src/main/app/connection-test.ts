import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import tls, { type PeerCertificate, type TLSSocket } from 'node:tls';
import { createAgents, type Agents } from '../adapters/http/agents.ts';
import { transportError } from '../adapters/http/errors.ts';
import type { Network } from '../adapters/http/network.ts';
import { proxyName, type Proxy } from '../formats/proxy-route.ts';
import type { ConnectionTest, Hop, HopKind } from '../../shared/contract/network.ts';
import { AppError, messageOf } from '../../shared/errors.ts';

type Options = {
  network: Network;
  /** Who chooses proxies. */
  by: Exclude<Hop['by'], null>;
  version: string;
  /** Address of the service, without `/v1`; null for none. */
  service: string | null;
  /** Other addresses that must be reached: of servers that files came from, and of sources. */
  servers: readonly URL[];
  sources: readonly URL[];
  nowMs(): number;
};

const PART_TIMEOUT_MS = 15_000;
/** Hosts of one kind that are tried. */
const MAX_HOSTS = 20;

const NOTHING = {
  ms: null,
  hosts: [],
  found: [],
  by: null,
  failed: [],
  code: null,
  fault: null,
  detail: null,
  certificate: null,
} satisfies Omit<Hop, 'kind' | 'state'>;

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/u, '$1');

/** What a part needs, timed. */
async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now();
  const value = await work();
  return { value, ms: Math.round(performance.now() - startedAt) };
}

const failure = (
  kind: HopKind,
  hosts: string[],
  thrown: unknown,
  more: Partial<Hop> = {},
): Hop => ({
  ...NOTHING,
  kind,
  state: 'failed',
  hosts,
  code: thrown instanceof AppError ? thrown.code : 'bug',
  detail: messageOf(thrown),
  ...more,
});

const signal = (): AbortSignal => AbortSignal.timeout(PART_TIMEOUT_MS);
const UNLIMITED = new AbortController().signal;
const asFault = (thrown: unknown, url: URL, stop = UNLIMITED): AppError =>
  stop.aborted
    ? new AppError('timeout', `${url.host} doesn’t answer`, { cause: thrown, retryable: true })
    : transportError(thrown, { url: url.href, signal: stop }, null);

async function nameHop(url: URL, isProxied: boolean): Promise<Hop> {
  const host = bare(url.hostname);
  if (isIP(host) !== 0) return { ...NOTHING, kind: 'name', state: 'none', hosts: [host] };
  try {
    const { value, ms } = await timed(() => lookup(host, { all: true }));
    const found = value.map(({ address }) => address);
    return { ...NOTHING, kind: 'name', state: 'ok', ms, hosts: [host], found };
  } catch (thrown) {
    // A proxy looks it up itself; inside, nobody may have to know the names outside.
    if (isProxied)
      return { ...NOTHING, kind: 'name', state: 'none', hosts: [host], detail: messageOf(thrown) };
    return failure('name', [host], asFault(thrown, url));
  }
}

type Seen = { certificate: PeerCertificate | null; fault: Hop['fault']; detail: string | null };

const FAULTS: Readonly<Record<string, NonNullable<Hop['fault']>>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-name',
};

/** What an address shows in the TLS handshake, whether it is trusted or not. */
function handshake(url: URL, agents: Agents, stop: AbortSignal): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const request = https.request(url, {
      agent: agents.https,
      method: 'HEAD',
      signal: stop,
      // It is looked at here; `fault` says what is wrong with it.
      rejectUnauthorized: false,
    });
    request.once('error', reject);
    request.once('socket', (socket) => {
      // Of these agents nobody has asked without checks before: the handshake is still to come.
      socket.once('secureConnect', () => {
        const secure = socket as TLSSocket;
        const shown = secure.getPeerCertificate(true);
        const certificate = Object.keys(shown).length === 0 ? null : shown;
        const code = secure.authorized ? null : String(secure.authorizationError);
        // Without checks the name isn't looked at either.
        const other =
          certificate && code === null
            ? tls.checkServerIdentity(bare(url.hostname), certificate)
            : undefined;
        resolve({
          certificate,
          fault: other ? 'other-name' : code === null ? null : (FAULTS[code] ?? 'untrusted'),
          detail: other?.message ?? code,
        });
        request.destroy();
      });
    });
    // It is never ended: nothing but the handshake leaves.
  });
}

const textOf = (name: PeerCertificate['subject'] | undefined): string =>
  [name?.CN, name?.O].flat().filter(Boolean).join(', ');
const certificateOf = (one: PeerCertificate): NonNullable<Hop['certificate']> => ({
  subject: textOf(one.subject),
  issuer: textOf(one.issuer),
  names: (one.subjectaltname ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/u, ''))
    .filter(Boolean),
  fingerprint: one.fingerprint256.replaceAll(':', ''),
  validFrom: Date.parse(one.valid_from),
  validTo: Date.parse(one.valid_to),
});

async function tlsHop(url: URL, agents: Agents, isProxied: boolean): Promise<Hop> {
  const host = url.host;
  const stop = signal();
  try {
    const { value, ms } = await timed(() => handshake(url, agents, stop));
    const seen = {
      ms,
      certificate: value.certificate && certificateOf(value.certificate),
      detail: value.detail,
    };
    if (value.fault === null)
      return { ...NOTHING, kind: 'tls', state: 'ok', hosts: [host], ...seen };
    // Between here and a site stands a proxy that signs for it.
    const fault = value.fault === 'untrusted' && isProxied ? 'inspected' : value.fault;
    return failure('tls', [host], new AppError('tls', value.detail ?? ''), { ...seen, fault });
  } catch (thrown) {
    const fault = asFault(thrown, url, stop);
    return failure('tls', [host], fault, {
      fault: /certificate required|bad certificate|handshake failure/iu.test(fault.message)
        ? 'certificate-wanted'
        : null,
    });
  }
}

const PROXY_CODES = ['proxy-unreachable', 'proxy-auth', 'proxy-refused'];

/** Whether an address answers, with any status. */
async function answers(url: URL, agents: Agents): Promise<AppError | null> {
  const stop = signal();
  const { request } = url.protocol === 'https:' ? https : http;
  try {
    await new Promise<void>((resolve, reject) => {
      request(url, { agent: agents.of(url), method: 'HEAD', signal: stop }, (response) => {
        response.resume();
        if (response.statusCode === 407)
          reject(new AppError('proxy-auth', 'The proxy asks for a user name and password'));
        else resolve();
      })
        .once('error', reject)
        .end();
    });
    return null;
  } catch (thrown) {
    return asFault(thrown, url, stop);
  }
}

async function serviceHop({ network, version }: Options, origin: string): Promise<Hop> {
  const { host } = new URL(origin);
  const [{ createServiceClient }, { CERTIFICATE_WANTED }] = await Promise.all([
    import('../adapters/service/client.ts'),
    import('../adapters/service/errors.ts'),
  ]);
  const client = createServiceClient({ origin, version, network, language: () => 'en' });
  try {
    const { value, ms } = await timed(() => client.api.getMeta({}));
    return {
      ...NOTHING,
      kind: 'service',
      state: 'ok',
      ms,
      hosts: [host],
      found: [value.apiVersion],
    };
  } catch (thrown) {
    const isWanted = messageOf(thrown) === CERTIFICATE_WANTED;
    return failure('service', [host], thrown, isWanted ? { fault: 'certificate-wanted' } : {});
  } finally {
    client.close();
  }
}

/** Servers or sources, all at once. */
async function hostsHop(
  kind: 'servers' | 'sources',
  urls: readonly URL[],
  agents: Agents,
): Promise<Hop> {
  const byHost = new Map(urls.map((url) => [url.host, url] as const));
  const tried = [...byHost].slice(0, MAX_HOSTS);
  const hosts = tried.map(([host]) => host);
  if (tried.length === 0) return { ...NOTHING, kind, state: 'none' };
  const { value, ms } = await timed(() =>
    Promise.all(tried.map(async ([host, url]) => ({ host, fault: await answers(url, agents) }))),
  );
  const failed = value.filter(({ fault }) => fault !== null);
  if (failed.length === 0) return { ...NOTHING, kind, state: 'ok', ms, hosts };
  return failure(kind, hosts, failed[0]?.fault, {
    ms,
    failed: failed.map(({ host }) => host),
    detail: failed.map(({ fault }) => fault?.message ?? '').join('\n'),
  });
}

function proxyHop(proxy: Proxy | null, options: Options, url: URL, agents: Agents): Promise<Hop> {
  if (proxy === null) return Promise.resolve({ ...NOTHING, kind: 'proxy', state: 'none' });
  const facts = {
    hosts: [proxyName(proxy)],
    by: options.by,
    found: proxy.credentials ? [proxy.credentials.user] : [],
  };
  return timed(() => answers(url, agents)).then(
    // What comes after the proxy is the next part's.
    ({ value, ms }) =>
      value && PROXY_CODES.includes(value.code)
        ? failure('proxy', facts.hosts, value, { ...facts, ms })
        : { ...NOTHING, kind: 'proxy', state: 'ok', ms, ...facts },
  );
}

/** Tests the way to the service, and to servers and sources, part by part. */
export async function testConnection(options: Options): Promise<ConnectionTest> {
  const { network, service, servers, sources, nowMs } = options;
  const at = nowMs();
  const startedAt = performance.now();
  // With connections of its own: what is open already says nothing.
  const agents = createAgents({ network });
  const hops: Hop[] = [];
  const isWell = (): boolean => hops.every(({ state }) => state !== 'failed');
  const part = async (kind: HopKind, hosts: string[], work: () => Promise<Hop>): Promise<void> => {
    hops.push(isWell() ? await work() : { ...NOTHING, kind, state: 'not-reached', hosts });
  };
  try {
    if (service !== null) {
      const url = new URL(service);
      let proxy: Proxy | null = null;
      let unclear: AppError | null = null;
      try {
        ({ route: proxy } = await agents.way(url));
      } catch (thrown) {
        unclear = asFault(thrown, url);
      }
      if (unclear) hops.push(failure('proxy', [], unclear, { by: options.by }));
      await part('name', [url.hostname], () => nameHop(url, proxy !== null));
      if (!unclear) await part('proxy', [], () => proxyHop(proxy, options, url, agents));
      if (url.protocol === 'https:')
        await part('tls', [url.host], () => tlsHop(url, agents, proxy !== null));
      await part('service', [url.host], () => serviceHop(options, service));
    }
    // Each has a way of its own: one that the service isn't reached by may lead there.
    hops.push(
      ...(await Promise.all([
        hostsHop('servers', servers, agents),
        hostsHop('sources', sources, agents),
      ])),
    );
  } finally {
    agents.destroy();
  }
  return {
    at,
    ms: Math.round(performance.now() - startedAt),
    host: service === null ? null : new URL(service).host,
    hops: hops.filter(({ kind, state }) => state !== 'none' || kind === 'proxy' || kind === 'name'),
  };
}
