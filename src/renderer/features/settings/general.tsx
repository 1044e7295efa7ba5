import { useSettings, useTexts } from '../../state/context.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { Row, Section, useUpdateSettings } from './parts.tsx';

export function General() {
  const { settings: words } = useTexts();
  const settings = useSettings();
  const set = useUpdateSettings();
  if (!settings) return null;
  return (
    <Section of="general">
      <Row text={words.themeText} title={words.theme}>
        <SettingControls>
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
        </SettingControls>
      </Row>
      <Row title={words.language}>
        <SettingControls>
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
        </SettingControls>
      </Row>
    </Section>
  );
}
