import { escapeMarkup, htmlPage } from './text.ts';
import type { DemoAsset, DemoLanguage, DemoRestriction, DemoScript } from './types.ts';

/**
 * What the package's text files need of an asset. None of them says a date: their hashes must not
 * change with the day.
 */
type Described = Omit<DemoAsset, 'packages' | 'searchText' | 'rev'>;

export function shotlistXml(asset: Described): string {
  const shots = asset.shotlist.map((shot) => {
    const restricted =
      shot.restrictionIds.length > 0 ? ` restrictions="${shot.restrictionIds.join(' ')}"` : '';
    const texts = Object.entries(shot.text).map(
      ([language, text]) => `    <text xml:lang="${language}">${escapeMarkup(text)}</text>`,
    );
    const quote =
      shot.quote === undefined
        ? []
        : [
            `    <quote xml:lang="${shot.language}" speaker="${escapeMarkup(shot.speaker ?? '')}">${escapeMarkup(shot.quote)}</quote>`,
          ];
    return [
      `  <shot n="${shot.n}" in="${shot.in}" out="${shot.out}" type="${shot.type}"${restricted}>`,
      ...texts,
      `    <location>${escapeMarkup(shot.location)}</location>`,
      ...quote,
      '  </shot>',
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<shotlist slug="${asset.slug}" frameRate="${asset.frameRate}" start="${asset.timecodeStart}">
${shots.join('\n')}
</shotlist>
`;
}

export function scriptPage(asset: Described, script: DemoScript): string {
  const headline = (script.language === 'fr' ? asset.headline.fr : undefined) ?? asset.headline.en;
  return htmlPage(
    script.language,
    `${asset.slug} ${headline}`,
    `<h1>${escapeMarkup(headline)}</h1>
<p>${asset.slug}, ${escapeMarkup(asset.dateline)}</p>
${script.html}`,
  );
}

function restrictionLine(asset: Described, restriction: DemoRestriction): string {
  const shots = asset.shotlist
    .filter((shot) => shot.restrictionIds.includes(restriction.id))
    .map((shot) => shot.n);
  const where = shots.length > 0 ? ` (shot ${shots.join(', ')})` : '';
  const values =
    restriction.values.length > 0 ? ` [${restriction.mode}: ${restriction.values.join(', ')}]` : '';
  return `<li>${escapeMarkup(restriction.kind)}${where}: ${escapeMarkup(restriction.note)}${escapeMarkup(values)}</li>`;
}

export function rightsPage(asset: Described): string {
  const restrictions =
    asset.restrictions.length === 0
      ? '<p>No restrictions beyond the terms of use.</p>'
      : `<ul>\n${asset.restrictions.map((restriction) => restrictionLine(asset, restriction)).join('\n')}\n</ul>`;
  return htmlPage(
    'en',
    `Rights: ${asset.slug}`,
    `<h1>Rights: ${escapeMarkup(asset.headline.en)}</h1>
<p>Credit: ${escapeMarkup(asset.credits.join('; '))}</p>
<p>${escapeMarkup(asset.copyrightNotice)}. ${escapeMarkup(asset.usageTerms)}</p>
${restrictions}
<p>Times of embargo and expiry are in the catalogue, which always has the last word.</p>`,
  );
}

export function metadataJson(asset: Described): string {
  const {
    slug,
    headline,
    description,
    dateline,
    location,
    country,
    topics,
    subjects,
    people,
    languages,
    durationMs,
    frameRate,
    timecodeStart,
    credits,
    source,
    usageTerms,
    copyrightNotice,
    restrictions,
    shotlist,
    soundbites,
    renditions,
  } = asset;
  return `${JSON.stringify(
    {
      slug,
      headline,
      description,
      dateline,
      location,
      country,
      topics,
      subjects,
      people,
      languages,
      durationMs,
      frameRate,
      timecodeStart,
      credits,
      source,
      usageTerms,
      copyrightNotice,
      restrictions: restrictions.map(({ id, kind, mode, values, note }) => ({
        id,
        kind,
        mode,
        values,
        note,
      })),
      shotlist,
      soundbites,
      renditions,
    },
    null,
    1,
  )}\n`;
}

export const languageTag = (language: DemoLanguage): string => language.toUpperCase();
