import { MailPlus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useAccount, useDesk, useRoute, useTexts } from '../../state/context.tsx';
import type { PendingDownload } from '../../state/enqueue-dialogs.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/button.tsx';
import { ColumnTitle, ColumnView } from '../../ui/column.tsx';
import { Notice } from '../../ui/notice.tsx';
import css from './account.module.css';
import { Steps, useSteps } from './steps.tsx';
import { FormError } from './form-error.tsx';
import { Going } from './wanted.tsx';

export function Created({ intent }: { intent: PendingDownload | null }) {
  const desk = useDesk();
  const { account, shell, common } = useTexts();
  const steps = useSteps();
  const email = useAccount()?.profile?.email ?? '';
  const from = useRoute(({ behind }) => behind.at(-1)?.name ?? 'catalogue');
  const backRef = useRef<HTMLButtonElement>(null);
  const back = from === 'welcome' || from === 'account' ? common.catalogue : shell.backTo[from];
  return (
    <ColumnView>
      <Steps at={2} names={steps.registration} />
      <ColumnTitle
        lead={
          <>
            {account.createdLeadBefore}
            <b>{email}</b>
            {account.createdLeadAfter}
          </>
        }
      >
        {account.createdTitle}
      </ColumnTitle>
      <Going intent={intent} />
      <Offer onAnswered={() => backRef.current?.focus()} />
      <Button
        ref={backRef}
        size={40}
        tone="main"
        wide
        onPress={() => desk.route.getState().leaveAccount()}
      >
        {back}
      </Button>
    </ColumnView>
  );
}

/**
 * One button, never ticked before; "Not now" and nothing more is said of it. An answer takes the
 * buttons away, so the focus goes on.
 */
function Offer({ onAnswered }: { onAnswered: () => void }) {
  const desk = useDesk();
  const { account } = useTexts();
  const subscribed = useAccount()?.profile?.newsletter ?? false;
  const [declined, setDeclined] = useState(false);
  const { busy, failed, run } = useTask();
  if (subscribed)
    return (
      <Notice title={account.subscribed} tone="success">
        {account.subscribedText}
      </Notice>
    );
  if (declined) return null;
  const subscribe = async (): Promise<void> => {
    if (
      await run(async () =>
        desk.account.apply(await desk.client.call('account.newsletter', { subscribed: true })),
      )
    )
      onAnswered();
  };
  const decline = (): void => {
    setDeclined(true);
    onAnswered();
  };
  return (
    <section className={css.offer}>
      <h2>{account.offerTitle}</h2>
      <p>{account.offerText}</p>
      <FormError failed={failed} />
      <div className={css.acts}>
        <Button icon={MailPlus} isPending={busy} onPress={() => void subscribe()}>
          {account.subscribe}
        </Button>
        <Button tone="quiet" onPress={decline}>
          {account.notNow}
        </Button>
      </div>
    </section>
  );
}
