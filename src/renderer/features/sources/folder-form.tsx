import { useState } from 'react';
import { useApp, useTexts } from '../../state/context.tsx';
import { chooseFolder } from '../../state/enqueue.ts';
import { sourceInputError } from '../../state/source-labels.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Offer, useOffer, type SourceForm, type SourceFormProps } from './source-form.tsx';
import css from './sources.module.css';

/** A folder of this computer that other programs fill. */
export function useFolderForm(props: SourceFormProps): SourceForm {
  const app = useApp();
  const texts = useTexts();
  const { sources: words } = texts;
  const { source, failed, onChange } = props;
  const [typed, setTyped] = useState(source?.address ?? '');
  const path = typed.trim();
  const isAbsolute = /^(?:\/|[a-z]:[\\/]|\\\\)/iu.test(path);
  const offered = useOffer(path === '' ? null : { kind: 'folder', path }, props, {
    missing: source ? words.chooseNewFolder : words.chooseFolderFirst,
    isReady: typed !== source?.address && isAbsolute,
  });
  const { looked, look, error, submit, rest } = offered;
  const type = (text: string): void => {
    onChange();
    setTyped(text);
  };
  const choose = async (): Promise<void> => {
    const chosen = await chooseFolder(app, path);
    if (chosen !== null) type(chosen);
  };
  const form = (
    <Form failed={failed} onSubmit={submit}>
      <div className={css.folder}>
        <Field
          autoFocus={source !== undefined}
          autoComplete="off"
          error={error && sourceInputError('folder', error, texts)}
          help={
            looked.phase === 'found' ? (
              <Offer probe={looked.probe} />
            ) : looked.phase === 'failed' ? null : (
              words.folderHelp
            )
          }
          label={words.folder}
          spellCheck="false"
          value={typed}
          onBlur={look}
          onChange={type}
        />
        {app.info.shell !== 'station' && (
          <Button onPress={() => void choose()}>{words.chooseFolder}</Button>
        )}
      </div>
      {rest}
    </Form>
  );
  return { ...offered, form };
}
