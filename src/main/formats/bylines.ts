/* Names of authors in the lines that pages write them in. */

const BY =
  /^(?:(?:written |reported |story |words )?by:?\s+|par\s+|von\s+|por\s+|di\s+|de\s+(?=\p{Lu})|text:\s*|author:?\s+|بقلم:?\s*|كتب:?\s*|كتبت:?\s*|מאת:?\s*|文[:：・=＝]\s*|執筆[:：]\s*)/iu;
const ROLE =
  /\b(?:correspondent|reporter|editor|staff|writer|photographer|journalist|bureau|correspondante?|journaliste|rédact\p{L}+|envoyée?)\b/iu;
const AND = /\s*;\s*|\s+(?:and|et|und|y|&|with|avec)\s+|、/iu;
const MAX_NAME = 120;

const isName = (text: string): boolean =>
  /^(?:\p{Lu}|\p{Lo})/u.test(text) && text.split(' ').length <= 4 && !ROLE.test(text);

/** The names in a line such as “By Ann Hill and Bo Lund, harbour correspondent”. */
export function namesIn(line: string): string[] {
  return line
    .replace(BY, '')
    .trim()
    .split(AND)
    .flatMap((part) => {
      const pieces = part.split(/\s*[,|]\s*/u).filter((piece) => piece !== '');
      const [first = '', ...rest] = pieces;
      // After a comma often comes what somebody is.
      return rest.every((piece) => isName(piece) && piece.includes(' ')) ? pieces : [first];
    })
    .map((name) => name.replace(/\s*\([^)]{0,60}\)$|記者$/u, '').trim())
    .filter(
      (name) => name !== '' && name.length <= MAX_NAME && !/^https?:|^@|[<>{}]|@.+\./iu.test(name),
    );
}

const FULL_NAME =
  /^\p{Lu}[\p{L}'’.-]{0,30}(?: (?:\p{Lu}[\p{L}'’.-]{0,30}|d[aeiu]|van|von|der|le|la|al|el|bin)){1,4}$/u;
/** The names in a line that is nothing else: “By Ann Hill”. */
export function bylineIn(line: string): string[] {
  if (line.length > 100 || !BY.test(line)) return [];
  const names = namesIn(line);
  return names.every((name) => FULL_NAME.test(name)) ? names : [];
}

/** Words of `class` and `itemprop` for an element with the names. */
export const BYLINE_WORD =
  /^(?:(?:article|post|entry|story|news)[-_]{1,2})?(?:byline|by-line|authors?|writer|signature)(?:[-_](?:names?|info|line|wrap(?:per)?))?$/iu;
