import { Download, LogOut, Pencil } from 'lucide-react';
import { countryName, formatDate } from '../../i18n/format.ts';
import { useAccount, useApp, useLanguage, useTexts } from '../../state/context.tsx';
import type { AccountView } from '../../state/views.ts';
import { useReportError } from '../../state/errors.ts';
import type { AccountScreen } from '../../state/route.ts';
import { saveDocument } from '../../state/document-files.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Switch } from '../../ui/controls/choice.tsx';
import {
  SettingControls,
  SettingPage,
  SettingRow,
  SettingSection,
} from '../../ui/layout/setting.tsx';
import { Sessions } from './sessions.tsx';
import { useCall } from '../../state/projection.ts';

type ProfileView = NonNullable<AccountView['profile']>;

export function Profile() {
  const app = useApp();
  const { account } = useTexts();
  const profile = useAccount()?.profile;
  const signOut = useCall(app.account, 'account.sign-out');
  if (!profile) return null;
  const leave = async (): Promise<void> => {
    if (!(await signOut.run())) return;
    app.toasts.getState().show(account.signedOutToast);
    app.route.getState().leaveAccount();
  };
  return (
    <SettingPage title={account.profile}>
      <SettingSection title={account.person}>
        <SettingRow text={profile.email} title={account.signedInAs}>
          <SettingControls>
            <Button icon={LogOut} isPending={signOut.isPending} onPress={() => void leave()}>
              {account.signOut}
            </Button>
          </SettingControls>
        </SettingRow>
        <Person profile={profile} />
      </SettingSection>
      <SettingSection title={account.services}>
        <SettingRow text={account.downloadAccessText} title={account.downloadAccess}>
          <SettingControls>{account.included}</SettingControls>
        </SettingRow>
        <Newsletter profile={profile} />
      </SettingSection>
      <Sessions email={profile.email} />
      <SettingSection title={account.data}>
        <Data />
      </SettingSection>
    </SettingPage>
  );
}

/** Personal details, each with the page that changes it. */
function Person({ profile }: { profile: ProfileView }) {
  const app = useApp();
  const { account } = useTexts();
  const language = useLanguage();
  const to = (screen: AccountScreen) => (): void =>
    app.route.getState().go({ name: 'account', screen });
  const details = [
    profile.displayName,
    profile.organisation,
    profile.country && countryName(profile.country, language),
  ].filter(Boolean);
  return (
    <>
      <SettingRow text={details.join(', ')} title={account.details}>
        <SettingControls>
          <Button icon={Pencil} onPress={to('edit')}>
            {account.edit}
          </Button>
        </SettingControls>
      </SettingRow>
      <SettingRow text={profile.email} title={account.emailRow}>
        <SettingControls>
          <Button onPress={to('email')}>{account.changeEmail}</Button>
        </SettingControls>
      </SettingRow>
      <SettingRow text={account.passwordRow} title={account.password}>
        <SettingControls>
          <Button onPress={to('password')}>{account.passwordAction}</Button>
        </SettingControls>
      </SettingRow>
    </>
  );
}

function Newsletter({ profile: { newsletter, newsletterChangedAt } }: { profile: ProfileView }) {
  const app = useApp();
  const { account } = useTexts();
  const language = useLanguage();
  const reportError = useReportError();
  const change = (subscribed: boolean): Promise<unknown> =>
    app.account.call('account.newsletter', { subscribed }).catch(reportError);
  const day = newsletterChangedAt === null ? null : formatDate(newsletterChangedAt, language);
  return (
    <SettingRow
      text={
        day === null
          ? account.newsletterText
          : newsletter
            ? account.newsletterSince(day)
            : account.newsletterEnded(day)
      }
      title={account.newsletter}
    >
      <SettingControls>
        <Switch aria-label={account.newsletter} isSelected={newsletter} onChange={change}>
          {(isOn) => (isOn ? account.on : account.off)}
        </Switch>
      </SettingControls>
    </SettingRow>
  );
}

function Data() {
  const app = useApp();
  const { account } = useTexts();
  const { isPending, run } = useTask(useReportError());
  const save = (): Promise<boolean> =>
    run(async () => {
      const { name, text } = await app.client.call('account.export');
      saveDocument(name, text);
      app.toasts.getState().show(account.exportedToast);
    });
  return (
    <>
      <SettingRow text={account.exportText} title={account.exportRow}>
        <SettingControls>
          <Button icon={Download} isPending={isPending} onPress={() => void save()}>
            {account.exportAction}
          </Button>
        </SettingControls>
      </SettingRow>
      <SettingRow text={account.deleteText} title={account.deleteRow}>
        <SettingControls>
          <Button
            tone="danger"
            onPress={() => app.route.getState().go({ name: 'account', screen: 'delete' })}
          >
            {account.deleteAction}
          </Button>
        </SettingControls>
      </SettingRow>
    </>
  );
}
