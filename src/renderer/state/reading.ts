import { READING, stepped, type Steps } from '../../shared/model/reading.ts';
import { formatNumber } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { SettingsView } from './views.ts';

type Set = (patch: Partial<Appearance>) => void;
/** How articles are set, of the settings. */
export type Appearance = Pick<
  SettingsView,
  'readerPx' | 'readerLineHeight' | 'readerMeasure' | 'readerFace' | 'readerTheme' | 'readerJustify'
>;

export const USUAL_APPEARANCE: Appearance = {
  readerPx: READING.px.usual,
  readerLineHeight: READING.lineHeight.usual,
  readerMeasure: READING.measure.usual,
  readerFace: 'serif',
  readerTheme: 'auto',
  readerJustify: false,
};

/** What a `Stepper` takes, apart from React. */
type SteppedRow = {
  label: string;
  less: string;
  more: string;
  value: string;
  isLeast: boolean;
  isMost: boolean;
  onStep: (direction: 1 | -1) => void;
};

/** Size, line height and line length as rows with two buttons each, for the reader and Settings. */
export function steppedRows(
  appearance: Appearance,
  { articles }: Texts,
  language: 'en' | 'fr',
  set: Set,
): [size: SteppedRow, lineHeight: SteppedRow, measure: SteppedRow] {
  const row = (
    [label, less, more]: readonly [string, string, string],
    steps: Steps,
    name: 'readerPx' | 'readerLineHeight' | 'readerMeasure',
  ): SteppedRow => {
    const value = appearance[name];
    return {
      label,
      less,
      more,
      value: formatNumber(value, language),
      isLeast: value <= steps.least,
      isMost: value >= steps.most,
      onStep: (direction) => set({ [name]: stepped(value, steps, direction) }),
    };
  };
  return [
    row([articles.size, articles.smaller, articles.larger], READING.px, 'readerPx'),
    row(
      [articles.lineHeight, articles.tighter, articles.looser],
      READING.lineHeight,
      'readerLineHeight',
    ),
    row([articles.measure, articles.narrower, articles.wider], READING.measure, 'readerMeasure'),
  ];
}

export const paperChoices = ({ articles }: Texts) =>
  (['light', 'sepia', 'dark', 'auto'] as const).map((value) => ({
    value,
    label: articles.themes[value],
  }));
export const faceChoices = ({ articles }: Texts) =>
  (['serif', 'sans'] as const).map((value) => ({ value, label: articles.faces[value] }));
