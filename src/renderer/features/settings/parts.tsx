import type { ReactNode } from 'react';
import { useSearchText, useTexts } from '../../state/context.tsx';
import type { SettingsSection } from '../../state/route.ts';
import { SettingRow, SettingSection } from '../../ui/setting.tsx';

const plain = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** A row that has none of the words searched for is not shown. */
export function Row({
  title,
  text,
  children,
}: {
  title: string;
  text?: string;
  children: ReactNode;
}) {
  const words = plain(useSearchText('settings')).split(/\s+/).filter(Boolean);
  const own = plain(`${title} ${text ?? ''}`);
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
