import type { Appearance } from '../../state/reading.ts';

/** Elements of which one is taken as the place of reading. A table may be taller than its box. */
const BLOCKS = 'h1, h2, h3, h4, p, li, dt, dd, pre, figure, .wide, blockquote, .video, .by, .end';

/** Sets the text of a frame's document. */
export function applyAppearance(root: HTMLElement, appearance: Appearance): void {
  const { readerPx, readerLineHeight, readerMeasure, readerFace, readerJustify } = appearance;
  root.style.setProperty('--px', `${readerPx}px`);
  root.style.setProperty('--lh', String(readerLineHeight));
  root.style.setProperty('--measure', `${readerMeasure}ch`);
  root.style.setProperty('--face', `var(--font-${readerFace === 'sans' ? 'ui' : 'read'})`);
  root.style.setProperty(
    '--numerals',
    readerFace === 'sans' ? 'normal' : 'proportional-nums oldstyle-nums',
  );
  root.classList.toggle('justified', readerJustify);
}

/**
 * Remembers the block at the top of the view.
 * @returns scrolls so that it is there again, whatever size it has got
 */
export function holdPlace(document: Document): () => void {
  const root = document.scrollingElement;
  const block = [...document.querySelectorAll(BLOCKS)].find(
    (element) => element.getBoundingClientRect().bottom > 0,
  );
  if (!root || !block || root.scrollTop === 0) return () => undefined;
  const { top, height } = block.getBoundingClientRect();
  const above = top < 0 && height > 0 ? -top / height : 0;
  const below = Math.max(0, top);
  const { style } = document.documentElement;
  // The browser would do the same once more, and less exactly.
  style.overflowAnchor = 'none';
  return () => {
    const now = block.getBoundingClientRect();
    root.scrollTop += now.top + above * now.height - below;
    requestAnimationFrame(() => requestAnimationFrame(() => void (style.overflowAnchor = '')));
  };
}

const KEYS = ['keydown', 'keyup'] as const;

/**
 * Keys pressed in the frame act as in the page around it: they arrive at the frame's element there,
 * and what is refused there is refused in the frame.
 */
export function forwardKeys(inside: Document, frame: HTMLIFrameElement): () => void {
  const forward = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const { key, code, location, repeat, isComposing } = event;
    const { ctrlKey, metaKey, altKey, shiftKey } = event;
    const copy = new KeyboardEvent(event.type, {
      key,
      code,
      location,
      repeat,
      isComposing,
      ctrlKey,
      metaKey,
      altKey,
      shiftKey,
      bubbles: true,
      cancelable: true,
      composed: true,
    });
    if (!frame.dispatchEvent(copy)) event.preventDefault();
  };
  for (const name of KEYS) inside.addEventListener(name, forward);
  return () => {
    for (const name of KEYS) inside.removeEventListener(name, forward);
  };
}

const SOFT_HYPHEN = /\u00ad/gu;
export const withoutSoftHyphens = (text: string): string => text.replaceAll(SOFT_HYPHEN, '');

/**
 * What is copied from the frame has none of the hyphens that were put into it, and of pictures their
 * words: their addresses are of this computer, and on the station open what it serves. So nothing
 * that has a picture is dragged out of it either.
 */
export function copyPlainly(inside: Document): () => void {
  const copy = (event: ClipboardEvent): void => {
    const selection = inside.getSelection();
    if (!selection || selection.isCollapsed || !event.clipboardData) return;
    const holder = inside.implementation.createHTMLDocument('').body;
    for (let at = 0; at < selection.rangeCount; at++)
      holder.append(selection.getRangeAt(at).cloneContents());
    for (const image of holder.querySelectorAll('img')) image.replaceWith(image.alt);
    event.clipboardData.setData('text/plain', withoutSoftHyphens(selection.toString()));
    event.clipboardData.setData('text/html', withoutSoftHyphens(holder.innerHTML));
    event.preventDefault();
  };
  const drag = (event: DragEvent): void => {
    const selection = inside.getSelection();
    const images = [...inside.images];
    const isOwn = (image: HTMLImageElement): boolean =>
      (event.target as Node | null)?.contains(image) === true ||
      selection?.containsNode(image, true) === true;
    if (images.some(isOwn)) event.preventDefault();
  };
  inside.addEventListener('copy', copy);
  inside.addEventListener('dragstart', drag);
  return () => {
    inside.removeEventListener('copy', copy);
    inside.removeEventListener('dragstart', drag);
  };
}

/** Only what scrolls takes the focus, and its first row sticks inside it. */
export function measureTables(document: Document): void {
  for (const box of document.querySelectorAll<HTMLElement>('.wide')) {
    delete box.dataset['overflows'];
    const overflows = box.scrollWidth > box.clientWidth + 1;
    if (overflows) {
      box.dataset['overflows'] = '';
      box.tabIndex = 0;
    } else box.removeAttribute('tabindex');
  }
}
