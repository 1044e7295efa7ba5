import type { Network } from '../adapters/http/network.ts';
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { Device } from '../../shared/api/flows.ts';
import { Account, type AccountView } from '../account/account.ts';
import {
  createAccountApi,
  createServiceClient,
  type ServiceClient,
} from '../adapters/service/client.ts';
import { createServiceArticles, createServiceSource } from '../adapters/service/catalogue.ts';
import { createFlagFiles } from '../adapters/fs/flag-files.ts';
import { createVault } from '../adapters/vault.ts';
import type { MediaSources } from '../adapters/service/media.ts';
import { createPackageSource } from '../adapters/service/packages.ts';
import type { Articles } from '../articles/articles.ts';
import type { ServiceArticles } from '../articles/ports.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CatalogueSource, CatalogueStore } from '../catalogue/ports.ts';
import { refusalOf, type RightsViewer } from '../catalogue/rights.ts';
import type { SourceId } from '../../shared/model/source.ts';
import type { Newsroom } from '../../shared/api/downloads.ts';
import { PLATFORMS, type NewsroomProfile } from '../../shared/api/rights.ts';
import type { Connection } from './connection.ts';
import type { Library } from './library.ts';
import { createKeychainRetry } from './keychain-retry.ts';
import type { PackageRequest, SourcePackages } from '../transfers/ports.ts';
import {
  acceptKeys,
  keyChange,
  trustedKeys,
  type KeyChange,
} from '../adapters/service/trusted-keys.ts';
import { systemClock } from '../../shared/clock.ts';
import { Coalesced } from '../../shared/coalesced.ts';

/** How the program runs; it is named in the account's list of sessions. */
export type ShellKind = 'desktop' | 'station' | 'command-line';

export type SessionOptions = {
  home: string;
  /** Address without `/v1`. */
  origin: string;
  /** Key of this service's local data: the origin, or `demo`, whose port changes at every start. */
  scope: string;
  version: string;
  network?: Network;
  shell: ShellKind;
  /**
   * A long-running shell: it starts without waiting for the keychain's prompt and retries the
   * keychain by itself.
   */
  background: boolean;
  language(): string;
  /** Whose rights count, now. */
  viewer(): RightsViewer;
  connection: Connection;
  library: Library;
  articles: Pick<Articles, 'sync'>;
  /** Last revision of an account view; shared across services, since pages keep the highest one. */
  accountRevision?: { last: number };
  onAccount(view: AccountView): void;
  onTermsAccepted?(version: string, email: string): void;
  /** Called with a text for the log for each page with entries that could not be parsed. */
  onSkipped(message: string): void;
};

/** Everything that belongs to one service: account, articles, packages and keys. */
export type ServiceSession = {
  scope: string;
  /** Address without `/v1`. */
  origin: string;
  client: ServiceClient;
  account: Account;
  /** Its assets, which the library has once they are synced. */
  assets: CatalogueSource;
  /** Its articles, which the library has once they are synced. */
  articles: ServiceArticles;
  source: SourcePackages;
  /**
   * The keys that sign the service's manifests: compares pinned and offered ones, and accepts the
   * latter.
   */
  keys: { change(): Promise<KeyChange>; accept(seen: KeyChange['offered']): Promise<void> };
  media: MediaSources;
  /** Fetches changes of catalogue and articles. Concurrent calls share one run. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** Maximum wait for the keychain before the window opens, ms. */
const START_PROMPT_MS = 2_000;

/** Suffix to the platform's name in the list of sessions. */
const SHELL_SUFFIXES: Record<ShellKind, string> = {
  desktop: '',
  station: ', station',
  'command-line': ', command line',
};
const SYSTEMS: Record<string, string> = { win32: 'Windows', darwin: 'macOS', linux: 'Linux' };
const deviceOf = (options: SessionOptions): Device => ({
  name: os.hostname().slice(0, 120) || 'desk',
  platform: `${SYSTEMS[process.platform] ?? process.platform}${SHELL_SUFFIXES[options.shell]}`,
  appVersion: options.version,
});

export function openServiceSession(options: SessionOptions): ServiceSession {
  const { home, origin, scope, connection, version } = options;
  const client = createServiceClient({
    origin,
    version,
    network: options.network,
    language: () => options.language(),
    onSeen: (offset) => connection.seen(offset),
    onUnreachable: () => connection.unreachable(),
  });
  let isClosed = false;
  const keychain = createKeychainRetry(() => account.load());
  const account: Account = new Account({
    api: createAccountApi(client),
    vault: createVault(home, scope, {
      promptMs: options.background ? START_PROMPT_MS : undefined,
    }),
    seenNotices: createFlagFiles(path.join(home, 'notices-told')),
    device: deviceOf(options),
    clock: { nowMs: systemClock.nowMs, serviceNow: () => connection.serviceNow() },
    revision: options.accountRevision,
    onChanged: (view) => {
      // Requests in flight may still settle after `close`.
      if (isClosed) return;
      if (options.background) keychain.follow(view.keychain);
      options.onAccount(view);
    },
    onTermsAccepted: (version, email) => options.onTermsAccepted?.(version, email),
  });
  const { library } = options;
  const onSkipped = (message: string): void => options.onSkipped(message);
  const assets = createServiceSource(scope, client, withOptionalToken(account), onSkipped);
  library.add(assets);
  const articles = createServiceArticles(scope, client, onSkipped);
  const packages = createPackageSource(
    client,
    (work) => account.withToken(work),
    async () => (await trustedKeys(client, home, scope)).map((key) => ({ ...key, service: scope })),
    randomUUID,
    () => newsroomOf(options.viewer().profile, account),
  );
  const source: SourcePackages = {
    ...packages,
    authorise: async (request) => {
      // The territory may be that of the account, which isn't known before there is a session: right
      // after a start this waits, as the request itself would.
      if (account.view.status !== 'signed-in') await account.withToken(async () => undefined);
      await requireRightsNow(request, library.catalogue, options.viewer(), scope);
      return request.fileIds.length === 0
        ? { downloadId: '', maxParallel: 1, urls: [] }
        : packages.authorise(request);
    },
  };
  const stop = new AbortController();
  // One that is under way began with the account of before: what a sign-in makes visible, or what is
  // asked for now, takes one more.
  const syncs = new Coalesced(async () => {
    stop.signal.throwIfAborted();
    await settleAll(library.catalogue.sync(assets, stop.signal), options.articles.sync(articles));
  });
  return {
    scope,
    origin,
    client,
    account,
    assets,
    articles,
    source,
    keys: {
      change: () => keyChange(client, home, scope),
      accept: (seen) => acceptKeys(client, home, scope, seen),
    },
    media: mediaOf(client, library.store),
    sync: () => syncs.run(),
    async close() {
      isClosed = true;
      stop.abort();
      keychain.stop();
      client.close();
      await syncs.idle();
      library.remove(assets);
    },
  };
}

/** Waits for all parts, then throws the first failure. */
async function settleAll(...parts: Promise<void>[]): Promise<void> {
  for (const part of await Promise.allSettled(parts))
    if (part.status === 'rejected') throw part.reason;
}

/** Undefined for what a service takes for granted: the account's country and all platforms. */
function newsroomOf(
  { territory, platforms }: NewsroomProfile,
  { view }: Account,
): Newsroom | undefined {
  return territory === view.profile?.country && PLATFORMS.every((one) => platforms.includes(one))
    ? undefined
    : { territory, platforms: [...platforms] };
}

/**
 * Checks the rights right before authorisation, as they are now: what was queued from a list or
 * before its rights changed is stopped, and waits for an embargo to lift.
 *
 * @throws the codes of `requireRights`
 */
async function requireRightsNow(
  request: PackageRequest,
  catalogue: Catalogue,
  viewer: RightsViewer,
  source: SourceId,
): Promise<void> {
  if (request.assetId === null) return;
  const { slug, verdict } = await catalogue.rightsTo(request.assetId, source);
  const refusal = refusalOf(verdict, { slug }, request.acknowledge, viewer.nowMs);
  if (refusal) throw refusal;
}

/** Runs `work` with a token if signed in: entitled accounts also see assets under embargo. */
function withOptionalToken(account: Account) {
  return <T>(work: (token: string | undefined) => Promise<T>): Promise<T> =>
    account.view.status === 'signed-in' ? account.withToken(work) : work(undefined);
}

function mediaOf(client: ServiceClient, store: CatalogueStore): MediaSources {
  return {
    client,
    thumbnailUrl: (id) => store.thumbnailUrl(id),
    previewUrl: (id) => store.previewUrl(id),
  };
}
