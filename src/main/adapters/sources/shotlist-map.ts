import type { AssetDetail } from '../../catalogue/asset.ts';
import { restrictionsIn, type WordedRestriction } from '../../formats/restriction-text.ts';
import { parseShotlist, type ListedShot, type Shotlist } from '../../formats/shotlist.ts';
import { digestOf } from './asset-parts.ts';

/** What of an asset comes from texts. */
type ShotlistParts = Pick<AssetDetail, 'shotlist' | 'soundbites' | 'restrictions'>;
type Restriction = AssetDetail['restrictions'][number];

/** Of longer lists and texts the rest is read in the description, which has all of it. */
const MAX_SHOTS = 1000;
const MAX_TEXT = 2000;
/** Of more restrictions than these the last one says that there are more. */
const MAX_RESTRICTIONS = 100;
const MORE: WordedRestriction = {
  kind: 'editorial',
  mode: 'deny',
  values: [],
  text: 'There are more restrictions than can be listed: read them in the description',
};

const tidy = (text: string): string => text.trim().replaceAll(/\s+/gu, ' ');
const cut = (text: string): string =>
  text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…`;

function catalogued({ kind, mode, values, text }: WordedRestriction): Restriction {
  const note = tidy(text);
  const digest = digestOf(`${kind} ${mode} ${values.join(' ')} ${note}`, 16);
  return { id: `rst_${digest}`, kind, mode, values, note: cut(note) };
}

type OnShots = Omit<Restriction, 'shots'> & {
  /** Indices of shots; null for all of them. */
  shots: readonly number[] | null;
};

/** The restrictions of a text; one that holds for the whole isn't on single shots too. */
function restrictionsOf({ restrictions, shots }: Shotlist): Map<string, OnShots> {
  const count = Math.min(shots.length, MAX_SHOTS);
  const byId = new Map<string, OnShots>();
  for (const stated of restrictions) {
    const on = stated.shots?.filter((index) => index < count) ?? [];
    const isWhole = on.length === 0 || on.length === count;
    for (const worded of restrictionsIn(stated.text)) {
      const one = catalogued(worded);
      const known = byId.get(one.id);
      const isOnAll = isWhole || known?.shots === null;
      byId.set(one.id, { ...one, shots: isOnAll ? null : [...(known?.shots ?? []), ...on] });
    }
  }
  return byId;
}

/** Of several texts on one film all that restricts, by shots where the one with the shots says so. */
function together(chosen: Shotlist, others: readonly Shotlist[]): OnShots[] {
  const all = restrictionsOf(chosen);
  for (const other of others)
    for (const [id, one] of restrictionsOf(other))
      if (one.shots === null || !all.has(id)) all.set(id, { ...one, shots: null });
  const found = [...all.values()].toSorted(
    (a, b) => Number(a.shots !== null) - Number(b.shots !== null),
  );
  if (found.length <= MAX_RESTRICTIONS) return found;
  return [...found.slice(0, MAX_RESTRICTIONS - 1), { ...catalogued(MORE), shots: null }];
}

const TYPES = { soundbite: 'interview', graphic: 'graphic', voiceover: 'voiceover' } as const;
/** Numbers tell shots apart, so those of a list that repeats or lacks some aren't used. */
const areNumbered = (shots: readonly ListedShot[]): boolean =>
  shots.every(({ number }, at) => number !== null && number > (shots[at - 1]?.number ?? 0));

/** The start, unless it can't be; the film may be shorter than its text says. */
const startOf = ({ startMs, fault }: ListedShot, durationMs: number | null): number | null =>
  fault !== null || (startMs !== null && durationMs !== null && startMs > durationMs)
    ? null
    : startMs;

/** Members that are null are left out, as a shot has them. */
const stated = <Name extends string>(name: Name, value: string | null): { [K in Name]?: string } =>
  value === null || value === '' ? {} : ({ [name]: cut(tidy(value)) } as { [K in Name]: string });

/**
 * Shots, soundbites and restrictions as an asset has them, from what was read of its texts: the shots
 * of the text with the most, the restrictions of all. Times are to the second, and there are no
 * timecodes; those in disorder or past the end are left out.
 *
 * @param durationMs length of the film; null if it isn't known
 */
export function shotlistParts(
  texts: readonly Shotlist[],
  { durationMs }: { durationMs: number | null },
): ShotlistParts {
  const [chosen, ...others] = texts.toSorted((a, b) => b.shots.length - a.shots.length);
  if (!chosen) return { shotlist: [], soundbites: [], restrictions: [] };
  const restrictions = together(chosen, others);
  const onShot = new Map<number, string[]>();
  for (const { id, shots } of restrictions)
    for (const index of new Set(shots)) onShot.set(index, [...(onShot.get(index) ?? []), id]);
  const shots = chosen.shots.slice(0, MAX_SHOTS);
  const isNumbered = areNumbered(shots);
  const numberAt = (at: number): number => (isNumbered ? shots[at]?.number : null) ?? at + 1;

  return {
    restrictions: restrictions.map(({ shots: on, ...restriction }) => ({
      ...restriction,
      ...(on === null ? {} : { shots: [...new Set(on)].map(numberAt).toSorted((a, b) => a - b) }),
    })),
    shotlist: shots.map((shot, at) => {
      const startMs = startOf(shot, durationMs);
      const section = shot.section === null ? undefined : chosen.sections[shot.section];
      const { endMs, end, kind, view } = shot;
      return {
        n: numberAt(at),
        in: null,
        out: null,
        startMs,
        // Up to the next shot is what everybody assumes who shows it, and nothing that was said.
        durationMs: startMs !== null && endMs !== null && end === 'stated' ? endMs - startMs : null,
        text: cut(tidy(shot.text)),
        // Library footage has to be known as such.
        ...stated('location', section ? (section.isFile ? section.text : section.location) : null),
        ...stated('type', kind === 'shot' ? view : TYPES[kind]),
        ...stated('language', shot.language),
        ...stated('speaker', shot.speaker),
        ...stated('quote', shot.quote),
        restrictionIds: onShot.get(at) ?? [],
      };
    }),
    soundbites: shots.flatMap((shot) =>
      shot.kind !== 'soundbite' || shot.quote === null
        ? []
        : {
            speaker: shot.speaker ?? '',
            role: shot.role ?? '',
            language: shot.language ?? 'und',
            in: null,
            out: null,
            startMs: startOf(shot, durationMs),
            verbatim: cut(tidy(shot.quote)),
            translation: null,
          },
    ),
  };
}

/** `shotlistParts` of plain texts. */
export const shotlistIn = (
  texts: readonly string[],
  film: { durationMs: number | null },
): ShotlistParts =>
  shotlistParts(
    texts.map((text) => parseShotlist(text.normalize('NFC'))),
    film,
  );
