import { ScrollText } from 'lucide-react';
import { useStore } from 'zustand';
import { useAccount, useDesk, useTexts } from '../state/context.tsx';
import { errorText } from '../state/enqueue.ts';
import { useTask } from '../state/use-task.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogList } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';

/**
 * The terms of use have changed: whoever accepts them goes on with what waited for it; whoever
 * closes it is asked again by the strip.
 */
export function NewTermsDialog() {
  const desk = useDesk();
  const { account } = useTexts();
  const { asks } = useStore(desk.downloads);
  const isDue = useAccount()?.termsDue ?? false;
  const { busy, failed, run, clear } = useTask();
  const close = (): void => {
    clear();
    desk.downloads.setState({ asks: null });
  };
  const accept = async (): Promise<void> => {
    if (!(await run(async () => desk.account.take(await desk.client.call('account.accept-terms')))))
      return;
    close();
    desk.toasts.getState().show(account.termsAccepted);
  };
  return (
    <Dialog
      icon={ScrollText}
      isOpen={asks === 'new-terms' && isDue}
      title={account.termsDue}
      onClose={close}
      actions={
        <>
          <Button onPress={close}>{account.notNow}</Button>
          <Button isPending={busy} tone="main" onPress={() => void accept()}>
            {account.acceptTerms}
          </Button>
        </>
      }
    >
      <p>{account.termsDueText}</p>
      <DialogList items={account.terms.map((text) => ({ id: text, icon: ScrollText, text }))} />
      {failed && <Notice title={errorText(desk, failed)} tone="danger" urgent />}
      <p>{account.termsKeepText}</p>
    </Dialog>
  );
}
