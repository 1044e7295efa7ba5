import { topicName } from '../../../shared/api/query/values.ts';
import { isUnavailable } from '../../../shared/api/rights.ts';
import { SAVED_PAGES } from '../../../shared/model/source.ts';
import { externalAddress } from '../../../shared/model/url.ts';
import { formatLongDate, formatTime, languageName } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { badgeText, badgeTone, lengthText, stateBadges } from '../../state/asset-labels.ts';
import type { useMedia } from '../../state/context.tsx';
import type { ArticleView } from '../../state/views.ts';
import { bodyOf, makeZoomable } from './body.ts';
import { placeVideos } from './videos.ts';

type RelatedAsset = ArticleView['relatedAssets'][number];
/** What an article is shown with. */
export type Shown = {
  /** Of the interface. */
  texts: Texts;
  language: 'en' | 'fr';
  media: ReturnType<typeof useMedia>;
  nowMs: number;
  /** What people call the article's source; null where there is only one. */
  source: string | null;
  /** Who speaks in related footage, by its id, as far as it is known. */
  speakers: ReadonlyMap<string, readonly string[]>;
};

type Attributes = Record<string, string | false>;
/** Elements of a document in which nothing is loaded before a frame has taken them over. */
type Make = (name: string, attributes: Attributes, ...children: (Node | string)[]) => HTMLElement;

const makeIn =
  (document: Document): Make =>
  (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes))
      if (value !== false) element.setAttribute(attribute, value);
    element.append(...children);
    return element;
  };

/** Of the icons `play` and `film` of the interface, which the frame has no React to draw. */
const PLAY = ['M6 3v18l15-9z'];
const FILM = [
  'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z',
  'M7 3v18M3 7.5h4M3 12h18M3 16.5h4M17 3v18M17 7.5h4M17 16.5h4',
];

function icon(document: Document, paths: readonly string[], size: number, isFilled = false): Node {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  const attributes = {
    'aria-hidden': 'true',
    viewBox: '0 0 24 24',
    width: String(size),
    height: String(size),
    fill: isFilled ? 'currentColor' : 'none',
    stroke: 'currentColor',
    'stroke-width': '1.75',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  };
  for (const [name, value] of Object.entries(attributes)) drawing.setAttribute(name, value);
  for (const path of paths) {
    const line = document.createElementNS(space, 'path');
    line.setAttribute('d', path);
    drawing.append(line);
  }
  return drawing;
}

/**
 * An article with everything that belongs to it, in a document of its own that loads and shows
 * nothing. Elements of class `own` are the interface's words: they are neither searched nor spoken.
 * What can be pressed says what it does: `data-open-asset`, `data-open-article`, `data-zoom`.
 */
export function articleElement(article: ArticleView, shown: Shown): HTMLElement {
  const document = globalThis.document.implementation.createHTMLDocument('');
  const make = makeIn(document);
  const { texts, media } = shown;
  const root = make('article', { lang: article.language, dir: article.dir });
  root.append(...header(article, shown, make));
  // A text shows no picture of another source.
  const own = new Set(article.media.map(({ mediaId }) => mediaId));
  const lead = article.media.find(({ mediaId }) => mediaId === article.leadMediaId);
  if (lead && !article.bodyHtml.includes(`media:${lead.mediaId}`)) {
    const picture = make('img', {
      alt: lead.alt,
      decoding: 'async',
      src: media('article', lead.mediaId),
      width: lead.width === null ? false : String(lead.width),
      height: lead.height === null ? false : String(lead.height),
    });
    const caption = make('figcaption', {}, make('span', {}, lead.caption));
    if (lead.credit !== '') caption.append(make('cite', {}, lead.credit));
    root.append(make('figure', { class: 'lead' }, picture, caption));
    makeZoomable(picture as HTMLImageElement, texts.articles.enlarge);
  }
  const body = make('div', { class: 'body' });
  body.append(
    bodyOf(article.bodyHtml, (mediaId) => (own.has(mediaId) ? media('article', mediaId) : null), {
      enlarge: texts.articles.enlarge,
      table: texts.articles.table,
      back: texts.articles.backToText,
    }),
  );
  putVideos(body, article.relatedAssets, shown, (asset) => videoCard(asset, shown, make));
  root.append(body);
  if (!article.isWhole) root.append(restNote(article, shown, make));
  root.append(end(article, make));
  return root;
}

function header(
  article: ArticleView,
  { texts, language, source }: Shown,
  make: Make,
): HTMLElement[] {
  const { articles } = texts;
  const published = `${formatLongDate(article.publishedAt, language)}, ${formatTime(article.publishedAt, language)}`;
  const parts = [make('h1', {}, article.headline)];
  if (article.section !== '')
    parts.unshift(
      make('p', { class: 'own section', lang: language }, topicName(article.section, language)),
    );
  if (article.summary !== '') parts.push(make('p', { class: 'standfirst' }, article.summary));
  const by = make('div', { class: 'own by', lang: language });
  if (article.byline.length > 0) by.append(make('b', { dir: 'auto' }, article.byline.join(', ')));
  for (const fact of [source ?? '', article.dateline, published, articles.minutes(article.minutes)])
    // A date in the interface's language has its own direction in a text from right to left.
    if (fact !== '') by.append(make('span', { dir: 'auto' }, fact));
  if (article.translations.length > 0) {
    const others = make('span', { class: 'others', dir: 'auto' }, `${articles.alsoIn} `);
    for (const { id, language: other } of article.translations)
      others.append(
        make(
          'button',
          { class: 'link', type: 'button', 'data-open-article': id },
          languageName(other, language),
        ),
        ' ',
      );
    by.append(others);
  }
  parts.push(by);
  if (article.withdrawn)
    parts.push(
      make(
        'div',
        { class: 'own note danger', role: 'note', lang: language },
        make('b', { dir: 'auto' }, articles.withdrawnTitle),
        articles.withdrawnText,
      ),
    );
  const compare = make(
    'button',
    { class: 'link compare', type: 'button', 'aria-haspopup': 'dialog', lang: language },
    articles.showChanges,
  );
  if (article.correctionNote !== null)
    parts.push(
      make(
        'div',
        { class: 'own note', role: 'note' },
        make('b', { lang: language }, articles.correction),
        article.correctionNote,
        ...(article.isChanged ? [compare] : []),
      ),
    );
  else if (article.isChanged)
    parts.push(make('p', { class: 'own changed', lang: language }, articles.hasChanged, compare));
  return parts;
}

/** Puts each video after the paragraph that speaks of it. */
function putVideos(
  body: HTMLElement,
  assets: readonly RelatedAsset[],
  { speakers }: Shown,
  cardOf: (asset: RelatedAsset) => HTMLElement,
): void {
  const paragraphs = [...body.children].filter((element) => element.matches('p'));
  const places = placeVideos(
    paragraphs.map(({ textContent }) => textContent),
    assets.map(({ id, headline }) => ({ id, headline, speakers: speakers.get(id) ?? [] })),
  );
  for (const asset of assets.toReversed()) {
    const paragraph = paragraphs[places.get(asset.id) ?? paragraphs.length];
    if (paragraph) paragraph.after(cardOf(asset));
  }
  body.append(
    ...assets.filter(({ id }) => !paragraphs[places.get(id) ?? paragraphs.length]).map(cardOf),
  );
}

function videoCard(asset: RelatedAsset, shown: Shown, make: Make): HTMLElement {
  const { texts, language, media, nowMs } = shown;
  const badges = stateBadges(asset).map((badge) =>
    make(
      'span',
      { class: 'state', dir: 'auto', 'data-tone': badgeTone(badge) },
      badgeText(badge, asset, texts, nowMs, language),
    ),
  );
  const still = make(
    'span',
    { class: asset.badges.some(isUnavailable) ? 'still grey' : 'still' },
    make('img', { alt: '', decoding: 'async', src: media('thumb', asset.id), 'data-still': '' }),
    make('span', { class: 'mark' }),
  );
  still.lastElementChild?.append(icon(still.ownerDocument, PLAY, 18, true));
  if (asset.durationMs !== null) still.append(make('span', { class: 'length' }, lengthText(asset)));
  const action = make(
    'button',
    { class: 'action', dir: 'ltr', type: 'button', 'data-open-asset': asset.id },
    texts.articles.openPackage,
  );
  action.prepend(icon(action.ownerDocument, FILM, 14));
  return make(
    'aside',
    { class: 'own video', lang: language, 'aria-label': texts.articles.relatedVideo },
    still,
    make(
      'div',
      {},
      make(
        'span',
        { class: 'kind' },
        make('span', { dir: 'auto' }, texts.articles.relatedVideo),
        ...badges,
      ),
      make('b', {}, make('span', { dir: 'auto' }, asset.headline)),
      action,
    ),
  );
}

/** Where the rest is, of an article of which the beginning alone is here. */
function restNote(
  { id, canonicalUrl, source }: ArticleView,
  { texts: { articles }, language }: Shown,
  make: Make,
): HTMLElement {
  const note = make(
    'div',
    { class: 'own note rest', role: 'note', lang: language },
    make('b', { dir: 'auto' }, source === SAVED_PAGES ? articles.pageIsPart : articles.feedIsPart),
  );
  const address = externalAddress(canonicalUrl);
  const ways = make('p', { class: 'ways' });
  // A saved page has been asked for its whole text already.
  if (address && source !== SAVED_PAGES)
    ways.append(
      make('button', { class: 'link', type: 'button', 'data-take-page': id }, articles.takePage),
      ' ',
    );
  if (address)
    ways.append(
      make(
        'a',
        { class: 'link', href: address.href, rel: 'noopener noreferrer' },
        articles.readOnAt(address.host),
      ),
    );
  if (ways.hasChildNodes()) note.append(ways);
  return note;
}

function end({ copyrightNotice, usageTerms, canonicalUrl }: ArticleView, make: Make): HTMLElement {
  const notice = [copyrightNotice, usageTerms].filter(Boolean).join('. ');
  const foot = make('footer', { class: 'end' }, make('p', {}, make('bdi', {}, notice)));
  if (canonicalUrl !== '') foot.append(make('p', { class: 'printed' }, canonicalUrl));
  return foot;
}
