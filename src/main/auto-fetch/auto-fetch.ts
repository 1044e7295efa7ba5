import { embargoOf, forbiddenBy, isEmbargoAcknowledgement } from '../../shared/api/rights.ts';
import type { FormatProfile } from '../../shared/model/house-format.ts';
import { AppError } from '../../shared/errors.ts';
import { createMutex } from '../../shared/mutex.ts';
import { midnight } from './day.ts';
import { decide, type Decision } from './decide.ts';
import { previewOf, previewSince } from './preview.ts';
import type {
  AssetFacts,
  AutoFetchDesk,
  AutoFetchStore,
  AutoFetchView,
  Choice,
  LogFilter,
  LogLine,
  NewLine,
  Pause,
  Preview,
  Rule,
  Seen,
  Used,
} from './ports.ts';

/** A rule with the saved search that it belongs to. */
export type NamedRule = Rule & { name: string; text: string };
/** What a run has done. */
export type RunResult = {
  queued: number;
  bytes: number;
  held: number;
  left: number;
  /** New ones that nothing could be decided about, and why. */
  paused: Pause | null;
  pausedCount: number;
  /** It has just begun: what is there isn't new. */
  hasBegun: boolean;
  /** Why nothing more could be queued. */
  fault: AppError | null;
};

/** The rules of saved searches, as commands and pages use them. */
export type AutoFetchApi = {
  /** @throws `not-found` for a search that isn't saved, here and below */
  view(searchId: string): AutoFetchView;
  /**
   * @param words what was shown of the kinds that it confirms
   * @throws `usage` for a relative folder, a query that isn't understood, or kinds without words
   */
  set(searchId: string, choice: Choice, words: Rule['words']): Promise<AutoFetchView>;
  remove(searchId: string): Promise<AutoFetchView>;
  /** @param text the query of a search, which needn't be saved yet */
  preview(text: string, choice: Choice): Promise<Preview>;
  log(
    searchId: string,
    filter: LogFilter,
    range: { offset: number; count: number },
  ): Promise<{ total: number; items: (LogLine & { isOpen: boolean })[] }>;
  /** @throws `not-found` for a search without a rule that is on */
  run(searchId: string): Promise<RunResult>;
  /** Runs what is switched on, one after the other, in the order of the saved searches. */
  runAll(): Promise<{ rule: NamedRule; result: RunResult }[]>;
};

const NOTHING: RunResult = {
  queued: 0,
  bytes: 0,
  held: 0,
  left: 0,
  paused: null,
  pausedCount: 0,
  hasBegun: false,
  fault: null,
};
/** Assets whose facts are read at once. */
const AT_ONCE = 500;
/** More than these in one run have one line together, such as after a source was added. */
const MAX_LATE_LINES = 3;
/** A shorter pause between two runs of the program isn't worth a line. */
const AWAY_MS = 15 * 60_000;
/** What was on hold or under embargo before a rule began is still new when that is over. */
const HELD_BEFORE_MS = 30 * 24 * 3_600_000;

const NO_LINE: Omit<NewLine, 'atMs' | 'kind'> = {
  assetId: null,
  packageId: null,
  title: '',
  label: '',
  bytes: null,
  reason: null,
  profile: null,
  unstated: [],
  untilMs: null,
  confirmed: [],
  found: 0,
  queued: 0,
  awayMs: 0,
  message: null,
  code: null,
};

type Run = {
  rule: NamedRule;
  format: FormatProfile;
  nowMs: number;
  used: Used;
  result: RunResult;
  /** New ones that came too late. */
  late: { seen: Seen; line: NewLine }[];
  /** New ones of this run. */
  found: number;
};

/**
 * Queues what is new of saved searches. What was decided is noted before and after something is
 * queued, so that a run that ends in between is made good by the next one.
 */
export class AutoFetch {
  readonly #store: AutoFetchStore;
  readonly #desk: AutoFetchDesk;
  readonly #onChanged: () => void;
  readonly #mutex = createMutex();
  /** Rules that have run since the program started. */
  readonly #ran = new Set<string>();
  readonly #last = new Map<string, RunResult>();
  readonly #seen = new Map<string, Map<string, Seen>>();
  #running = 0;

  constructor(deps: { store: AutoFetchStore; desk: AutoFetchDesk; onChanged(): void }) {
    this.#store = deps.store;
    this.#desk = deps.desk;
    this.#onChanged = deps.onChanged;
  }

  /** Of a rule, or of a search without one. */
  view(searchId: string, rule: Rule | null): Omit<AutoFetchView, 'rev'> {
    const nowMs = this.#desk.nowMs();
    const held: Record<string, number> = {};
    for (const { outcome, reason } of this.#seenOf(searchId).values())
      if (outcome === 'held' && reason !== null) held[reason] = (held[reason] ?? 0) + 1;
    const { paused, pausedCount } = this.#last.get(searchId) ?? NOTHING;
    return {
      rule,
      today: this.#store.used(searchId, midnight(nowMs)),
      midnightMs: midnight(nowMs, 1),
      held,
      lastRunAtMs: this.#store.state(searchId)?.lastRunMs ?? null,
      paused: rule?.isOn === true ? paused : null,
      pausedCount: rule?.isOn === true ? pausedCount : 0,
      isRunning: this.#running > 0,
    };
  }

  /** When something that waits may go on; null for none. */
  nextMs(searchIds: readonly string[]): number | null {
    const ends = searchIds.flatMap((id) =>
      [...this.#seenOf(id).values()].flatMap(({ outcome, untilMs }) =>
        outcome === 'held' && untilMs !== null ? [untilMs] : [],
      ),
    );
    return ends.length === 0 ? null : Math.min(...ends);
  }

  /**
   * Looks at what is new and queues it. Runs one after the other.
   *
   * @param isCurrent false for a rule that was changed or switched off meanwhile: the run ends
   */
  run(rule: NamedRule, isCurrent: () => boolean = () => true): Promise<RunResult> {
    return this.#mutex(async () => {
      if (!isCurrent()) return NOTHING;
      this.#running += 1;
      try {
        const result = await this.#run(rule, isCurrent);
        this.#last.set(rule.searchId, result);
        return result;
      } finally {
        this.#running -= 1;
        this.#onChanged();
      }
    });
  }

  /** Lets go of what waits. */
  end(searchId: string): Promise<void> {
    return this.#mutex(async () => {
      this.#store.end(searchId);
      this.#forget(searchId);
      this.#onChanged();
    });
  }

  async preview(text: string, choice: Choice): Promise<Preview> {
    const nowMs = this.#desk.nowMs();
    const format = this.#desk.format(choice.profile);
    if (!format) throw new AppError('not-found', 'No such house format');
    const { items, isPartial } = await this.#desk.published(text, previewSince(nowMs));
    const holdsUnderEmbargo = this.#desk.holdsUnderEmbargo();
    return { ...previewOf(items, choice, { format, nowMs, holdsUnderEmbargo }), isPartial };
  }

  /** `isOpen`: what a line says of an asset is so still, and nobody has queued it. */
  async log(
    searchId: string,
    filter: LogFilter,
    range: { offset: number; count: number },
  ): Promise<{ total: number; items: (LogLine & { isOpen: boolean })[] }> {
    const { total, items } = this.#store.log(searchId, filter, range);
    const seen = this.#seenOf(searchId);
    const asked = items.filter(({ kind, assetId, reason }) => {
      const now = assetId === null ? undefined : seen.get(assetId);
      return (kind === 'held' || kind === 'left') && now?.reason === reason;
    });
    const known = await this.#desk.assets([
      ...new Set(asked.flatMap(({ assetId }) => assetId ?? [])),
    ]);
    const open = new Set(
      known
        .filter(({ packages }) => !packages.some(({ isHere, isListed }) => isHere || isListed))
        .map(({ assetId }) => assetId),
    );
    return {
      total,
      items: items.map((line) => ({
        ...line,
        isOpen: asked.includes(line) && line.assetId !== null && open.has(line.assetId),
      })),
    };
  }

  #seenOf(searchId: string): Map<string, Seen> {
    const known =
      this.#seen.get(searchId) ??
      new Map(this.#store.seen(searchId).map((one) => [one.assetId, one]));
    this.#seen.set(searchId, known);
    return known;
  }

  #forget(searchId: string): void {
    this.#seen.delete(searchId);
    this.#last.delete(searchId);
    this.#ran.delete(searchId);
  }

  #note(searchId: string, seen: readonly Seen[], lines: readonly NewLine[]): void {
    this.#store.note(searchId, seen, lines);
    const known = this.#seenOf(searchId);
    for (const one of seen) known.set(one.assetId, one);
  }

  async #run(rule: NamedRule, isCurrent: () => boolean): Promise<RunResult> {
    const { searchId, text } = rule;
    const nowMs = this.#desk.nowMs();
    // What the first sync ever brings isn't new.
    if (await this.#desk.isEmpty()) return NOTHING;
    const state = this.#store.state(searchId);
    if (!state) {
      await this.#begin(rule, nowMs);
      return { ...NOTHING, hasBegun: true };
    }
    const known = this.#seenOf(searchId);
    const revisions = await this.#desk.revisions(text);
    const wanted = new Set(
      revisions.flatMap(({ id, rev }) => (isDue(known.get(id), rev) ? [id] : [])),
    );
    const waiting = [...known.values()].filter(isWaiting).map(({ assetId }) => assetId);
    for (const id of waiting) wanted.add(id);
    const format = this.#desk.format(rule.profile);
    // Nothing is decided by another one: it would not be looked at again.
    if (!format) return { ...NOTHING, paused: 'no-format', pausedCount: wanted.size };
    const assets = await this.#facts([...wanted]);
    const run: Run = {
      rule,
      format,
      nowMs,
      used: this.#store.used(searchId, midnight(nowMs)),
      result: { ...NOTHING },
      late: [],
      found: 0,
    };
    this.#noteGone(run, waiting, assets);
    for (const asset of assets.toSorted((a, b) => a.publishedAt - b.publishedAt)) {
      if (!isCurrent() || run.result.fault) break;
      await this.#look(run, asset);
    }
    this.#noteLate(run);
    this.#noteCaughtUp(run, state.lastRunMs);
    this.#store.ran(searchId, nowMs);
    return run.result;
  }

  /** What is there by now isn't new, but for what nobody could have had. */
  async #begin({ searchId, text }: NamedRule, nowMs: number): Promise<void> {
    const { items } = await this.#desk.published(text, nowMs - HELD_BEFORE_MS);
    const barred = new Map(
      items.flatMap((asset) => {
        const kind = forbiddenBy(asset.verdict)?.kind;
        return kind === 'on-hold' || kind === 'embargo' ? [[asset.assetId, asset] as const] : [];
      }),
    );
    const before = (await this.#desk.revisions(text)).map(({ id, rev }): Seen => {
      const asset = barred.get(id);
      const kind = asset && forbiddenBy(asset.verdict)?.kind;
      return {
        assetId: id,
        rev,
        outcome: asset ? 'held' : 'before',
        reason: kind === 'on-hold' || kind === 'embargo' ? kind : null,
        untilMs: asset ? embargoOf(asset.verdict) : null,
        packageId: null,
        bytes: null,
        atMs: nowMs,
      };
    });
    const line: NewLine = { ...NO_LINE, atMs: nowMs, kind: 'began', found: before.length };
    this.#store.begin(searchId, nowMs, before, [line]);
    this.#forget(searchId);
  }

  async #facts(ids: readonly string[]): Promise<AssetFacts[]> {
    const all: AssetFacts[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE)
      all.push(...(await this.#desk.assets(ids.slice(at, at + AT_ONCE))));
    return all;
  }

  /** What waited and is no longer in the catalogue. */
  #noteGone({ rule, nowMs }: Run, waiting: readonly string[], assets: readonly AssetFacts[]): void {
    const there = new Set(assets.map(({ assetId }) => assetId));
    const known = this.#seenOf(rule.searchId);
    const gone = waiting.flatMap((id) => (there.has(id) ? [] : (known.get(id) ?? [])));
    this.#note(
      rule.searchId,
      gone.map((seen) => ({
        ...seen,
        outcome: 'left',
        reason: 'gone',
        untilMs: null,
        atMs: nowMs,
      })),
      [],
    );
  }

  async #look(run: Run, asset: AssetFacts): Promise<void> {
    const { rule, format, nowMs, used, result } = run;
    const seen = this.#seenOf(rule.searchId).get(asset.assetId) ?? null;
    if (asset.pause !== null) {
      result.paused = asset.pause;
      result.pausedCount += 1;
      return;
    }
    if (!seen) run.found += 1;
    const intended = seen?.outcome === 'intended' ? seen.packageId : null;
    const wasQueued = asset.packages.find(
      ({ packageId, isHere, isListed }) => packageId === intended && (isHere || isListed),
    );
    // The program ended after it was queued and before that was noted.
    if (wasQueued) return this.#noteQueued(run, asset, wasQueued, [], embargoOf(asset.verdict));
    const decision = decide({
      asset,
      rule,
      format,
      seen,
      used,
      nowMs,
      holdsUnderEmbargo: this.#desk.holdsUnderEmbargo(),
    });
    if (decision.outcome === 'queue') await this.#queue(run, asset, decision);
    else this.#noteNot(run, asset, seen, decision);
  }

  async #queue(
    run: Run,
    asset: AssetFacts,
    { chosen, acknowledge, untilMs }: Extract<Decision, { outcome: 'queue' }>,
  ): Promise<void> {
    const { rule, nowMs } = run;
    const { assetId, rev } = asset;
    const { packageId, bytes } = chosen;
    const intended: Seen = {
      assetId,
      rev,
      outcome: 'intended',
      reason: null,
      untilMs: null,
      packageId,
      bytes,
      atMs: nowMs,
    };
    this.#note(rule.searchId, [intended], []);
    try {
      await this.#desk.queue({ assetId, packageId, acknowledge }, rule);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      this.#noteFault(run, thrown);
      return;
    }
    // That it is under embargo is said by the time for which `.done` waits.
    const restrictions = acknowledge.filter((id) => !isEmbargoAcknowledgement(id));
    this.#noteQueued(run, asset, chosen, restrictions, untilMs);
  }

  #noteQueued(
    { rule, nowMs, used, result }: Run,
    { assetId, rev, title }: AssetFacts,
    { packageId, label, bytes }: AssetFacts['packages'][number],
    confirmed: string[],
    untilMs: number | null,
  ): void {
    used.packages += 1;
    used.bytes += bytes ?? 0;
    result.queued += 1;
    result.bytes += bytes ?? 0;
    const seen: Seen = {
      assetId,
      rev,
      outcome: 'queued',
      reason: null,
      untilMs,
      packageId,
      bytes,
      atMs: nowMs,
    };
    this.#note(
      rule.searchId,
      [seen],
      [
        {
          ...NO_LINE,
          atMs: nowMs,
          kind: 'queued',
          assetId,
          packageId,
          title,
          label,
          bytes,
          untilMs,
          confirmed,
        },
      ],
    );
  }

  #noteNot(
    run: Run,
    { assetId, rev, title }: AssetFacts,
    before: Seen | null,
    decision: Exclude<Decision, { outcome: 'queue' }>,
  ): void {
    const { rule, format, nowMs, result, late } = run;
    const { outcome, reason, chosen } = decision;
    const lacks = decision.outcome === 'left' && reason === 'no-rendition';
    const untilMs = decision.outcome === 'held' ? decision.untilMs : null;
    if (outcome === 'held') result.held += 1;
    // A later version of what was left for another reason, or of what this rule has queued.
    const isKept = before !== null && before.outcome !== 'held' && reason === 'late';
    const isSame =
      before?.outcome === outcome && before.reason === reason && before.untilMs === untilMs;
    if (before && (isKept || isSame)) {
      if (before.rev !== rev) this.#note(rule.searchId, [{ ...before, rev }], []);
      return;
    }
    const { packageId = null, label = '', bytes = null } = chosen ?? {};
    const isQueued = before?.outcome === 'queued';
    const seen: Seen = isQueued
      ? // It counts for the day on which it was queued.
        { ...before, rev }
      : { assetId, rev, outcome, reason, untilMs, packageId, bytes, atMs: nowMs };
    const line: NewLine = {
      ...NO_LINE,
      atMs: nowMs,
      kind: outcome,
      assetId,
      packageId,
      title,
      label,
      bytes,
      reason,
      untilMs,
      ...(lacks && {
        profile: { id: format.id, name: format.name },
        unstated: decision.unstated ?? [],
      }),
    };
    if (outcome === 'left') result.left += 1;
    if (reason === 'late') late.push({ seen, line });
    else this.#note(rule.searchId, [seen], [line]);
  }

  #noteLate({ rule, nowMs, late }: Run): void {
    if (late.length === 0) return;
    this.#note(
      rule.searchId,
      late.map(({ seen }) => seen),
      late.length > MAX_LATE_LINES
        ? [{ ...NO_LINE, atMs: nowMs, kind: 'late-ones', reason: 'late', found: late.length }]
        : late.map(({ line }) => line),
    );
  }

  /** The first run of the program that finds something, if the last one is long ago. */
  #noteCaughtUp({ rule, nowMs, found, result }: Run, lastRunMs: number | null): void {
    const isFirst = !this.#ran.has(rule.searchId);
    this.#ran.add(rule.searchId);
    const awayMs = lastRunMs === null ? 0 : nowMs - lastRunMs;
    if (!isFirst || awayMs < AWAY_MS || found === 0) return;
    const { queued, bytes } = result;
    this.#note(
      rule.searchId,
      [],
      [{ ...NO_LINE, atMs: nowMs, kind: 'caught-up', found, queued, bytes, awayMs }],
    );
  }

  /** What can't be queued stays as it is, and is tried again by the next run. */
  #noteFault({ rule, nowMs, result }: Run, fault: AppError): void {
    result.fault = fault;
    const { message } = fault;
    const [newest] = this.#store.log(rule.searchId, 'all', { offset: 0, count: 1 }).items;
    if (newest?.kind === 'failed' && newest.message === message) return;
    this.#note(
      rule.searchId,
      [],
      [{ ...NO_LINE, atMs: nowMs, kind: 'failed', message, code: fault.code }],
    );
  }
}

const isWaiting = ({ outcome }: Seen): boolean => outcome === 'held' || outcome === 'intended';

/** New, or another version of what was looked at; what waits is looked at anyway. */
const isDue = (seen: Seen | undefined, rev: number): boolean =>
  seen === undefined || (seen.rev !== rev && seen.outcome !== 'before' && !isWaiting(seen));
