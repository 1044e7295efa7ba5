import { createHash } from 'node:crypto';
import { type Zippable, zipSync } from 'fflate';
import { topicName } from '../../../shared/api/query/values.ts';
import { escaped } from '../../formats/markup.ts';
import { xmlText } from '../../formats/body-tree.ts';
import {
  addressOf,
  dayText,
  type ExportedArticle,
  momentText,
  PICTURE_EXTENSIONS,
  type PictureType,
  type ShownPicture,
} from './content.ts';
import { articleMarkup, languageAttributes, languageTag } from './markup.ts';
import { exportWords, type ExportLanguage } from './texts.ts';

/** Readers bring their own type and colours; this only sets apart what is no running text. */
const STYLE = `body { margin: 5%; line-height: 1.5; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.25; page-break-after: avoid; break-after: avoid; }
.section { font-size: .8em; letter-spacing: .04em; text-transform: uppercase; margin: 0; }
.alternative { font-style: italic; } .standfirst { font-size: 1.1em; }
.byline, .date, .note, figcaption, footer { font-size: .9em; }
.note { border: 1px solid; padding: .4em .8em; font-weight: bold; }
.missing { display: block; border: 1px dashed; padding: .6em; font-size: .9em; }
figure { margin: 1.5em 0; page-break-inside: avoid; break-inside: avoid; }
img { max-width: 100%; height: auto; }
figcaption cite { font-style: normal; }
blockquote { margin: 1.2em 1.5em; } pre { white-space: pre-wrap; }
caption { text-align: start; font-weight: bold; }
table { border-collapse: collapse; width: 100%; font-size: .9em; } th, td { text-align: start; vertical-align: top; padding: .25em .5em .25em 0; border-bottom: 1px solid; }
footer { margin-top: 2em; border-top: 1px solid; } dt { font-weight: bold; } dd { margin: 0 0 .4em; overflow-wrap: anywhere; }
.cover { text-align: center; margin-top: 20%; } nav ol { list-style: none; padding-inline-start: 1em; }
`;

/** 1 × 1, grey: what a reader without the picture's format may show in its place. */
const NO_PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);
/** Core media types of all versions of EPUB 3; others name a picture that every reader shows. */
const CORE = new Set<PictureType>(['image/jpeg', 'image/png', 'image/gif']);

type Picture = ShownPicture & { id: string; file: string; isDescribed: boolean };
type Chapter = { exported: ExportedArticle; id: string; file: string; markup: string };
type Named = { language: ExportLanguage; title: string };

/** A page of the book. */
const xhtml = (
  { language, dir, title, type }: { language: string; dir: string; title: string; type?: string },
  body: string,
  up = '',
): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"${languageAttributes(language, dir, true)}>
<head>
<title>${escaped(title)}</title>
<link rel="stylesheet" type="text/css" href="${up}style.css"/>
</head>
<body${type ? ` epub:type="${type}"` : ''}>
${body}
</body>
</html>
`;

/** A title that is empty or blank would make the book invalid. */
const titleOf = (given: string, otherwise: string): string => xmlText(given).trim() || otherwise;

const unique = (values: readonly string[]): string[] => [
  ...new Set(values.map((value) => xmlText(value).trim()).filter((value) => value !== '')),
];

/** That of the only article, else source and section as far as there is one. */
export function bookTitle(articles: readonly ExportedArticle[], language: ExportLanguage): string {
  const words = exportWords[language];
  const [first, ...others] = articles;
  if (first && others.length === 0) return titleOf(first.article.headline, words.title);
  const [source, ...sources] = unique(articles.map(({ sourceName }) => sourceName));
  const [section, ...sections] = unique(articles.map(({ article }) => article.section));
  const from = sources.length === 0 ? titleOf(source ?? '', words.title) : words.title;
  return section === undefined || sections.length > 0
    ? from
    : words.ofSection(from, topicName(section, language));
}

/** The most frequent first. */
function languagesOf(articles: readonly ExportedArticle[]): string[] {
  const counts = Map.groupBy(articles, ({ article }) => languageTag(article.language));
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length).map(([tag]) => tag);
}

/** Each picture once, whichever articles show it. */
class Pictures {
  readonly #known = new Map<string, Picture>();

  /** @returns the path of its file in the book */
  add({ bytes, mediaType }: ShownPicture, alt: string): string {
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    const file = `pictures/${hash}.${PICTURE_EXTENSIONS[mediaType]}`;
    const isDescribed = alt !== '' && this.#known.get(hash)?.isDescribed !== false;
    this.#known.set(hash, { bytes, mediaType, id: `picture-${hash}`, file, isDescribed });
    return file;
  }

  get all(): Picture[] {
    return [...this.#known.values()];
  }
}

/** UUID of version 8 (RFC 9562 §5.8), the same for the same content. */
function identifierOf(chapters: readonly Chapter[], title: string): string {
  const hash = createHash('sha256').update(title);
  for (const { exported } of chapters) {
    const { id, rev, updatedAt, headline, bodyHtml } = exported.article;
    hash.update(JSON.stringify([exported.sourceName, id, rev, updatedAt, headline, bodyHtml]));
  }
  const hex = hash.digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const newest = (articles: readonly ExportedArticle[]): number =>
  Math.max(...articles.map(({ article }) => Date.parse(article.publishedAt)));
const oldest = (articles: readonly ExportedArticle[]): number =>
  Math.min(...articles.map(({ article }) => Date.parse(article.publishedAt)));

/** Newest first within each section; the section with the newest article first. */
function bySection(chapters: readonly Chapter[]): [section: string, chapters: Chapter[]][] {
  const time = ({ exported }: Chapter): number => Date.parse(exported.article.publishedAt);
  const sorted = chapters.toSorted((a, b) => time(b) - time(a));
  return [...Map.groupBy(sorted, ({ exported }) => exported.article.section)];
}

function navigation(
  sections: readonly [string, Chapter[]][],
  { language, title }: Named,
  dir: string,
): string {
  const words = exportWords[language];
  const entry = ({ exported, file }: Chapter): string => {
    const { headline, publishedAt } = exported.article;
    const day = dayText(Date.parse(publishedAt), language);
    const theirs = languageAttributes(exported.article.language, exported.article.dir, true);
    return `<li><a href="${file}"><span${theirs}>${escaped(titleOf(headline, title))}</span> <small>${escaped(day)}</small></a></li>`;
  };
  const list = (chapters: readonly Chapter[]): string =>
    `<ol>${chapters.map(entry).join('\n')}</ol>`;
  const [only, ...others] = sections;
  const contents =
    only && others.length === 0
      ? list(only[1])
      : `<ol>${sections
          .map(
            ([section, chapters]) =>
              `<li><span>${escaped(titleOf(topicName(section, language), words.otherSection))}</span>\n${list(chapters)}</li>`,
          )
          .join('\n')}</ol>`;
  const first = sections[0]?.[1][0]?.file ?? 'cover.xhtml';
  return xhtml(
    { language, dir, title: words.contents },
    `<nav epub:type="toc" role="doc-toc" id="toc"><h1>${escaped(words.contents)}</h1>
${contents}</nav>
<nav epub:type="landmarks" hidden="hidden"><h2>${escaped(words.contents)}</h2><ol>
<li><a epub:type="cover" href="cover.xhtml">${escaped(words.cover)}</a></li>
<li><a epub:type="toc" href="nav.xhtml#toc">${escaped(words.contents)}</a></li>
<li><a epub:type="bodymatter" href="${first}">${escaped(title)}</a></li>
</ol></nav>`,
  );
}

function cover(
  articles: readonly ExportedArticle[],
  { language, title }: Named,
  dir: string,
): string {
  const words = exportWords[language];
  const days = words.fromTo(
    dayText(oldest(articles), language),
    dayText(newest(articles), language),
  );
  const stored = Math.max(...articles.map(({ storedAtMs }) => storedAtMs));
  const lines = [
    unique(articles.map(({ sourceName }) => sourceName)).join(', '),
    days,
    words.articles(articles.length),
    `${words.stored}: ${momentText(stored, language)}`,
  ].filter((line) => line !== '');
  return xhtml(
    { language, dir, title, type: 'cover' },
    `<section class="cover"><h1>${escaped(title)}</h1>\n${lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')}</section>`,
  );
}

const dc = (name: string, values: readonly string[]): string[] =>
  values.map((value) => `<dc:${name}>${escaped(value)}</dc:${name}>`);
const schema = (name: string, value: string): string =>
  `<meta property="schema:${name}">${escaped(value)}</meta>`;

function packageDocument(
  chapters: readonly Chapter[],
  sections: readonly [string, Chapter[]][],
  pictures: readonly Picture[],
  { language, title }: Named,
  isRtl: boolean,
): string {
  const articles = chapters.map(({ exported }) => exported);
  const words = exportWords[language];
  const [only] = articles.length === 1 ? articles : [];
  const sources = unique(articles.map(({ sourceName }) => sourceName));
  const authors = unique(articles.flatMap(({ article }) => article.byline));
  const rights = unique(
    articles.flatMap(({ article }) => [article.copyrightNotice, article.usageTerms]),
  );
  const described = pictures.length === 0 ? null : pictures.every(({ isDescribed }) => isDescribed);
  const isAnimated = pictures.some(({ mediaType }) => mediaType === 'image/gif');
  const modified = Math.max(...articles.map(({ storedAtMs }) => storedAtMs));
  const metadata = [
    `<dc:identifier id="identifier">${identifierOf(chapters, title)}</dc:identifier>`,
    ...dc('title', [title]),
    ...dc('creator', authors.length > 0 ? authors : sources),
    ...dc('publisher', sources.slice(0, 1)),
    ...dc('language', languagesOf(articles)),
    `<dc:date>${new Date(newest(articles)).toISOString().replace(/\.\d+Z$/u, 'Z')}</dc:date>`,
    ...dc('rights', rights.length === 0 ? [] : [rights.join(' · ')]),
    ...dc('description', unique([only?.article.summary ?? ''])),
    ...dc('source', only ? unique([addressOf(only.article)]) : []),
    `<meta property="dcterms:modified">${new Date(modified).toISOString().replace(/\.\d+Z$/u, 'Z')}</meta>`,
    schema('accessMode', 'textual'),
    ...(described === null ? [] : [schema('accessMode', 'visual')]),
    ...(described === false ? [] : [schema('accessModeSufficient', 'textual')]),
    ...(described === null ? [] : [schema('accessModeSufficient', 'textual,visual')]),
    ...['structuralNavigation', 'tableOfContents', 'readingOrder', 'displayTransformability'].map(
      (feature) => schema('accessibilityFeature', feature),
    ),
    ...(described === true ? [schema('accessibilityFeature', 'alternativeText')] : []),
    schema('accessibilityHazard', isAnimated ? 'unknown' : 'none'),
    schema(
      'accessibilitySummary',
      words.accessibility[described === null ? 'text' : described ? 'described' : 'undescribed'],
    ),
  ];
  const needsFallback = pictures.some(({ mediaType }) => !CORE.has(mediaType));
  const manifest = [
    '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
    '<item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>',
    '<item id="style" href="style.css" media-type="text/css"/>',
    ...(needsFallback
      ? ['<item id="no-picture" href="pictures/none.png" media-type="image/png"/>']
      : []),
    ...chapters.map(
      ({ id, file }) => `<item id="${id}" href="${file}" media-type="application/xhtml+xml"/>`,
    ),
    ...pictures.map(
      ({ id, file, mediaType }) =>
        `<item id="${id}" href="${file}" media-type="${mediaType}"${CORE.has(mediaType) ? '' : ' fallback="no-picture"'}/>`,
    ),
  ];
  const order = sections.flatMap(([, own]) => own.map(({ id }) => `<itemref idref="${id}"/>`));
  return `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="identifier" xml:lang="${language}" prefix="schema: http://schema.org/">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
${metadata.join('\n')}
</metadata>
<manifest>
${manifest.join('\n')}
</manifest>
<spine page-progression-direction="${isRtl ? 'rtl' : 'ltr'}">
<itemref idref="cover"/>
<itemref idref="nav"/>
${order.join('\n')}
</spine>
</package>
`;
}

const CONTAINER = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
`;

const encode = (content: string): Uint8Array => Buffer.from(content, 'utf8');
/** Kept as they are: they are compressed already. */
const STORED = { level: 0 } as const;
/** ZIP has no time before 1980, and local time: a fixed one makes equal books equal files. */
const ZIP_TIME = new Date(2000, 0, 1);

/**
 * EPUB 3.3: cover, table of contents by section and date, and a document for each article.
 * @param articles at least one
 */
export function epubOf(articles: readonly ExportedArticle[], language: ExportLanguage): Uint8Array {
  const pictures = new Pictures();
  const title = bookTitle(articles, language);
  const named = { language, title };
  const isRtl = articles.every(({ article }) => article.dir === 'rtl');
  // Cover and contents are in the language of the labels; a book all in one direction keeps to it.
  const dir = isRtl ? 'rtl' : 'ltr';
  const chapters = articles.map((exported, at): Chapter => {
    const { language: spoken, dir: own, headline } = exported.article;
    const markup = articleMarkup(exported, language, {
      isXml: true,
      addressOf: (picture, alt) => `../${pictures.add(picture, alt)}`,
    });
    return {
      exported,
      id: `article-${at + 1}`,
      file: `articles/${String(at + 1).padStart(4, '0')}.xhtml`,
      markup: xhtml(
        { language: spoken, dir: own, title: titleOf(headline, title) },
        `<article epub:type="chapter">\n${markup}\n</article>`,
        '../',
      ),
    };
  });
  const sections = bySection(chapters);
  const files: Zippable = {
    // OCF 3.3 §4.2.6: first, and not compressed.
    mimetype: [encode('application/epub+zip'), STORED],
    'META-INF/container.xml': encode(CONTAINER),
    'EPUB/package.opf': encode(packageDocument(chapters, sections, pictures.all, named, isRtl)),
    'EPUB/nav.xhtml': encode(navigation(sections, named, dir)),
    'EPUB/cover.xhtml': encode(cover(articles, named, dir)),
    'EPUB/style.css': encode(STYLE),
  };
  for (const { file, markup } of chapters) files[`EPUB/${file}`] = encode(markup);
  if (pictures.all.some(({ mediaType }) => !CORE.has(mediaType)))
    files['EPUB/pictures/none.png'] = [NO_PICTURE, STORED];
  for (const { file, bytes } of pictures.all) files[`EPUB/${file}`] = [bytes, STORED];
  return zipSync(files, { mtime: ZIP_TIME });
}
