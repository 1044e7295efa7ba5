import { CircleCheck, KeyRound, LockOpen } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useAccount, useDesk, useTexts, useTransfers } from '../state/context.tsx';
import { announceKeychain, lookAtKeychain } from '../state/keychain.ts';
import { useTask } from '../state/use-task.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogList } from '../ui/dialog.tsx';

/**
 * The keychain was looked at and is still locked: what is safe, and what to do. Whoever closes it
 * is reminded by the strip.
 */
export function KeychainDialog() {
  const desk = useDesk();
  const { shell } = useTexts();
  const { asks } = useStore(desk.downloads);
  const account = useAccount();
  const waiting = useTransfers((state) => state.totals?.counts.waiting ?? 0);
  const { busy, run } = useTask();
  useEffect(() => announceKeychain(desk), [desk]);
  const close = (): void => desk.downloads.setState({ asks: null });
  const facts = [
    account?.profile
      ? shell.keychainFacts.signedIn(account.profile.email)
      : shell.keychainFacts.kept,
    ...(waiting > 0 ? [shell.keychainFacts.waiting(waiting)] : []),
    shell.keychainFacts.open,
  ];
  return (
    <Dialog
      icon={KeyRound}
      isOpen={asks === 'keychain' && account?.keychain === 'locked'}
      title={shell.keychainTitle}
      tone="warning"
      onClose={close}
      actions={
        <>
          <Button onPress={close}>{shell.later}</Button>
          <Button
            autoFocus
            icon={LockOpen}
            isPending={busy}
            tone="main"
            onPress={() => void run(() => lookAtKeychain(desk))}
          >
            {shell.unlockKeychain}
          </Button>
        </>
      }
    >
      <p>{desk.info.shell === 'station' ? shell.keychainStationText : shell.keychainText}</p>
      <DialogList items={facts.map((text) => ({ id: text, icon: CircleCheck, text }))} />
    </Dialog>
  );
}
