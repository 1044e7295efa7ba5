import { useState } from 'react';
import { useDesk, useSettings, useTexts } from '../../state/context.tsx';
import { errorText } from '../../state/enqueue.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { ColumnFoot, Form } from '../../ui/column.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import css from './welcome.module.css';

/** Where downloads go: chosen in the system's dialog, or typed where there is none. */
export function Folder() {
  const desk = useDesk();
  const { welcome } = useTexts();
  const folder = useSettings()?.destination ?? '';
  const [isOpen, setOpen] = useState(false);
  const save = (destination: string): void =>
    void desk.client
      .call('settings.set', { destination })
      .then(desk.settings.apply, (error: unknown) =>
        desk.toasts.getState().show(errorText(desk, error)),
      );
  const change = async (): Promise<void> => {
    if (desk.info.shell === 'station') return setOpen(true);
    const chosen = await desk.client.call('app.choose-folder', { current: folder });
    if (chosen !== null) save(chosen);
  };
  return (
    <ColumnFoot>
      <span>{welcome.folder}</span>
      <b className={css.folder} title={folder}>
        {folder}
      </b>
      <LinkButton onPress={() => void change()}>{welcome.change}</LinkButton>
      {isOpen && <Typed folder={folder} onClose={() => setOpen(false)} onSave={save} />}
    </ColumnFoot>
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
