export const NBSP = '\u00a0';
/** A line of a text: what it says, and its value. */
export const labelled = {
  en: (label: string, value: string): string => `${label}: ${value}`,
  fr: (label: string, value: string): string => `${label}${NBSP}: ${value}`,
};
