import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  RefreshCw,
  ScrollText,
} from 'lucide-react';
import type { SourceFollow, SourceKind } from '../../shared/contract/sources.ts';
import type { AppError, ErrorCode } from '../../shared/errors.ts';
import { formatMoment, formatNumber, type Language } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { LucideIcon } from '../ui/display/icon.tsx';
import { useSources, useTexts } from './context.tsx';
import type { SourceView } from './views.ts';

/** The one thing that helps, or the usual one. */
export type SourceAction = 'check' | 'resume' | 'change' | 'accept-terms' | 'leave-demo';
type SourceState = {
  icon: LucideIcon;
  tone: 'success' | 'warning' | 'danger' | undefined;
  text: string;
  /** Whole sentences without their full stops. */
  facts: string[];
  action: SourceAction;
};

/** True for what the user adds beside the service. */
export const isAddedKind = (kind: SourceView['kind']): kind is SourceKind =>
  kind !== 'service' && kind !== 'demo';

type Named = Pick<SourceView, 'kind' | 'name'>;
export const sourceName = ({ kind, name }: Named, { sources }: Texts): string =>
  kind === 'demo' ? sources.demo : name;

/** Its footage can't be queued before its terms are accepted. */
export const isTermsDue = ({ terms, acceptedAt }: SourceView): boolean =>
  terms !== null && acceptedAt === null;

/** Faults that another address or key mends; the rest pass or need the publisher. */
const CHANGE_FAULTS: readonly ErrorCode[] = [
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
  // A feed of articles alone: files are nothing that it could vouch for.
  const isNews = kind === 'feed' && syncedAt !== null && source.assets === 0;
  const holds = isNews
    ? [words.articlesOnly]
    : [words.packages(count), words.vouches[source.integrity]];
  const stays = isNews ? words.articlesStay : words.staySearchable(count);
  if (isPaused)
    return {
      icon: CirclePause,
      tone: undefined,
      text: words.paused,
      facts: [stays, ...(syncedAt === null ? [] : [words.lastChecked(at(syncedAt))])],
      action: 'resume',
    };
  if (isChecking)
    return {
      icon: RefreshCw,
      tone: undefined,
      text: words.checking,
      facts: holds,
      action: usual,
    };
  if (fault)
    return {
      icon: CircleAlert,
      tone: 'danger',
      text: words.fault(faultText(source.kind, fault.code, texts)),
      facts: [
        stays,
        words.since(at(fault.since)),
        ...(nextAt === null
          ? isAddedKind(kind)
            ? [words.noNextTry]
            : []
          : [words.nextTry(at(nextAt))]),
      ],
      action: isAddedKind(kind) && CHANGE_FAULTS.includes(fault.code) ? 'change' : usual,
    };
  if (isTermsDue(source))
    return {
      icon: ScrollText,
      tone: 'warning',
      text: words.termsDue,
      facts: holds,
      action: 'accept-terms',
    };
  if (syncedAt === null)
    return {
      icon: CircleDashed,
      tone: undefined,
      text: words.notChecked,
      facts: [words.vouches[source.integrity]],
      action: usual,
    };
  return {
    icon: CircleCheck,
    tone: 'success',
    text: words.upToDate(at(syncedAt), nextAt === null ? null : at(nextAt)),
    facts: holds,
    action: usual,
  };
}

/** Why what was entered can't be used, short enough for the field, with what to do. */
export const sourceInputError = (
  kind: SourceKind,
  { code }: AppError,
  { sources, errors }: Texts,
): string => sources[INPUT_FAULTS[kind]][code] ?? errors[code];
const INPUT_FAULTS = {
  feed: 'addressFaults',
  dvids: 'dvidsFaults',
  nasa: 'nasaFaults',
  folder: 'folderFaults',
} as const satisfies Record<SourceKind, keyof Texts['sources']>;

/** After “Fault:”. */
const faultText = (kind: SourceView['kind'], code: ErrorCode, { sources, errors }: Texts): string =>
  (isAddedKind(kind) ? sources.faultsOf[kind]?.[code] : undefined) ??
  sources.faults[code] ??
  errors[code];

/** What of an archive is in the catalogue, such as `Keyword “harbour”`. */
export const followLabel = ({ by, value }: SourceFollow, { sources }: Texts): string =>
  sources.follow(sources.followKinds[by], value);

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
