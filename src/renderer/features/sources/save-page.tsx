import { useEffect, useRef, useState } from 'react';
import { useApp, useTexts } from '../../state/context.tsx';
import { errorText } from '../../state/errors.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';

/** Dialog that saves a single page as an article, and opens it. */
export function SavePage({ first, onClose }: { first: string; onClose: () => void }) {
  const app = useApp();
  const { articles, sources, common } = useTexts();
  const [address, setAddress] = useState(first);
  const { run, isPending, error, clear } = useTask();
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => void (isOpen.current = false);
  }, []);
  const save = (): void => {
    if (address.trim() === '') return;
    void run(async () => {
      const { id } = await app.client.call('articles.save-page', { address: address.trim() });
      app.toasts.getState().show(articles.pageSaved);
      // Whoever has closed it meanwhile is elsewhere.
      if (!isOpen.current) return;
      onClose();
      app.route.getState().go({ name: 'articles', id });
    });
  };
  return (
    <Dialog
      isOpen
      title={articles.savePageTitle}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            isDisabled={address.trim() === ''}
            isPending={isPending}
            tone="main"
            onPress={save}
          >
            {articles.savePageNow}
          </Button>
        </>
      }
    >
      <Form failed={error} onSubmit={save}>
        <Field
          autoFocus
          autoComplete="url"
          error={
            error &&
            (articles.pageFaults[error.code] ??
              sources.addressFaults[error.code] ??
              errorText(app, error))
          }
          help={error ? null : articles.savePageHelp}
          inputMode="url"
          label={articles.pageAddress}
          placeholder={articles.pagePlaceholder}
          spellCheck="false"
          value={address}
          onChange={(text) => {
            clear();
            setAddress(text);
          }}
        />
      </Form>
    </Dialog>
  );
}
