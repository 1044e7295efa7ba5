import { FolderDown, PackageCheck, ShieldCheck } from 'lucide-react';
import { useAccount, useDesk, useTexts } from '../../state/context.tsx';
import { screenOf } from '../../state/pending-flow.ts';
import { Button } from '../../ui/button.tsx';
import { ColumnMark, ColumnTitle, ColumnView } from '../../ui/column.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Notice } from '../../ui/notice.tsx';
import css from './account.module.css';
import { KeychainNotice, SessionEndedNotice } from './form-error.tsx';
import { Wanted } from './wanted.tsx';

export function Landing() {
  const desk = useDesk();
  const { account, common } = useTexts();
  const { go } = desk.route.getState();
  const known = useAccount();
  // Who was signed in here has an account.
  const signsIn =
    known !== null &&
    (known.sessionEnded || (known.keychain !== 'ok' && known.keychain !== 'absent'));
  return (
    <ColumnView>
      <ColumnMark name={common.product} />
      <ColumnTitle lead={account.landingLead}>{account.landingTitle}</ColumnTitle>
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
      <Wanted text={account.wantedCode} />
    </ColumnView>
  );
}

/** A code is still on its way from last time. */
function Awaited() {
  const desk = useDesk();
  const { account } = useTexts();
  const flow = useAccount()?.pendingFlow;
  if (!flow) return null;
  const enter = (): void => desk.route.getState().go({ name: 'account', screen: screenOf(flow) });
  return (
    <Notice
      action={
        <Button size={28} onPress={enter}>
          {flow.codeProved ? account.setPassword : account.enterCode}
        </Button>
      }
      title={account.awaited}
    >
      {account.awaitedText(flow.email)}
    </Notice>
  );
}
