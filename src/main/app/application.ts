import { statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AppContract } from '../../shared/contract/index.ts';
import type { WaitReason } from '../../shared/model/transfer.ts';
import { Articles } from '../articles/articles.ts';
import type { StorageRules } from '../articles/storage.ts';
import type { AccountView } from '../account/account.ts';
import type { LedgerState } from '../ledger/journal.ts';
import { ensureHome, lockHome } from '../adapters/sqlite/home-lock.ts';
import { clearHome, secureHome } from '../adapters/fs/home-files.ts';
import { catchUpClearings } from './clear-away.ts';
import { createApiTokensFile } from '../adapters/fs/api-tokens-file.ts';
import { createClearingsFile } from '../adapters/fs/clearings-file.ts';
import { createRecoveriesFile } from '../adapters/fs/recoveries-file.ts';
import type { Log } from '../adapters/log.ts';
import type { Recovery } from '../adapters/sqlite/kit.ts';
import { createMediaHandler, type MediaHandler } from '../adapters/service/media.ts';
import { startTransferWorker } from '../threads/transfers.ts';
import { AppError } from '../../shared/errors.ts';
import { ApiTokens } from './api-tokens.ts';
import { AutoFetchRules } from './auto-fetch.ts';
import { Connection } from './connection.ts';
import type { ArticleExports } from './article-exports.ts';
import { DeskEvents } from './desk-events.ts';
import { ListInbox } from './list-inbox.ts';
import { Webhooks } from './webhooks.ts';
import type { FileTexts } from './file-text.ts';
import type { Application, AppOptions, Services } from './services.ts';
import { rightsViewer } from './newsroom.ts';
import type { RightsViewer } from '../catalogue/rights.ts';
import { OpenedLinks } from './opened-links.ts';
import { Recoveries, type RecoveriesView } from './recoveries.ts';
import type { Invoke, Publish } from './contract/serve.ts';
import { prefetchThumbnails, type LibraryView } from './library-sync.ts';
import { readPolicyFile, systemPolicy } from '../adapters/fs/policy-file.ts';
import { Policy } from '../settings/policy.ts';
import { guardTransfers } from './policy-guard.ts';
import { Settings, type SettingsView } from '../settings/settings.ts';
import { RecallDesk } from './recalls.ts';
import { Snapshots } from './snapshots.ts';
import { RightsWatch, type RightsDeps } from './rights-watch.ts';
import { Library } from './library.ts';
import {
  HandoutRecorder,
  Ledger,
  recallFact,
  recordTransfers,
  settingFacts,
  type TermsOf,
} from './ledger.ts';
import { acknowledgedTerms, supplierOf } from './enqueue.ts';
import { DeskNetwork, followSettings } from './network.ts';
import type { ProgramUpdates } from './updates.ts';
import { LocalPackages } from './local-packages.ts';
import { Sources } from './sources.ts';
import { createSourcesList } from './sources-list.ts';
import { createSourceStatusFile } from '../adapters/fs/source-status-file.ts';
import { createAddressVault } from '../adapters/address-vault.ts';
import { openCredentials } from '../adapters/vault.ts';
import { foreignSourceOf, isForeignId, SAVED_PAGES_NAMES } from '../../shared/model/source.ts';
import { systemClock } from '../../shared/clock.ts';
import type { TransferSettings } from '../transfers/api.ts';
import type { PackageSource } from '../transfers/ports.ts';
import { ServiceSwitch, sourceOf, initialService, knownSources } from './service-switch.ts';
import { serviceOrigin } from './service-address.ts';
import { pinnedKeysOf } from '../adapters/service/trusted-keys.ts';

export const systemLanguage = (): 'en' | 'fr' =>
  Intl.DateTimeFormat().resolvedOptions().locale.startsWith('fr') ? 'fr' : 'en';

/** Disk of the nearest existing ancestor; the destination may not exist yet. */
async function diskSpace(
  folder: string,
): Promise<{ freeBytes: number; totalBytes: number } | null> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    try {
      const { bavail, blocks, bsize } = await statfs(at);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    } catch {
      if (path.dirname(at) === at) return null;
    }
  }
}

const defaults = () => ({
  destination: path.join(os.homedir(), 'Downloads', 'Multimedia Desk'),
  language: systemLanguage(),
});
const rejectAll: Invoke = async () => ({
  ok: false,
  error: { code: 'bug', message: 'Nothing is served here' },
});

/**
 * Builds the adapters, joins the domains and locks the home until `close`.
 *
 * @throws what `lockHome` and `openCredentials` throw, what `serviceOrigin` throws for
 * `serviceUrl`, and `managed` for a service that the policy doesn't let be used
 */
export async function createApplication(options: AppOptions): Promise<Application> {
  if (options.serviceUrl !== undefined) serviceOrigin(options.serviceUrl);
  await ensureHome(options.home);
  const unlock = lockHome(options.home);
  try {
    secureHome(options.home);
    const { aside } = await openCredentials(options.home, options.credentials);
    return await assemble(options, unlock, aside);
  } catch (thrown) {
    unlock();
    throw thrown;
  }
}

/**
 * Maximum rows per push, more than any window shows; of larger changes the page re-reads what it
 * shows.
 */
const MAX_PUSH_ROWS = 200;

/** Logs damage to a database of the home and reports it to the user. */
const reportDamage =
  (log: Log, recoveries: Recoveries, what: 'queue' | 'library') =>
  ({ recovery, lost }: { recovery: Recovery | null; lost: string[] }): void => {
    log.info(
      `${what}: ${recovery ? 'rebuilt' : 'damaged'}: ${JSON.stringify({ ...recovery, lost })}`,
    );
    if (recovery) recoveries.add(`${what}-rebuilt`, { ...recovery, file: recovery.aside });
    else recoveries.add(`${what}-damaged`, { lost });
  };

const libraryEvents = (log: Log, recoveries: Recoveries) => ({
  onError: (message: string) => log.info(`library: ${message}`),
  onDamaged: reportDamage(log, recoveries, 'library'),
  onSkipped: (message: string) => {
    log.info(`library: ${message}`);
    recoveries.add('items-skipped');
  },
});

/** Starts the transfer thread and tracks which packages are on this disk. */
async function openQueue(
  { home, background, log }: AppOptions,
  {
    catalogue,
    storedRights,
    serviceNow,
    knownServiceNow,
    sourceTimes,
    scope,
    ...source
  }: PackageSource & Omit<RightsDeps, 'transfers' | 'log'>,
  publish: Publish<AppContract>,
  recoveries: Recoveries,
  network: DeskNetwork,
  {
    ledger,
    termsOf,
    ...guard
  }: { ledger: Ledger; termsOf: TermsOf; policy: Policy; settings: Settings },
) {
  const unrecorded = await startTransferWorker({
    home,
    source,
    network,
    settings: { scope: background ? 'all' : 'started-here' },
    restarts: background,
    onBug: (trace) => log.error('transfers', trace),
    onDamaged: reportDamage(log, recoveries, 'queue'),
  });
  const deskEvents = new DeskEvents({
    home,
    transfers: unrecorded,
    serviceNow,
    background,
    log,
    onRecovered: ({ aside, ...recovery }) =>
      recoveries.add('events-rebuilt', { ...recovery, file: aside }),
  });
  const handouts = new HandoutRecorder(unrecorded, ledger, log, (packages) =>
    deskEvents.ready(packages),
  );
  // Before anything is recorded: what is refused was never confirmed.
  const transfers = guardTransfers(
    recordTransfers(unrecorded, { ledger, handouts, termsOf }),
    guard,
  );
  const rights = new RightsWatch({
    catalogue,
    storedRights,
    transfers,
    serviceNow,
    knownServiceNow,
    sourceTimes,
    scope,
    log,
  });
  const localPackages = new LocalPackages();
  localPackages.load(await transfers.packages());
  transfers.onChanged((change) => {
    localPackages.apply(change);
    void handouts.changed(change.rows);
    void deskEvents.changed(change.rows);
    rights.await(change.rows);
    publish('transfers.changed', {
      ...change,
      rows: change.rows.slice(0, MAX_PUSH_ROWS),
      more: change.rows.length > MAX_PUSH_ROWS,
    });
  });
  transfers.onHere(
    () =>
      void transfers
        .packages()
        .then((packages) => localPackages.load(packages))
        .catch((thrown: unknown) => log.error('here', thrown)),
  );
  transfers.onHistory((view) => publish('history.changed', view));
  transfers.onVerification((view) => publish('transfers.verification-changed', view));
  return {
    transfers,
    localPackages,
    handouts,
    deskEvents,
    rights,
  };
}

/** What the policy is, and everything that is wrong with it. */
function logPolicy(log: Log, { view }: Policy): void {
  if (!view.isThere) return;
  log.info(
    `policy: ${view.file}: ${view.managed.length} settings fixed, off: ${view.disabled.join(', ') || 'nothing'}`,
  );
  for (const { at, kind, detail } of view.faults) log.error('policy', `${at} ${kind}: ${detail}`);
}

/** Repairs the home's files before any of them is opened and reports what was wrong. */
function repairHome(
  { home, settingsStore }: AppOptions,
  settings: Settings,
  onChanged: (view: RecoveriesView) => void,
): Recoveries {
  const { aside, isChanged } = settingsStore.found;
  const quarantined = clearHome(home);
  const recoveries = new Recoveries(onChanged, createRecoveriesFile(home));
  if (settings.wasDamaged)
    recoveries.add('settings-rebuilt', {
      file: aside,
      fromBackup: settings.isRestored ? 1 : 0,
      lost: [...settings.reset],
    });
  else if (isChanged) recoveries.add('settings-changed');
  if (settings.wasDamaged || isChanged) settings.save();
  for (const file of quarantined) recoveries.add('moved-aside', { file });
  return recoveries;
}

/** The ledger, and what it records of the settings. */
function openLedger(
  { home, log }: AppOptions,
  {
    settings,
    connection,
    ...deps
  }: {
    settings: Settings;
    connection(): Connection;
    account(): string | null;
    onChanged(state: LedgerState): void;
  },
): Ledger {
  const ledger = new Ledger({
    home,
    log,
    connection: {
      serviceNow: () => connection().serviceNow(),
      get view() {
        return connection().view;
      },
    },
    settings: () => settings.view,
    ...deps,
  });
  let before = settings.view;
  settings.listen((view) => {
    const facts = settingFacts(before, view);
    before = view;
    if (facts.length > 0) void ledger.note(...facts);
  });
  return ledger;
}

/** Wait reasons that the account's state resolves. */
const resolvedWaitReasons = ({ status, termsDue }: AccountView): WaitReason[] =>
  status !== 'signed-in' ? [] : termsDue ? ['signed-out'] : ['signed-out', 'terms'];

/** Which articles are here whole. */
const storageRules = ({
  articlesNewest,
  articleTopics,
  articleSources,
  articlesLimitMb,
  articlesKeepDays,
}: SettingsView): StorageRules => ({
  newest: articlesNewest,
  topics: articleTopics,
  sources: articleSources,
  limitBytes: articlesLimitMb * 1_000_000,
  keepDays: articlesKeepDays,
});

function transferSettings({ view }: Settings): Partial<TransferSettings> {
  const {
    connectionsPerFile,
    connectionsPerHost,
    activeTransfers,
    limitBytesPerSecond,
    schedule,
    holdUnderEmbargo,
  } = view;
  return {
    connectionsPerFile,
    connectionsPerHost,
    activeTransfers,
    limitBytesPerSecond,
    schedule,
    holdUnderEmbargo,
  };
}

/** @param credentialsAside new path of a damaged credential file */
async function assemble(
  options: AppOptions,
  unlock: () => void,
  credentialsAside: string | null,
): Promise<Application> {
  const { home, log, shell } = options;
  const contractModule = options.send ? await import('./contract/handlers.ts') : null;
  const publish: Publish<AppContract> =
    contractModule && options.send ? contractModule.createPublisher(options.send) : () => undefined;
  const policy = new Policy(readPolicyFile(options.policy ?? systemPolicy()));
  logPolicy(log, policy);
  const settings = new Settings(
    options.settingsStore,
    defaults(),
    (view) => publish('settings.changed', view),
    policy,
  );
  if (options.demo === true) settings.requireService(null, true);
  else if (options.serviceUrl !== undefined)
    settings.requireService(serviceOrigin(options.serviceUrl), false);
  const network = new DeskNetwork({
    settings: () => settings.view,
    vault: createAddressVault(home, 'network'),
    version: options.version,
    systemProxy: shell.systemProxy,
    log: (message) => log.info(message),
  });
  followSettings(settings, network);
  const recoveries = repairHome(options, settings, (view) =>
    publish('app.recoveries-changed', view),
  );
  if (credentialsAside !== null) recoveries.add('credentials-reset', { file: credentialsAside });
  const ledger = openLedger(options, {
    settings,
    connection: () => connection,
    account: () => service.session?.account.view.profile?.email ?? null,
    onChanged: (state) => publish('ledger.changed', state),
  });
  const apiTokens = new ApiTokens({
    store: createApiTokensFile(home),
    clock: systemClock,
    policy,
    ledger,
    log,
    onDamaged: (file) => recoveries.add('api-tokens-reset', { file }),
    onChanged: (change) => publish('api-tokens.changed', change),
  });
  const connection = new Connection(
    (view) => publish('app.connection-changed', view),
    () =>
      void transfers
        .wake(['offline', 'retry'])
        .catch((thrown: unknown) => log.error('wake', thrown)),
  );
  const sourceMedia = createMediaHandler(
    (id) => (isForeignId(id) ? sources.mediaOf(id) : (service.session?.media ?? null)),
    (mediaId) => articles.picture(mediaId),
    path.join(home, 'thumbnails'),
  );
  /** `export/<id>` is what a page has had made of articles; it is there once. */
  const media: MediaHandler = async (mediaPath, range) => {
    const [kind, id = '', ...rest] = mediaPath.split('/');
    if (kind !== 'export' || rest.length > 0) return sourceMedia(mediaPath, range);
    return (await openExports()).take(id);
  };
  const viewer = (): RightsViewer =>
    rightsViewer(settings.view, service.session, {
      nowMs: connection.serviceNow(),
      sourceTimes: sources.times,
    });
  const { onSkipped, ...events } = libraryEvents(log, recoveries);
  const library = new Library({
    home,
    viewer,
    localAssets: () => localPackages.assets,
    language: () => settings.view.language,
    sourceNames: () => sourcesList.view.items,
    ...events,
  });
  const prefetch = prefetchThumbnails(
    () => (library.isEmpty ? undefined : library.catalogue),
    media,
  );
  const onLibrary = (view: LibraryView): void => {
    if (!view.syncing) {
      void rights.check();
      void snapshots.check();
      autoFetch.request();
    }
    publish('library.changed', view);
    sourcesList.changed();
    if (options.background) prefetch(view);
  };
  const articles = new Articles({
    store: () => library.articles,
    sourceOf: (id) => {
      const owner = foreignSourceOf(id);
      if (owner === null) return service.session?.articles ?? null;
      // What was kept of a source that was removed is a saved page.
      return sources.nameOf(owner) === null ? sources.savedPages : sources.articlesOf(owner);
    },
    sourceNames: () => [...sourcesList.view.items, ...SAVED_PAGES_NAMES],
    rules: () => storageRules(settings.view),
    nowMs: () => connection.serviceNow(),
    assets: (ids) => (library.isEmpty ? Promise.resolve([]) : library.catalogue.rows(ids)),
    onChanged: (ids, marks) =>
      publish('articles.changed', {
        rev: service.syncer.nextRev(),
        ids: ids.length > MAX_PUSH_ROWS ? [] : ids,
        ...(marks && { marks }),
      }),
  });
  const accountRevision = { last: 0 };
  const service = new ServiceSwitch(
    options,
    { connection, recoveries },
    { counts: () => library.counts(), onChanged: onLibrary },
    // Loaded with the first service: commands on the queue start without its schemas.
    async (origin, scope) =>
      (await import('./service-session.ts')).openServiceSession({
        home,
        origin,
        scope,
        version: options.version,
        network,
        shell: shell.kind,
        background: options.background,
        connection,
        language: () => settings.view.language,
        viewer,
        library,
        articles,
        accountRevision,
        onAccount: (view) => {
          publish('account.changed', view);
          settings.noteAccountCountry(view.profile?.country ?? null);
          service.setEntitlements(view.profile?.entitlements ?? []);
          void transfers.wake(resolvedWaitReasons(view));
        },
        onTermsAccepted: (termsVersion, account) =>
          void ledger.note({ kind: 'terms-accepted', account, termsVersion }),
        onSkipped,
      }),
  );
  const { clock = systemClock } = options;
  const sources = new Sources({
    settings,
    policy,
    library,
    statuses: createSourceStatusFile(home),
    secrets: createAddressVault(home, 'sources'),
    clock,
    log,
    background: options.background,
    opener: async () =>
      (await import('./source-opener.ts')).createSourceOpener({
        version: options.version,
        network,
        isManaged: policy.view.isThere,
        clock,
        language: () => settings.view.language,
        pauseMs: () => settings.view.sourceMinutes * 60_000,
        library: {
          detail: (id) => library.store.detail(id),
          rights: (...asked) => library.store.rights(...asked),
          mark: (id) => library.store.mark(id),
          held: (id) => library.store.held(id),
        },
        viewer,
        downloaded: () => localPackages.assets,
        acceptedOf: (id) => sources.acceptedOf(id),
      }),
    onChanged: () => sourcesList.changed(),
    onUsable: () =>
      void transfers
        .wake(['other-service', 'terms'])
        .catch((thrown: unknown) => log.error('wake', thrown)),
    async onSynced(isComplete) {
      await service.syncer
        .refresh(isComplete)
        .catch((thrown: unknown) => log.error('library', thrown));
      publish('articles.changed', { rev: service.syncer.nextRev(), ids: [] });
      // Texts and pictures for reading offline come after the list, and keep no check waiting.
      if (isComplete && options.background) void keepArticles();
    },
  });
  const keepArticles = (): Promise<void> =>
    articles.keep().catch((thrown: unknown) => {
      if (thrown instanceof AppError) log.info(`articles: ${thrown.code}: ${thrown.message}`);
      else log.error('articles', thrown);
    });
  const sourcesList = createSourcesList(
    { current: () => service.session, sync: service.syncer, sources },
    (view) => publish('sources.changed', view),
  );
  const source = sourceOf(
    () => service.session,
    () => pinnedKeysOf(home, options.demo === true || settings.view.demo),
    (id) => sources.packagesOf(id),
  );
  const { transfers, localPackages, handouts, deskEvents, rights } = await openQueue(
    options,
    {
      ...source,
      catalogue: () => (library.isEmpty ? null : library.catalogue),
      async storedRights(assetIds) {
        const known = knownSources(options, settings);
        return known.length === 0 && library.isEmpty ? [] : library.storedRights(assetIds, known);
      },
      serviceNow: () => connection.serviceNow(),
      knownServiceNow: () => connection.knownServiceNow(),
      sourceTimes: () => sources.times,
      scope: () => service.session?.scope ?? null,
    },
    publish,
    recoveries,
    network,
    {
      ledger,
      policy,
      settings,
      async termsOf({ assetId }) {
        const [row] =
          library.isEmpty || assetId === null ? [] : await library.catalogue.rows([assetId]);
        if (!row) return undefined;
        try {
          const supplier = supplierOf({ session: () => service.require(), sources }, row.source);
          return acknowledgedTerms(supplier, row.restrictions, row.verdict);
        } catch (thrown) {
          // Its service isn't in use.
          if (thrown instanceof AppError) return undefined;
          throw thrown;
        }
      },
    },
  );
  let profile = viewer().profile;
  settings.listen(() => {
    const before = profile;
    ({ profile } = viewer());
    // What runs may be barred by it, or be free again.
    if (JSON.stringify(before) !== JSON.stringify(profile)) void rights.check();
  });
  const snapshots = new Snapshots({
    transfers,
    stored: (id) => library.store.detail(id),
    fetched: options.background ? (id) => library.catalogue.detail(id) : null,
    log,
  });
  transfers.onHere(() => void snapshots.check());
  const recalls = new RecallDesk({
    transfers,
    detail: (id) => library.catalogue.detail(id),
    manifest: (origin, packageId) => source.manifest(origin, packageId),
    async record(event) {
      await deskEvents.recalled(event);
      await ledger.append([recallFact(event)]);
    },
    serviceNow: () => connection.serviceNow(),
    who: () => service.session?.account.view.profile?.email ?? os.userInfo().username,
    onChanged: (view) => publish('recalls.changed', view),
    log,
  });
  // Loaded with the first text that is read: commands start without it.
  const openFileTexts = async (): Promise<FileTexts> => {
    const [{ FileTexts }, { createHttpSource }, { withLocalFiles }] = await Promise.all([
      import('./file-text.ts'),
      import('../adapters/http/byte-source.ts'),
      import('../adapters/fs/file-source.ts'),
    ]);
    return new FileTexts({
      ...services,
      source,
      bytes: withLocalFiles(createHttpSource({ network })),
    });
  };
  let fileTexts: Promise<FileTexts> | null = null;
  let articleExports: Promise<ArticleExports> | null = null;
  const openExports = (): Promise<ArticleExports> =>
    (articleExports ??= import('./article-exports.ts').then(
      ({ ArticleExports, exportDeps }) =>
        new ArticleExports({
          deps: (language) => exportDeps(services, language),
          language: () => settings.view.language,
          onChanged: (view) => publish('articles.export-changed', view),
          note: (what) => ledger.note({ kind: 'exported', what }),
          onBug: (thrown) => log.error('articles.export', thrown),
        }),
    ));
  const automation = {
    events: deskEvents,
    settings,
    policy,
    clock,
    background: options.background,
    log,
  };
  const webhooks = new Webhooks({
    ...automation,
    network,
    vault: createAddressVault(home, 'webhooks'),
    version: options.version,
    onChanged: (view) => publish('webhooks.changed', view),
  });
  const listInbox = new ListInbox({
    ...automation,
    home,
    transfers,
    onChanged: (view) => publish('watch-folder.changed', view),
  });
  const services: Omit<Services, 'autoFetch'> = {
    rights,
    viewer,
    recalls,
    ledger,
    events: deskEvents,
    webhooks,
    listInbox,
    clearings: createClearingsFile(home),
    handouts,
    options,
    settings,
    updates: () => updates,
    policy,
    apiTokens,
    network,
    connection,
    recoveries,
    transfers,
    library,
    articles,
    sources,
    sourcesView: () => sourcesList.view,
    librarySync: service.syncer,
    readFileText: async (request) => (await (fileTexts ??= openFileTexts())).read(request),
    articleExports: openExports,
    disk: diskSpace,
    links: new OpenedLinks(() => publish('app.link-opened', {})),
    finishedAt: (id) => localPackages.finishedAt(id),
    session: () => service.require(),
    current: () => service.session,
    demo: () => service.demo,
    applySettings: () => transfers.configure(transferSettings(settings)),
    switchTo: async (target) => {
      await service.switchTo(target);
      if (target === null) {
        // No session is left that would say so.
        accountRevision.last += 1;
        if (contractModule)
          publish('account.changed', {
            ...contractModule.signedOutView,
            rev: accountRevision.last,
          });
        await service.syncer.refresh(false);
        publish('articles.changed', { rev: service.syncer.nextRev(), ids: [] });
      }
      await transfers.wake(['offline', 'signed-out', 'terms', 'retry', 'other-service']);
    },
  };
  const autoFetch = new AutoFetchRules({
    home,
    services,
    clock,
    background: options.background,
    log,
    onChanged: (rev) => publish('auto-fetch.changed', { rev }),
    onRecovered: ({ aside, ...recovery }) =>
      recoveries.add('auto-fetch-rebuilt', { ...recovery, file: aside }),
  });
  let updates: ProgramUpdates | null = null;
  let updatesOpening: Promise<void> = Promise.resolve();
  const openUpdates = async (): Promise<void> => {
    const source = await options.updates?.open(network);
    if (!options.updates || !source) return;
    // Only a window of a packaged program has it.
    const { startUpdates } = await import('./updates.ts');
    updates = await startUpdates({
      source,
      settings,
      transfers,
      version: options.version,
      clock,
      log,
      onChanged: (view) => publish('updates.changed', view),
      quit: options.updates.quit,
    });
    publish('updates.changed', updates.view);
  };
  const close = async (): Promise<void> => {
    await updatesOpening;
    await updates?.close();
    await autoFetch.close();
    await listInbox.close();
    (await fileTexts)?.close();
    await (await articleExports)?.close();
    await rights.close();
    await snapshots.close();
    await sources.close();
    await service.switchTo(null);
    await library.close();
    await recalls.report();
    // Whatever has heard the service's time in this home hands over what waited for it.
    await rights.release();
    // A command ends as soon as its packages are complete or released: they are recorded first.
    await handouts.close();
    await webhooks.close();
    await transfers.close();
    apiTokens.close();
    await deskEvents.close();
    await ledger.close();
    unlock();
  };
  try {
    await services.applySettings();
    // Before the service, whose address may be wrong: they don't depend on it.
    if (options.connect !== false) await sources.open();
    await services.switchTo(initialService(options, settings));
  } catch (thrown) {
    // The window must open even if the service cannot be: another one can be chosen there.
    log.error('start', thrown);
    if (!options.background) {
      await close();
      throw thrown;
    }
  }
  if (options.background)
    void ledger.journal
      .check()
      .then(() => handouts.catchUp({ isThorough: true }))
      .catch((thrown: unknown) => log.error('ledger', thrown));
  else await handouts.catchUp();
  if (options.background) {
    void deskEvents.catchUp();
    void listInbox.follow();
    webhooks.start();
  }
  await catchUpClearings(services).catch((thrown: unknown) => log.error('ledger', thrown));
  if (options.background)
    void sources.sweep().catch((thrown: unknown) => log.error('sources', thrown));
  // Not even the window waits for it.
  updatesOpening = openUpdates().catch((thrown: unknown) => log.error('updates', thrown));
  const served: Services = { ...services, autoFetch };
  return {
    services: served,
    publish,
    invoke: contractModule
      ? contractModule.serveContract(served, (name, thrown) => log.error(`command ${name}`, thrown))
      : rejectAll,
    media,
    close,
    finishUpdates: () => updates?.finish(),
  };
}
