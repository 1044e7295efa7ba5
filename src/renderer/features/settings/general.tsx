import { useSettings, useTexts } from '../../state/context.tsx';
import { Segmented } from '../../ui/choice.tsx';
import { Select } from '../../ui/select.tsx';
import { SettingLine } from '../../ui/setting.tsx';
import { Row, Section, useSet } from './parts.tsx';

export function General() {
  const { settings: words } = useTexts();
  const settings = useSettings();
  const set = useSet();
  if (!settings) return null;
  return (
    <Section of="general">
      <Row text={words.themeText} title={words.theme}>
        <SettingLine>
          <Segmented
            label={words.theme}
            segments={[
              { value: 'light', label: words.themes.light },
              { value: 'dark', label: words.themes.dark },
              { value: 'system', label: words.themes.system },
            ]}
            value={settings.theme}
            onChange={(theme) => void set({ theme })}
          />
        </SettingLine>
      </Row>
      <Row title={words.language}>
        <SettingLine>
          <Select
            hideLabel
            label={words.language}
            look="button"
            options={[
              { value: 'en', label: 'English' },
              { value: 'fr', label: 'Français' },
            ]}
            value={settings.language}
            onChange={(language) => void set({ language })}
          />
        </SettingLine>
      </Row>
    </Section>
  );
}
