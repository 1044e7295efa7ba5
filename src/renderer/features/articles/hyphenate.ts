type Hyphenator = { hyphenateSync(text: string, options: { minWordLength: number }): string };

/** The languages there are patterns for; each is loaded with the first article that needs it. */
const PATTERNS: Record<string, (() => Promise<{ default: Hyphenator }>) | undefined> = {
  ca: () => import('hyphen/ca'),
  cs: () => import('hyphen/cs'),
  da: () => import('hyphen/da'),
  de: () => import('hyphen/de'),
  el: () => import('hyphen/el'),
  en: () => import('hyphen/en'),
  'en-gb': () => import('hyphen/en-gb'),
  es: () => import('hyphen/es'),
  fi: () => import('hyphen/fi'),
  fr: () => import('hyphen/fr'),
  it: () => import('hyphen/it'),
  nb: () => import('hyphen/nb'),
  nl: () => import('hyphen/nl'),
  no: () => import('hyphen/nb'),
  pl: () => import('hyphen/pl'),
  pt: () => import('hyphen/pt'),
  ro: () => import('hyphen/ro'),
  ru: () => import('hyphen/ru'),
  sk: () => import('hyphen/sk'),
  sv: () => import('hyphen/sv'),
  tr: () => import('hyphen/tr'),
  uk: () => import('hyphen/uk'),
};

const SOFT_HYPHEN = '\u00ad';
/** Addresses break where they must, without a hyphen that would be read as part of them. */
const ADDRESS = /[/@]|\.\S/u;
/** Shorter words are left whole. */
const LEAST_LETTERS = 6;
/** Where text runs over lines; headings, captions and tables stay as they are. */
const RUNNING = '.body :is(p, li, dd)';
const LEFT_ALONE = '.own, table, figcaption, cite, code, kbd, samp, pre, h2, h3, h4';

function textsIn(root: Element): Text[] {
  const texts: Text[] = [];
  for (const block of root.querySelectorAll(RUNNING)) {
    const walker = root.ownerDocument.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (
        node.parentElement?.closest('p, li, dd') === block &&
        !node.parentElement.closest(LEFT_ALONE)
      )
        texts.push(node as Text);
  }
  return texts;
}

/**
 * What puts soft hyphens into the running text of an article; null if there are no patterns for its
 * language.
 * @param language BCP 47
 */
export async function hyphenatorOf(language: string): Promise<((root: Element) => void) | null> {
  const tag = language.toLowerCase();
  const load = PATTERNS[tag] ?? PATTERNS[tag.split('-')[0] ?? ''];
  if (!load) return null;
  const { default: patterns } = await load();
  return (root) => {
    for (const text of textsIn(root)) {
      // One that has some was given them before, or by its author.
      if (text.data.includes(SOFT_HYPHEN)) continue;
      const hyphened = text.data.replaceAll(/\S+/gu, (word) =>
        ADDRESS.test(word) ? word : patterns.hyphenateSync(word, { minWordLength: LEAST_LETTERS }),
      );
      if (hyphened !== text.data) text.data = hyphened;
    }
  };
}

/** Takes them out again. */
export function unhyphenate(root: Element): void {
  for (const text of textsIn(root))
    if (text.data.includes(SOFT_HYPHEN)) text.data = text.data.replaceAll(SOFT_HYPHEN, '');
}
