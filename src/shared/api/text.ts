/** Zero-padded to two digits, as in clocks, dates and timecodes. */
export const pad2 = (n: number): string => String(n).padStart(2, '0');

/** Without accents, compatibility forms and case, for searching. */
export const foldText = (text: string): string =>
  // Most texts are plain, and a history of 100,000 is folded at once.
  /^\p{ASCII}*$/u.test(text)
    ? text.toLowerCase()
    : text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
