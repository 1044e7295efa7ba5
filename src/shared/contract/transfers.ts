import * as z from 'zod';
import { command, push } from './define.ts';
import { bytes, id, instant, range, rev, wireError } from './common.ts';
import { UNAVAILABLE } from '../api/unavailable.ts';
import { RIGHTS_STATES } from '../model/rights.ts';
import { purpose } from './catalogue.ts';
import { transferState } from '../model/transfer.ts';

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

export const transferFile = z.object({
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

export const TABS = ['all', 'active', 'waiting', 'done', 'failed'] as const;
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
   * The limit for all that applies now, and until when. `standstill`: by the hours that were set
   * nothing starts but what is urgent.
   */
  limit: z.object({
    bytesPerSecond: bytes.nullable(),
    standstill: z.boolean(),
    untilMs: z.number().nullable(),
  }),
  /** Bytes a second of the last five minutes, oldest first, one value every five seconds. */
  throughput: z.array(z.number()),
});

const ids = z.strictObject({ ids: z.array(id).min(1).max(10_000) });
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
  'transfers.pause': command(ids, z.void()),
  'transfers.resume': command(ids, z.void()),
  'transfers.retry': command(ids, z.void()),
  /** Stops and removes from the queue; what was fetched stays under `.part` until `clear`. */
  'transfers.cancel': command(ids, z.void()),
  /**
   * Removes ended transfers from the list. Finished files are never touched, and their records are
   * kept; partial files go when it cannot be undone any more, after ten seconds.
   */
  'transfers.clear': command(ids, z.void()),
  /** Undoes `transfers.clear`. */
  'transfers.restore': command(ids, z.void()),
  'transfers.pause-all': command(z.strictObject({ paused: z.boolean() }), z.void()),
  /**
   * Urgent takes a place from what is not; a deadline only warns; a limit is in bytes a second.
   * What is not named stays.
   */
  'transfers.wish': command(
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
