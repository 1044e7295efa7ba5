import sanitize from 'sanitize-html';
import { BODY_ELEMENTS } from '../../shared/api/body-elements.ts';

/**
 * Reduces the HTML of an article or script to the subset that the API promises: `BODY_ELEMENTS`
 * only, pictures only as `media:` references, links only to https and mailto. Content may be faulty
 * or hostile; clients sanitise again.
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
