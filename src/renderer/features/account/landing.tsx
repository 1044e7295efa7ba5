import { FolderDown, PackageCheck, ShieldCheck } from 'lucide-react';
import { useAccount, useApp, useNow, useTexts } from '../../state/context.tsx';
import { pendingScreen } from '../../state/account-screen.ts';
import { Button } from '../../ui/controls/button.tsx';
import { FormLayoutLogo, FormLayoutTitle, FormLayoutView } from '../../ui/layout/form-layout.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import css from './account.module.css';
import { KeychainNotice, SessionEndedNotice } from './form-error.tsx';
import { PendingDownloadCard } from './pending-download.tsx';

export function Landing() {
  const app = useApp();
  const { account, common } = useTexts();
  const { go } = app.route.getState();
  const known = useAccount();
  // Someone who was signed in here has an account.
  const signsIn =
    known !== null &&
    (known.sessionEnded || (known.keychain !== 'ok' && known.keychain !== 'absent'));
  return (
    <FormLayoutView>
      <FormLayoutLogo name={common.product} />
      <FormLayoutTitle lead={account.landingLead}>{account.landingTitle}</FormLayoutTitle>
      <KeychainNotice />
      <SessionEndedNotice />
      <Awaited />
      <ul className={css.points}>
        <li>
          <Icon of={PackageCheck} />
          <span>{account.points.whole}</span>
        </li>
        <li>
          <Icon of={ShieldCheck} />
          <span>{account.points.safe}</span>
        </li>
        <li>
          <Icon of={FolderDown} />
          <span>{account.points.bulk}</span>
        </li>
      </ul>
      <div className={css.start}>
        <Button
          size={40}
          tone={signsIn ? 'plain' : 'main'}
          onPress={() => go({ name: 'account', screen: 'create' })}
        >
          {account.create}
        </Button>
        <Button
          size={40}
          tone={signsIn ? 'main' : 'plain'}
          onPress={() => go({ name: 'account', screen: 'sign-in' })}
        >
          {account.signIn}
        </Button>
      </div>
      <PendingDownloadCard text={account.startsAfterAccount} />
    </FormLayoutView>
  );
}

/** A code sent earlier is still awaited. */
function Awaited() {
  const app = useApp();
  const { account } = useTexts();
  const known = useAccount();
  const now = useNow(60_000);
  const screen = known && pendingScreen(known, now);
  const flow = known?.pendingFlow;
  if (!screen || !flow) return null;
  const enter = (): void => app.route.getState().go({ name: 'account', screen });
  return (
    <InlineAlert
      action={
        <Button size={28} onPress={enter}>
          {flow.codeProved ? account.setPassword : account.enterCode}
        </Button>
      }
      title={flow.codeProved ? account.passwordDue : account.codeSent}
    >
      {flow.codeProved ? null : account.codeSentTo(flow.email)}
    </InlineAlert>
  );
}
