import type { Facts } from './facts.ts';
import { assetIdOf } from './build-asset.ts';
import { demoFiles } from './masters.ts';
import type { ArticleSource, ArticleText } from './source.ts';
import type { Stored } from './stored.ts';
import { countWords, escapeMarkup, plainText } from './text.ts';
import type { DemoArticle, DemoArticleMedia, DemoLanguage } from './types.ts';

const CREDIT: Record<DemoLanguage, string> = {
  en: 'Photo: Auren Multimedia',
  fr: 'Photo : Auren Multimedia',
};
const USAGE_TERMS: Record<DemoLanguage, string> = {
  en: 'Free of charge for editorial use, with credit.',
  fr: 'Gratuit pour un usage éditorial, avec crédit.',
};

const articleIdOf = (name: string, language: DemoLanguage): string =>
  `art_${name.replaceAll('-', '')}_${language}`;

function figure(media: DemoArticleMedia): string {
  return `<figure><img src="media:${media.id}" alt="${escapeMarkup(media.alt)}" width="${media.width}" height="${media.height}"><figcaption>${escapeMarkup(media.caption)} <cite>${escapeMarkup(media.credit)}</cite></figcaption></figure>`;
}

const tableRow = (tag: string, row: readonly string[]): string =>
  `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;

function table(rows: readonly string[]): string {
  const cells = rows.map((row) => row.slice(2).split(' | '));
  const [head = [], ...body] = cells;
  return `<table><thead>${tableRow('th', head)}</thead><tbody>${body.map((row) => tableRow('td', row)).join('')}</tbody></table>`;
}

function quotation(block: string): string {
  const [quote = '', who] = block.slice(2).split(' | ');
  return `<blockquote><p>${quote}</p>${who === undefined ? '' : `<p><cite>${who}</cite></p>`}</blockquote>`;
}

type Kind = 'item' | 'numbered' | 'row' | 'heading' | 'quotation' | 'figure' | 'paragraph';
function kindOf(block: string): Kind {
  if (block.startsWith('- ')) return 'item';
  if (block.startsWith('1. ')) return 'numbered';
  if (block.startsWith('| ')) return 'row';
  if (block.startsWith('## ')) return 'heading';
  if (block.startsWith('> ')) return 'quotation';
  return /^\[\d\]$/.test(block) ? 'figure' : 'paragraph';
}

/**
 * Converts an author’s blocks to the API’s subset of HTML. Adjacent items and rows form one list or
 * table.
 */
export function bodyHtmlOf(body: readonly string[], media: readonly DemoArticleMedia[]): string {
  const html: string[] = [];
  for (let i = 0; i < body.length;) {
    const kind = kindOf(body[i] ?? '');
    let end = i + 1;
    if (kind === 'item' || kind === 'numbered' || kind === 'row')
      while (end < body.length && kindOf(body[end] ?? '') === kind) end++;
    const blocks = body.slice(i, end);
    const block = blocks[0] ?? '';
    i = end;
    if (kind === 'item')
      html.push(`<ul>${blocks.map((item) => `<li>${item.slice(2)}</li>`).join('')}</ul>`);
    else if (kind === 'numbered')
      html.push(`<ol>${blocks.map((item) => `<li>${item.slice(3)}</li>`).join('')}</ol>`);
    else if (kind === 'row') html.push(table(blocks));
    else if (kind === 'heading') html.push(`<h2>${block.slice(3)}</h2>`);
    else if (kind === 'quotation') html.push(quotation(block));
    else if (kind === 'paragraph') html.push(`<p>${block}</p>`);
    else {
      const picture = media[Number(block.slice(1, -1)) - 1];
      if (!picture) throw new Error(`no picture ${block}`);
      html.push(figure(picture));
    }
  }
  return html.join('\n');
}

function mediaOf(source: ArticleSource, language: DemoLanguage, facts: Facts): DemoArticleMedia[] {
  return source.pictures.map(({ role, alt, caption }, i) => {
    const file = demoFiles.articlePicture(source.name, i + 1);
    const { bytes, sha256, width, height } = facts.file(file);
    return {
      id: `med_${source.name.replaceAll('-', '')}_${i + 1}`,
      role,
      file,
      mediaType: 'image/jpeg',
      bytes,
      sha256,
      width,
      height,
      alt: alt[language] ?? alt.en,
      caption: caption[language] ?? caption.en,
      credit: CREDIT[language],
    };
  });
}

function buildOne(
  source: ArticleSource,
  language: DemoLanguage,
  text: ArticleText,
  facts: Facts,
): DemoArticle {
  const media = mediaOf(source, language, facts);
  const bodyHtml = bodyHtmlOf(text.body, media);
  const bodyText = plainText(bodyHtml);
  return {
    id: articleIdOf(source.name, language),
    rev: source.rev ?? 1,
    language,
    dir: 'ltr',
    ...(language === 'en' ? {} : { translationOf: articleIdOf(source.name, 'en') }),
    headline: text.headline,
    ...(text.alternativeHeadline === undefined
      ? {}
      : { alternativeHeadline: text.alternativeHeadline }),
    summary: text.summary,
    byline: source.byline,
    dateline: source.place.dateline,
    country: source.place.country,
    section: source.section,
    topics: source.topics,
    publishedMin: source.publishedMin,
    updatedMin: source.updatedMin ?? source.publishedMin,
    ...(source.embargoUntilMin === undefined ? {} : { embargoUntilMin: source.embargoUntilMin }),
    pubStatus: 'usable',
    ...(text.correctionNote === undefined ? {} : { correctionNote: text.correctionNote }),
    bodyHtml,
    bodyText,
    wordCount: countWords(bodyText),
    copyrightNotice: '© Auren Multimedia',
    usageTerms: USAGE_TERMS[language],
    offlineAllowed: source.offlineAllowed ?? true,
    ...(source.offlineUntilMin === undefined ? {} : { offlineUntilMin: source.offlineUntilMin }),
    relatedAssetIds: source.relatedNumbers.map(assetIdOf),
    media,
  };
}

/**
 * Builds the article in each of its languages and adds its pictures, which they share, to `stored`.
 */
export function buildArticle(source: ArticleSource, facts: Facts, stored: Stored): DemoArticle[] {
  for (const { id, file, bytes, sha256 } of mediaOf(source, 'en', facts))
    stored.addFile(id, file, 'image/jpeg', { bytes, sha256 });
  const english = buildOne(source, 'en', source.text.en, facts);
  return source.text.fr ? [english, buildOne(source, 'fr', source.text.fr, facts)] : [english];
}
