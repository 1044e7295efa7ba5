import {
  Ban,
  CalendarClock,
  CheckCheck,
  CircleHelp,
  FileInput,
  FolderOpen,
  History,
  Settings,
  ShieldAlert,
  Trash2,
  Upload,
  UserRound,
} from 'lucide-react';
import type { LedgerKind } from '../../../shared/model/ledger-kinds.ts';
import { formatPublished, type Language } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import type { LedgerEntryView, LedgerRowView } from '../../state/views.ts';
import type { LucideIcon, Tone } from '../../ui/display/icon.tsx';

const LOOKS: Record<LedgerKind, [LucideIcon, Tone?]> = {
  'restriction-confirmed': [ShieldAlert, 'restricted'],
  'embargo-confirmed': [CalendarClock, 'embargo'],
  'terms-accepted': [UserRound],
  'handed-out': [FileInput],
  revealed: [FolderOpen],
  exported: [Upload],
  recalled: [Ban, 'danger'],
  corrected: [History, 'info'],
  'recall-acknowledged': [CheckCheck, 'info'],
  'setting-changed': [Settings, 'warning'],
  'cleared-from-disk': [Trash2],
};

export type EntryLook = { icon: LucideIcon; tone: Tone | undefined; label: string };

export function lookOf({ entry }: Pick<LedgerRowView, 'entry'>, { ledger }: Texts): EntryLook {
  if (!entry) return { icon: CircleHelp, tone: 'danger', label: ledger.unreadable };
  const [icon, tone] = LOOKS[entry.kind];
  return { icon, tone, label: ledger.kinds[entry.kind] };
}

/** One that a later version has written stays as it is. */
const scopeText =
  (names: Record<string, string>) =>
  (scope: string): string => {
    const name = names[scope] ?? scope;
    return name.charAt(0).toLowerCase() + name.slice(1);
  };

/** What was set, in the words of the settings; for which system, if it is about one. */
export function settingText(
  { setting = '', value = null, system }: LedgerEntryView['what'],
  { ledger, apiTokens }: Texts,
): string {
  const said =
    value === null || value === ''
      ? setting === 'territory'
        ? ledger.asInAccount
        : ledger.unset
      : setting === 'apiAccess'
        ? value.split(', ').map(scopeText(apiTokens.scopeNames)).join(', ')
        : (ledger.values[value] ?? value);
  return ledger.setTo(
    ledger.settings[setting] ?? setting,
    system === undefined ? said : `${system}, ${said}`,
  );
}

/** The second line of a row. */
export function detailOf(entry: LedgerEntryView, texts: Texts, language: Language): string {
  const { ledger } = texts;
  const { kind, what, words, termsVersion } = entry;
  if (kind === 'setting-changed') return settingText(what, texts);
  if (kind === 'terms-accepted') return termsVersion === null ? '' : ledger.version(termsVersion);
  if (kind === 'embargo-confirmed' && what.untilMs !== undefined)
    return ledger.lifts(formatPublished(what.untilMs, language));
  if (kind === 'handed-out') return ledger.handedOut(what.folder ?? '');
  return what.name ?? what.folder ?? words[0]?.text ?? '';
}

/** The service, whose doing it is without anybody here, a newsroom system, or this desk. */
export function whoOf({ kind, who, what }: LedgerEntryView, { ledger }: Texts): string {
  if (kind === 'recalled' || kind === 'corrected') return ledger.service;
  // Access is given to a system by a person.
  return kind === 'setting-changed' ? who.desk : (what.system ?? who.desk);
}

/** 16:12:44, in UTC. */
export const clockText = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/** Day in UTC, as the list's times are. */
export const dayText = (ms: number, language: Language): string =>
  new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(ms);
