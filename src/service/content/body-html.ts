import sanitize from 'sanitize-html';
import { BODY_ATTRIBUTES, BODY_ELEMENTS } from '../../shared/api/body-elements.ts';

/** Notes, and the references to them. */
const NOTED: ReadonlySet<string> = new Set(['a', 'sup', 'p', 'li']);

/**
 * Reduces the HTML of an article or script to the subset that the API promises: `BODY_ELEMENTS`
 * with `BODY_ATTRIBUTES` and ids of notes only, pictures only as `media:` references, links only to
 * https, mailto and those notes. Content may be faulty
 * or hostile; clients sanitise again.
 */
export function bodyHtml(html: string): string {
  return sanitize(html, {
    allowedTags: [...BODY_ELEMENTS],
    allowedAttributes: Object.fromEntries(
      Object.entries({ sup: [], p: [], li: [], ...BODY_ATTRIBUTES }).map(([name, attributes]) => [
        name,
        [...attributes, ...(NOTED.has(name) ? ['id'] : [])],
      ]),
    ),
    allowedSchemes: ['https', 'mailto'],
    allowedSchemesByTag: { img: ['media'] },
    allowProtocolRelative: false,
    exclusiveFilter: ({ tag, attribs }) =>
      tag === 'img' && !(attribs['src'] ?? '').startsWith('media:'),
  });
}
