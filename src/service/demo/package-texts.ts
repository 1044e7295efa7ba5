import { frenchSpacing } from '../french.ts';
import { ninjsText } from '../../shared/api/sidecars/ninjs.ts';
import { rightsSheet, type SheetFacts } from '../../shared/api/sidecars/rights-sheet.ts';
import { scriptText } from '../../shared/api/sidecars/script-text.ts';
import { shotlistText } from '../../shared/api/sidecars/shotlist-text.ts';
import { POLICY } from '../policy.ts';
import { escapeMarkup, htmlPage } from './text.ts';
import type {
  DemoAsset,
  DemoFile,
  DemoLanguage,
  DemoRestriction,
  DemoScript,
  LocalText,
} from './types.ts';

/**
 * An asset as far as the text files of a package need it. These files contain no date, so that
 * their hashes are the same at every start.
 */
export type Described = Omit<DemoAsset, 'packages' | 'searchText' | 'rev'>;

function shotlistXml(asset: Described): string {
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

function scriptPage(asset: Described, script: DemoScript): string {
  const headline = textIn(asset.headline, script.language);
  return htmlPage(
    script.language,
    `${asset.slug} ${headline}`,
    `<h1>${escapeMarkup(headline)}</h1>
<p>${asset.slug}, ${escapeMarkup(asset.dateline)}</p>
${script.html}`,
  );
}

const RIGHTS_WORDS = {
  en: {
    rights: (title: string) => `Rights: ${title}`,
    credit: (names: string) => `Credit: ${names}`,
    unrestricted: 'No restrictions beyond the terms of use.',
    times: 'Embargo and expiry times: the catalogue takes precedence.',
  },
  fr: {
    rights: (title: string) => `Droits : ${title}`,
    credit: (names: string) => `Crédit : ${names}`,
    unrestricted: 'Aucune restriction en dehors des conditions d’utilisation.',
    times: 'Heures d’embargo et d’expiration : le catalogue fait foi.',
  },
} satisfies Record<DemoLanguage, object>;

const textIn = (text: LocalText, language: DemoLanguage): string => text[language] ?? text.en;

function restrictionLine(
  { kind, mode, values, note }: DemoRestriction,
  language: DemoLanguage,
): string {
  const rule = `${kind}, ${mode}${values.length > 0 ? `: ${values.join(', ')}` : ''}`;
  return `<li>${escapeMarkup(textIn(note, language))} [${escapeMarkup(rule)}]</li>`;
}

function rightsSection(asset: Described, language: DemoLanguage): string {
  const words = RIGHTS_WORDS[language];
  const lines = asset.restrictions.map((restriction) => restrictionLine(restriction, language));
  const html = `<section lang="${language}">
<h1>${escapeMarkup(words.rights(textIn(asset.headline, language)))}</h1>
<p>${escapeMarkup(words.credit(asset.credits.join('; ')))}</p>
<p>${escapeMarkup(asset.copyrightNotice)}. ${escapeMarkup(textIn(asset.usageTerms, language))}</p>
${lines.length === 0 ? `<p>${words.unrestricted}</p>` : `<ul>\n${lines.join('\n')}\n</ul>`}
<p>${words.times}</p>
</section>`;
  return frenchSpacing(html, language);
}

/** The rights sheet, in both languages. */
const rightsPage = (asset: Described): string =>
  htmlPage(
    'en',
    `Rights: ${asset.slug}`,
    `${rightsSection(asset, 'en')}\n${rightsSection(asset, 'fr')}`,
  );

function metadataJson(asset: Described): string {
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

const shotsOf = ({ shotlist }: Described, id: string): number[] =>
  shotlist.filter(({ restrictionIds }) => restrictionIds.includes(id)).map(({ n }) => n);
const creditOf = ({ credits }: Described): string => credits.join('; ');

/** Its times depend on when the demo was first used: the catalogue has them. */
function sheetFacts(asset: Described, language: DemoLanguage): SheetFacts {
  const text = (of: LocalText): string => frenchSpacing(textIn(of, language), language);
  return {
    headline: text(asset.headline),
    credit: creditOf(asset),
    copyright: asset.copyrightNotice,
    usageTerms: text(asset.usageTerms),
    restrictions: asset.restrictions.map(({ id, note, kind, mode, values }) => ({
      kind,
      mode,
      values,
      note: text(note),
      shots: shotsOf(asset, id),
    })),
    shots: asset.shotlist.map(({ n }) => n),
    termsVersion: POLICY.termsVersion,
    maker: 'service',
    publisher: asset.source,
    identifier: asset.slug,
    page: null,
    publishedAt: null,
    readAt: null,
  };
}

const plainShotlist = (asset: Described, language: DemoLanguage): string =>
  shotlistText(
    {
      headline: textIn(asset.headline, language),
      slug: asset.slug,
      credit: creditOf(asset),
      shots: asset.shotlist.map(({ inMs, outMs, text, ...shot }) => ({
        ...shot,
        text: textIn(text, language),
        startMs: inMs,
        durationMs: outMs - inMs,
      })),
      restrictions: asset.restrictions.map(({ id, note }) => ({
        id,
        note: textIn(note, language),
      })),
    },
    language,
  );

/** Who has a package was allowed to have it, so that its state is none of the file's. */
const newsItem = (asset: Described, language: DemoLanguage): string =>
  ninjsText({
    id: asset.id,
    type: asset.type,
    slug: asset.slug,
    rev: null,
    publishedAt: null,
    updatedAt: null,
    embargoUntil: null,
    expiresAt: null,
    pubStatus: 'usable',
    statusNote: null,
    headline: textIn(asset.headline, language),
    descriptionText: textIn(asset.description, language),
    script: asset.scripts.find((entry) => entry.language === language) ?? null,
    language,
    credits: asset.credits,
    source: asset.source,
    dateline: asset.dateline,
    place: asset.location,
    people: asset.people,
    subjects: asset.subjects,
    copyrightNotice: asset.copyrightNotice,
    usageTerms: textIn(asset.usageTerms, language),
    restrictions: asset.restrictions.map(({ note }) => ({ note: textIn(note, language) })),
    packages: [],
    relatedArticleIds: asset.relatedArticleIds,
  });

const plainScript = (asset: Described, { language, text }: DemoScript): string =>
  scriptText(
    {
      headline: textIn(asset.headline, language),
      slug: asset.slug,
      dateline: asset.dateline,
      credit: creditOf(asset),
      script: text,
    },
    language,
  );

/**
 * Content of a text file of the asset’s packages, from the asset as it is.
 * @returns undefined for a file that is not made from the asset
 */
export function packageText(
  asset: Described,
  { id, role, mediaType, language }: Pick<DemoFile, 'id' | 'role' | 'mediaType' | 'language'>,
): string | undefined {
  if (role === 'captions') return asset.captions.find(({ fileId }) => fileId === id)?.text;
  const kind = `${role} ${mediaType}`;
  if (kind === 'shotlist application/xml') return shotlistXml(asset);
  if (kind === 'licence text/html') return rightsPage(asset);
  if (kind === 'metadata application/json')
    return language === undefined ? metadataJson(asset) : newsItem(asset, language);
  const script = asset.scripts.find((entry) => entry.language === language);
  if (kind === 'script text/plain') return script && plainScript(asset, script);
  if (kind === 'shotlist text/plain') return plainShotlist(asset, language ?? 'en');
  if (kind === 'licence text/plain')
    return rightsSheet({ en: sheetFacts(asset, 'en'), fr: sheetFacts(asset, 'fr') });
  return kind === 'script text/html' && script ? scriptPage(asset, script) : undefined;
}

export const languageTag = (language: DemoLanguage): string => language.toUpperCase();
