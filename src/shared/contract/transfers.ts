import * as z from 'zod';
import { bytes, id, rev, wireError, instant, language, range } from './common.ts';
import { command, push } from './define.ts';
import { UNAVAILABLE, RIGHTS_STATES } from '../api/rights.ts';
import { purpose, restriction, rightsVerdict, shownWords } from './catalogue.ts';
import { renditionFacts } from './house-format.ts';
import { recall } from '../model/recall.ts';
import { recording } from '../model/recording.ts';
import { TRANSFER_TABS } from '../model/transfer-tabs.ts';
import { transferState } from '../model/transfer.ts';

const count = z.number().int().nonnegative();

/** Progress or result of verifying complete packages. */
export const verificationView = z.object({
  rev,
  isRunning: z.boolean(),
  packagesDone: count,
  packagesTotal: count,
  /** Title of the package being verified. */
  current: z.string().nullable(),
  doneBytes: bytes,
  totalBytes: bytes,
  /** Number of damaged packages; `faults` has the first ones. */
  faulty: count,
  faults: z.array(
    z.object({
      /** Null for a folder without a transfer. */
      id: id.nullable(),
      title: z.string(),
      folder: z.string(),
      /** Set if it could not be verified. */
      error: wireError.nullable(),
      badFiles: count,
      /**
       * The first damaged files. `badPieces` counts from 0 and is empty for files without piece
       * hashes.
       */
      files: z.array(
        z.object({ path: z.string(), missing: z.boolean(), badPieces: z.array(count) }),
      ),
    }),
  ),
  /** Number of packages compared with their record, since their source signs nothing. */
  recorded: count,
  /** How the last of them is known. */
  lastRecord: recording.nullable(),
});

/** Ids of the transfers that a command applies to. */
const ids = z.array(id).min(1).max(10_000);

export const checksArea = {
  /**
   * Starts to re-read and hash all files of these complete transfers, or of all; progress follows
   * in `transfers.verification-changed`.
   */
  'transfers.verify': command(z.strictObject({ ids: ids.nullable() }), z.void()),
  'transfers.verify-stop': command(z.void(), z.void()),
  /** Dismisses the last result. */
  'transfers.verification-dismiss': command(z.void(), z.void()),
  'transfers.verification': command(z.void(), verificationView),
  /** At most 4 per second; the end is sent at once. */
  'transfers.verification-changed': push(verificationView),
  /**
   * Queues these for repair: damaged and missing data is fetched again, by piece where piece hashes
   * exist.
   */
  'transfers.repair': command(z.strictObject({ ids }), z.void()),
} as const;

/** The reader used: straight from the socket or node:http, with the reason. */
export const byteRoute = z.object({
  by: z.enum(['socket', 'node:http']),
  why: z.enum(['plain', 'proxy', 'not-plain']),
});

/** One origin's share in a file. Host and path only: the rest of a URL may hold a signature. */
const originUse = z.object({
  originId: z.string(),
  host: z.string(),
  redirectedTo: z.string().nullable(),
  route: byteRoute.nullable(),
  answers: count,
  bytes,
  /** The most recent error codes of this origin. */
  faults: z.array(z.string()),
  /** The origin was given up for this file. */
  dropped: z.boolean(),
});

/** How a file was obtained; stored as durably as the record of its bytes. */
export const fileEvidence = z.object({
  startedAtMs: instant,
  finishedAtMs: instant.nullable(),
  /**
   * Of a package whose source signs nothing: `published` by the publisher's hash, `recorded` here
   * at the first download, or `written` here.
   */
  verifiedBy: z
    .enum(['pieces', 'whole', 'pieces and whole', 'published', 'recorded', 'written'])
    .nullable(),
  refetchedBytes: bytes,
  /** Path of verified local content that was copied instead of fetched. */
  copiedFrom: z.string().nullable(),
  repairedPieces: z.array(count),
  origins: z.array(originUse),
});

export const transferEvidence = z.object({
  /** Origin of the service, `demo` or the id of another source; null for a plain URL. */
  service: z.string().nullable(),
  /** E-mail address of the account that queued it. */
  account: z.string().nullable(),
  acknowledged: z.array(z.object({ id: z.string(), text: z.string(), atMs: instant })),
  /** Id of the key that signed the manifest; verified before any request for bytes. */
  keyId: z.string().nullable(),
  /** How a package without a signature is known; null for others and before it is complete. */
  recorded: recording.nullable().default(null),
  /** The most recent runs; one without an end was interrupted. */
  runs: z.array(
    z.object({ startedAtMs: instant, endedAtMs: instant.nullable(), end: z.string().nullable() }),
  ),
});

export const NO_EVIDENCE: z.infer<typeof transferEvidence> = {
  service: null,
  account: null,
  acknowledged: [],
  keyId: null,
  recorded: null,
  runs: [],
};

/**
 * Evidence report of a transfer: origins, verification, and who accepted which restrictions.
 * Contains no secret.
 */
export const evidenceReport = z.object({
  format: z.literal('multimedia-desk-evidence'),
  version: z.literal(1),
  generatedAtMs: instant,
  id,
  title: z.string(),
  label: z.string(),
  kind: z.enum(['package', 'url', 'metalink']),
  state: z.string(),
  /** URL without query; null for a package. */
  source: z.string().nullable(),
  packageId: z.string().nullable(),
  assetId: z.string().nullable(),
  rev: z.number().nullable(),
  folder: z.string(),
  bytes: bytes.nullable(),
  addedAtMs: instant,
  finishedAtMs: instant.nullable(),
  resumes: count,
  refetchedBytes: bytes,
  ...transferEvidence.shape,
  files: z.array(
    z.object({
      path: z.string(),
      /** The name as received, if different. */ given: z.string().nullable(),
      bytes: bytes.nullable(),
      sha256: z.string().nullable(),
      state: z.enum(['verified', 'unverified', 'missing', 'failed']),
      error: z.string().nullable(),
      evidence: fileEvidence.nullable(),
    }),
  ),
});

export const evidenceArea = {
  /** The report as a document: JSON, or a self-contained HTML page without scripts. */
  'transfers.evidence': command(
    z.strictObject({ id, format: z.enum(['json', 'html']), language }),
    z.object({ name: z.string(), text: z.string() }),
  ),
} as const;

/** Maximum length of an imported document: it must fit into one message of the station. */
export const MAX_DOCUMENT_CHARACTERS = 4 * 1024 * 1024;
export const exportFormat = z.enum(['queue', 'metalink', 'aria2']);

export const leftOutEntry = z.object({
  /** Name of the file, or title of its transfer. */
  name: z.string(),
  /**
   * Why an entry was left out. `secret`: its URL has a query or credentials. `address`: one of its
   * URLs has. `package`: only the app's own list can carry it. `unread`: a Metalink that has not
   * been read yet. `local`: a file of this machine. `name`: it leads out of the folder. `same`: the
   * document already has it.
   */
  reason: z.enum(['secret', 'address', 'package', 'unread', 'local', 'name', 'too-long', 'same']),
});
/** The full count and the first entries. */
const shortened = <T extends z.ZodType>(entry: T) =>
  z.object({ count: z.number().int(), first: z.array(entry) });

const name = z.string().min(1).max(200);
const text = z.string().max(MAX_DOCUMENT_CHARACTERS);

export const exchangeArea = {
  /**
   * Exports the queue, or some transfers, for another machine (`queue`) or another tool. URLs that
   * may hold secrets are omitted and listed in `leftOut`.
   */
  'transfers.export': command(
    z.strictObject({ ids: ids.nullable(), format: exportFormat }),
    z.object({
      name: z.string(),
      text: z.string(),
      count: z.number().int(),
      leftOut: shortened(leftOutEntry),
    }),
  ),
  /**
   * Queues a URL, a Metalink or an exported document, into the folder of the settings. An invalid
   * document queues nothing; a file whose name leads out of the folder is refused alone.
   */
  'transfers.import': command(
    z.union([
      z.strictObject({ url: z.url({ protocol: /^https?$/u }).max(8000) }),
      z.strictObject({ name, text }),
    ]),
    z.object({
      ids: z.array(id),
      renamed: shortened(z.object({ given: z.string(), path: z.string() })),
      refused: shortened(z.object({ given: z.string() })),
    }),
  ),
} as const;

const key = z.strictObject({ keyId: z.string().max(128), publicKey: z.string().max(200) });

export const keysArea = {
  /** Keys that sign the service's manifests: pinned and currently offered ones. */
  'keys.get': command(
    z.void(),
    z.object({ origin: z.string(), pinned: z.array(key), offered: z.array(key) }),
  ),
  /** Trusts the offered keys if they are the reviewed ones, else `untrusted-key`. */
  'keys.accept': command(z.strictObject({ seen: z.array(key).min(1).max(100) }), z.void()),
} as const;

export const transferRow = z.object({
  id,
  /** Null for a plain URL or a Metalink. */
  assetId: z.string().nullable(),
  packageId: z.string().nullable(),
  title: z.string(),
  label: z.string(),
  state: transferState,
  receivedBytes: bytes,
  totalBytes: bytes.nullable(),
  bytesPerSecond: z.number(),
  etaSeconds: z.number().nullable(),
  filesDone: z.number().int(),
  filesTotal: z.number().int(),
  connections: z.number().int(),
  urgent: z.boolean(),
  /** The package is complete and being repaired. */
  repair: z.boolean(),
  /** Limit of this transfer, bytes per second. */
  limitBytesPerSecond: bytes.nullable(),
  /**
   * `atMs`: when it is needed; `expectedAtMs`: when it will be complete at the current rate, null
   * if unknown. Null if no deadline is set.
   */
  deadline: z
    .object({ atMs: z.number(), expectedAtMs: z.number().nullable(), late: z.boolean() })
    .nullable(),
  /** Current state of its rights, and since when it is known here; null if it may be used as is. */
  rights: z.object({ state: z.enum(RIGHTS_STATES), since: instant }).nullable(),
  /** The end of the embargo that its `.done` waits for; null if it doesn't. */
  heldUntil: instant.nullable(),
  /** The recall, expiry or correction that holds now; null if there is none. */
  recall: recall
    .pick({ id: true, kind: true, atMs: true, rev: true, phase: true })
    .extend({ isToAcknowledge: z.boolean() })
    .nullable(),
  /** How a package without a signature is known; null for others and before it is complete. */
  recorded: recording.nullable(),
  addedAt: instant,
  finishedAt: instant.nullable(),
});

const transferFile = z.object({
  path: z.string(),
  /** The name as received, if it could not be used on disk. */
  given: z.string().nullable(),
  bytes: bytes.nullable(),
  receivedBytes: bytes,
  state: z.enum(['missing', 'running', 'verifying', 'done', 'failed']),
  sha256: z.string().nullable(),
  verified: z.boolean(),
  error: wireError.nullable(),
});

/** Everything that the drawer of a row shows. */
export const transferDetail = transferRow.extend({
  folder: z.string(),
  source: z.string(),
  /** Origin of its service, or `demo`; null for one without. */
  service: z.string().nullable(),
  resumes: z.number().int(),
  refetchedBytes: bytes,
  files: z.array(transferFile),
  /**
   * Pieces of the largest file; null if it has no piece hashes. `map` has one character per piece:
   * v verified, d on disk, r running, m missing.
   */
  pieces: z.object({ pieceBytes: bytes, map: z.string() }).nullable(),
});

export const transferTotals = z.object({
  rev,
  counts: z.object({
    all: z.number().int(),
    active: z.number().int(),
    /** Also queued and paused ones. */
    waiting: z.number().int(),
    done: z.number().int(),
    /** Also cancelled ones. */
    failed: z.number().int(),
    /** Recalled, corrected or not for this newsroom; also what was removed from the list. */
    recalled: z.number().int(),
  }),
  bytesPerSecond: z.number(),
  remainingBytes: bytes,
  etaSeconds: z.number().nullable(),
  paused: z.boolean(),
  /**
   * The overall limit in force and when it ends. `isPaused`: by the schedule only urgent
   * transfers run.
   */
  limit: z.object({
    bytesPerSecond: bytes.nullable(),
    isPaused: z.boolean(),
    untilMs: z.number().nullable(),
  }),
  /** Bytes per second over the last five minutes, oldest first, one value per 5 s. */
  throughput: z.array(z.number()),
});

const planned = z.object({
  assetId: id,
  /** Id of its source: an address, of any length, or a short name. */
  source: z.string(),
  /** The one that the house format takes; `-` if there is none. */
  packageId: id,
  title: z.string(),
  bytes: bytes.nullable(),
  /** All to choose from. `isHere`: it is complete on this machine, since when if that is known. */
  packages: z.array(
    z.object({
      packageId: id,
      label: z.string(),
      purpose,
      bytes: bytes.nullable(),
      rendition: renditionFacts.optional(),
      isHere: z.boolean(),
      finishedAtMs: instant.nullable(),
    }),
  ),
  /** Ids to acknowledge before it is queued: its restrictions, and its embargo while in force. */
  restrictionIds: z.array(z.string()),
  /** All of them, also those that don't apply to this newsroom. */
  restrictions: z.array(restriction),
  /** Why it may be queued, must be confirmed or may not be: see `evaluateRights`. */
  reasons: rightsVerdict.shape.reasons,
  /** End of the embargo in force, else null. */
  embargoUntil: instant.nullable(),
  /** When it was withdrawn, if it was and that is known. */
  withdrawnAt: instant.nullable(),
  /**
   * Why it cannot be queued now, else null. `territory`, `platform`: not for this newsroom. `terms`:
   * those of its source have to be accepted first. `no-fit`: the house format takes none.
   */
  blocked: z
    .enum([...UNAVAILABLE, 'embargoed', 'territory', 'platform', 'no-package', 'no-fit', 'terms'])
    .nullable(),
  /** A complete package of it is on this machine, even if cleared from the list. */
  alreadyHere: z.boolean(),
});

/** An absolute path of a folder. */
const folder = z.string().min(1).max(4096);
const MAX_ACKNOWLEDGED = 50_000;

/** Packages to queue and the acknowledged restriction ids. */
export const enqueueRequest = z.strictObject({
  packages: z
    .array(z.strictObject({ assetId: id, packageId: id }))
    .min(1)
    .max(10_000),
  acknowledge: z.array(z.string()).max(MAX_ACKNOWLEDGED),
});

/** Why what lies on the disk may not be used any more; what is on hold may be released. */
const CLEAR_REASONS = ['withdrawn', 'expired', 'barred'] as const;
const placeRef = z.strictObject({ id, folder: z.string().min(1).max(4096) });

export const clearablePlace = z.object({
  /** Of the transfer. */
  id,
  title: z.string(),
  folder: z.string(),
  /** `copy`: found by its hash below a folder that downloads went to. */
  kind: z.enum(['package', 'copy']),
  reason: z.enum(CLEAR_REASONS),
  files: count,
  bytes,
});

export const transfersArea = {
  /**
   * Previews queueing: sizes, free space, time, required acknowledgements. Changes nothing.
   * @throws `not-found` for a house format that isn't there
   */
  'transfers.plan': command(
    z.strictObject({
      assetIds: z.array(id).min(1).max(10_000),
      /** Id of a house format. By default, as the folder, that of the settings. */
      profile: id.optional(),
      destination: folder.optional(),
    }),
    z.object({
      items: z.array(planned),
      /** Of the items whose size is known. */
      totalBytes: bytes,
      /** Number of items whose size is unknown. */
      unknownSizes: z.number().int(),
      freeBytes: bytes.nullable(),
      etaSeconds: z.number().nullable(),
      /** The rate that is assumed: now, or when something was last downloaded; null if unknown. */
      bytesPerSecond: z.number().nullable(),
      /** What goes first. `isPaused`: nobody can say when it will be done. */
      queue: z.object({ count, remainingBytes: bytes, isPaused: z.boolean() }),
      destination: z.string(),
    }),
  ),
  /**
   * Queues packages; durable once resolved. `words` are recorded for the ids that are asked for;
   * without `words` main writes them in English. `destination`: by default that of the settings.
   *
   * @throws `embargoed`, `restriction-unacknowledged` if an id is missing in `acknowledge`, or its
   * words aren't those of the catalogue any more
   * @throws `usage` for a relative path
   */
  'transfers.enqueue': command(
    enqueueRequest.extend({
      words: z.array(shownWords).max(MAX_ACKNOWLEDGED).optional(),
      destination: folder.optional(),
    }),
    z.object({ ids: z.array(id) }),
  ),
  'transfers.list': command(
    z.strictObject({ tab: z.enum(TRANSFER_TABS), range, search: z.string().max(200).optional() }),
    z.object({ rev, total: z.number().int(), rows: z.array(transferRow) }),
  ),
  'transfers.detail': command(z.strictObject({ id }), transferDetail),
  /**
   * The newest transfer of a package, or for null of any package of the asset, that was not
   * cancelled; includes complete ones cleared from the list.
   */
  'transfers.find': command(
    z.strictObject({ assetId: id, packageId: id.nullable() }),
    transferRow.nullable(),
  ),
  'transfers.totals': command(z.void(), transferTotals),
  /**
   * At most 4 per second: totals and changed rows. With `more` too many have changed to send; read
   * `transfers.list` again.
   */
  'transfers.changed': push(
    z.object({
      totals: transferTotals,
      rows: z.array(transferRow),
      removed: z.array(id),
      more: z.boolean(),
    }),
  ),
  'transfers.pause': command(z.strictObject({ ids }), z.void()),
  'transfers.resume': command(z.strictObject({ ids }), z.void()),
  'transfers.retry': command(z.strictObject({ ids }), z.void()),
  /** Stops and removes from the queue; partial files (`.part`) stay until `clear`. */
  'transfers.cancel': command(z.strictObject({ ids }), z.void()),
  /**
   * Clears ended transfers from the list. Complete files and records are kept; partial files are
   * deleted after ten seconds, when it can no longer be undone.
   */
  'transfers.clear': command(z.strictObject({ ids }), z.void()),
  /**
   * What lies on the disk and may not be used any more. `away`: places that can't be reached now.
   * Looks at the disk.
   */
  'transfers.clearable': command(
    z.void(),
    z.object({ items: z.array(clearablePlace), away: count }),
  ),
  /**
   * Deletes these places of `transfers.clearable`: the package's own files as they came, its
   * manifest, our markers and notices. Recorded in the ledger; can't be undone. `left`: files that
   * stay, since somebody has changed them.
   */
  'transfers.clear-from-disk': command(
    z.strictObject({ places: z.array(placeRef).min(1).max(1000) }),
    z.object({
      items: z.array(
        clearablePlace
          .pick({ id: true, folder: true, kind: true, files: true, bytes: true })
          .extend({ left: count }),
      ),
      failed: z.array(z.object({ id, folder: z.string(), error: wireError })),
    }),
  ),
  /** Undoes `transfers.clear`. */
  'transfers.restore': command(z.strictObject({ ids }), z.void()),
  'transfers.pause-all': command(z.strictObject({ paused: z.boolean() }), z.void()),
  /**
   * An urgent transfer preempts others; a deadline only warns; a limit is in bytes per second.
   * Absent members are unchanged.
   */
  'transfers.set-options': command(
    z.strictObject({
      id,
      urgent: z.boolean().optional(),
      deadlineMs: z.number().nullable().optional(),
      limitBytesPerSecond: bytes.min(1).nullable().optional(),
    }),
    z.void(),
  ),
  /**
   * Another parent folder for a transfer that has nothing on the disk yet. One that waits or failed
   * is tried again there.
   *
   * @throws `usage` for a relative path, and once bytes have arrived
   * @throws `exists` if the same is on its way there already
   */
  'transfers.set-destination': command(z.strictObject({ id, destination: folder }), z.void()),
  /** Moves a queued transfer before another one; null puts it last. */
  'transfers.move': command(z.strictObject({ id, before: id.nullable() }), z.void()),
  /**
   * Shows the package in the system's file manager; resolves with the folder, which the station
   * only displays.
   */
  'transfers.reveal': command(
    z.strictObject({ id, acknowledge: z.array(z.string().max(128)).max(20).optional() }),
    z.object({ folder: z.string() }),
  ),
} as const;
