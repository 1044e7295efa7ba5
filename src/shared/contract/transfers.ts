import * as z from 'zod';
import { bytes, id, rev, wireError, instant, language, range } from './common.ts';
import { command, push } from './define.ts';
import { UNAVAILABLE } from '../api/unavailable.ts';
import { RIGHTS_STATES } from '../model/rights.ts';
import { purpose } from './catalogue.ts';
import { transferState } from '../model/transfer.ts';

const count = z.number().int().nonnegative();

/** How far a check of finished packages is, or what the last one found. */
export const verificationView = z.object({
  rev,
  isRunning: z.boolean(),
  packagesDone: count,
  packagesTotal: count,
  /** Title of the package that is being read. */
  current: z.string().nullable(),
  doneBytes: bytes,
  totalBytes: bytes,
  /** Packages with anything wrong; `faults` has the first of them. */
  faulty: count,
  faults: z.array(
    z.object({
      /** Null for a folder that is not in the list. */
      id: id.nullable(),
      title: z.string(),
      folder: z.string(),
      /** It could not be checked. */
      error: wireError.nullable(),
      badFiles: count,
      /**
       * The first of them. Without pieces a wrong file is wrong as a whole; pieces count from 0.
       */
      files: z.array(
        z.object({ path: z.string(), missing: z.boolean(), badPieces: z.array(count) }),
      ),
    }),
  ),
});

/** Transfers that a command is for. */
const ids = z.array(id).min(1).max(10_000);

export const checksArea = {
  /**
   * Starts to read every file of these done ones again, or of all, and to compare their hashes;
   * `transfers.verification-changed` tells the rest.
   */
  'transfers.verify': command(z.strictObject({ ids: ids.nullable() }), z.void()),
  'transfers.verify-stop': command(z.void(), z.void()),
  /** Forgets what the last check found. */
  'transfers.verification-dismiss': command(z.void(), z.void()),
  'transfers.verification': command(z.void(), verificationView),
  /** At most 4 a second; the end is told at once. */
  'transfers.verification-changed': push(verificationView),
  /**
   * Queues these again to be mended: what is wrong or missing is fetched again, piece by piece
   * where pieces are known.
   */
  'transfers.repair': command(z.strictObject({ ids }), z.void()),
} as const;

/** How bytes came: straight from the socket, or over node:http, with the reason for it. */
export const byteRoute = z.object({
  by: z.enum(['socket', 'node:http']),
  why: z.enum(['plain', 'proxy', 'not-plain']),
});

/**
 * How one origin took part in one file. Hosts and paths only: the rest of an address may be a
 * signature.
 */
const originUse = z.object({
  originId: z.string(),
  host: z.string(),
  redirectedTo: z.string().nullable(),
  route: byteRoute.nullable(),
  answers: count,
  bytes,
  /** Codes of what went wrong with it, the last ones. */
  faults: z.array(z.string()),
  /** It was not asked for this file any more. */
  dropped: z.boolean(),
});

/** What is kept of how a file came, as durable as the record of its bytes. */
export const fileEvidence = z.object({
  startedAtMs: instant,
  finishedAtMs: instant.nullable(),
  verifiedBy: z.enum(['pieces', 'whole', 'pieces and whole']).nullable(),
  refetchedBytes: bytes,
  /** Path of the verified content on this machine that was copied instead of fetched. */
  copiedFrom: z.string().nullable(),
  repairedPieces: z.array(count),
  origins: z.array(originUse),
});

export const transferEvidence = z.object({
  /** Origin of the service, or `demo`; null for a plain address. */
  service: z.string().nullable(),
  /** E-mail of the account in use when it was queued. */
  account: z.string().nullable(),
  acknowledged: z.array(z.object({ id: z.string(), text: z.string(), atMs: instant })),
  /** Key that signed the manifest, which was checked before a byte was asked for. */
  keyId: z.string().nullable(),
  /** The last ones; a run without an end was cut off. */
  runs: z.array(
    z.object({ startedAtMs: instant, endedAtMs: instant.nullable(), end: z.string().nullable() }),
  ),
});

export const NO_EVIDENCE: z.infer<typeof transferEvidence> = {
  service: null,
  account: null,
  acknowledged: [],
  keyId: null,
  runs: [],
};

/**
 * The evidence report of one transfer: what came from where, how it was verified, what was accepted
 * by whom. No secret is in it.
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
  /** Without query; null for a package. */
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
      /** The name it came with, where that is another. */ given: z.string().nullable(),
      bytes: bytes.nullable(),
      sha256: z.string().nullable(),
      state: z.enum(['verified', 'unverified', 'missing', 'failed']),
      error: z.string().nullable(),
      evidence: fileEvidence.nullable(),
    }),
  ),
});

export const evidenceArea = {
  /**
   * The report as a document of its own: JSON, or a page to print without script or anything from
   * elsewhere.
   */
  'transfers.evidence': command(
    z.strictObject({ id, format: z.enum(['json', 'html']), language }),
    z.object({ name: z.string(), text: z.string() }),
  ),
} as const;

/**
 * As many characters as a document may have that crosses to the queue: it must fit into one message
 * of the station.
 */
export const MAX_DOCUMENT_CHARACTERS = 4 * 1024 * 1024;
export const exportFormat = z.enum(['queue', 'metalink', 'aria2']);

export const leftOutEntry = z.object({
  /** Of the file, or the title of what it is in. */
  name: z.string(),
  /**
   * `secret`: it has a query, a user or a password. `address`: one of several has. `package`: it
   * travels in our own list. `unread`: a Metalink that has not run. `local`: a file of this
   * machine. `name`: it leads out of the folder. `same`: it is in it already.
   */
  reason: z.enum(['secret', 'address', 'package', 'unread', 'local', 'name', 'too-long', 'same']),
});
/** How many there are, and the first of them. */
const shortened = <T extends z.ZodType>(entry: T) =>
  z.object({ count: z.number().int(), first: z.array(entry) });

const name = z.string().min(1).max(200);
const text = z.string().max(MAX_DOCUMENT_CHARACTERS);

export const exchangeArea = {
  /**
   * The queue, or these of it, as a document for another machine (`queue`) or another tool.
   * Addresses that may be secrets stay out: `leftOut` names what is missing.
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
   * Queues an address, a Metalink or a document of `transfers.export`, into the folder of the
   * settings. Nothing is queued of what is not valid; a file whose name leads out of the folder is
   * refused alone.
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
  /** Keys that sign the service's lists of files: those trusted here, and those it names now. */
  'keys.get': command(
    z.void(),
    z.object({ origin: z.string(), pinned: z.array(key), offered: z.array(key) }),
  ),
  /**
   * Trusts what the service names now, if that is what was looked at; otherwise `untrusted-key`.
   */
  'keys.accept': command(z.strictObject({ seen: z.array(key).min(1).max(100) }), z.void()),
} as const;

export const transferRow = z.object({
  id,
  /** Null for a plain address or a Metalink. */
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
  /** It is here and is being mended. */
  repair: z.boolean(),
  /** Of this transfer alone, bytes a second. */
  limitBytesPerSecond: bytes.nullable(),
  /**
   * When it is needed, and when it will be here if all goes on as it does; null for the one when
   * none was set, for the other when nobody knows.
   */
  deadline: z
    .object({ atMs: z.number(), expectedAtMs: z.number().nullable(), late: z.boolean() })
    .nullable(),
  /**
   * What the catalogue says of the rights to it by now, and since when this machine knows; null
   * while it may be used as it is.
   */
  rights: z.object({ state: z.enum(RIGHTS_STATES), since: instant }).nullable(),
  addedAt: instant,
  finishedAt: instant.nullable(),
});

const transferFile = z.object({
  path: z.string(),
  /** The name it came with, where that could not be written as it was. */
  given: z.string().nullable(),
  bytes: bytes.nullable(),
  receivedBytes: bytes,
  state: z.enum(['missing', 'running', 'verifying', 'done', 'failed']),
  sha256: z.string().nullable(),
  verified: z.boolean(),
  error: wireError.nullable(),
});

/** One row opened: everything its drawer shows. */
export const transferDetail = transferRow.extend({
  folder: z.string(),
  source: z.string(),
  resumes: z.number().int(),
  refetchedBytes: bytes,
  files: z.array(transferFile),
  /**
   * Of the largest file; null when it has no piece hashes. One character a piece: v verified, d on
   * disk, r running, m missing.
   */
  pieces: z.object({ pieceBytes: bytes, map: z.string() }).nullable(),
});

const TABS = ['all', 'active', 'waiting', 'done', 'failed'] as const;
export const transferTab = z.enum(TABS);
export const transferTotals = z.object({
  rev,
  counts: z.object({
    all: z.number().int(),
    active: z.number().int(),
    waiting: z.number().int(),
    done: z.number().int(),
    failed: z.number().int(),
  }),
  bytesPerSecond: z.number(),
  remainingBytes: bytes,
  etaSeconds: z.number().nullable(),
  paused: z.boolean(),
  /**
   * The limit for all that applies now, and until when. `isPaused`: by the schedule
   * nothing starts but what is urgent.
   */
  limit: z.object({
    bytesPerSecond: bytes.nullable(),
    isPaused: z.boolean(),
    untilMs: z.number().nullable(),
  }),
  /** Bytes a second of the last five minutes, oldest first, one value every five seconds. */
  throughput: z.array(z.number()),
});

const planned = z.object({
  assetId: id,
  packageId: id,
  title: z.string(),
  bytes,
  /**
   * What to acknowledge before it is queued: its restrictions and, while it is in force, its
   * embargo.
   */
  restrictionIds: z.array(z.string()),
  /** Until when it is under embargo; null when it is not, or not any more. */
  embargoUntil: instant.nullable(),
  /** Why it cannot be queued now. */
  blocked: z.enum([...UNAVAILABLE, 'embargoed', 'no-package']).nullable(),
  /** A finished package of it is on this machine, whether or not the list still shows it. */
  alreadyHere: z.boolean(),
});

/** Packages to queue, and the restrictions that were read and accepted for them. */
export const enqueueRequest = z.strictObject({
  packages: z
    .array(z.strictObject({ assetId: id, packageId: id }))
    .min(1)
    .max(10_000),
  acknowledge: z.array(z.string()).max(10_000),
});

export const transfersArea = {
  /** What queuing would mean: sizes, disk, time and what must be confirmed. Changes nothing. */
  'transfers.plan': command(
    z.strictObject({ assetIds: z.array(id).min(1).max(10_000), purpose }),
    z.object({
      items: z.array(planned),
      totalBytes: bytes,
      freeBytes: bytes.nullable(),
      etaSeconds: z.number().nullable(),
      destination: z.string(),
    }),
  ),
  /**
   * Queues packages; durable when it resolves. What needs it must be in `acknowledge`, else
   * `embargoed` or `restriction-unacknowledged`.
   */
  'transfers.enqueue': command(enqueueRequest, z.object({ ids: z.array(id) })),
  'transfers.list': command(
    z.strictObject({ tab: transferTab, range, search: z.string().max(200).optional() }),
    z.object({ rev, total: z.number().int(), rows: z.array(transferRow) }),
  ),
  'transfers.detail': command(z.strictObject({ id }), transferDetail),
  /**
   * The newest transfer of a package, or with null of any of the asset's, that was not cancelled:
   * on the list, or finished and removed from it.
   */
  'transfers.find': command(
    z.strictObject({ assetId: id, packageId: id.nullable() }),
    transferRow.nullable(),
  ),
  'transfers.totals': command(z.void(), transferTotals),
  /**
   * At most 4 a second: totals and the rows that changed. A gap in `rev`, or `more` (too many
   * changed to tell), asks for `transfers.list` again.
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
  /** Stops and removes from the queue; what was fetched stays under `.part` until `clear`. */
  'transfers.cancel': command(z.strictObject({ ids }), z.void()),
  /**
   * Removes ended transfers from the list. Finished files are never touched, and their records are
   * kept; partial files go when it cannot be undone any more, after ten seconds.
   */
  'transfers.clear': command(z.strictObject({ ids }), z.void()),
  /** Undoes `transfers.clear`. */
  'transfers.restore': command(z.strictObject({ ids }), z.void()),
  'transfers.pause-all': command(z.strictObject({ paused: z.boolean() }), z.void()),
  /**
   * Urgent takes a place from what is not; a deadline only warns; a limit is in bytes a second.
   * What is not named stays.
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
  /** Moves a queued transfer before another one; null puts it last. */
  'transfers.move': command(z.strictObject({ id, before: id.nullable() }), z.void()),
  /**
   * Shows the package in the system's file manager; resolves to the folder (the station only tells
   * it).
   */
  'transfers.reveal': command(z.strictObject({ id }), z.object({ folder: z.string() })),
} as const;
