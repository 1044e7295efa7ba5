import { foldText } from '../../../shared/api/text.ts';
import type { Sent } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { useApp, useSearchText, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import type { ReactNode } from 'react';
import type { ManagedSetting } from '../../../shared/contract/policy.ts';
import { useManaged } from '../../state/policy.ts';
import type { SettingsSection } from '../../state/route.ts';
import { ManagedNote, ManagedValues } from './managed.tsx';
import { SettingRow, SettingSection } from '../../ui/layout/setting.tsx';

type Patch = Sent<AppContract, 'settings.set'>;

/** Saves a change at once. Resolves to true if it was saved; failures are shown. */
export function useUpdateSettings(): (patch: Patch) => Promise<boolean> {
  const app = useApp();
  const reportError = useReportError();
  return async (patch) => {
    try {
      await app.settings.call('settings.set', patch);
      return true;
    } catch (thrown) {
      reportError(thrown);
      return false;
    }
  };
}

/** Tells whether a text matches the search in settings. */
export function useMatches(): (text: string) => boolean {
  const words = foldText(useSearchText('settings')).split(/\s+/).filter(Boolean);
  return (text) => {
    const own = foldText(text);
    return words.every((word) => own.includes(word));
  };
}

/** A setting's row, hidden unless it matches the search. */
export function Row({
  title,
  text,
  of,
  children,
}: {
  title: string;
  text?: string;
  /** The settings in it, if an administrator may fix them: then it shows their values. */
  of?: ManagedSetting | readonly ManagedSetting[];
  children: ReactNode;
}) {
  const matches = useMatches();
  const isManaged = useManaged(of ?? []);
  if (!matches(`${title} ${text ?? ''}`)) return null;
  return (
    <SettingRow text={text} title={title}>
      {isManaged ? <ManagedValues of={of ?? []} /> : children}
    </SettingRow>
  );
}

export const anchorOf = (section: SettingsSection): string => `settings-${section}`;

export function Section({
  of,
  text,
  action,
  rows = [],
  children,
}: {
  of: SettingsSection;
  text?: string;
  action?: ReactNode;
  /** The settings of each of its rows that an administrator may fix. */
  rows?: readonly (ManagedSetting | readonly ManagedSetting[])[];
  children: ReactNode;
}) {
  const { settings } = useTexts();
  return (
    <SettingSection
      action={action}
      id={anchorOf(of)}
      note={<ManagedNote rows={rows} />}
      text={text}
      title={settings.sections[of]}
    >
      {children}
    </SettingSection>
  );
}
