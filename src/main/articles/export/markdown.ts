import type { Element, ElementContent } from 'hast';
import { type Handle, toMdast } from 'hast-util-to-mdast';
import type { PhrasingContent, RootContent } from 'mdast';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { toMarkdown } from 'mdast-util-to-markdown';
import { stringify } from 'yaml';
import { type BodyTree, element, text, withPictures } from '../../formats/body-tree.ts';
import {
  addressOf,
  contentOf,
  type ExportedArticle,
  factsOf,
  notesOf,
  pictureOf,
  standfirstOf,
} from './content.ts';
import { exportWords, type ExportLanguage } from './texts.ts';

/** Markdown has no notation for it; CommonMark §6.6 allows the element. */
const inline =
  (name: string): Handle =>
  (state, node: Element) => [
    { type: 'html', value: `<${name}>` },
    ...(state.all(node) as PhrasingContent[]),
    { type: 'html', value: `</${name}>` },
  ];

const caption: Handle = (state, node: Element) => ({
  type: 'paragraph',
  children: [{ type: 'emphasis', children: state.all(node) as PhrasingContent[] }],
});

/** What is said above a character, behind it. */
const annotation: Handle = (state, node: Element) => [
  { type: 'text', value: '(' },
  ...(state.all(node) as PhrasingContent[]),
  { type: 'text', value: ')' },
];

/** Markdown has no places that a link within the text could lead to. */
const link: Handle = (state, node: Element) => {
  const url = node.properties.href ?? '';
  const children = state.all(node) as PhrasingContent[];
  return url.startsWith('#') ? children : { type: 'link', url, children };
};

const HANDLERS = {
  ...Object.fromEntries(
    ['sup', 'sub', 'ins', 'del', 's', 'mark'].map((name) => [name, inline(name)]),
  ),
  a: link,
  figcaption: caption,
  rt: annotation,
};

const isCaption = (node: ElementContent): node is Element =>
  node.type === 'element' && node.tagName === 'caption';

/** Tables of Markdown have no caption: it stands before its table. */
function captionsApart(nodes: BodyTree): BodyTree {
  return nodes.flatMap((node): BodyTree => {
    if (node.type !== 'element') return [node];
    const captions = node.children.filter(isCaption);
    const rest = node.children.filter((child) => !isCaption(child));
    return [
      ...captions.map((one) => element('p', {}, one.children)),
      { ...node, children: captionsApart(rest) },
    ];
  });
}

/** Without what is empty. */
const stated = (facts: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(facts).filter(
      ([, value]) =>
        value !== '' && value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );

function frontMatter({ article, sourceName, storedAtMs }: ExportedArticle): string {
  const { headline, byline, dateline, section, language, publishedAt, updatedAt } = article;
  const facts = stated({
    headline,
    byline,
    dateline,
    section,
    language,
    [article.isDateStated ? 'published' : 'first-seen']: publishedAt,
    updated: updatedAt,
    embargo: article.embargoUntil,
    source: sourceName,
    credit: article.copyrightNotice,
    terms: article.usageTerms,
    address: addressOf(article),
    'keep-until': article.offlineUntil,
    stored: new Date(storedAtMs).toISOString(),
  });
  return `---\n${stringify(facts, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })}---\n`;
}

const paragraph = (value: string): RootContent => ({
  type: 'paragraph',
  children: [{ type: 'text', value }],
});

/**
 * CommonMark with tables of GitHub's, under YAML with the facts.
 * @param pathOf path of a picture beside the file; null leaves its caption and description alone
 */
export function articleMarkdown(
  exported: ExportedArticle,
  language: ExportLanguage,
  pathOf: ((mediaId: string) => string) | null,
): string {
  const { article } = exported;
  const words = exportWords[language];
  const body = withPictures(contentOf(exported), (mediaId, image) =>
    pathOf && pictureOf(exported, mediaId)
      ? { ...image, properties: { src: pathOf(mediaId), alt: image.properties['alt'] ?? '' } }
      : text(`[${words.pictureMissing(image.properties['alt'] ?? '')}]`),
  );
  const tree = toMdast({ type: 'root', children: captionsApart(body) }, { handlers: HANDLERS });
  const end = factsOf(exported, language).filter(({ label }) =>
    [words.credit, words.terms].includes(label),
  );
  const standfirst = standfirstOf(article);
  const children: RootContent[] = [
    { type: 'heading', depth: 1, children: [{ type: 'text', value: article.headline }] },
    ...(article.alternativeHeadline ? [paragraph(article.alternativeHeadline)] : []),
    ...(standfirst === '' ? [] : [paragraph(standfirst)]),
    ...notesOf(exported, language).map((note): RootContent => ({
      type: 'blockquote',
      children: [paragraph(note)] as never,
    })),
    ...('children' in tree ? (tree.children as RootContent[]) : []),
    ...(end.length === 0 ? [] : [{ type: 'thematicBreak' } as const]),
    ...end.map(({ value }) => paragraph(value)),
  ];
  const markdown = toMarkdown(
    { type: 'root', children },
    { extensions: [gfmTableToMarkdown()], bullet: '-', rule: '-', emphasis: '*' },
  );
  return `${frontMatter(exported)}\n${markdown}`;
}
