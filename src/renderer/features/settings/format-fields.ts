import { codecName, containerName } from '../../../shared/api/video-format.ts';
import type { FormatRule } from '../../../shared/model/house-format.ts';
import type { Returned } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';

/** What somebody types of a rule; empty leaves it open. */
export type TypedRule = {
  size: string;
  scan: FormatRule['scan'];
  frameRate: string;
  container: string;
  codec: string;
  purpose: FormatRule['purpose'];
};
export type Values = Returned<AppContract, 'catalogue.rendition-values'>;

const sizeText = (size: string): string => size.replace('x', ' × ');
const rateText = (rate: number, language: string): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: 3, useGrouping: false }).format(rate);

export const typedOf = (rule: FormatRule, language: string): TypedRule => ({
  ...rule,
  size: rule.size === null ? '' : sizeText(rule.size),
  frameRate: rule.frameRate === null ? '' : rateText(rule.frameRate, language),
  container: rule.container === null ? '' : containerName(rule.container),
  codec: rule.codec === null ? '' : codecName(rule.codec),
});

/** Null for what is no size. */
function sizeOf(text: string): string | null {
  const parts = /^(?:([1-9]\d{1,4})\s*[x×*]\s*)?([1-9]\d{1,4})$/iu.exec(text.trim());
  if (!parts) return null;
  const [, width, lines = ''] = parts;
  return width === undefined ? lines : `${width}x${lines}`;
}

/** Null for what is no rate: `25`, `29,97` or `30000/1001`. */
function rateOf(text: string): number | null {
  const [over = '', under = '1', ...more] = text.trim().replace(',', '.').split('/');
  const rate = Math.round((Number(over || 'none') / Number(under)) * 1000) / 1000;
  return more.length === 0 && rate >= 1 && rate <= 1000 ? rate : null;
}

const namedAs = (
  typed: string,
  known: readonly string[],
  nameOf: (value: string) => string,
): string | null => {
  const text = typed.trim();
  if (text === '') return null;
  return known.find((one) => nameOf(one).toLowerCase() === text.toLowerCase()) ?? text;
};

const NAMED = /[\p{L}\p{N}]/u;

/** The rule that was typed, or which of its fields aren't understood. */
export function ruleOf(
  typed: TypedRule,
  known: Values,
): { rule: FormatRule; wrong: ReadonlySet<keyof TypedRule> } {
  const wrong = new Set<keyof TypedRule>();
  const read = <T>(field: 'size' | 'frameRate', of: (text: string) => T | null): T | null => {
    if (typed[field].trim() === '') return null;
    const value = of(typed[field]);
    if (value === null) wrong.add(field);
    return value;
  };
  const rule: FormatRule = {
    purpose: typed.purpose,
    container: namedAs(typed.container, known.container, containerName)?.toLowerCase() ?? null,
    codec: namedAs(typed.codec, known.codec, codecName),
    size: read('size', sizeOf),
    scan: typed.scan,
    frameRate: read('frameRate', rateOf),
  };
  for (const field of ['container', 'codec'] as const)
    if (rule[field] !== null && !NAMED.test(rule[field])) wrong.add(field);
  return { rule, wrong };
}

/** What the fields suggest. */
export const suggestionsOf = (values: Values, language: string) => ({
  container: values.container.map(containerName),
  codec: values.codec.map(codecName),
  size: [
    ...values.size.map(sizeText),
    // Lines alone fit whatever the width.
    ...new Set(values.size.map((size) => size.replace(/^\d+x/u, ''))),
  ],
  frameRate: values.frameRate.map((rate) => rateText(rate, language)),
});
