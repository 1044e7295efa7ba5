import { fileURLToPath } from 'node:url';
import { rememberWays, type Network } from '../adapters/http/network.ts';
import type { PacScript } from '../adapters/http/pac.ts';
import type { ClientIdentity, TlsTrust } from '../adapters/http/tls-trust.ts';
import {
  environmentRoute,
  exceptions,
  hasEnvironmentProxy,
  isAlwaysDirect,
} from '../adapters/http/exceptions.ts';
import {
  parsePacAnswer,
  parseProxy,
  proxyName,
  type Proxy,
  type Route,
} from '../formats/proxy-route.ts';
import type { SecretState } from '../../shared/contract/network.ts';
import { AppError, messageOf } from '../../shared/errors.ts';
import { usualNetwork, type NetworkSettings } from '../settings/network-settings.ts';
import type { Settings, SettingsView } from '../settings/settings.ts';
import { identityOf, readBytes, readCertificates } from './certificates.ts';
import type { AddressVault } from '../transfers/ports.ts';

const MEMBERS = Object.keys(usualNetwork()) as (keyof NetworkSettings)[];

type Options = {
  settings(): NetworkSettings;
  /** Holds passwords of proxies and of certificates. */
  vault: AddressVault;
  version: string;
  env?: NodeJS.ProcessEnv;
  /** What the system says for an address, in the words of a PAC file; without it the environment says. */
  systemProxy?: ((url: string) => Promise<string>) | undefined;
  log(message: string): void;
};

/** A PAC file is read again after so long, ms, and sooner after a fault. */
const PAC_KEPT_MS = 3_600_000;
const PAC_RETRY_MS = 10_000;
const PAC_TIMEOUT_MS = 10_000;

type Credentials = { user: string; password: string };
const proxyEntry = (name: string): string => `proxy:${name}`;
const certificateEntry = (host: string): string => `certificate:${host}`;

const said = (view: SettingsView): string => JSON.stringify(MEMBERS.map((name) => view[name]));

/** Changes of the settings count from the next connection on. */
export function followSettings(settings: Settings, network: DeskNetwork): void {
  let before = said(settings.view);
  settings.listen((view) => {
    const now = said(view);
    if (now !== before) network.changed();
    before = now;
  });
}

/** How the program reaches the network: settings, proxy scripts, certificates, passwords. */
export class DeskNetwork implements Network {
  readonly #options: Options;
  readonly #ways = rememberWays({ way: (url) => this.#find(url) });
  readonly #listeners = new Set<() => void>();
  /** Proxies that a way has led through since the settings were changed. */
  readonly #seen = new Set<string>();
  #pac: { address: string; at: number; script: Promise<PacScript>; isBroken: boolean } | null =
    null;
  #authorities: Promise<string[]> | null = null;
  readonly #trusts = new Map<string, Promise<TlsTrust>>();

  constructor(options: Options) {
    this.#options = options;
  }

  way(url: URL) {
    return this.#ways.way(url);
  }

  /** Called when settings or passwords have changed: what was found before no longer counts. */
  onChanged(listener: () => void): void {
    this.#listeners.add(listener);
  }

  changed(): void {
    this.#ways.forget();
    this.#authorities = null;
    this.#trusts.clear();
    this.#seen.clear();
    this.#pac = null;
    for (const listener of this.#listeners) listener();
  }

  /** Who chooses proxies. */
  get by(): 'settings' | 'script' | 'system' | 'environment' {
    const { settings, env = process.env, systemProxy } = this.#options;
    const { proxyMode } = settings();
    if (proxyMode === 'pac') return 'script';
    if (proxyMode !== 'system') return 'settings';
    return systemProxy && !hasEnvironmentProxy(env) ? 'system' : 'environment';
  }

  /** The proxies that were named so far, each with its user; passwords stay in the keychain. */
  async logins(): Promise<{ proxy: string; user: string | null }[]> {
    const { proxyMode, proxyAddress } = this.#options.settings();
    const named = proxyMode === 'manual' && proxyAddress !== null ? parseProxy(proxyAddress) : null;
    const proxies = [...new Set([...(named ? [proxyName(named)] : []), ...this.#seen])];
    return Promise.all(
      proxies.map(async (proxy) => ({
        proxy,
        user: (await this.#credentials(proxy))?.user ?? null,
      })),
    );
  }

  /** @param name `host:port` of the proxy */
  setCredentials(name: string, credentials: Credentials | null): Promise<SecretState> {
    return this.#keep(proxyEntry(name), credentials && JSON.stringify(credentials));
  }

  setPassphrase(host: string, passphrase: string | null): Promise<SecretState> {
    return this.#keep(certificateEntry(host), passphrase);
  }

  async #keep(entry: string, secret: string | null): Promise<SecretState> {
    const { vault } = this.#options;
    let state: SecretState = 'kept';
    if (secret === null) await vault.remove(entry);
    else state = await vault.write(entry, secret);
    this.changed();
    return state;
  }

  async #find(url: URL) {
    const tls = await this.#trust(url.hostname);
    if (isAlwaysDirect(url)) return { routes: [null], tls };
    const routes = await this.#routes(url);
    return { routes: await Promise.all(routes.map((route) => this.#signedIn(route))), tls };
  }

  async #routes(url: URL): Promise<readonly Route[]> {
    const { settings, env = process.env, systemProxy } = this.#options;
    const { proxyMode, proxyAddress, proxyExceptions, pacAddress } = settings();
    switch (proxyMode) {
      case 'none':
        return [null];
      case 'manual':
        return [
          proxyAddress === null || exceptions(proxyExceptions)(url)
            ? null
            : parseProxy(proxyAddress),
        ];
      case 'pac':
        return pacAddress === null ? [null] : (await this.#script(pacAddress)).routes(url);
      case 'system':
        if (systemProxy && !hasEnvironmentProxy(env))
          return parsePacAnswer(await systemProxy(`${url.origin}/`));
        return [environmentRoute(env, url)];
    }
    return proxyMode satisfies never;
  }

  async #signedIn(route: Route): Promise<Route> {
    if (route === null) return null;
    this.#seen.add(proxyName(route));
    if (route.credentials !== null) return route;
    return { ...route, credentials: await this.#credentials(proxyName(route)) };
  }

  async #credentials(name: string): Promise<Proxy['credentials']> {
    const { value, isLocked } = await this.#options.vault.read(proxyEntry(name));
    if (isLocked)
      this.#options.log(`network: the keychain is locked: ${name} is used without a password`);
    return value === null ? null : (JSON.parse(value) as Credentials);
  }

  #script(address: string): Promise<PacScript> {
    const now = performance.now();
    const known = this.#pac?.address === address ? this.#pac : null;
    if (known && now - known.at < (known.isBroken ? PAC_RETRY_MS : PAC_KEPT_MS))
      return known.script;
    const entry = { address, at: now, script: this.#readScript(address), isBroken: false };
    this.#pac = entry;
    entry.script = entry.script.catch((thrown: unknown) => {
      entry.isBroken = true;
      this.#options.log(`network: ${messageOf(thrown)}`);
      // The former one is better than none.
      if (known && !known.isBroken) return known.script;
      throw thrown;
    });
    return entry.script;
  }

  async #readScript(address: string): Promise<PacScript> {
    const [{ MAX_PAC_BYTES, readPac }, text] = await Promise.all([
      import('../adapters/http/pac.ts'),
      this.#fetchScript(address),
    ]);
    if (text.length > MAX_PAC_BYTES)
      throw new AppError('usage', `The proxy script (PAC) ${address} is larger than 1 MiB`);
    return readPac(text);
  }

  async #fetchScript(address: string): Promise<string> {
    if (!/^https?:/iu.test(address)) {
      const file = /^file:/iu.test(address) ? fileURLToPath(address) : address;
      return (await readBytes(file)).toString('utf8');
    }
    const { createHttpGet } = await import('../adapters/sources/http-get.ts');
    const { hostname } = new URL(address);
    // No way to the script leads through what it names.
    const direct: Network = {
      way: async () => ({ routes: [null], tls: await this.#trust(hostname) }),
    };
    const http = createHttpGet(this.#options.version, {
      network: direct,
      accept: 'application/x-ns-proxy-autoconfig, */*;q=0.5',
      maxMs: PAC_TIMEOUT_MS,
    });
    try {
      const { status, body } = await http.get(address, {}, AbortSignal.timeout(PAC_TIMEOUT_MS));
      if (status !== 200) throw new Error(`status ${status}`);
      return Buffer.from(body).toString('utf8');
    } catch (thrown) {
      throw new AppError(
        'proxy-unreachable',
        `The proxy script (PAC) ${address} can’t be read: ${messageOf(thrown)}`,
        { retryable: true, cause: thrown },
      );
    } finally {
      http.close();
    }
  }

  /** Of a host with a certificate of ours, or that of all others. */
  #trust(hostname: string): Promise<TlsTrust> {
    const { clientCertificates } = this.#options.settings();
    const own = clientCertificates.find(({ host }) => host.toLowerCase() === hostname);
    const key = own?.host ?? '';
    const known = this.#trusts.get(key) ?? this.#readTrust(own ?? null);
    this.#trusts.set(key, known);
    return known;
  }

  async #readTrust(own: { host: string; file: string } | null): Promise<TlsTrust> {
    const ca = await (this.#authorities ??= this.#readAuthorities());
    const trust: TlsTrust = ca.length === 0 ? {} : { ca };
    if (own === null) return trust;
    try {
      return { ...trust, client: await this.#readClient(own) };
    } catch (thrown) {
      this.#options.log(
        `network: the certificate for ${own.host} isn’t used: ${messageOf(thrown)}`,
      );
      return trust;
    }
  }

  async #readClient(own: { host: string; file: string }): Promise<ClientIdentity> {
    const bytes = await readBytes(own.file);
    const { value } = await this.#options.vault.read(certificateEntry(own.host));
    return identityOf(bytes, value);
  }

  /** Files that can't be read are left out: what is trusted besides still is. */
  async #readAuthorities(): Promise<string[]> {
    const { caFiles } = this.#options.settings();
    const read = await Promise.all(
      caFiles.map(async (file) => {
        try {
          return (await readCertificates(file)).map(String);
        } catch (thrown) {
          this.#options.log(`network: ${messageOf(thrown)}`);
          return [];
        }
      }),
    );
    return read.flat();
  }
}
