import sanitize from 'sanitize-html';
import { BODY_ATTRIBUTES, BODY_ELEMENTS } from '../../shared/api/body-elements.ts';

/**
 * Reduces the HTML of an article or script to the subset that the API promises: `BODY_ELEMENTS`
 * with `BODY_ATTRIBUTES` only, pictures only as `media:` references, links only to https and mailto. Content may be faulty
 * or hostile; clients sanitise again.
 */
export function bodyHtml(html: string): string {
  return sanitize(html, {
    allowedTags: [...BODY_ELEMENTS],
    allowedAttributes: Object.fromEntries(
      Object.entries(BODY_ATTRIBUTES).map(([name, attributes]) => [name, [...attributes]]),
    ),
    allowedSchemes: ['https', 'mailto'],
    allowedSchemesByTag: { img: ['media'] },
    allowProtocolRelative: false,
    exclusiveFilter: ({ tag, attribs }) =>
      tag === 'img' && !(attribs['src'] ?? '').startsWith('media:'),
  });
}
