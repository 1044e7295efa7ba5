import interFont from '../../ui/styles/fonts/inter-latin-opsz-normal.woff2?url';
import serifFont from '../../ui/styles/fonts/source-serif-4-latin-opsz-normal.woff2?url';
import italicFont from '../../ui/styles/fonts/source-serif-4-latin-wght-italic.woff2?url';
import style from './frame.css?inline';

const FONTS = [
  { family: 'Inter Variable', style: 'normal', weight: '100 900', url: interFont },
  { family: 'Source Serif 4 Variable', style: 'normal', weight: '200 900', url: serifFont },
  { family: 'Source Serif 4 Variable', style: 'italic', weight: '200 900', url: italicFont },
];

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/**
 * What a frame with an article may load: pictures that main serves, the app's fonts, and the one
 * style sheet of its head. Nothing runs: there is no source of scripts, and the frame's `sandbox`
 * forbids them a second time.
 * @param base the page's own address
 */
export function framePolicy(base: string, nonce: string): string {
  const at = (path: string): string => new URL(path, base).href.replace(/[?#].*$/u, '');
  return [
    "default-src 'none'",
    `img-src ${at('media/')}`,
    `font-src ${FONTS.map(({ url }) => at(url)).join(' ')}`,
    `style-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/**
 * The empty document of a frame, for `srcdoc`. No text of an article is in it: articles are put into
 * it as nodes, so nothing of them is ever parsed a second time. Browsers that look up the hosts of
 * links ahead, on pages without https as the station's, don't: that would tell who reads what.
 */
export function shellHtml(base: string, nonce: string): string {
  const fonts = FONTS.map(
    (font) =>
      `@font-face{font-family:'${font.family}';src:url('${new URL(font.url, base).href}') format('woff2');font-weight:${font.weight};font-style:${font.style};font-display:block}`,
  );
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${attribute(framePolicy(base, nonce))}"><meta name="referrer" content="no-referrer"><meta http-equiv="x-dns-prefetch-control" content="off"><style nonce="${nonce}">${fonts.join('')}${style}</style></head><body></body></html>`;
}

/** Tokens that the frame's style sheet uses; they come from the element around the frame. */
const TOKENS = [
  '--paper-bg',
  '--paper-text',
  '--paper-soft',
  '--paper-card',
  '--paper-line',
  '--hit-bg',
  '--hit-text',
  '--accent',
  '--accent-text',
  '--accent-line',
  '--on-accent',
  '--line-control',
  '--line-2',
  '--bg-raised',
  '--bg-hover',
  '--text-1',
  '--text-2',
  '--warning-text',
  '--warning-tint',
  '--warning-line',
  '--danger-text',
  '--danger-tint',
  '--danger-line',
  '--success-text',
  '--focus-color',
  '--video-chip',
  '--video-text',
  '--font-ui',
  '--font-read',
] as const;

/** Gives the frame's root the colours and fonts that hold where the frame is. */
export function copyTokens(from: Element, root: HTMLElement): void {
  const computed = getComputedStyle(from);
  for (const token of TOKENS) root.style.setProperty(token, computed.getPropertyValue(token));
  root.style.colorScheme = computed.colorScheme;
}
