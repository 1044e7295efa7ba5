import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';

/**
 * What happens at this desk that other systems are told of:
 *
 * - `package.ready`: a package is complete, and its `.done` is written.
 * - `download.ready`: a download by URL or Metalink is complete; there is no `.done`.
 * - `download.failed`: a download has ended in failure; tries that are repeated aren't told.
 * - `package.recalled`: what is here may not be used: it was withdrawn, or is on hold.
 * - `package.released`: what was recalled may be used again.
 * - `package.corrected`: there is a newer version of what is here.
 */
export const EVENT_KINDS = [
  'package.ready',
  'download.ready',
  'download.failed',
  'package.recalled',
  'package.released',
  'package.corrected',
] as const;
export const eventKind = z.enum(EVENT_KINDS);
export type EventKind = z.infer<typeof eventKind>;

/** What an event is of. What isn't known, or says nothing of its kind, is null. */
export const eventData = z.object({
  /** The download, as `desk queue list` names it. */
  transferId: z.string(),
  /** Null for a URL or a Metalink, and so are the next three. */
  assetId: z.string().nullable(),
  packageId: z.string().nullable(),
  /** Version that is here. */
  rev: z.int().nullable(),
  /** Origin of its service, `demo`, or the id of an added source. */
  source: z.string().nullable(),
  title: z.string(),
  /** Full path on this computer. */
  folder: z.string().nullable(),
  files: z.int().nonnegative().nullable(),
  bytes: z.int().nonnegative().nullable(),
  /** Why it was recalled. */
  reason: z.enum(['withdrawn', 'on-hold']).nullable(),
  /** The newer version, of a correction. */
  newRev: z.int().nullable(),
  /** The publisher's words for a recall or correction. */
  note: z.string().nullable(),
  /** Why a download failed: a code, and a sentence in English. */
  code: z.enum(ERROR_CODES).nullable(),
  message: z.string().nullable(),
});
export type EventData = z.infer<typeof eventData>;

/** An event as it is stored and sent; recorded once, however often the app is ended. */
export const deskEvent = z.object({
  /** Grows with each event of this home; numbers may be missing. */
  number: z.int().positive(),
  /** The same each time that it is sent. */
  id: z.string(),
  type: eventKind,
  /** When it was recorded, by the service's clock as far as known: ISO 8601, UTC. */
  timestamp: z.iso.datetime(),
  data: eventData,
});
export type DeskEvent = z.infer<typeof deskEvent>;
