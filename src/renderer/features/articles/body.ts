import DOMPurify from 'dompurify';
import { BODY_ELEMENTS } from '../../../shared/api/articles.ts';
import { externalAddress } from '../../../shared/model/external-url.ts';

type BodyParts = {
  /** Up to and with the first paragraph. */ opening: string;
  rest: string;
};

const ATTRIBUTES = [
  'href',
  'src',
  'alt',
  'width',
  'height',
  'lang',
  'dir',
  'cite',
  'datetime',
  'title',
  'scope',
  'colspan',
  'rowspan',
];

function htmlOf(nodes: ChildNode[]): string {
  const holder = document.createElement('div');
  holder.append(...nodes);
  return holder.innerHTML;
}

/**
 * The body of an article as HTML that may be shown: cut down to the subset the service promises,
 * whatever was stored. Pictures come from this machine only, links lead out of the app and never
 * into it.
 * @param pictureOf the address of a picture that is kept here
 */
export function bodyParts(html: string, pictureOf: (mediaId: string) => string): BodyParts {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: [...BODY_ELEMENTS],
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOWED_URI_REGEXP: /^(?:https|mailto|media):/i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const image of fragment.querySelectorAll('img')) {
    const src = image.getAttribute('src') ?? '';
    if (src.startsWith('media:')) image.setAttribute('src', pictureOf(src.slice('media:'.length)));
    else image.remove();
    image.setAttribute('decoding', 'async');
  }
  for (const link of fragment.querySelectorAll('a')) {
    const address = externalAddress(link.getAttribute('href') ?? '');
    if (!address) link.replaceWith(...link.childNodes);
    else {
      link.setAttribute('href', address.href);
      link.setAttribute('target', '_blank');
      link.setAttribute('rel', 'noopener noreferrer');
    }
  }
  const children = Array.from(fragment.childNodes);
  const firstParagraph = children.findIndex((node) => node.nodeName === 'P');
  return {
    opening: htmlOf(children.slice(0, firstParagraph + 1)),
    rest: htmlOf(children.slice(firstParagraph + 1)),
  };
}
