import { useState } from 'react';
import {
  FOLDER_TOKENS,
  MAX_TEMPLATE_CHARACTERS,
  folderName,
  templateFault,
  type FolderFacts,
} from '../../../shared/model/names.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import type { SettingsView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import css from './settings.module.css';
import { useUpdateSettings } from './parts.tsx';

const FIRST_TEMPLATE = '{date}/{place} {title} {id}';

/** Template for the names of package folders, with a preview while typing. */
export function FolderTemplate({
  settings: { folderTemplate, destination },
}: {
  settings: SettingsView;
}) {
  const { settings: words } = useTexts();
  const set = useUpdateSettings();
  return (
    <>
      <SettingControls>
        <Segmented
          label={words.names}
          segments={[
            { value: 'published', label: words.asPublished },
            { value: 'template', label: words.byTemplate },
          ]}
          value={folderTemplate === null ? 'published' : 'template'}
          onChange={(kind) =>
            void set({ folderTemplate: kind === 'published' ? null : FIRST_TEMPLATE })
          }
        />
      </SettingControls>
      {folderTemplate !== null && (
        <Template destination={destination} key={folderTemplate} template={folderTemplate} />
      )}
    </>
  );
}

function Template({ template, destination }: { template: string; destination: string }) {
  const app = useApp();
  const { settings: words } = useTexts();
  const set = useUpdateSettings();
  const [typed, setTyped] = useState(template);
  const fault = templateFault(typed);
  const error =
    fault === null
      ? null
      : fault.kind === 'unknown-token'
        ? words.unknownToken(`{${fault.token}}`)
        : fault.kind === 'brace'
          ? words.unpairedBrace
          : words.noToken;
  const separator = app.info.platform === 'win32' ? '\\' : '/';
  const save = (): void => {
    if (fault === null && typed !== template) void set({ folderTemplate: typed });
  };
  return (
    <Form onSubmit={save}>
      <Field
        error={error}
        hideLabel
        label={words.template}
        maxLength={MAX_TEMPLATE_CHARACTERS}
        small
        spellCheck="false"
        value={typed}
        onBlur={save}
        onChange={setTyped}
      />
      <div aria-label={words.tokens} className={css.tokens} role="group">
        {FOLDER_TOKENS.map((token) => (
          <Button key={token} size={28} onPress={() => setTyped(`${typed}{${token}}`)}>
            {words.tokenNames[token]}
          </Button>
        ))}
      </div>
      {fault === null && (
        <ul aria-label={words.preview} aria-live="polite" className={css.preview}>
          {words.samples.map((sample) => (
            <li key={sample.id}>
              {[destination, ...folderName(typed, sample satisfies FolderFacts).split('/')].join(
                separator,
              )}
            </li>
          ))}
        </ul>
      )}
      <p className={css.help}>{words.templateHelp}</p>
    </Form>
  );
}
