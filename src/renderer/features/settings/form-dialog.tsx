import { useId, type ReactNode } from 'react';
import { useTexts } from '../../state/context.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';

/** Fields that are saved together. */
export function FormDialog({
  title,
  failed,
  fault,
  isPending,
  submit,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  failed: unknown;
  /** What went wrong, in words; null for nothing. */
  fault: string | null;
  isPending: boolean;
  /** What its button says; “Save” without it. */
  submit?: string;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const { settings, common } = useTexts();
  const id = useId();
  return (
    <Dialog
      isOpen
      title={title}
      actions={
        <>
          <Button tone="quiet" onPress={onClose}>
            {common.cancel}
          </Button>
          <Button form={id} isPending={isPending} tone="main" type="submit">
            {submit ?? settings.save}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <Form failed={failed} id={id} onSubmit={onSubmit}>
        {fault !== null && <InlineAlert title={fault} tone="danger" />}
        {children}
      </Form>
    </Dialog>
  );
}
