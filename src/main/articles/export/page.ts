import { createHash } from 'node:crypto';
import { escaped } from '../../formats/markup.ts';
import { addressOf, bylineOf, type ExportedArticle } from './content.ts';
import { articleMarkup, languageAttributes } from './markup.ts';
import type { ExportLanguage } from './texts.ts';

/**
 * For screen and paper. A picture, a row or a quotation is never cut by the end of a page, and pages
 * are numbered by margin boxes (CSS Paged Media 3 §5), so that printing needs nothing else.
 */
const STYLE = `
:root { color-scheme: light dark; }
body { font: 1.0625rem/1.6 Georgia, 'Source Serif 4', 'Times New Roman', serif; max-width: 38rem; margin: 2.5rem auto; padding: 0 1.25rem; color: #16191d; background: #fff; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; break-after: avoid; } h1 { font-size: 2rem; margin: .25rem 0 .75rem; } h2 { font-size: 1.35rem; margin-top: 2rem; } h3 { font-size: 1.15rem; } h4 { font-size: 1rem; }
.section, .byline, .date, .note, .missing, figcaption, table, footer { font-family: system-ui, 'Segoe UI', sans-serif; }
.section { font-size: .8125rem; letter-spacing: .04em; text-transform: uppercase; margin: 0; color: #4b5560; }
.alternative, .standfirst { font-size: 1.15rem; } .alternative { font-style: italic; } .byline, .date { font-size: .9375rem; margin: .25rem 0; color: #4b5560; }
.note { font-size: .9375rem; border-inline-start: 4px solid #b3261e; padding: .35rem .75rem; margin: 1rem 0 0; }
.body { margin-top: 1.75rem; } a { color: inherit; }
figure { margin: 1.75rem 0; break-inside: avoid; } img { display: block; max-width: 100%; height: auto; max-height: 85vh; object-fit: contain; } figcaption { font-size: .875rem; line-height: 1.45; margin-top: .5rem; color: #4b5560; } figcaption cite { font-style: normal; }
.missing { display: block; font-size: .875rem; border: 1px dashed #9aa3ad; padding: .75rem; }
blockquote { margin: 1.5rem 0; padding-inline-start: 1rem; border-inline-start: 3px solid #cfd4da; break-inside: avoid; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; margin: 1.5rem 0; } th, td { text-align: start; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid #cfd4da; } tr { break-inside: avoid; }
caption { text-align: start; font-weight: 600; padding-bottom: .35rem; } pre { white-space: pre-wrap; font: .875rem/1.5 ui-monospace, monospace; } p { orphans: 3; widows: 3; }
footer { margin-top: 2.5rem; border-top: 1px solid #cfd4da; padding-top: .75rem; font-size: .8125rem; break-inside: avoid; } dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; } dt { color: #4b5560; } dd { margin: 0; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) and (not print) { body { color: #e6e8eb; background: #14171b; } .section, .byline, .date, figcaption, dt { color: #a7b0ba; } .note { border-color: #f2b8b5; } th, td, footer, blockquote { border-color: #3a424b; } }
@media print { :root { color-scheme: light; } body { margin: 0; max-width: none; padding: 0; font-size: 11pt; color: #000; } h1 { font-size: 20pt; } h2 { font-size: 14pt; } img { max-height: 190mm; } }
@page { size: A4; margin: 18mm 20mm 22mm; @bottom-right { content: counter(page) ' / ' counter(pages); font: 9pt system-ui, sans-serif; color: #555; } }`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
/** Nothing is loaded, nothing runs, nothing is sent: the file may be opened for as long as there are browsers. */
const POLICY = `default-src 'none'; img-src data:; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

const meta = (name: string, value: string): string =>
  value === '' ? '' : `<meta name="${name}" content="${escaped(value)}">\n`;

/** An article as one file that holds its pictures, ready to be printed. */
export function articlePage(exported: ExportedArticle, language: ExportLanguage): string {
  const { article } = exported;
  const address = addressOf(article);
  const markup = articleMarkup(exported, language, {
    isXml: false,
    addressOf: ({ bytes, mediaType }) =>
      `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`,
  });
  return `<!doctype html>
<html${languageAttributes(article.language, article.dir, false)}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(article.headline)}</title>
${meta('author', bylineOf(article))}${meta('description', article.summary)}${meta('copyright', article.copyrightNotice)}${address === '' ? '' : `<link rel="canonical" href="${escaped(address)}">\n`}<style>${STYLE}</style>
</head>
<body>
<article>
${markup}
</article>
</body>
</html>
`;
}
