import * as z from 'zod';
import { catalogueQuery } from './catalogue.ts';
import {
  bytes,
  fileTemplate,
  folderTemplate,
  id,
  instant,
  range,
  rev,
  wireError,
} from './common.ts';
import { RULE_FIELDS } from '../model/house-format.ts';
import { command, push } from './define.ts';

/** Kinds of restrictions that may be confirmed by a rule; an embargo has a choice of its own. */
export const CONFIRMABLE = ['territory', 'platform', 'time', 'editorial', 'archive'] as const;
/** How long after its publication something is still taken; 0 stands for an hour. */
export const CATCH_UP_DAYS = [0, 1, 3, 7, 30] as const;
const minute = z.number().int().min(0).max(1439);
const GB = 1_000_000_000;

/** What a saved search may queue. The part that people choose. */
export const autoFetchChoice = z.strictObject({
  isOn: z.boolean(),
  /** Id of a house format. Only what one of its rules fits is taken: nothing stands in for it. */
  profile: id,
  /** Full path; null for the download folder of the settings. */
  destination: z.string().min(1).max(4096).nullable(),
  /**
   * Hours of the day in which it queues, in minutes since midnight, local time; may cross midnight.
   * Null for always.
   */
  hours: z.strictObject({ fromMinute: minute, toMinute: minute }).nullable(),
  /** Caps of a day, which begins at midnight, local time; null for none. */
  maxPackages: z.number().int().min(1).max(10_000).nullable(),
  maxBytesPerDay: bytes
    .min(1)
    .max(1_000_000 * GB)
    .nullable(),
  maxBytesPerPackage: bytes
    .min(1)
    .max(1_000_000 * GB)
    .nullable(),
  /** Restrictions of these kinds are confirmed for who has chosen that; others wait for a person. */
  confirm: z.array(z.enum(CONFIRMABLE)).max(CONFIRMABLE.length),
  /** `hold`: downloaded, and its `.done` waits. `wait`: queued once it has lifted. */
  embargo: z.enum(['hold', 'wait']),
  catchUpDays: z.union(CATCH_UP_DAYS.map((days) => z.literal(days))),
  /** How its packages and their files are named; null or missing as in the settings. */
  folderTemplate: folderTemplate.nullable().optional(),
  fileTemplate: fileTemplate.nullable().optional(),
});

/** A rule as it is stored with the settings. */
export const autoFetchRule = autoFetchChoice.extend({
  searchId: id,
  /** Who has chosen it: e-mail address of the account, or the system's user. */
  chosenBy: z.string(),
  chosenAtMs: instant,
  /** What was shown to whoever let kinds of restrictions be confirmed. */
  words: z.array(z.strictObject({ id: z.string(), text: z.string().min(1).max(10_000) })).max(10),
});

/** Why something waits. It is looked at again with every run. */
export const HELD_REASONS = [
  'restricted',
  'embargo',
  'on-hold',
  'hours',
  'day-packages',
  'day-bytes',
] as const;
/** Why something isn't queued. It is looked at again once it has another revision. */
export const LEFT_REASONS = [
  'withdrawn',
  'expired',
  'territory',
  'platform',
  'no-rendition',
  'here',
  'listed',
  'corrected',
  'late',
  'too-large',
  'size-unknown',
  'gone',
] as const;
const reason = z.enum([...HELD_REASONS, ...LEFT_REASONS]);

/** One line of the log. */
export const autoFetchLine = z.object({
  number: z.number().int(),
  atMs: instant,
  /**
   * `late-ones`: several that were published too long ago. `caught-up`: a run after the program was
   * off. `began`: what is there by then isn't new. `failed`: nothing could be queued.
   */
  kind: z.enum(['queued', 'held', 'left', 'late-ones', 'caught-up', 'began', 'failed']),
  /** Null where it isn't about one asset. */
  assetId: id.nullable(),
  packageId: id.nullable(),
  title: z.string(),
  /** Of the rendition. */
  label: z.string(),
  bytes: bytes.nullable(),
  reason: reason.nullable(),
  /** The house format that no rendition fits, as it was called then; a built-in one has no name. */
  profile: z.object({ id, name: z.string().nullable() }).nullable().default(null),
  /** What isn't stated of renditions that could fit it. */
  unstated: z.array(z.enum(RULE_FIELDS)).default([]),
  /** When what it waits for ends, or of something queued, when its embargo lifts. */
  untilMs: instant.nullable(),
  /** Ids of the restrictions that were confirmed by the rule. */
  confirmed: z.array(z.string()),
  /** Number of `late-ones`; what a catch-up found and queued, after how long. */
  found: z.number().int(),
  queued: z.number().int(),
  awayMs: z.number(),
  /** What a failure said, in English, and its code. */
  message: z.string().nullable(),
  code: wireError.shape.code.nullable(),
});

/** What keeps a rule from queueing anything, of some source or at all. */
const PAUSES = ['signed-out', 'terms', 'no-source', 'no-format'] as const;

const count = z.number().int().nonnegative();
export const autoFetchView = z.object({
  rev,
  rule: autoFetchRule.nullable(),
  /** What the rule has queued since midnight. */
  today: z.object({ packages: count, bytes }),
  /** When the caps begin anew. */
  midnightMs: instant,
  /** What waits, by reason. */
  held: z.record(z.string(), count),
  /** Its last run; null before the first. */
  lastRunAtMs: instant.nullable(),
  paused: z.enum(PAUSES).nullable(),
  /** What is new and can't be looked at before that ends. */
  pausedCount: count,
  isRunning: z.boolean(),
});

const sum = z.object({ count, bytes });
export const autoFetchPreview = z.object({
  /** Oldest first; days in local time. */
  days: z.array(z.object({ startMs: instant, queued: sum, left: count })),
  /** All that matched. */
  total: sum,
  queued: sum,
  /** What isn't queued, by reason. */
  left: z.record(z.string(), count),
  /** More had matched than was looked at. */
  isPartial: z.boolean(),
});

const named = z.strictObject({ id });

export const autoFetchArea = {
  /** Of a saved search. @throws `not-found` for one that isn't saved */
  'auto-fetch.get': command(named, autoFetchView),
  /** Something of any rule has changed. */
  'auto-fetch.changed': push(z.object({ rev })),
  /**
   * Sets the rule of a saved search. What is there when it is switched on isn't new. `words`: what
   * was shown of the kinds that it confirms; without them those kinds are refused.
   *
   * @throws `usage` for a relative path or kinds without words
   */
  'auto-fetch.set': command(
    z.strictObject({
      id,
      choice: autoFetchChoice,
      words: autoFetchRule.shape.words,
    }),
    autoFetchView,
  ),
  'auto-fetch.remove': command(named, autoFetchView),
  /** What these rules would have done in the last 7 days. Changes nothing. */
  'auto-fetch.preview': command(
    z.strictObject({ text: catalogueQuery.shape.text, choice: autoFetchChoice }),
    autoFetchPreview,
  ),
  /** Looks now, and fetches the newest list of the sources meanwhile. */
  'auto-fetch.run': command(named, autoFetchView),
  /** Newest first. `isOpen` of a line: what it says is so still, so an action helps. */
  'auto-fetch.log': command(
    z.strictObject({ id, show: z.enum(['all', 'queued', 'not-queued']), range }),
    z.object({
      total: count,
      items: z.array(autoFetchLine.extend({ isOpen: z.boolean() })),
    }),
  ),
} as const;
