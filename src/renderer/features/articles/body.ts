import DOMPurify from 'dompurify';
import { BODY_ATTRIBUTES, BODY_ELEMENTS } from '../../../shared/api/body-elements.ts';
import { externalAddress } from '../../../shared/model/url.ts';

const ATTRIBUTES = [...new Set(Object.values(BODY_ATTRIBUTES).flat()), 'id'];
/** Those that hold no address, which DOMPurify would otherwise compare with one. */
const PLAIN_ATTRIBUTES = ATTRIBUTES.filter((name) => !['href', 'src', 'cite'].includes(name));
/** Before every id of a text: it never meets one of the frame's own. */
const NOTE = 'note-';

/** Words of the interface for what has none of its own. */
export type BodyWords = { enlarge: string; table: string; back: string };

/**
 * An article's body, reduced to the subset the service promises, whatever was stored: in a document
 * that shows and loads nothing, for a frame to take over. Pictures come from this computer only.
 *
 * Beside that it is made to be read: pictures can be enlarged (`data-zoom`), a missing one leaves its
 * alternative text, tables scroll by themselves, and notes and their references link to each other.
 * @param pictureOf address of a picture stored here; null for one that isn't of this article
 */
export function bodyOf(
  html: string,
  pictureOf: (mediaId: string) => string | null,
  words: BodyWords,
): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: [...BODY_ELEMENTS],
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOWED_URI_REGEXP: /^(?:(?:https|mailto|media):|#)/i,
    ADD_URI_SAFE_ATTR: PLAIN_ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const image of fragment.querySelectorAll('img')) {
    const src = image.getAttribute('src') ?? '';
    const address = src.startsWith('media:') ? pictureOf(src.slice('media:'.length)) : null;
    if (address !== null) {
      image.setAttribute('src', address);
      image.setAttribute('decoding', 'async');
      makeZoomable(image, words.enlarge);
    } else leaveAlternative(image);
  }
  linkNotes(fragment, words.back);
  for (const link of fragment.querySelectorAll('a:not([href^="#"])')) {
    const address = externalAddress(link.getAttribute('href') ?? '');
    if (!address) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    link.setAttribute('href', address.href);
    link.setAttribute('rel', 'noopener noreferrer');
    link.setAttribute('aria-description', address.host);
  }
  for (const table of fragment.querySelectorAll('table')) makeWide(table, words.table);
  return fragment;
}

/** Puts a picture that isn't part of a link into a button. */
export function makeZoomable(image: HTMLImageElement, enlarge: string): void {
  if (image.closest('a')) return;
  const button = image.ownerDocument.createElement('button');
  button.className = 'zoom';
  button.type = 'button';
  button.dataset['zoom'] = '';
  button.setAttribute('aria-haspopup', 'dialog');
  if (image.alt === '') button.setAttribute('aria-label', enlarge);
  image.replaceWith(button);
  button.append(image);
}

/** In the place of a picture that isn't there: its alternative text, or nothing if it has none. */
export function leaveAlternative(image: HTMLImageElement): void {
  const { alt, ownerDocument: document } = image;
  const place = image.closest('.zoom') ?? image;
  if (alt.trim() === '') return place.remove();
  const box = document.createElement('span');
  box.className = 'missing own';
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', alt);
  box.textContent = alt;
  place.replaceWith(box);
}

/** Links inside the text lead to what is there; a note that leads nowhere leads back. */
function linkNotes(fragment: DocumentFragment, back: string): void {
  const document = fragment.ownerDocument;
  const targets = new Map<string, Element>();
  for (const element of fragment.querySelectorAll('[id]')) {
    if (!targets.has(element.id)) targets.set(element.id, element);
    element.removeAttribute('id');
  }
  for (const link of fragment.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')) {
    const name = decodeName(link.getAttribute('href')?.slice(1) ?? '');
    const target = targets.get(name);
    if (!target) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    target.id = NOTE + name;
    target.setAttribute('tabindex', '-1');
    link.setAttribute('href', `#${NOTE}${encodeURIComponent(name)}`);
  }
  const notes = new Map(
    [...targets.values()].flatMap((target) =>
      target.id === '' ? [] : [[target.id, target] as const],
    ),
  );
  /** Of which another reference has been told. */
  const isLed = new Set<Element>();
  const references = [...fragment.querySelectorAll<HTMLAnchorElement>('sup a[href^="#"]')];
  for (const reference of references) {
    const note = notes.get(decodeName(reference.getAttribute('href')?.slice(1) ?? ''));
    if (!note || isLed.has(note)) continue;
    isLed.add(note);
    if (note.querySelector('a[href^="#"]') || note.contains(reference)) continue;
    if (note.closest('sup')) continue;
    reference.id ||= `${NOTE}from-${note.id.slice(NOTE.length)}`;
    const link = document.createElement('a');
    link.setAttribute('href', `#${encodeURIComponent(reference.id)}`);
    link.setAttribute('aria-label', back);
    link.textContent = '\u21a9\ufe0e';
    (note.matches('li, td')
      ? (note.querySelector(':scope > p:last-of-type') ?? note)
      : note
    ).append(' ', link);
  }
}

/** The element that a link inside the text leads to. */
export function noteOf(link: Element, root: ParentNode): Element | null {
  const name = decodeName(link.getAttribute('href')?.slice(1) ?? '');
  return [...root.querySelectorAll('[id]')].find(({ id }) => id === name) ?? null;
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (thrown) {
    if (thrown instanceof URIError) return text;
    throw thrown;
  }
}

/** A table in a box that scrolls if need be; a simple first row of headers stays in view. */
function makeWide(table: HTMLTableElement, label: string): void {
  const box = table.ownerDocument.createElement('div');
  box.className = 'wide';
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', label);
  const isSimple =
    table.tHead?.rows.length === 1 && !table.querySelector('[rowspan], thead [colspan]');
  if (isSimple) box.classList.add('sticky');
  table.replaceWith(box);
  box.append(table);
}
