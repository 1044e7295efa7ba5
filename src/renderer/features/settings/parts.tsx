import { foldText } from '../../../shared/api/text.ts';
import type { Sent } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { useApp, useSearchText, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import type { ReactNode } from 'react';
import type { SettingsSection } from '../../state/route.ts';
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

/** A setting's row, hidden unless it matches the search. */
export function Row({
  title,
  text,
  children,
}: {
  title: string;
  text?: string;
  children: ReactNode;
}) {
  const words = foldText(useSearchText('settings')).split(/\s+/).filter(Boolean);
  const own = foldText(`${title} ${text ?? ''}`);
  if (!words.every((word) => own.includes(word))) return null;
  return (
    <SettingRow text={text} title={title}>
      {children}
    </SettingRow>
  );
}

export const anchorOf = (section: SettingsSection): string => `settings-${section}`;

export function Section({ of, children }: { of: SettingsSection; children: ReactNode }) {
  const { settings } = useTexts();
  return (
    <SettingSection id={anchorOf(of)} title={settings.sections[of]}>
      {children}
    </SettingSection>
  );
}
