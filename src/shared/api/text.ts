/** Zero-padded to two digits, as in clocks, dates and timecodes. */
export const pad2 = (n: number): string => String(n).padStart(2, '0');

/** Without accents, compatibility forms and case, for searching. */
export const foldText = (text: string): string =>
  // Most texts are plain, and a history of 100,000 is folded at once.
  /^\p{ASCII}*$/u.test(text)
    ? text.toLowerCase()
    : text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** For display: without control characters, line breaks and bidirectional controls. */
export const shownText = (given: string): string =>
  given.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');

/**
 * One line for a file or a terminal: breaks and blanks are one blank, but for the no-break ones of
 * French, and what would turn the text or be obeyed is replaced, so that no text imitates another
 * line.
 */
export const oneLine = (given: string): string =>
  shownText(
    given
      .toWellFormed()
      .replaceAll(/[^\S\u00a0\u202f]+/gu, ' ')
      .trim(),
  );
