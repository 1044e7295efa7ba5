import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  RefreshCw,
  ScrollText,
} from 'lucide-react';
import type { AppError, ErrorCode } from '../../shared/errors.ts';
import { formatMoment, formatNumber, type Language } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { LucideIcon } from '../ui/display/icon.tsx';
import { useSources, useTexts } from './context.tsx';
import type { SourceView } from './views.ts';

/** The one thing that helps, or the usual one. */
export type SourceAction = 'check' | 'resume' | 'change-address' | 'accept-terms' | 'leave-demo';
type SourceState = {
  icon: LucideIcon;
  tone: 'success' | 'warning' | 'danger' | undefined;
  text: string;
  /** Whole sentences without their full stops. */
  facts: string[];
  action: SourceAction;
};

type Named = Pick<SourceView, 'kind' | 'name'>;
export const sourceName = ({ kind, name }: Named, { sources }: Texts): string =>
  kind === 'demo' ? sources.demo : name;

/** Its footage can't be queued before its terms are accepted. */
export const isTermsDue = ({ terms, acceptedAt }: SourceView): boolean =>
  terms !== null && acceptedAt === null;

/** Faults that another address mends; the rest pass or need the publisher. */
const ADDRESS_FAULTS: readonly ErrorCode[] = [
  'feed-invalid',
  'source-blocked',
  'source-gone',
  'key-refused',
  'not-found',
  'origin-refused',
  'redirect-refused',
  'password-needed',
  'https-required',
];

/** State of a source in words, what it can promise, and what helps. */
export function sourceState(
  source: SourceView,
  texts: Texts,
  language: Language,
  nowMs: number,
): SourceState {
  const { sources: words } = texts;
  const { kind, fault, syncedAt, nextAt, isPaused, isChecking } = source;
  const count = formatNumber(source.assets, language);
  const at = (ms: number): string => formatMoment(ms, nowMs, language);
  const usual = kind === 'demo' ? 'leave-demo' : 'check';
  const vouches = words.vouches[source.integrity];
  if (isPaused)
    return {
      icon: CirclePause,
      tone: undefined,
      text: words.paused,
      facts: [
        words.staySearchable(count),
        ...(syncedAt === null ? [] : [words.lastChecked(at(syncedAt))]),
      ],
      action: 'resume',
    };
  if (isChecking)
    return {
      icon: RefreshCw,
      tone: undefined,
      text: words.checking,
      facts: [words.packages(count), vouches],
      action: usual,
    };
  if (fault)
    return {
      icon: CircleAlert,
      tone: 'danger',
      text: words.fault(words.faults[fault.code] ?? texts.errors[fault.code]),
      facts: [
        words.staySearchable(count),
        words.since(at(fault.since)),
        ...(nextAt === null
          ? kind === 'feed'
            ? [words.noNextTry]
            : []
          : [words.nextTry(at(nextAt))]),
      ],
      action: kind === 'feed' && ADDRESS_FAULTS.includes(fault.code) ? 'change-address' : usual,
    };
  if (isTermsDue(source))
    return {
      icon: ScrollText,
      tone: 'warning',
      text: words.termsDue,
      facts: [words.packages(count), vouches],
      action: 'accept-terms',
    };
  if (syncedAt === null)
    return {
      icon: CircleDashed,
      tone: undefined,
      text: words.notChecked,
      facts: [vouches],
      action: usual,
    };
  return {
    icon: CircleCheck,
    tone: 'success',
    text: words.upToDate(at(syncedAt), nextAt === null ? null : at(nextAt)),
    facts: [words.packages(count), vouches],
    action: usual,
  };
}

/** Why an address can't be used, short enough for the field, with what to do. */
export const feedAddressError = ({ code }: AppError, { sources, errors }: Texts): string =>
  sources.addressFaults[code] ?? errors[code];

/** State of all sources in one line, where no service is in use. */
export function useSourcesLine(): { text: string; isFaulty: boolean } | null {
  const { sources: words } = useTexts();
  const sources = useSources();
  if (sources.length === 0) return null;
  const faulty = sources.filter(({ fault, isPaused }) => fault !== null && !isPaused).length;
  if (faulty > 0) return { text: words.faulty(faulty), isFaulty: true };
  const text = sources.every(({ isPaused }) => isPaused)
    ? words.allPaused
    : sources.some(({ syncedAt, isPaused }) => syncedAt === null && !isPaused)
      ? words.checking
      : words.allUpToDate;
  return { text, isFaulty: false };
}

/** Name of the source of an asset; null where there is only one, which needs no name. */
export function useSourceName(id: string): string | null {
  const texts = useTexts();
  const sources = useSources();
  const source = sources.length > 1 ? sources.find((one) => one.id === id) : undefined;
  return source ? sourceName(source, texts) : null;
}
