import * as z from 'zod';
import { command, push } from './define.ts';
import { country } from '../api/common.ts';
import { PLATFORMS } from '../api/rights.ts';
import { autoFetchRule } from './auto-fetch.ts';
import { MAX_SAVED_SEARCHES, savedSearch } from './catalogue.ts';
import { formatProfile, MAX_PROFILES } from './house-format.ts';
import { bytes, fileTemplate, folderTemplate, id, instant, language, rev } from './common.ts';
import { addedSource, MAX_SOURCES } from './sources.ts';
import { enqueueRequest } from './transfers.ts';
import { UPDATE_CHANNELS } from './updates.ts';
import { watchFolder } from './watch-folder.ts';
import { MAX_WEBHOOKS, storedWebhook } from './webhooks.ts';
import { NOTIFY } from '../model/notifications.ts';
import { MAX_SEARCHES_CHARACTERS } from '../model/saved-search.ts';
import { SORTS } from '../model/sorts.ts';
import { bandwidthSchedule } from '../model/schedule.ts';
import { READING, type Steps } from '../model/reading.ts';

const appInfo = z.object({
  version: z.string(),
  /**
   * `desktop`: the app's window, with native dialogs. `station`: a browser page, where paths are
   * typed.
   */
  shell: z.enum(['desktop', 'station']),
  platform: z.enum(['win32', 'darwin', 'linux']),
  /** Suffix of every `media/…` URL: empty in a window, a short-lived token on the station. */
  mediaSuffix: z.string(),
  /** Where tokens, keys and passwords are kept. */
  vault: z.enum(['keychain', 'file']),
});

const within = ({ least, most }: Steps) => z.number().min(least).max(most);

/** The user's settings, stored on disk; every change replaces the whole value. */
export const settings = z.object({
  rev,
  /** URL of the service without `/v1`; null until the first start is complete. */
  serviceUrl: z.string().nullable(),
  demo: z.boolean(),
  destination: z.string(),
  /**
   * Template for package folder names, with tokens such as `{date}`; null for the publisher's name.
   */
  folderTemplate: folderTemplate.nullable(),
  /** The same for the files in it, beside what a manifest says of each. */
  fileTemplate: fileTemplate.nullable(),
  language,
  theme: z.enum(['system', 'light', 'dark']),
  /** How articles are set: see `READING` for the units. `auto` is the theme of the app. */
  readerPx: within(READING.px).int(),
  readerLineHeight: within(READING.lineHeight),
  readerMeasure: within(READING.measure).int(),
  readerFace: z.enum(['serif', 'sans']),
  readerTheme: z.enum(['auto', 'light', 'sepia', 'dark']),
  /** Both edges are even, and words are hyphenated. */
  readerJustify: z.boolean(),
  connectionsPerFile: z.number().int().min(1).max(16),
  connectionsPerHost: z.number().int().min(1).max(64),
  activeTransfers: z.number().int().min(1).max(16),
  /** Limit of all transfers, bytes per second; null for none. */
  limitBytesPerSecond: bytes.nullable(),
  /** Hours in which the limit applies; null for always. */
  schedule: bandwidthSchedule.nullable(),
  catalogueView: z.enum(['grid', 'table']),
  /** House formats that were made here; the built-in ones are always there. */
  formatProfiles: z.array(formatProfile).max(MAX_PROFILES),
  /** Id of the house format that is used where nobody says another. */
  houseFormat: id,
  /** Where the newsroom publishes, ISO 3166-1 alpha-2; null for the country of its account. */
  territory: country.nullable(),
  /**
   * Country of the account that was signed in last: it counts while the account isn't known, such as
   * with a locked keychain. Null for none.
   */
  accountCountry: country.nullable(),
  /** On which platforms it publishes. */
  platforms: z.array(z.enum(PLATFORMS)).min(1).max(PLATFORMS.length),
  /** `.done` of a package that was taken under embargo is written when the embargo has lifted. */
  holdUnderEmbargo: z.boolean(),
  /** Which system notifications are shown while the window is not focused. */
  notify: z.enum(NOTIFY),
  /** Tray icon; with it downloads continue when the window is closed. */
  tray: z.boolean(),
  /** Blocks automatic sleep while transfers run. */
  keepAwake: z.boolean(),
  savedSearches: z.array(savedSearch).max(MAX_SAVED_SEARCHES),
  /** What saved searches queue by themselves; at most one rule each. */
  autoFetch: z.array(autoFetchRule).max(MAX_SAVED_SEARCHES),
  /** Queries of the search field, newest first. */
  recentSearches: z.array(z.string().max(1000)).max(20),
  sources: z.array(addedSource).max(MAX_SOURCES),
  /** Who is told of what happens here. */
  webhooks: z.array(storedWebhook).max(MAX_WEBHOOKS),
  /** Where lists are taken from; null for nowhere. */
  watchFolder: watchFolder.nullable(),
  /** How many of the newest articles are stored for reading offline. */
  articlesNewest: z.number().int().min(0).max(5000),
  /** Sections, topics and sources whose articles are all stored. */
  articleTopics: z.array(z.string().min(1).max(120)).max(50),
  articleSources: z.array(z.string()).max(MAX_SOURCES),
  /** What stored articles may take, MB. */
  articlesLimitMb: z.number().int().min(50).max(100_000),
  /** Read articles are no longer stored after so many days; null stores them as long as there is room. */
  articlesKeepDays: z.number().int().min(1).max(3650).nullable(),
  /**
   * How proxies are found: as the system says, none, the one of `proxyAddress`, or by the script at
   * `pacAddress`. This computer is always reached without one.
   */
  proxyMode: z.enum(['system', 'none', 'manual', 'pac']),
  /** `host:port`, or a URL with its kind: http, https, socks5, socks4. Never with a password. */
  proxyAddress: z.string().min(1).max(512).nullable(),
  /** What is reached without that proxy: names, networks, `<local>`. */
  proxyExceptions: z.array(z.string().trim().min(1).max(255)).max(200),
  /** URL or path of a proxy script (PAC). */
  pacAddress: z.string().min(1).max(2048).nullable(),
  /** Paths of PEM files with certificate authorities that are trusted beside the system's. */
  caFiles: z.array(z.string().max(4096)).max(20),
  /** Certificates that tell a host who we are: a PEM file with its key, or PKCS #12. */
  clientCertificates: z
    .array(z.object({ host: z.string().min(1).max(255), file: z.string().max(4096) }))
    .max(20),
  /** Pause between two checks of a source; those that ask for longer ones get them. */
  sourceMinutes: z.union([z.literal(15), z.literal(30), z.literal(60), z.literal(240)]),
  /** Whether the app updates itself, where it does at all. */
  updates: z.enum(['on', 'off']),
  updateChannel: z.enum(UPDATE_CHANNELS),
  /** Name of this desk in the ledger; empty for the computer's. */
  deskName: z.string().max(80),
  /** Download chosen before signing in, queued after it. Contains package ids, nothing secret. */
  pendingDownload: enqueueRequest.nullable(),
});

export const settingsPatch = settings
  .omit({
    rev: true,
    serviceUrl: true,
    demo: true,
    accountCountry: true,
    savedSearches: true,
    autoFetch: true,
    formatProfiles: true,
    sources: true,
    webhooks: true,
    watchFolder: true,
  })
  .partial()
  .strict();

export const connection = z.object({
  rev,
  /** `starting` until the first answer; `offline` while the service cannot be reached. */
  state: z.enum(['starting', 'online', 'offline', 'no-service']),
  /** The service in use is the built-in demo, which has a mailbox. */
  demo: z.boolean(),
  /** Last response of the service, ms since 1970; null for none. */
  lastSeenAt: z.number().nullable(),
  /** Service clock minus this machine's clock, ms. Countdowns and embargoes use it. */
  clockOffsetMs: z.number(),
});

export const recoveryReport = z.object({
  /**
   * `…-rebuilt`: it was damaged and rebuilt from readable data and backups. `…-damaged`: damage was
   * seen in use and the next start repairs it. `settings-changed`: another program wrote the file.
   * `credentials-reset`, `api-tokens-reset`: that file was damaged and set aside. `items-skipped`: the
   * service sent invalid entries. `moved-aside`: something else was at the path of one of the
   * program's files.
   */
  kind: z.enum([
    'settings-rebuilt',
    'settings-changed',
    'library-rebuilt',
    'library-damaged',
    'queue-rebuilt',
    'queue-damaged',
    'auto-fetch-rebuilt',
    'events-rebuilt',
    'demo-rebuilt',
    'credentials-reset',
    'api-tokens-reset',
    'items-skipped',
    'moved-aside',
  ]),
  /** New path of the quarantined file; null if nothing was left of it. */
  file: z.string().nullable(),
  /**
   * Number of downloads or articles recovered, and how many of them from a backup and possibly
   * outdated; null if no row had to be recovered.
   */
  kept: z.number().int().nonnegative().nullable(),
  fromBackup: z.number().int().nonnegative(),
  /** Names of what could not be recovered. */
  lost: z.array(z.string()),
});
export type RecoveryReport = z.infer<typeof recoveryReport>;
/** Undismissed reports of damage, of this run and earlier ones. */
export const recoveryReports = z.object({ rev, items: z.array(recoveryReport) });

const appLink = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('search'), name: z.string(), text: z.string(), sort: z.enum(SORTS) }),
  z.object({ kind: z.enum(['asset', 'article']), id: z.string() }),
]);

const mail = z.object({
  id: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  receivedAt: z.string(),
  code: z.string().nullable(),
});

export const app = {
  'app.info': command(z.void(), appInfo),
  /** Opens an https or mailto URL in the system's browser, after its host was shown. */
  'app.open-external': command(z.strictObject({ url: z.string().max(2048) }), z.void()),
  /** Removes and returns the link that the system has opened; of several pages only one gets it. */
  'app.take-link': command(z.void(), z.object({ link: appLink.nullable() })),
  /** There is a link to be taken. */
  'app.link-opened': push(z.object({})),
  /** Native folder dialog; null if cancelled or if the shell has none (station). */
  'app.choose-folder': command(z.strictObject({ current: z.string() }), z.string().nullable()),
  /** Native dialog for a file; null if cancelled or if the shell has none (station). */
  'app.choose-file': command(
    z.strictObject({ kind: z.enum(['certificate', 'pac']) }),
    z.string().nullable(),
  ),
  'app.connection': command(z.void(), connection),
  'app.connection-changed': push(connection),
  /** Free and total bytes of the folder's volume; null if it cannot be reached. */
  'app.disk': command(
    z.strictObject({ folder: z.string() }),
    z.object({ freeBytes: bytes, totalBytes: bytes }).nullable(),
  ),
  /**
   * What helps to find a fault, as text to be attached to a ticket: without anything secret, and
   * without who people are. Takes as long as a test of the connection; nothing is sent.
   */
  'app.support-report': command(z.void(), z.object({ name: z.string(), text: z.string() })),
  'app.recoveries': command(z.void(), recoveryReports),
  'app.recoveries-changed': push(recoveryReports),
  /** Dismisses all reports. */
  'app.recoveries-dismiss': command(z.void(), recoveryReports),
  'settings.get': command(z.void(), settings),
  'settings.set': command(settingsPatch, settings),
  'settings.changed': push(settings),
  /**
   * @param id of one that was deleted and comes back
   * @throws `usage` beyond `MAX_SAVED_SEARCHES`
   */
  'settings.save-search': command(
    savedSearch.extend({ id: id.optional(), seenAt: instant.optional() }),
    settings,
  ),
  /** Saves those of a document that aren't there yet. @throws `usage` for any other document */
  'settings.import-searches': command(
    z.strictObject({ text: z.string().max(MAX_SEARCHES_CHARACTERS) }),
    z.object({ added: z.int().nonnegative(), known: z.int().nonnegative() }),
  ),
  /** No-op for a deleted search. */
  'settings.rename-search': command(savedSearch.pick({ id: true, name: true }), settings),
  'settings.forget-search': command(savedSearch.pick({ id: true }), settings),
  /** It was looked at: what is there now is no longer new. */
  'settings.look-at-search': command(savedSearch.pick({ id: true }), settings),
  /** Their order; those that aren't named stay behind the others. */
  'settings.order-searches': command(
    z.strictObject({ ids: z.array(id).max(MAX_SAVED_SEARCHES) }),
    settings,
  ),
  /**
   * Makes a house format, the last of the list, or replaces the one of that id.
   * @throws `usage` beyond `MAX_PROFILES`, or for a name that another one has
   */
  'settings.save-format': command(
    formatProfile.omit({ id: true }).extend({ id: id.optional() }),
    settings,
  ),
  /**
   * No-op for one that isn't there. If it was in use by default, Broadcast is.
   * @throws `usage` while auto-fetch uses it
   */
  'settings.remove-format': command(z.strictObject({ id }), settings),
  /** Removes and returns it; of several pages only one gets it. */
  'settings.take-pending-download': command(
    z.void(),
    z.object({ taken: enqueueRequest.nullable() }),
  ),
  /**
   * Switches to the service at this URL, which is checked first, to the demo, or to none. Transfers
   * continue; those of a service that isn't in use wait for it.
   */
  'settings.use-service': command(
    z.union([
      z.strictObject({ url: z.string().max(2048) }),
      z.strictObject({ demo: z.literal(true) }),
      z.strictObject({ none: z.literal(true) }),
    ]),
    settings,
  ),
  /** Mail in the demo's mailbox, newest first; empty if the demo is not running. */
  'mailbox.list': command(z.void(), z.object({ messages: z.array(mail) })),
} as const;
