import {
  countryCode,
  idsToAcknowledge,
  type NewsroomProfile,
  type RightsEffect,
  type RightsReason,
} from '../../shared/api/rights.ts';
import type { AssetView } from '../catalogue/catalogue.ts';
import { momentText } from '../catalogue/rights.ts';

type Restriction = AssetView['restrictions'][number];

const EFFECTS: Record<RightsEffect, string> = {
  forbid: 'bars you',
  ask: 'to confirm',
  note: 'a note',
};

const timeText = (value: string): string => {
  const at = Date.parse(value);
  return Number.isNaN(at) ? value : momentText(at);
};
type Wording = (values: readonly string[], mode: Restriction['mode']) => string;
const places =
  (preposition: 'in' | 'on'): Wording =>
  (values, mode) =>
    `${mode === 'deny' ? 'not' : 'only'} ${preposition} ${values.join(', ')}`;
const asWritten: Wording = (values) => values.join(', ');
const WORDINGS: Record<Restriction['kind'], Wording> = {
  territory: places('in'),
  platform: places('on'),
  time: (values) => `not after ${values.map(timeText).join(', ')}`,
  editorial: asWritten,
  archive: asWritten,
};

/** Its rule from its values; empty where only its words say it. */
const ruleText = ({ kind, mode, values }: Restriction): string =>
  values.length === 0 ? '' : WORDINGS[kind](values, mode);

const shotsText = ({ shots = [] }: Restriction): string[] =>
  shots.length === 0 ? [] : [`${shots.length === 1 ? 'shot' : 'shots'} ${shots.join(', ')}`];

/** Of the state of the asset, which no restriction says. */
function stateText({ kind, untilMs, effect, acknowledge }: RightsReason): string[] {
  if (untilMs === null) return [];
  const confirm = acknowledge === null ? '' : `: ${acknowledge}`;
  if (kind === 'embargo')
    return [`embargo until ${momentText(untilMs)} (${EFFECTS[effect]})${confirm}`];
  return kind === 'expires' ? [`expires ${momentText(untilMs)}`] : [];
}

/** Whom the restrictions are judged for. */
const readerText = ({ territory, platforms }: NewsroomProfile): string =>
  [territory === null ? 'no territory stated' : countryCode(territory), ...platforms].join(', ');

/**
 * What restricts an asset, what of it applies to this newsroom, and what is confirmed with it; one
 * line each, the publisher's words last.
 */
export function rightsLines(
  { restrictions, verdict }: Pick<AssetView, 'restrictions' | 'verdict'>,
  profile: NewsroomProfile,
): string[] {
  const effectOf = (id: string): string[] =>
    verdict.reasons
      .filter(({ restrictionId }) => restrictionId === id)
      .map(({ effect }) => EFFECTS[effect]);
  const lines = [
    ...verdict.reasons.filter(({ restrictionId }) => restrictionId === null).flatMap(stateText),
    ...restrictions.map((restriction) => {
      const { id, kind, note } = restriction;
      const facts = [
        kind,
        ...[ruleText(restriction)].filter((rule) => rule !== ''),
        ...shotsText(restriction),
        ...effectOf(id),
      ];
      return `restriction ${id} (${facts.join('; ')}): ${note}`;
    }),
  ];
  const ids = idsToAcknowledge(verdict);
  return [
    ...lines,
    ...(lines.length === 0
      ? []
      : [`judged for: ${readerText(profile)} (change it with: desk newsroom)`]),
    ...(ids.length === 0 || verdict.decision === 'forbid'
      ? []
      : [`to confirm all of it: --acknowledge ${ids.join(',')}`]),
  ];
}
