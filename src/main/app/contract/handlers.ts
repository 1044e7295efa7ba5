import { requireReveal } from '../reveal.ts';
import { savePage } from '../save-page.ts';
import { clearFromDisk } from '../clear-away.ts';
import path from 'node:path';
import { type AppContract, contract } from '../../../shared/contract/index.ts';
import type { UpdatesView } from '../../../shared/contract/updates.ts';
import { isForeignSource } from '../../../shared/model/source.ts';
import { AppError } from '../../../shared/errors.ts';
import { type AccountView, exportDocument } from '../../account/account.ts';
import type { Services } from '../services.ts';
import { importDocument, enqueuePackages, planTransfers, shortened } from '../enqueue.ts';
import { type Handlers, publisher, serve, type Invoke, type Publish } from './serve.ts';
import { readSearches } from '../../settings/read-searches.ts';
import { ledgerName, noteRevealed, noteRevealedAsset } from '../ledger.ts';
import { secretStoreOf } from '../../adapters/vault.ts';
import type { ProgramUpdates } from '../updates.ts';
import { checkServiceAddress, serviceOrigin } from '../service-address.ts';

type HandlersOf<Prefix extends string> = {
  [
    N in keyof Handlers<AppContract> as N extends `${Prefix}.${string}` ? N : never
  ]: Handlers<AppContract>[N];
};
/** The account while no service is in use. */
export const signedOutView: AccountView = {
  rev: 0,
  status: 'signed-out',
  profile: null,
  sessionEnded: false,
  keychain: 'ok',
  pendingFlow: null,
  termsDue: false,
  notices: [],
};

/** Of a program that a package manager or an administrator updates. */
const PACKAGE_UPDATES: UpdatesView = {
  rev: 0,
  state: 'package',
  version: null,
  percent: null,
  checkedAt: null,
  note: null,
  fault: null,
  isBusy: false,
};

/** The handlers of all commands; they only delegate. */
export function createHandlers(services: Services): Handlers<AppContract> {
  return {
    ...appHandlers(services),
    ...settingsHandlers(services),
    ...accountHandlers(services),
    ...catalogueHandlers(services),
    ...autoFetchHandlers(services),
    ...sourcesHandlers(services),
    ...transfersHandlers(services),
    ...historyHandlers(services),
    ...recallsHandlers(services),
    ...articlesHandlers(services),
    ...ledgerHandlers(services),
    'policy.get': async () => services.policy.view,
    ...updatesHandlers(services),
    ...automationHandlers(services),
    ...keysHandlers(services),
    ...networkHandlers(services),
    ...stationHandlers(services),
    ...apiTokensHandlers(services),
  };
}

function appHandlers(services: Services): HandlersOf<'app'> {
  const {
    options: { shell, version, home },
    connection,
    disk,
    recoveries,
    links,
  } = services;
  const platform =
    process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux';
  return {
    'app.info': async () => ({
      version,
      shell: shell.kind === 'desktop' ? 'desktop' : 'station',
      platform,
      mediaSuffix: shell.mediaSuffix(),
      vault: secretStoreOf(home),
    }),
    'app.open-external': async ({ url }) => shell.openExternal(url),
    'app.take-link': async () => ({ link: links.take() }),
    'app.choose-folder': async ({ current }) => shell.chooseFolder(current),
    'app.choose-file': async ({ kind }) => shell.chooseFile(kind),
    'app.connection': async () => connection.view,
    'app.support-report': async () =>
      (await import('../support-report.ts')).supportReport(services),
    'app.recoveries': async () => recoveries.view,
    'app.recoveries-dismiss': async () => recoveries.dismiss(),
    'app.disk': async ({ folder }) => disk(folder),
  };
}

const NO_RENDITION_VALUES = { container: [], codec: [], size: [], frameRate: [] };

function settingsHandlers(services: Services): HandlersOf<'settings'> & HandlersOf<'mailbox'> {
  const { settings, connection } = services;
  return {
    'settings.get': async () => settings.view,
    'settings.set': async (patch) => {
      const { language } = settings.view;
      const view = settings.set(patch);
      await services.applySettings();
      if (view.language !== language) services.librarySync.requestSync();
      return view;
    },
    'settings.use-service': async (target) => {
      // Before anybody is asked at the address.
      settings.requireService('url' in target ? serviceOrigin(target.url) : null, 'demo' in target);
      const url =
        'url' in target
          ? await checkServiceAddress(target.url, {
              version: services.options.version,
              network: services.network,
            })
          : null;
      const { serviceUrl, demo } = settings.view;
      // Saved first: a service that cannot be saved is not used either.
      const view = settings.useService(url, 'demo' in target);
      try {
        await services.switchTo(url === null ? ('demo' in target ? target : null) : { url });
      } catch (thrown) {
        settings.useService(serviceUrl, demo);
        throw thrown;
      }
      return view;
    },
    'settings.save-search': async ({ seenAt = connection.serviceNow(), ...search }) =>
      settings.saveSearch({ ...search, seenAt }),
    'settings.import-searches': async ({ text }) =>
      settings.importSearches(readSearches(text), connection.serviceNow()),
    'settings.rename-search': async ({ id, name }) => settings.renameSearch(id, name),
    'settings.forget-search': async ({ id }) => settings.forgetSearch(id),
    'settings.look-at-search': async ({ id }) => settings.lookAtSearch(id, connection.serviceNow()),
    'settings.order-searches': async ({ ids }) => settings.orderSearches(ids),
    'settings.save-format': async (profile) => settings.saveFormat(profile),
    'settings.remove-format': async ({ id }) => settings.removeFormat(id),
    'settings.take-pending-download': async () => ({ taken: settings.takePendingDownload() }),
    'mailbox.list': async () => ({ messages: (await services.demo()?.messages()) ?? [] }),
  };
}

function stationHandlers({ options: { shell } }: Services): HandlersOf<'station'> {
  const view = () => shell.sessions?.view() ?? { rev: 0, sessions: [] };
  return {
    'station.get': async () => view(),
    'station.end-session': async ({ id }) => {
      shell.sessions?.end(id);
      return view();
    },
  };
}

function updatesHandlers({ updates }: Services): HandlersOf<'updates'> {
  const required = (): ProgramUpdates => {
    const own = updates();
    if (own) return own;
    throw new AppError(
      'usage',
      'The app doesn’t update itself here: the package it came with does.',
    );
  };
  return {
    'updates.get': async () => updates()?.view ?? PACKAGE_UPDATES,
    'updates.check': async () => required().check(),
    'updates.install': async () => required().install(),
  };
}

function automationHandlers({
  webhooks,
  listInbox,
}: Services): HandlersOf<'webhooks'> & HandlersOf<'watch-folder'> {
  return {
    'webhooks.get': async () => webhooks.view,
    'webhooks.add': async (webhook) => webhooks.add(webhook),
    'webhooks.remove': async ({ id }) => webhooks.remove(id),
    'webhooks.test': async ({ id }) => webhooks.test(id),
    'webhooks.resume': async ({ id }) => webhooks.resume(id),
    'watch-folder.get': async () => listInbox.view,
    'watch-folder.set': async (wanted) => listInbox.set(wanted),
  };
}

function accountHandlers({ current, session }: Services): HandlersOf<'account'> {
  const account = () => session().account;
  return {
    'account.get': async () => current()?.account.view ?? signedOutView,
    'account.register': async (input) => account().register(input),
    'account.verify': async ({ code }) => account().verify(code),
    'account.resend': async () => account().resend(),
    'account.forget-flow': async () => account().forgetFlow(),
    'account.sign-in': async ({ email, password }) => account().signIn(email, password),
    'account.sign-out': async () => account().signOut(),
    'account.reset-start': async ({ email }) => account().startReset(email),
    'account.reset-complete': async ({ password }) => account().completeReset(password),
    'account.refresh': async () => account().refreshProfile(),
    'account.edit': async (edit) => account().edit(edit),
    'account.change-password': async ({ currentPassword, newPassword }) =>
      account().changePassword(currentPassword, newPassword),
    'account.change-email': async ({ newEmail, password }) =>
      account().startEmailChange(newEmail, password),
    'account.delete': async ({ password }) => ({
      eraseAt: await account().deleteAccount(password),
    }),
    'account.export': async () => exportDocument(await account().exportAccount()),
    'account.accept-terms': async () => account().acceptTerms(),
    'account.notices-read': async () => account().readNotices(),
    'account.newsletter': async ({ subscribed }) => account().setNewsletter(subscribed),
    'account.sessions': async () => ({
      items: (await account().sessions()).map(
        ({ id, device, createdAt, lastSeenAt, ipMasked, current: isCurrent }) => ({
          id,
          deviceName: device.name,
          platform: device.platform,
          createdAt: Date.parse(createdAt),
          lastSeenAt: Date.parse(lastSeenAt),
          ipMasked,
          current: isCurrent,
        }),
      ),
    }),
    'account.session-revoke': async ({ id, password }) => account().revokeSession(id, password),
    'account.sessions-revoke-others': async ({ password }) => ({
      revoked: await account().revokeOthers(password),
    }),
    'account.keychain-retry': async () => account().load({ mayPrompt: true }),
  };
}

function catalogueHandlers({
  library,
  librarySync,
  sources,
  current,
  settings,
  ledger,
  options,
  readFileText,
}: Services): HandlersOf<'catalogue'> & HandlersOf<'library'> {
  const catalogue = () => library.catalogue;
  return {
    'library.get': async () => librarySync.view,
    'library.sync': async () => {
      // Their faults are in their own states and hold nothing up.
      const others = sources.check(null);
      const service = current() ? librarySync.sync() : null;
      await others;
      return (await service) ?? librarySync.view;
    },
    // Without a source there is nothing to find, which is no fault: what was found before goes.
    'catalogue.search': async ({ query, range }) =>
      library.isEmpty ? { total: 0, items: [] } : catalogue().search(query, range),
    'catalogue.facets': async (query) => (library.isEmpty ? {} : catalogue().facets(query)),
    'catalogue.saved-counts': async () => {
      const counts: { id: string; total: number; fresh: number }[] = [];
      if (library.isEmpty) return counts;
      // One after the other: what is typed meanwhile is searched for in between.
      for (const { id, text, seenAt } of settings.view.savedSearches)
        counts.push({ id, ...(await catalogue().counts(text, seenAt)) });
      return counts;
    },
    'catalogue.published-counts': async ({ text, spans }) =>
      library.isEmpty ? spans.map(() => 0) : catalogue().publishedCounts(text, spans),
    'catalogue.did-you-mean': async ({ text }) => ({
      text: library.isEmpty ? null : await catalogue().didYouMean(text),
    }),
    'catalogue.rendition-values': async () =>
      library.isEmpty ? NO_RENDITION_VALUES : catalogue().renditionValues(),
    'catalogue.ids': async (query) => ({
      ids: library.isEmpty ? [] : await catalogue().ids(query),
    }),
    'catalogue.asset': async ({ id }) => catalogue().asset(id),
    'catalogue.file-text': async (request) => readFileText(request),
    'catalogue.reveal': async ({ id }) => {
      const folder = path.dirname(await sources.locate(id));
      options.shell.reveal(folder);
      await noteRevealedAsset({ ledger, library }, { id, folder });
      return { folder };
    },
  };
}

function autoFetchHandlers({
  autoFetch,
  librarySync,
  sources,
}: Services): HandlersOf<'auto-fetch'> {
  return {
    'auto-fetch.get': async ({ id }) => autoFetch.view(id),
    'auto-fetch.set': async ({ id, choice, words }) => autoFetch.set(id, choice, words),
    'auto-fetch.remove': async ({ id }) => autoFetch.remove(id),
    'auto-fetch.preview': async ({ text, choice }) => autoFetch.preview(text, choice),
    'auto-fetch.run': async ({ id }) => {
      librarySync.requestSync();
      void sources.check(null);
      await autoFetch.run(id);
      return autoFetch.view(id);
    },
    'auto-fetch.log': async ({ id, show, range }) => autoFetch.log(id, show, range),
  };
}

function sourcesHandlers({
  sources,
  sourcesView: view,
  librarySync,
}: Services): HandlersOf<'sources'> {
  return {
    'sources.get': async () => view(),
    'sources.probe': async ({ id, input }) => sources.probe(input, id),
    'sources.find-units': async ({ id, key, text }) => sources.findUnits(text, key, id),
    'sources.add': async ({ input, accepted }) => {
      await sources.add(input, accepted);
      return view();
    },
    'sources.change': async ({ id, input, accepted }) => {
      await sources.change(id, input, accepted);
      return view();
    },
    'sources.rename': async ({ id, name }) => {
      sources.rename(id, name);
      return view();
    },
    'sources.full-text': async ({ id, fullText }) => {
      await sources.setFullText(id, fullText);
      return view();
    },
    'sources.import': async ({ text }) => {
      const { readOpml } = await import('../../formats/opml.ts');
      const { ids, ...others } = await sources.addFeeds(readOpml(text), { isTyped: false });
      return { added: ids.length, ...others };
    },
    'sources.export': async () => {
      const { writeOpml } = await import('../../formats/opml.ts');
      const { feeds, leftOut } = sources.listedFeeds();
      return { text: writeOpml(feeds, 'Multimedia Desk'), feeds: feeds.length, leftOut };
    },
    'sources.pause': async ({ id, isPaused }) => {
      await sources.setPaused(id, isPaused);
      return view();
    },
    'sources.check': async ({ id }) => {
      const isService = id !== null && !isForeignSource(id);
      if (id === null || isService) librarySync.requestSync();
      if (!isService) void sources.check(id);
      return view();
    },
    'sources.accept-terms': async ({ id, version }) => {
      sources.acceptTerms(id, version);
      return view();
    },
    'sources.remove': async ({ id }) => {
      await sources.remove(id);
      return view();
    },
  };
}

function transfersHandlers(services: Services): HandlersOf<'transfers'> {
  const { transfers, options } = services;
  return {
    'transfers.plan': async (request) => planTransfers(services, request),
    'transfers.enqueue': async (request) => ({ ids: await enqueuePackages(services, request) }),
    'transfers.list': async ({ tab, range, search }) => transfers.list(tab, range, search),
    'transfers.find': async ({ assetId, packageId }) => transfers.find(assetId, packageId),
    'transfers.detail': async ({ id }) => transfers.detail(id),
    'transfers.totals': async () => transfers.totals(),
    'transfers.pause': async ({ ids }) => transfers.pause(ids),
    'transfers.resume': async ({ ids }) => transfers.resume(ids),
    'transfers.retry': async ({ ids }) => transfers.retry(ids),
    'transfers.cancel': async ({ ids }) => transfers.cancel(ids),
    'transfers.clear': async ({ ids }) => transfers.clear(ids, { undoable: true }),
    'transfers.clearable': async () => transfers.clearable(),
    'transfers.clear-from-disk': async ({ places }) => clearFromDisk(services, places),
    'transfers.restore': async ({ ids }) => transfers.restore(ids),
    'transfers.pause-all': async ({ paused }) => transfers.pauseAll(paused),
    'transfers.set-options': async ({ id, ...change }) => transfers.setOptions(id, change),
    'transfers.set-destination': async ({ id, destination }) => {
      if (!path.isAbsolute(destination)) throw new AppError('usage', 'Enter a full path');
      await transfers.setDestination(id, destination);
    },
    'transfers.move': async ({ id, before }) => transfers.move(id, before),
    'transfers.reveal': async ({ id, acknowledge = [] }) => {
      await requireReveal(services, id, acknowledge);
      const folder = await transfers.folderOf(id);
      options.shell.reveal(folder);
      void transfers.checkHere(true).catch(() => undefined);
      await noteRevealed(services, { id, folder });
      return { folder };
    },
    'transfers.export': async ({ ids, format }) => {
      const { leftOut, ...document } = await transfers.exportQueue(ids, format);
      return { ...document, leftOut: shortened(leftOut) };
    },
    'transfers.import': async (request) => {
      const { ids, renamed, refused } = await importDocument(services, request);
      return { ids, renamed: shortened(renamed), refused: shortened(refused) };
    },
    'transfers.evidence': async ({ id, format, language }) =>
      transfers.evidence(id, format, language),
    'transfers.verify': async ({ ids }) => transfers.verify(ids),
    'transfers.verify-stop': async () => transfers.stopVerify(),
    'transfers.verification-dismiss': async () => transfers.dismissVerification(),
    'transfers.verification': async () => transfers.verification(),
    'transfers.repair': async ({ ids }) => transfers.repair(ids),
  };
}

function historyHandlers({ transfers }: Services): HandlersOf<'history'> {
  return {
    'history.state': async () => transfers.historyView(),
    'history.list': async ({ query, range }) => transfers.history(query, range),
    'history.look': async () => transfers.checkHere(true),
  };
}

function recallsHandlers({ transfers, recalls }: Services): HandlersOf<'recalls'> {
  return {
    'recalls.get': async () => transfers.recallsView(),
    'recalls.list': async ({ range, ...only }) => transfers.recalls(range, only),
    'recalls.acknowledge': async ({ ids }) => recalls.acknowledge(ids),
    'recalls.diff': async ({ id }) => recalls.diff(id),
  };
}

/** Larger ledgers are for the command line. */
const MAX_EXPORT_BYTES = 32 * 1024 * 1024;

function ledgerHandlers({
  ledger: { journal },
  connection,
  options,
}: Services): HandlersOf<'ledger'> {
  return {
    'ledger.state': async () => journal.state(),
    'ledger.list': async ({ query, range }) => journal.list(query, range),
    'ledger.entry': async ({ number }) => journal.entry(number),
    'ledger.check': async () => {
      void journal.check().catch((thrown: unknown) => options.log.error('ledger', thrown));
      return journal.view;
    },
    'ledger.export': async () => ({
      name: ledgerName(connection.serviceNow()),
      text: await journal.exportText(MAX_EXPORT_BYTES),
    }),
  };
}

/** Loaded with the first of them: few ever change the network. */
const networkCommands = () => import('../network-commands.ts');

function networkHandlers(services: Services): HandlersOf<'network'> {
  const { network } = services;
  return {
    'network.test': async () => (await networkCommands()).testWay(services),
    'network.report': async ({ test }) => (await networkCommands()).reportText(services, test),
    'network.logins': async () => ({ items: await network.logins() }),
    'network.set-login': async ({ proxy, login }) => network.setCredentials(proxy, login),
    'network.certificates': async () => (await networkCommands()).listCertificates(services),
    'network.add-authority': async ({ text }) =>
      (await networkCommands()).addAuthority(services, text),
    'network.remove-authority': async ({ file }) =>
      (await networkCommands()).removeAuthority(services, file),
    'network.set-client-certificate': async (given) =>
      (await networkCommands()).setClientCertificate(services, given),
  };
}

function apiTokensHandlers({ apiTokens }: Services): HandlersOf<'api-tokens'> {
  return {
    'api-tokens.list': async () => apiTokens.view,
    'api-tokens.add': async (request) => apiTokens.add(request),
    'api-tokens.revoke': async ({ id }) => {
      await apiTokens.revoke(id);
    },
  };
}

function keysHandlers({ session }: Services): HandlersOf<'keys'> {
  return {
    'keys.get': async () => session().keys.change(),
    'keys.accept': async ({ seen }) => session().keys.accept(seen),
  };
}

function articlesHandlers(services: Services): HandlersOf<'articles'> {
  const { articles, articleExports } = services;
  return {
    'articles.list': ({ query, range }) => articles.list(query, range),
    'articles.ids': ({ query }) => articles.firstIds(query),
    'articles.overview': ({ ownLanguage }) => articles.overview(ownLanguage),
    'articles.get': ({ id }) => articles.get(id),
    'articles.correction': ({ id }) => articles.correction(id),
    'articles.mark': async ({ ids, ...marks }) => {
      if (Object.values(marks).every((mark) => mark === undefined))
        throw new AppError('invalid-payload', 'Nothing to mark');
      await articles.mark(ids, marks);
    },
    'articles.mark-all-read': ({ query }) => articles.markAllRead(query),
    'articles.undo-read': ({ undo }) => articles.undoRead(undo),
    'articles.store': async ({ ids, stored }) => ({
      count: await articles.setStored(ids, stored),
    }),
    'articles.take-page': ({ id }) => articles.takePage(id),
    'articles.save-page': ({ address }) => savePage(services, address),
    'articles.storage': () => articles.storage(),
    'articles.free': ({ bytes }) => articles.free(bytes),
    'articles.export': async (request) => {
      services.policy.require('export-articles');
      return (await articleExports()).start(request);
    },
    'articles.export-cancel': async ({ id }) => (await articleExports()).cancel(id),
  };
}

/**
 * The contract for windows and pages. Loaded lazily, so that the CLI starts without its schemas.
 */
export const createPublisher = (
  send: (name: string, payload: unknown) => void,
): Publish<AppContract> => publisher(contract, send);
export const serveContract = (
  services: Services,
  onBug: (name: string, thrown: unknown) => void,
): Invoke => serve(contract, createHandlers(services), onBug);
