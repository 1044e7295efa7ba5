import { READING, stepped, type Steps } from '../../shared/model/reading.ts';
import { formatNumber } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { StepperProps } from '../ui/controls/stepper.tsx';
import type { SettingsView } from './views.ts';

/** How articles are set, of the settings. */
export type Appearance = Pick<
  SettingsView,
  'readerPx' | 'readerLineHeight' | 'readerMeasure' | 'readerFace' | 'readerTheme' | 'readerJustify'
>;

type Save = (patch: Partial<Appearance>) => Promise<unknown>;

/** Size, line height and line length, for the reader and for Settings. */
export function steppedRows(
  appearance: Appearance,
  { articles }: Texts,
  language: 'en' | 'fr',
  save: Save,
): [size: StepperProps, lineHeight: StepperProps, measure: StepperProps] {
  const row = (
    [label, less, more]: readonly [string, string, string],
    steps: Steps,
    name: 'readerPx' | 'readerLineHeight' | 'readerMeasure',
  ): StepperProps => ({
    label,
    less,
    more,
    least: steps.least,
    most: steps.most,
    next: (value, direction) => stepped(value, steps, direction),
    value: appearance[name],
    format: (value) => formatNumber(value, language),
    onChange: (value) => save({ [name]: value }),
  });
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
