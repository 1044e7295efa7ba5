import sanitize from 'sanitize-html';
import { BODY_ELEMENTS } from '../../shared/api/articles.ts';

/**
 * HTML of an article or a script, cut down to the subset that the interface promises:
 * `BODY_ELEMENTS` and nothing else, pictures only as `media:` references, links only to https and
 * mailto. Whoever writes the content may be wrong or hostile; the client need not know.
 */
export function bodyHtml(html: string): string {
  return sanitize(html, {
    allowedTags: [...BODY_ELEMENTS],
    allowedAttributes: {
      a: ['href'],
      img: ['src', 'alt', 'width', 'height'],
      span: ['lang', 'dir'],
      q: ['cite'],
      time: ['datetime'],
      abbr: ['title'],
      th: ['scope', 'colspan', 'rowspan'],
      td: ['colspan', 'rowspan'],
    },
    allowedSchemes: ['https', 'mailto'],
    allowedSchemesByTag: { img: ['media'] },
    allowProtocolRelative: false,
    exclusiveFilter: ({ tag, attribs }) =>
      tag === 'img' && !(attribs['src'] ?? '').startsWith('media:'),
  });
}
