import { topicName } from '../../../shared/api/query/values.ts';
import { element, text, withPictures } from '../../formats/body-tree.ts';
import { escaped, markupOf } from '../../formats/markup.ts';
import {
  bylineOf,
  contentOf,
  type ExportedArticle,
  factsOf,
  momentText,
  notesOf,
  pictureOf,
  type ShownPicture,
  standfirstOf,
} from './content.ts';
import { exportWords, type ExportLanguage } from './texts.ts';

const paragraph = (name: string, value: string, attributes = ''): string =>
  value === '' ? '' : `<p class="${name}"${attributes}>${escaped(value)}</p>`;

/** A language code that is none is undetermined (BCP 47). */
export function languageTag(given: string): string {
  try {
    return Intl.getCanonicalLocales(given)[0] ?? 'und';
  } catch (thrown) {
    if (thrown instanceof RangeError) return 'und';
    throw thrown;
  }
}

/** Attributes of a language and its direction, for HTML and XHTML. */
export const languageAttributes = (language: string, dir: string, isXml: boolean): string => {
  const lang = languageTag(language);
  return ` lang="${lang}"${isXml ? ` xml:lang="${lang}"` : ''} dir="${escaped(dir)}"`;
};

/**
 * An article as markup that is HTML and XHTML at once: headline, text, and where it is from.
 * @param addressOf where a picture that is here is; it is asked for no other
 */
export function articleMarkup(
  exported: ExportedArticle,
  language: ExportLanguage,
  { isXml, addressOf }: { isXml: boolean; addressOf(picture: ShownPicture, alt: string): string },
): string {
  const { article } = exported;
  const words = exportWords[language];
  const ours = languageAttributes(language, 'ltr', isXml);
  const theirs = languageAttributes(article.language, article.dir, isXml);
  const body = withPictures(contentOf(exported), (mediaId, image) => {
    const picture = pictureOf(exported, mediaId);
    const alt = image.properties['alt'] ?? '';
    if (!picture)
      return element('span', { className: ['missing'] }, [text(words.pictureMissing(alt))]);
    const src = addressOf(picture, alt);
    return { ...image, properties: { ...image.properties, src, alt } };
  });
  const { publishedAt, isDateStated, dateline, section } = article;
  const byline = bylineOf(article);
  const date = `${isDateStated ? '' : `${words.firstSeen} `}${momentText(Date.parse(publishedAt), language)}`;
  const facts = factsOf(exported, language).map(({ label, value, href, isTheirs }) => {
    const words = href ? `<a href="${escaped(href)}">${escaped(value)}</a>` : escaped(value);
    return `<dt>${escaped(label)}</dt><dd${isTheirs ? theirs : ''}>${words}</dd>`;
  });
  return [
    '<header>',
    paragraph('section', topicName(section, language), ours),
    `<h1>${escaped(article.headline)}</h1>`,
    paragraph('alternative', article.alternativeHeadline ?? ''),
    paragraph('standfirst', standfirstOf(article)),
    paragraph('byline', [dateline, byline].filter((part) => part !== '').join(' · ')),
    paragraph('date', date, ours),
    ...notesOf(exported, language).map((note) => paragraph('note', note, ours)),
    '</header>',
    `<div class="body">${markupOf(body, isXml)}</div>`,
    `<footer${ours}><dl>${facts.join('')}</dl></footer>`,
  ].join('\n');
}
