import {
  embargoAcknowledgement,
  forbiddenBy,
  isEmbargoAcknowledgement,
  restrictionAcknowledgement,
  type RightsReason,
} from '../../shared/api/rights.ts';
import {
  choosePackage,
  type FormatProfile,
  type RuleField,
} from '../../shared/model/house-format.ts';
import type { Sent } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { Plan, PlannedItem, Wanted } from './enqueue-dialogs.ts';

/*
 * What the plan dialog shows, from what main has planned and what was chosen since. Pure.
 */

export type Restriction = PlannedItem['restrictions'][number];
type Offered = PlannedItem['packages'][number];
export type ShownWords = NonNullable<Sent<AppContract, 'transfers.enqueue'>['words']>[number];

/**
 * Why a row has the package that it has: `rule` and `unstated` as in a choice of a house format;
 * `from` is null where that takes none.
 */
type ChoiceReason =
  | { kind: 'by-format'; rule: number | null; unstated: RuleField[] }
  | { kind: 'asked-for' }
  | { kind: 'changed'; from: Offered | null };
export type PlanRow = {
  assetId: string;
  title: string;
  chosen: PlannedItem['packages'][number];
  packages: PlannedItem['packages'];
  reason: ChoiceReason;
  /** What of it has to be confirmed first. */
  asks: 'restriction' | 'embargo' | null;
};
/** What isn't queued. `unread`: what has to be confirmed isn't known here. */
export type LeftOut = {
  assetId: string;
  /** Null for what isn't in the catalogue any more. */
  title: string | null;
  source: string | null;
  because: NonNullable<PlannedItem['blocked']> | 'here' | 'unread' | 'gone';
  /** The rule that forbids it. */
  rule: RightsReason | null;
  /** When it was downloaded or withdrawn, where that is known. */
  sinceMs: number | null;
  /** Of what no rendition fits: what isn't stated of those that could, and what to take anyway. */
  unstated: RuleField[];
  instead: Offered | null;
};

/** Words of a restriction or an embargo, with the packages that they are about. */
export type Words = {
  /** The same words are confirmed once. */
  key: string;
  /** As they are shown and recorded. */
  text: string;
  title: string;
  note: string | null;
  /** When it lifts, of an embargo. */
  untilMs: number | null;
  /** What is sent with the confirmation. */
  shown: ShownWords[];
  /** Numbers of the shots it is confined to; empty for all of them. */
  packages: { assetId: string; title: string; shots: readonly number[] }[];
};

export type SortedPlan = {
  rows: PlanRow[];
  leftOut: LeftOut[];
  /** To be confirmed before the rows are queued. */
  words: Words[];
  /** What doesn't apply to this newsroom. */
  notes: Words[];
  /** Packages whose restrictions aren't known. */
  unread: { assetId: string; title: string }[];
};

/** How restrictions and embargoes are called in a language. */
export type Wording = {
  restriction(one: Restriction): { title: string; note: string | null };
  embargo(untilMs: number): { title: string; note: string | null };
};

type Choices = {
  wanted: readonly Wanted[];
  profile: FormatProfile;
  /** Package ids by asset, chosen in the dialog. */
  changed: ReadonlyMap<string, string>;
};

/** What has to be confirmed and has no words here. */
const isUnread = ({ restrictionIds, restrictions }: PlannedItem): boolean =>
  restrictionIds.some(
    (id) =>
      !isEmbargoAcknowledgement(id) &&
      !restrictions.some((one) => restrictionAcknowledgement(one.id) === id),
  );

function rowOf(item: PlannedItem, wantedId: string | null, choices: Choices): PlanRow | null {
  const { assetId, title, packages, restrictionIds } = item;
  const { chosen, rule, unstated } = choosePackage(packages, choices.profile);
  const asked = packages.find(({ packageId }) => packageId === wantedId);
  const planned = asked ?? chosen;
  const changed = packages.find(({ packageId }) => packageId === choices.changed.get(assetId));
  const taken = changed ?? planned;
  if (!taken) return null;
  const isChanged = taken.packageId !== planned?.packageId;
  return {
    assetId,
    title,
    packages,
    chosen: taken,
    reason: isChanged
      ? { kind: 'changed', from: planned }
      : asked
        ? { kind: 'asked-for' }
        : { kind: 'by-format', rule, unstated },
    asks: restrictionIds.some((id) => !isEmbargoAcknowledgement(id))
      ? 'restriction'
      : restrictionIds.length > 0
        ? 'embargo'
        : null,
  };
}

/** Why an item isn't queued; null if it is. */
function leftOutBecause(item: PlannedItem, row: PlanRow | null): LeftOut['because'] | null {
  // What fits is seen here, by the house format that is chosen here.
  if (item.blocked !== null && item.blocked !== 'no-fit') return item.blocked;
  if (!row) return item.packages.length === 0 ? 'no-package' : 'no-fit';
  // Who names a package wants that one, whatever is here.
  if (row.chosen.isHere && row.reason.kind !== 'asked-for') return 'here';
  return isUnread(item) ? 'unread' : null;
}

function sinceOf(
  because: LeftOut['because'] | null,
  item: PlannedItem | undefined,
  row: PlanRow | null,
): number | null {
  if (because === 'withdrawn') return item?.withdrawnAt ?? null;
  return because === 'here' ? (row?.chosen.finishedAtMs ?? null) : null;
}

/** Sorts what is wanted into what is queued, what isn't, and what has to be read first. */
export function sortPlan(
  plan: Pick<Plan, 'items'>,
  choices: Choices,
  wording: Wording,
): SortedPlan {
  const items = new Map(plan.items.map((item) => [item.assetId, item]));
  const rows: PlanRow[] = [];
  const leftOut: LeftOut[] = [];
  const queued: PlannedItem[] = [];
  for (const { assetId, packageId } of choices.wanted) {
    const item = items.get(assetId);
    const row = item ? rowOf(item, packageId, choices) : null;
    const because = item ? leftOutBecause(item, row) : 'gone';
    if (item && row && because === null) {
      rows.push(row);
      queued.push(item);
    } else
      leftOut.push({
        assetId,
        title: item?.title ?? null,
        source: item?.source ?? null,
        because: because ?? 'no-package',
        rule: item ? forbiddenBy(item) : null,
        sinceMs: sinceOf(because, item, row),
        unstated:
          item && because === 'no-fit'
            ? choosePackage(item.packages, choices.profile).unstated
            : [],
        instead: (because === 'no-fit' && item?.packages[0]) || null,
      });
  }
  const unread = leftOut.flatMap(({ because, assetId, title }) =>
    because === 'unread' ? [{ assetId, title: title ?? '' }] : [],
  );
  return { rows, leftOut, unread, ...groupWords(queued, wording) };
}

/**
 * The words of all restrictions and embargoes, each with all packages it is about: what has to be
 * confirmed, and what only has to be told. In the order in which they first occur, embargoes last.
 */
export function groupWords(
  items: readonly Pick<
    PlannedItem,
    'assetId' | 'title' | 'restrictionIds' | 'restrictions' | 'reasons' | 'embargoUntil'
  >[],
  wording: Wording,
): Pick<SortedPlan, 'words' | 'notes'> {
  const [words, notes, embargoes] = [new Groups(), new Groups(), new Groups()];
  for (const item of items) {
    for (const restriction of item.restrictions) {
      const { kind, mode, values, note, shots = [] } = restriction;
      const id = restrictionAcknowledgement(restriction.id);
      const isAsked = item.restrictionIds.includes(id);
      (isAsked ? words : notes).add(
        { ...wording.restriction(restriction), untilMs: null },
        { id, rule: { kind, mode, values, note } },
        { assetId: item.assetId, title: item.title, shots },
      );
    }
    const untilMs = item.embargoUntil;
    if (untilMs !== null && item.restrictionIds.some(isEmbargoAcknowledgement))
      embargoes.add(
        { ...wording.embargo(untilMs), untilMs },
        { id: embargoAcknowledgement(untilMs), rule: null },
        { assetId: item.assetId, title: item.title, shots: [] },
      );
  }
  return { words: [...words.list(), ...embargoes.list()], notes: notes.list() };
}

type Named = Pick<Words, 'title' | 'note' | 'untilMs'>;
type Place = Words['packages'][number];

class Groups {
  readonly #groups = new Map<string, Named & Pick<Words, 'key' | 'text'>>();
  readonly #shown = new Map<string, Map<string, ShownWords>>();
  readonly #packages = new Map<string, Map<string, Place>>();

  add(named: Named, { id, rule }: Pick<ShownWords, 'id' | 'rule'>, place: Place): void {
    const text = named.note === null ? named.title : `${named.title}. ${named.note}`;
    // Two embargoes may be told alike, to the minute.
    const key = named.untilMs === null ? text : id;
    if (!this.#groups.has(key)) {
      this.#groups.set(key, { ...named, key, text });
      this.#shown.set(key, new Map());
      this.#packages.set(key, new Map());
    }
    // Rules that are told alike may differ, such as in the names of one platform.
    this.#shown.get(key)?.set(JSON.stringify([id, rule]), { id, text, rule });
    const packages = this.#packages.get(key);
    const before = packages?.get(place.assetId);
    packages?.set(place.assetId, before ? { ...place, shots: bothShots(before, place) } : place);
  }

  list(): Words[] {
    return Array.from(this.#groups, ([key, group]) => ({
      ...group,
      shown: [...(this.#shown.get(key)?.values() ?? [])],
      packages: [...(this.#packages.get(key)?.values() ?? [])],
    }));
  }
}

/** Empty, which is all of them, contains every other list. */
const bothShots = (a: Place, b: Place): readonly number[] =>
  a.shots.length === 0 || b.shots.length === 0
    ? []
    : [...new Set([...a.shots, ...b.shots])].toSorted((one, other) => one - other);

export type PlanFacts = {
  bytes: number;
  /** Rows whose size isn't known. */
  unknownSizes: number;
  /** What will be free after it; negative if it doesn't fit. Null if the free space isn't known. */
  leftBytes: number | null;
  /** How long it takes by itself; null without a rate or without all sizes. */
  seconds: number | null;
  /** After what is in the queue, ms since 1970. */
  finishesAtMs: number | null;
};

export function planFacts(
  rows: readonly PlanRow[],
  { freeBytes, bytesPerSecond, queue }: Pick<Plan, 'freeBytes' | 'bytesPerSecond' | 'queue'>,
  nowMs: number,
): PlanFacts {
  const bytes = rows.reduce((sum, { chosen }) => sum + (chosen.bytes ?? 0), 0);
  const unknownSizes = rows.filter(({ chosen }) => chosen.bytes === null).length;
  const rate = unknownSizes > 0 || rows.length === 0 ? null : bytesPerSecond;
  return {
    bytes,
    unknownSizes,
    leftBytes: freeBytes === null ? null : freeBytes - bytes,
    seconds: rate === null ? null : bytes / rate,
    finishesAtMs:
      rate === null || queue.isPaused
        ? null
        : nowMs + ((queue.remainingBytes + bytes) / rate) * 1000,
  };
}
