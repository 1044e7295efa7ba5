/** What can be set in steps: a step is one press of a button. */
export type Steps = { least: number; most: number; step: number; usual: number };

/** How the text of articles can be set. */
export const READING = {
  /** Size of the text in CSS pixels. */
  px: { least: 15, most: 26, step: 1, usual: 19 },
  /** Height of a line, in sizes of the text. */
  lineHeight: { least: 1.4, most: 2, step: 0.1, usual: 1.6 },
  /** Length of a line in characters, the width of the digit zero (`ch`). */
  measure: { least: 45, most: 85, step: 5, usual: 65 },
} as const satisfies Record<string, Steps>;

/** How it is set until somebody changes it. */
export const USUAL_READING = {
  readerPx: READING.px.usual,
  readerLineHeight: READING.lineHeight.usual,
  readerMeasure: READING.measure.usual,
  readerFace: 'serif',
  readerTheme: 'auto',
  readerJustify: false,
} as const;

/** The next value up (1) or down (-1) that a button leads to, within the limits. */
export function stepped(value: number, { least, most, step }: Steps, direction: 1 | -1): number {
  // Steps are counted from the least: whole numbers, because 1.4 + 0.1 is not 1.5 in binary.
  const place = (value - least) / step;
  const next = direction === 1 ? Math.floor(place + 1.001) : Math.ceil(place - 1.001);
  return Math.min(most, Math.max(least, Number((least + next * step).toFixed(2))));
}

/** Up to 0.1.0 the size was a step of 8 %, from -2 to 4. */
export const pxOfFormerStep = (step: number): number =>
  Math.min(
    READING.px.most,
    Math.max(READING.px.least, Math.round(READING.px.usual * (1 + 0.08 * step))),
  );
