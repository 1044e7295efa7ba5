import { ExternalLink } from 'lucide-react';
import { useStore } from 'zustand';
import { useDesk, useTexts } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

/**
 * On the station: where an address leads, before the browser opens it. A window of ours asks
 * through the system's dialog.
 */
export function ExternalDialog() {
  const desk = useDesk();
  const { common, shell } = useTexts();
  const { asked } = useStore(desk.external);
  const close = (): void => desk.external.setState({ asked: null });
  const open = (): void => {
    if (asked) window.open(asked.href, '_blank', 'noopener,noreferrer');
    close();
  };
  return (
    <Dialog
      icon={ExternalLink}
      isOpen={asked !== null}
      title={shell.openAddress}
      onClose={close}
      actions={
        <>
          <Button onPress={close}>{common.cancel}</Button>
          <Button autoFocus tone="main" onPress={open}>
            {shell.open}
          </Button>
        </>
      }
    >
      <p>
        <b>{asked?.host}</b>
      </p>
    </Dialog>
  );
}
