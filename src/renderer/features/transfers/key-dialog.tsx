import { KeyRound, ShieldAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Returned } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { errorText } from '../../state/errors.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Dialog, DialogList } from '../../ui/overlays/dialog.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';

type Keys = Returned<AppContract, 'keys.get'>;

/**
 * The service signs with a key other than the pinned one: the user is warned and sees both keys
 * before accepting.
 */
export function KeyButton({ onAccepted }: { onAccepted: () => void }) {
  const { transfers } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={KeyRound} size={28} onPress={() => setOpen(true)}>
        {transfers.reviewKey}
      </Button>
      {isOpen && <KeyDialog onAccepted={onAccepted} onClose={() => setOpen(false)} />}
    </>
  );
}

function KeyDialog({ onAccepted, onClose }: { onAccepted: () => void; onClose: () => void }) {
  const app = useApp();
  const { transfers, common } = useTexts();
  const [keys, setKeys] = useState<Keys | null>(null);
  const { isPending, error, run } = useTask();
  useEffect(() => void run(async () => setKeys(await app.client.call('keys.get'))), [app, run]);
  const accept = async (): Promise<void> => {
    if (!keys || !(await run(() => app.client.call('keys.accept', { seen: keys.offered })))) return;
    onClose();
    app.toasts.getState().show(transfers.trustedToast);
    onAccepted();
  };
  const listed = (list: Keys['offered'], tone?: 'danger') =>
    list.map(({ keyId, publicKey }) => ({
      id: `${tone ?? ''}${keyId}${publicKey}`,
      icon: KeyRound,
      tone,
      text: (
        <>
          <b>{keyId}</b>
          <br />
          {publicKey}
        </>
      ),
    }));
  return (
    <Dialog
      isOpen
      urgent
      icon={ShieldAlert}
      title={transfers.keyTitle}
      tone="danger"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            isDisabled={!keys || keys.offered.length === 0}
            isPending={isPending}
            tone="danger"
            onPress={() => void accept()}
          >
            {transfers.trustKey}
          </Button>
        </>
      }
    >
      <p>{transfers.keyWarning}</p>
      {keys && (
        <>
          <p>{transfers.keyKnown}</p>
          <DialogList items={listed(keys.pinned)} />
          <p>{transfers.keyOffered}</p>
          <DialogList items={listed(keys.offered, 'danger')} />
        </>
      )}
      {error && <InlineAlert title={errorText(app, error)} tone="danger" urgent />}
    </Dialog>
  );
}
