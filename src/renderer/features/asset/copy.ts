import { shotTypeName } from '../../../shared/api/sidecars/shot-types.ts';
import { codecName, containerName, videoFormatOf } from '../../../shared/api/video-format.ts';
import { languageName, type Language } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import type { AssetView } from '../../state/views.ts';
import { capitalised, ruleLabel } from '../../state/asset-labels.ts';

type Restriction = AssetView['restrictions'][number];
export type Shot = AssetView['shotlist'][number];
/** A shot that the player can go to. */
export type TimedShot = Shot & { startMs: number };
export const isTimed = (shot: Shot): shot is TimedShot => shot.startMs !== null;

/** Timed shots with their lengths: where the source gives none, up to the next shot. */
export const withLengths = (
  shots: readonly TimedShot[],
  totalMs: number,
): (TimedShot & { durationMs: number })[] =>
  shots.map((shot, at) => ({
    ...shot,
    durationMs: shot.durationMs ?? Math.max(0, (shots[at + 1]?.startMs ?? totalMs) - shot.startMs),
  }));

/**
 * What is known of a shot beside its text: type, language and place; empty for none.
 * @param place of the asset, which stands above the list: what a shot's has in common with it after
 *   the first comma isn't said again
 */
export const shotFacts = (
  { type, location, language }: Shot,
  shownIn: Language,
  place = '',
): string =>
  [
    type === undefined ? '' : capitalised(shotTypeName(type, shownIn)),
    language === undefined || language === 'und'
      ? ''
      : capitalised(languageName(language, shownIn)),
    shortPlace(location ?? '', place),
  ]
    .filter((fact) => fact !== '')
    .join(' · ');

/** `Auren Valley` of `Auren Valley, Switzerland` where the other place is in Switzerland too. */
function shortPlace(place: string, other: string): string {
  const comma = place.indexOf(',');
  return comma > 0 && other.endsWith(place.slice(comma)) ? place.slice(0, comma) : place;
}

/** All restrictions of a shot in one sentence. */
export function shotRules(
  asset: AssetView,
  restrictionIds: readonly string[],
  texts: Texts,
  language: Language,
): string {
  const rules = asset.restrictions
    .filter((restriction) => restrictionIds.includes(restriction.id))
    .map((restriction) => ruleLabel(restriction, texts, language));
  return capitalised(rules.join(', '));
}

export const restrictedShots = (asset: AssetView): Shot[] =>
  asset.shotlist.filter((shot) => shot.restrictionIds.length > 0);

/** Restrictions of the whole package, i.e. those that no shot carries. */
export function wholeRestrictions(asset: AssetView): Restriction[] {
  const onShots = new Set(asset.shotlist.flatMap((shot) => shot.restrictionIds));
  return asset.restrictions.filter((restriction) => !onShots.has(restriction.id));
}

export const shotNumbers = (shots: readonly Shot[]): string =>
  shots.map((shot) => shot.n).join(', ');

type Package = AssetView['packageContents'][number];

/** A film to look at, beside the one that is aired. */
export const isPreviewFile = ({ role, fileId }: Package['components'][number]): boolean =>
  role === 'video' && /proxy|preview/.test(fileId);

/** Contents of a package by kind, in one sentence. */
export function contentsLabel(
  asset: AssetView,
  { components }: Package,
  { asset: words }: Texts,
): string {
  const { roles } = words;
  const of = (role: string): Package['components'] =>
    components.filter((component) => component.role === role);
  const previews = new Set(
    of('video')
      .filter(isPreviewFile)
      .map((component) => component.fileId),
  );
  const masters = of('video').length - previews.size;
  // Each is there as a page and as plain text.
  const scripts = new Set(of('script').map(({ language }) => language)).size;
  const languages = [
    ...new Set(
      asset.captions
        .filter((caption) =>
          of('captions').some((component) => component.fileId === caption.fileId),
        )
        // The package has some, in a language that nobody states.
        .filter(({ language }) => language !== 'und')
        .map((caption) => caption.language.toUpperCase()),
    ),
  ];
  const parts: string[] = [];
  if (masters > 0) parts.push(masters === 1 ? roles.master : roles.video(masters));
  if (previews.size > 0) parts.push(masters > 0 ? roles.preview : roles.video(previews.size));
  if (of('audio').length > 0) parts.push(roles.audio(of('audio').length));
  if (of('shotlist').length > 0) parts.push(roles.shotlist);
  if (scripts > 0) parts.push(roles.script(scripts));
  if (of('captions').length > 0) parts.push(roles.captions(languages.join(' ')));
  if (of('thumbnail').length > 0) parts.push(roles.thumbnail(of('thumbnail').length));
  if (of('licence').length > 0) parts.push(roles.licence);
  if (of('metadata').length > 0) parts.push(roles.metadata);
  const known = new Set([
    'video',
    'audio',
    'shotlist',
    'script',
    'captions',
    'thumbnail',
    'licence',
    'metadata',
  ]);
  const others = components.filter((component) => !known.has(component.role)).length;
  if (others > 0) parts.push(roles.other(others));
  return parts.join(', ');
}

/** `50i`, counted in fields, or `25p`; empty where rate or scan isn't stated. */
export function rateName({
  frameRate,
  scan,
}: Pick<AssetView['renditions'][number], 'frameRate' | 'scan'>): string {
  const name = videoFormatOf({ height: 1, frameRate, scan });
  const [, kind = '', rate = ''] = /^1([ip])(.+)$/u.exec(name ?? '') ?? [];
  return `${rate}${kind}`;
}

/** Format of the rendition that a package is named after, e.g. "MOV, v210". */
export function formatLabel(asset: AssetView, { label }: Package): string | null {
  const rendition = asset.renditions.find((known) => known.name === label);
  if (!rendition) return null;
  const { container, videoCodec } = rendition;
  const name = containerName(container);
  return videoCodec === null ? name : `${name}, ${codecName(videoCodec)}`;
}
