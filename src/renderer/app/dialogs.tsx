import {
  Ban,
  CircleCheck,
  ExternalLink,
  FolderOpen,
  KeyRound,
  LockOpen,
  ScrollText,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useAccount, useApp, useTexts, useTransfers } from '../state/context.tsx';
import { announceKeychain, retryKeychain } from '../state/keychain.ts';
import { useTask } from '../state/use-task.ts';
import { Button } from '../ui/controls/button.tsx';
import { Dialog, DialogList } from '../ui/overlays/dialog.tsx';
import { errorText, reportError } from '../state/errors.ts';
import { revealFolder, statesOf } from '../state/reveal.ts';
import { Field } from '../ui/controls/field.tsx';
import { Form } from '../ui/layout/form-layout.tsx';
import { InlineAlert } from '../ui/display/inline-alert.tsx';
import { useCall } from '../state/projection.ts';

/**
 * The keychain was checked and is still locked: what is safe and what to do. The banner remains
 * after it is closed.
 */
export function KeychainDialog() {
  const app = useApp();
  const { shell } = useTexts();
  const { openDialog } = useStore(app.downloads);
  const account = useAccount();
  const waiting = useTransfers((state) => state.totals?.counts.waiting ?? 0);
  const { isPending, run } = useTask();
  useEffect(() => announceKeychain(app), [app]);
  const close = (): void => app.downloads.setState({ openDialog: null });
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
      isOpen={openDialog === 'keychain' && account?.keychain === 'locked'}
      title={shell.keychainTitle}
      tone="warning"
      onClose={close}
      actions={
        <>
          <Button onPress={close}>{shell.later}</Button>
          <Button
            autoFocus
            icon={LockOpen}
            isPending={isPending}
            tone="main"
            onPress={() => void run(() => retryKeychain(app))}
          >
            {shell.checkKeychain}
          </Button>
        </>
      }
    >
      <p>{app.info.shell === 'station' ? shell.keychainStationText : shell.keychainText}</p>
      <DialogList items={facts.map((text) => ({ id: text, icon: CircleCheck, text }))} />
    </Dialog>
  );
}

/**
 * The terms of use have changed. Accepting them resumes what waited; closing the dialog leaves the
 * banner.
 */
export function TermsUpdateDialog() {
  const app = useApp();
  const { account } = useTexts();
  const { openDialog } = useStore(app.downloads);
  const isDue = useAccount()?.termsDue ?? false;
  const accept = useCall(app.account, 'account.accept-terms');
  const close = (): void => {
    accept.clear();
    app.downloads.setState({ openDialog: null });
  };
  const submit = async (): Promise<void> => {
    if (!(await accept.run())) return;
    close();
    app.toasts.getState().show(account.termsAccepted);
  };
  return (
    <Dialog
      icon={ScrollText}
      isOpen={openDialog === 'new-terms' && isDue}
      title={account.termsDue}
      onClose={close}
      actions={
        <>
          <Button onPress={close}>{account.notNow}</Button>
          <Button isPending={accept.isPending} tone="main" onPress={() => void submit()}>
            {account.acceptTerms}
          </Button>
        </>
      }
    >
      <p>{account.termsDueText}</p>
      <DialogList items={account.terms.map((text) => ({ id: text, icon: ScrollText, text }))} />
      {accept.error && <InlineAlert title={errorText(app, accept.error)} tone="danger" urgent />}
      <p>{account.termsKeepText}</p>
    </Dialog>
  );
}

/** On the station: the path of a folder, which is one of another computer. */
export function FolderDialog() {
  const app = useApp();
  const { folderRequest } = useStore(app.downloads);
  if (!folderRequest) return null;
  const end = (folder: string | null): void => {
    app.downloads.setState({ folderRequest: null });
    folderRequest.resolve(folder);
  };
  return <TypedFolder current={folderRequest.current} onEnd={end} />;
}

function TypedFolder({
  current,
  onEnd,
}: {
  current: string;
  onEnd: (folder: string | null) => void;
}) {
  const { downloads, common } = useTexts();
  const [typed, setTyped] = useState(current);
  const submit = (): void => {
    if (typed.trim() !== '') onEnd(typed.trim());
  };
  return (
    <Dialog
      isOpen
      title={downloads.folderTitle}
      onClose={() => onEnd(null)}
      actions={
        <>
          <Button onPress={() => onEnd(null)}>{common.cancel}</Button>
          <Button tone="main" onPress={submit}>
            {downloads.saveFolder}
          </Button>
        </>
      }
    >
      <Form onSubmit={submit}>
        <Field
          autoFocus
          help={downloads.folderHelp}
          label={downloads.folderLabel}
          value={typed}
          onChange={setTyped}
        />
      </Form>
    </Dialog>
  );
}

/**
 * On the station, shows where an address leads before the browser opens it. A window uses the
 * system's dialog.
 */
export function ExternalDialog() {
  const app = useApp();
  const { common, shell } = useTexts();
  const { asked } = useStore(app.external);
  const close = (): void => app.external.setState({ asked: null });
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

/** What must not be used any more is shown to whoever insists, and that is recorded. */
export function RevealDialog() {
  const app = useApp();
  const { common, downloads } = useTexts();
  const { revealRequest } = useStore(app.downloads);
  const { isPending, run } = useTask();
  const close = (): void => app.downloads.setState({ revealRequest: null });
  const show = async (): Promise<void> => {
    if (!revealRequest) return;
    await revealFolder(app, revealRequest, revealRequest.states).catch((thrown: unknown) =>
      reportError(app, thrown),
    );
    close();
  };
  const [state = 'other'] = statesOf(revealRequest?.states ?? []);
  return (
    <Dialog
      icon={Ban}
      isOpen={revealRequest !== null}
      title={downloads.revealTitle}
      tone="danger"
      onClose={close}
      actions={
        <>
          <Button autoFocus onPress={close}>
            {common.cancel}
          </Button>
          <Button icon={FolderOpen} isPending={isPending} onPress={() => void run(show)}>
            {downloads.revealAnyway}
          </Button>
        </>
      }
    >
      <p>
        <b>{revealRequest?.title}</b>
      </p>
      <p>{downloads.revealStates[state] ?? downloads.revealStates['other']}</p>
      <p>{downloads.revealText}</p>
    </Dialog>
  );
}
