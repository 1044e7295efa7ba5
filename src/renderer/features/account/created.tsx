import { MailPlus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useAccount, useApp, useRoute, useTexts } from '../../state/context.tsx';
import type { PendingDownload } from '../../state/enqueue-dialogs.ts';
import { Button } from '../../ui/controls/button.tsx';
import { FormLayoutTitle, FormLayoutView } from '../../ui/layout/form-layout.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import css from './account.module.css';
import { Steps, useSteps } from './steps.tsx';
import { FormError } from './form-error.tsx';
import { ResumedDownload } from './pending-download.tsx';
import { useCall } from '../../state/projection.ts';

export function Created({ pending }: { pending: PendingDownload | null }) {
  const app = useApp();
  const { account, shell, common } = useTexts();
  const steps = useSteps();
  const email = useAccount()?.profile?.email ?? '';
  const from = useRoute(({ history }) => history.at(-1)?.name ?? 'catalogue');
  const backRef = useRef<HTMLButtonElement>(null);
  const back = from === 'welcome' || from === 'account' ? common.catalogue : shell.backTo[from];
  return (
    <FormLayoutView>
      <Steps at={2} names={steps.registration} />
      <FormLayoutTitle
        lead={
          <>
            {account.createdLeadBefore}
            <b>{email}</b>
            {account.createdLeadAfter}
          </>
        }
      >
        {account.createdTitle}
      </FormLayoutTitle>
      <ResumedDownload pending={pending} />
      <Offer onAnswered={() => backRef.current?.focus()} />
      <Button
        ref={backRef}
        size={40}
        tone="main"
        wide
        onPress={() => app.route.getState().leaveAccount()}
      >
        {back}
      </Button>
    </FormLayoutView>
  );
}

/**
 * Newsletter offer: an explicit button, never preselected; "Not now" ends it. An answer removes the
 * buttons, so the focus moves on.
 */
function Offer({ onAnswered }: { onAnswered: () => void }) {
  const app = useApp();
  const { account } = useTexts();
  const subscribed = useAccount()?.profile?.newsletter ?? false;
  const [declined, setDeclined] = useState(false);
  const newsletter = useCall(app.account, 'account.newsletter');
  if (subscribed)
    return (
      <InlineAlert title={account.subscribed} tone="success">
        {account.subscribedText}
      </InlineAlert>
    );
  if (declined) return null;
  const subscribe = async (): Promise<void> => {
    if (await newsletter.run({ subscribed: true })) onAnswered();
  };
  const decline = (): void => {
    setDeclined(true);
    onAnswered();
  };
  return (
    <section className={css.offer}>
      <h2>{account.offerTitle}</h2>
      <p>{account.offerText}</p>
      <FormError failed={newsletter.error} />
      <div className={css.actions}>
        <Button icon={MailPlus} isPending={newsletter.isPending} onPress={() => void subscribe()}>
          {account.subscribe}
        </Button>
        <Button tone="quiet" onPress={decline}>
          {account.notNow}
        </Button>
      </div>
    </section>
  );
}
