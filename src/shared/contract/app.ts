import * as z from 'zod';
import { command, push } from './define.ts';
import { MAX_SAVED_SEARCHES, savedSearch } from './catalogue.ts';
import { bytes, language, rev } from './common.ts';
import { enqueueRequest } from './transfers.ts';
import { MAX_TEMPLATE_CHARACTERS, templateFault } from '../model/names.ts';
import { NOTIFY } from '../model/notifications.ts';
import { bandwidthSchedule } from '../model/schedule.ts';

const appInfo = z.object({
  version: z.string(),
  /**
   * `desktop`: a window of ours, with native dialogs. `station`: a browser page; paths are typed.
   */
  shell: z.enum(['desktop', 'station']),
  platform: z.enum(['win32', 'darwin', 'linux']),
  /** Goes behind every `media/…` address: empty in a window, a short-lived pass on the station. */
  mediaSuffix: z.string(),
});

/** What the user chose. Kept on disk; every change is a whole new value. */
export const settings = z.object({
  rev,
  /** Address of the service without `/v1`; null until the first start is done. */
  serviceUrl: z.string().nullable(),
  demo: z.boolean(),
  destination: z.string(),
  /**
   * Name of a package's folder, with tokens such as `{date}`; null for the name its publisher gives
   * it.
   */
  folderTemplate: z
    .string()
    .max(MAX_TEMPLATE_CHARACTERS)
    .refine((template) => templateFault(template) === null)
    .nullable(),
  language,
  theme: z.enum(['system', 'light', 'dark']),
  /** Reader: text size step, face and paper. */
  readerSize: z.number().int().min(-2).max(4),
  readerFace: z.enum(['serif', 'sans']),
  readerTheme: z.enum(['auto', 'light', 'dark']),
  connectionsPerFile: z.number().int().min(1).max(16),
  connectionsPerHost: z.number().int().min(1).max(64),
  activeTransfers: z.number().int().min(1).max(16),
  /** Whole-app limit in bytes a second; null for none. */
  limitBytesPerSecond: bytes.nullable(),
  /** The hours it applies in; null for always. */
  schedule: bandwidthSchedule.nullable(),
  catalogueView: z.enum(['grid', 'table']),
  /** Rendition chosen first when a package offers several. */
  housePurpose: z.enum(['broadcast', 'web', 'preview']),
  /** What is told by the system's notifications while the window is not looked at. */
  notify: z.enum(NOTIFY),
  /** An icon beside the clock; with it downloads go on when the window is closed. */
  tray: z.boolean(),
  /** The computer does not fall asleep by itself while something is downloaded. */
  keepAwake: z.boolean(),
  savedSearches: z.array(savedSearch).max(MAX_SAVED_SEARCHES),
  /**
   * What was to be downloaded when an account was asked for: queued as soon as there is one. It
   * names packages, nothing secret.
   */
  pendingDownload: enqueueRequest.nullable(),
});

export const settingsPatch = settings
  .omit({ rev: true, serviceUrl: true, demo: true, savedSearches: true })
  .partial()
  .strict();

export const connection = z.object({
  rev,
  /** `starting` until the first answer; `offline` when the service cannot be reached. */
  state: z.enum(['starting', 'online', 'offline', 'no-service']),
  /** The service in use is the demo inside the app: its mailbox can be shown. */
  demo: z.boolean(),
  /** Last word from the service, ms since 1970; null when never. */
  lastSeenAt: z.number().nullable(),
  /** Service clock minus this machine's clock, ms. Countdowns and embargoes use it. */
  clockOffsetMs: z.number(),
});

export const incident = z.object({
  /**
   * `…-rebuilt`: it was damaged, and what could be read of it and of its backups is in use.
   * `…-damaged`: damage showed while it was in use, the next start repairs it. `settings-changed`:
   * another program wrote the file. `items-skipped`: the service sent entries that make no sense.
   * `moved-aside`: something else was in the place of a file of ours.
   */
  kind: z.enum([
    'settings-rebuilt',
    'settings-changed',
    'library-rebuilt',
    'library-damaged',
    'queue-rebuilt',
    'queue-damaged',
    'demo-rebuilt',
    'items-skipped',
    'moved-aside',
  ]),
  /** Where what was damaged or in the way is now; null where nothing was left of it. */
  file: z.string().nullable(),
  /**
   * How many downloads or articles were recovered, and how many of them from a backup, so that they
   * may be older; null where all are as they were.
   */
  kept: z.number().int().nonnegative().nullable(),
  fromBackup: z.number().int().nonnegative(),
  /** Names of what could not be recovered. */
  lost: z.array(z.string()),
});
export type Incident = z.infer<typeof incident>;
/**
 * Damage that the program has dealt with, or will, in this run or in an earlier one whose word
 * nobody has read.
 */
export const incidents = z.object({ rev, items: z.array(incident) });

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
  /** Opens an https or mailto address in the system's browser after the host was shown. */
  'app.open-external': command(z.strictObject({ url: z.string().max(2048) }), z.void()),
  /** Native folder dialog; null when cancelled or when the shell has none (station). */
  'app.choose-folder': command(z.strictObject({ current: z.string() }), z.string().nullable()),
  'app.connection': command(z.void(), connection),
  'app.connection-changed': push(connection),
  /** Free and total bytes of the volume a folder is on; null when the folder cannot be reached. */
  'app.disk': command(
    z.strictObject({ folder: z.string() }),
    z.object({ freeBytes: bytes, totalBytes: bytes }).nullable(),
  ),
  'app.recoveries': command(z.void(), incidents),
  'app.recoveries-changed': push(incidents),
  /** They were read: they are not told again. */
  'app.recoveries-dismiss': command(z.void(), incidents),
  'settings.get': command(z.void(), settings),
  'settings.set': command(settingsPatch, settings),
  'settings.changed': push(settings),
  /** @throws `usage` when there are as many as are kept. */
  'settings.save-search': command(savedSearch.omit({ id: true }), settings),
  /** One that is not there any more stays so. */
  'settings.rename-search': command(savedSearch.pick({ id: true, name: true }), settings),
  'settings.forget-search': command(savedSearch.pick({ id: true }), settings),
  /** Of several pages that ask, one gets it: it is not pending any more. */
  'settings.take-pending-download': command(
    z.void(),
    z.object({ taken: enqueueRequest.nullable() }),
  ),
  /**
   * Uses the service at this address from now on (checked first), or the demo. Downloads in
   * progress go on.
   */
  'settings.use-service': command(
    z.union([
      z.strictObject({ url: z.string().max(2048) }),
      z.strictObject({ demo: z.literal(true) }),
    ]),
    settings,
  ),
  /** Mail of the demo's mailbox, newest first; empty when the demo is not running. */
  'mailbox.list': command(z.void(), z.object({ messages: z.array(mail) })),
} as const;
