import { useSettings, useTexts } from '../../state/context.tsx';
import { useState } from 'react';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { Row, Section, useUpdateSettings } from './parts.tsx';
import css from './settings.module.css';

const MAX_DESK_CHARACTERS = 80;

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
      <Row text={words.deskText} title={words.desk}>
        <DeskName key={settings.deskName} name={settings.deskName} />
      </Row>
    </Section>
  );
}

/** The name under which this computer appears in the ledger; empty for the computer's own. */
function DeskName({ name }: { name: string }) {
  const { settings: words } = useTexts();
  const set = useUpdateSettings();
  const [typed, setTyped] = useState(name);
  const wanted = typed.trim();
  return (
    <Form onSubmit={() => void (wanted !== name && set({ deskName: wanted }))}>
      <div className={css.path}>
        <Field
          hideLabel
          label={words.desk}
          maxLength={MAX_DESK_CHARACTERS}
          placeholder={words.deskDefault}
          small
          value={typed}
          onChange={setTyped}
        />
        {wanted !== name && <Button type="submit">{words.save}</Button>}
      </div>
    </Form>
  );
}
