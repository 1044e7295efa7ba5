import { useState } from 'react';
import {
  FOLDER_TOKENS,
  MAX_TEMPLATE_CHARACTERS,
  folderName,
  templateFault,
  type FolderFacts,
} from '../../../shared/model/names.ts';
import { useDesk, useTexts } from '../../state/context.tsx';
import type { SettingsView } from '../../state/views.ts';
import { Button } from '../../ui/button.tsx';
import { Segmented } from '../../ui/choice.tsx';
import { Form } from '../../ui/column.tsx';
import { Field } from '../../ui/field.tsx';
import { SettingLine } from '../../ui/setting.tsx';
import css from './settings.module.css';
import { useSet } from './parts.tsx';

const FIRST_TEMPLATE = '{date}/{place} {title} {id}';

/** How the folders of packages are called; what comes of a template is shown while it is typed. */
export function FolderTemplate({
  settings: { folderTemplate, destination },
}: {
  settings: SettingsView;
}) {
  const { settings: words } = useTexts();
  const set = useSet();
  return (
    <>
      <SettingLine>
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
      </SettingLine>
      {folderTemplate !== null && (
        <Template destination={destination} key={folderTemplate} template={folderTemplate} />
      )}
    </>
  );
}

function Template({ template, destination }: { template: string; destination: string }) {
  const desk = useDesk();
  const { settings: words } = useTexts();
  const set = useSet();
  const [typed, setTyped] = useState(template);
  const fault = templateFault(typed);
  const error =
    fault === null
      ? null
      : fault.kind === 'unknown-token'
        ? words.unknownToken(`{${fault.token}}`)
        : fault.kind === 'brace'
          ? words.loneBrace
          : words.noToken;
  const separator = desk.info.platform === 'win32' ? '\\' : '/';
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
