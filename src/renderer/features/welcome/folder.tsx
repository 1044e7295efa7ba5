import { useState } from 'react';
import { useApp, useSettings, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { FormLayoutFooter, Form } from '../../ui/form-layout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import css from './welcome.module.css';

/** Destination folder: chosen in the system's dialog, or typed where there is none. */
export function Folder() {
  const app = useApp();
  const { welcome } = useTexts();
  const reportError = useReportError();
  const folder = useSettings()?.destination ?? '';
  const [isOpen, setOpen] = useState(false);
  const save = (destination: string): void =>
    void app.settings.call('settings.set', { destination }).catch(reportError);
  const change = async (): Promise<void> => {
    if (app.info.shell === 'station') return setOpen(true);
    const chosen = await app.client.call('app.choose-folder', { current: folder });
    if (chosen !== null) save(chosen);
  };
  return (
    <FormLayoutFooter>
      <span>{welcome.folder}</span>
      <b className={css.folder} title={folder}>
        {folder}
      </b>
      <LinkButton onPress={() => void change()}>{welcome.change}</LinkButton>
      {isOpen && <Typed folder={folder} onClose={() => setOpen(false)} onSave={save} />}
    </FormLayoutFooter>
  );
}

function Typed({
  folder,
  onSave,
  onClose,
}: {
  folder: string;
  onSave: (folder: string) => void;
  onClose: () => void;
}) {
  const { welcome, common } = useTexts();
  const [typed, setTyped] = useState(folder);
  const submit = (): void => {
    if (typed.trim() === '') return;
    onSave(typed.trim());
    onClose();
  };
  return (
    <Dialog
      isOpen
      title={welcome.folderTitle}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button tone="main" onPress={submit}>
            {welcome.save}
          </Button>
        </>
      }
    >
      <Form onSubmit={submit}>
        <Field
          autoFocus
          help={welcome.folderHelp}
          label={welcome.folderLabel}
          value={typed}
          onChange={setTyped}
        />
      </Form>
    </Dialog>
  );
}
