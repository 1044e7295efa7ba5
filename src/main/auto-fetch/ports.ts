import type * as z from 'zod';
import type { FormatProfile, RenditionFacts } from '../../shared/model/house-format.ts';
import type { RightsVerdict } from '../../shared/api/rights.ts';
import type {
  autoFetchChoice,
  autoFetchLine,
  autoFetchPreview,
  autoFetchRule,
  autoFetchView,
  HELD_REASONS,
  LEFT_REASONS,
} from '../../shared/contract/auto-fetch.ts';

export type Choice = z.infer<typeof autoFetchChoice>;
export type Rule = z.infer<typeof autoFetchRule>;
export type AutoFetchView = z.infer<typeof autoFetchView>;
export type Preview = z.infer<typeof autoFetchPreview>;
export type LogLine = z.infer<typeof autoFetchLine>;
export type HeldReason = (typeof HELD_REASONS)[number];
export type LeftReason = (typeof LEFT_REASONS)[number];
export type Pause = NonNullable<AutoFetchView['paused']>;
export type LogFilter = 'all' | 'queued' | 'not-queued';

/** What a decision needs to know of an asset. */
export type AssetFacts = {
  assetId: string;
  rev: number;
  title: string;
  /** ms since 1970. */
  publishedAt: number;
  verdict: RightsVerdict;
  packages: {
    packageId: string;
    label: string;
    purpose: string;
    bytes: number | null;
    rendition?: RenditionFacts | undefined;
    /** Complete on this computer. */
    isHere: boolean;
    /** In the list of downloads, in whatever state. */
    isListed: boolean;
  }[];
  /** Why nothing of its source can be queued now. */
  pause: Pause | null;
};

/**
 * What became of an asset. `before`: it was there when the rule was switched on. `intended`: it was
 * being queued when it was last noted; whether it was, the list of downloads knows.
 */
export type Seen = {
  assetId: string;
  rev: number;
  outcome: 'before' | 'intended' | 'queued' | 'held' | 'left';
  reason: HeldReason | LeftReason | null;
  untilMs: number | null;
  packageId: string | null;
  bytes: number | null;
  /** Since when that is so, ms since 1970. */
  atMs: number;
};
/** A line before it has a number. */
export type NewLine = Omit<LogLine, 'number'>;
export type Used = { packages: number; bytes: number };

/** What rules have done. Every method is durable when it returns. */
export interface AutoFetchStore {
  /** Null for a rule that hasn't begun. `lastRunMs` is null before its first run. */
  state(searchId: string): { sinceMs: number; lastRunMs: number | null } | null;
  /** Begins, or begins anew: these aren't new. */
  begin(searchId: string, atMs: number, before: readonly Seen[], lines: readonly NewLine[]): void;
  /** Lets go of what waits, for a rule that is switched off; the log stays. */
  end(searchId: string): void;
  seen(searchId: string): Seen[];
  note(searchId: string, seen: readonly Seen[], lines: readonly NewLine[]): void;
  ran(searchId: string, atMs: number): void;
  used(searchId: string, sinceMs: number): Used;
  log(
    searchId: string,
    filter: LogFilter,
    range: { offset: number; count: number },
  ): { total: number; items: LogLine[] };
  /** Deletes everything of searches that aren't named. */
  retain(searchIds: readonly string[]): void;
}

/** What a rule may do here. */
export interface AutoFetchDesk {
  /** By the clock by which assets are published, ms since 1970. */
  nowMs(): number;
  /** Nothing was ever synced: what comes then isn't new. */
  isEmpty(): Promise<boolean>;
  /** What a query finds, newest first, up to some thousands. */
  revisions(text: string): Promise<{ id: string; rev: number }[]>;
  /** In any order; what is gone from the catalogue is left out. */
  assets(ids: readonly string[]): Promise<AssetFacts[]>;
  /** What a query finds of what was published since then. */
  published(text: string, sinceMs: number): Promise<{ items: AssetFacts[]; isPartial: boolean }>;
  /** `.done` of what is downloaded under embargo waits. */
  holdsUnderEmbargo(): boolean;
  /** A house format; null for one that isn't there any more. */
  format(id: string): FormatProfile | null;
  /**
   * @param acknowledge ids of what the rule confirms
   * @throws `AppError`: nothing was queued
   */
  queue(
    item: { assetId: string; packageId: string; acknowledge: string[] },
    rule: Rule & { name: string },
  ): Promise<void>;
}
