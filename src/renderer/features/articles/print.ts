import type { Appearance } from '../../state/reading.ts';
import { applyAppearance, withoutSoftHyphens } from './inside.ts';
import { shellHtml } from './shell.ts';

/** ms after which the text is printed without what hasn’t come by then. */
const PATIENCE_MS = 10_000;

// Not decode(): it waits for a frame to be drawn, and of a window that is covered none is.
const whenLoaded = (image: HTMLImageElement): Promise<unknown> | undefined =>
  image.complete
    ? undefined
    : new Promise((resolve) => {
        for (const type of ['load', 'error']) image.addEventListener(type, resolve, { once: true });
      });

/**
 * Prints an article: of a frame beside the one that it is read in, because only a document that may
 * show a dialog can be printed, and the one that is read may not. It goes when it has been printed.
 */
export async function printArticle(article: Element, appearance: Appearance): Promise<void> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin allow-modals');
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  frame.style.cssText = 'position:fixed;inset-inline-start:-100vw;inline-size:800px;border:0';
  frame.srcdoc = shellHtml(document.baseURI, crypto.randomUUID());
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  document.body.append(frame);
  await loaded;
  const { contentDocument: inside, contentWindow: view } = frame;
  if (!inside || !view) return frame.remove();
  const copy = inside.importNode(article, true);
  copy.querySelectorAll('[data-spoken]').forEach((block) => block.removeAttribute('data-spoken'));
  const texts = inside.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode())
    text.nodeValue = withoutSoftHyphens(text.nodeValue ?? '');
  applyAppearance(inside.documentElement, { ...appearance, readerJustify: false });
  for (const font of ['read', 'ui'])
    inside.documentElement.style.setProperty(
      `--font-${font}`,
      getComputedStyle(document.documentElement).getPropertyValue(`--font-${font}`),
    );
  inside.documentElement.lang = article.getAttribute('lang') ?? '';
  inside.documentElement.dir = article.getAttribute('dir') ?? '';
  inside.title = article.querySelector('h1')?.textContent ?? '';
  inside.body.append(copy);
  await Promise.race([
    Promise.allSettled([inside.fonts?.ready, ...Array.from(inside.images, whenLoaded)]),
    new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)),
  ]);
  view.addEventListener('afterprint', () => frame.remove(), { once: true });
  view.print();
}
