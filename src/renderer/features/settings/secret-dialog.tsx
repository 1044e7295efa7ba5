import { Copy } from 'lucide-react';
import { useApp, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import css from './secret-dialog.module.css';

/** The only time that a secret is shown: a button alone closes it. */
export function SecretDialog({
  title,
  text,
  label,
  value,
  said,
  onClose,
}: {
  title: string;
  /** What it is for, and that it can’t be shown again. */
  text: string;
  label: string;
  value: string;
  /** Once it is copied. */
  said: string;
  onClose: () => void;
}) {
  const app = useApp();
  const { common } = useTexts();
  return (
    <Dialog
      isOpen
      urgent
      wide
      actions={
        <Button tone="main" onPress={onClose}>
          {common.done}
        </Button>
      }
      title={title}
      onClose={onClose}
    >
      <p>{text}</p>
      <div className={css.secret}>
        <Field isReadOnly autoComplete="off" label={label} spellCheck="false" value={value} />
        <Button autoFocus icon={Copy} size={36} onPress={() => void copyText(app, value, said)}>
          {common.copy}
        </Button>
      </div>
    </Dialog>
  );
}
