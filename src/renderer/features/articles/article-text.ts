import { formatLongDate } from '../../i18n/format.ts';
import type { ArticleView } from '../../state/views.ts';

const BLOCKS = new Set(
  'P H2 H3 H4 UL OL LI DL DT DD BLOCKQUOTE PRE FIGURE FIGCAPTION TABLE CAPTION TR HR'.split(' '),
);

function* piecesOf(node: Node): Generator<string> {
  if (node.nodeType === Node.TEXT_NODE) {
    yield (node.textContent ?? '').replaceAll(/[^\S\u00a0\u202f]+/gu, ' ');
    return;
  }
  const { nodeName } = node;
  if (nodeName === 'BR') yield '\n';
  if (BLOCKS.has(nodeName)) yield '\n\n';
  for (const child of node.childNodes) yield* piecesOf(child);
  if (nodeName === 'TD' || nodeName === 'TH') yield '\t';
  if (BLOCKS.has(nodeName)) yield '\n\n';
}

/** The text of an article's body, a blank line between its parts. */
export function bodyText(html: string): string {
  // Inert: nothing of it runs or loads.
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  return [...piecesOf(body)]
    .join('')
    .replaceAll(/[ \t]*\n[ \t]*/gu, '\n')
    .replaceAll(/\n{3,}/gu, '\n\n')
    .trim();
}

type Words = { by(names: string): string; language: 'en' | 'fr'; source: string };

/** A quotation, or the whole text, with what a newsroom has to say of where it is from. */
export function creditedText(
  article: Pick<
    ArticleView,
    'headline' | 'byline' | 'dateline' | 'publishedAt' | 'copyrightNotice' | 'bodyHtml'
  >,
  quotation: string,
  address: string,
  { by, language, source }: Words,
): string {
  const { headline, byline, copyrightNotice, publishedAt } = article;
  const lines = [
    headline,
    byline.length > 0 ? by(byline.join(', ')) : '',
    [source, copyrightNotice].filter((part) => part !== '').join(', '),
    formatLongDate(publishedAt, language),
    address,
  ];
  const text = quotation.trim() === '' ? bodyText(article.bodyHtml) : quotation.trim();
  return [text, '', ...lines.filter((line) => line !== '')].join('\n');
}

/** What is selected of the article that is shown, which is in a frame; empty for nothing. */
export function selectedText(): string {
  const frames = Array.from(document.querySelectorAll('iframe'), (frame) => frame.contentDocument);
  for (const shown of [document, ...frames]) {
    const selection = shown?.getSelection();
    const { anchorNode } = selection ?? {};
    // An element of another document is no instance of this one's class.
    const within =
      anchorNode?.nodeType === Node.ELEMENT_NODE
        ? (anchorNode as Element)
        : anchorNode?.parentElement;
    const text = within?.closest('article') ? (selection?.toString() ?? '') : '';
    if (text.trim() !== '') return text;
  }
  return '';
}
