import { useEffect, useState, type ReactNode } from 'react';
import { useAccount, useApp, useConnection, useRoute, useSettings } from '../../state/context.tsx';
import type { AccountView } from '../../state/views.ts';
import { accountScreen } from '../../state/account-screen.ts';
import type { AccountScreen as Screen } from '../../state/route.ts';
import { ChangeEmail } from './change-email.tsx';
import { ChangePassword } from './change-password.tsx';
import { Code } from './code.tsx';
import { Create } from './create.tsx';
import { Created } from './created.tsx';
import { DeleteAccount } from './delete-account.tsx';
import { useDraft } from './draft.ts';
import { EditProfile } from './edit-profile.tsx';
import { Landing } from './landing.tsx';
import { NoService } from './no-service.tsx';
import { Profile } from './profile.tsx';
import { NewPassword, PasswordUpdated, Reset } from './reset.tsx';
import { SignIn } from './sign-in.tsx';

export function AccountScreen() {
  const account = useAccount();
  const hasNoService = useConnection()?.state === 'no-service';
  if (hasNoService) return <NoService />;
  return account && account.status !== 'loading' ? <Screens account={account} /> : null;
}

function Screens({ account }: { account: AccountView }) {
  const app = useApp();
  const wanted = useRoute(({ current }) =>
    current.name === 'account' ? current.screen : 'landing',
  );
  const pending = useSettings()?.pendingDownload ?? null;
  // The pending download starts as soon as there is an account; the last screen still shows which
  // one it was.
  const [lastPending, setLastPending] = useState(pending);
  if (pending && pending !== lastPending) setLastPending(pending);
  const [draft, setDraft] = useDraft(
    app,
    account.pendingFlow?.email ?? account.profile?.email ?? '',
  );
  const email = account.profile?.email ?? '';
  const screen = accountScreen(account, wanted);
  useEffect(() => {
    if (screen !== wanted) app.route.getState().go({ name: 'account', screen });
  }, [app, screen, wanted]);
  const screens: Record<Screen, () => ReactNode> = {
    landing: () => <Landing />,
    'sign-in': () => <SignIn draft={draft} setDraft={setDraft} />,
    create: () => <Create draft={draft} setDraft={setDraft} />,
    code: () => account.pendingFlow && <Code flow={account.pendingFlow} />,
    created: () => <Created pending={lastPending} />,
    reset: () => <Reset draft={draft} setDraft={setDraft} />,
    'new-password': () => (
      <NewPassword
        email={account.pendingFlow?.email ?? draft.email}
        name={account.profile?.displayName ?? null}
      />
    ),
    'password-updated': () => <PasswordUpdated />,
    profile: () => <Profile />,
    password: () => <ChangePassword email={email} name={account.profile?.displayName ?? null} />,
    email: () => <ChangeEmail email={email} />,
    'email-code': () => account.pendingFlow && <Code flow={account.pendingFlow} />,
    edit: () => account.profile && <EditProfile profile={account.profile} />,
    delete: () => <DeleteAccount email={email} />,
  };
  return screens[screen]();
}
