import { JSDOM } from 'jsdom';
import { BODY_ATTRIBUTES, BODY_ELEMENTS } from '../../src/shared/api/body-elements.ts';

const { window } = new JSDOM('<!doctype html><body></body>');
const { document } = window;
const elements = new Set<string>(BODY_ELEMENTS);
const ADDRESSES = ['href', 'src', 'cite'];

function faultsOf(element: Element): string[] {
  const name = element.localName;
  const allowed = [...(BODY_ATTRIBUTES['*'] ?? []), ...(BODY_ATTRIBUTES[name] ?? [])];
  const isInHtml = element.namespaceURI === 'http://www.w3.org/1999/xhtml';
  return [
    ...(elements.has(name) && isInHtml ? [] : [`<${name}>`]),
    ...[...element.attributes].flatMap(({ name: key, value }) => {
      if (name === 'span' && key === 'id' && /^ref-\d+$/u.test(value)) return [];
      if (!allowed.includes(key)) return [`${name}[${key}]`];
      const isSafe =
        name === 'img'
          ? value.startsWith('media:')
          : /^(?:https?:\/\/[^@/]+(?:\/|$)|mailto:|#ref-\d+$)/u.test(value);
      return ADDRESSES.includes(key) && !isSafe ? [`${name}[${key}=${value}]`] : [];
    }),
  ];
}

/**
 * What a browser would have of a body that must not be in one: other elements and attributes than
 * the reader's, other addresses than of the web, mail, pictures of ours and places in the text.
 */
export function dangersIn(html: string): string[] {
  const parsed = new window.DOMParser().parseFromString(html, 'text/html');
  // As the reader does it: what is parsed may mean something else when it is parsed again.
  const holder = document.createElement('div');
  holder.innerHTML = html;
  const again = document.createElement('div');
  again.innerHTML = holder.innerHTML;
  return [parsed.body, holder, again].flatMap((root) =>
    [...root.querySelectorAll('*')].flatMap(faultsOf),
  );
}

/** The text that a browser has of it. */
export function shownText(html: string): string {
  const holder = document.createElement('div');
  holder.innerHTML = html;
  return holder.textContent;
}
