import { LogOut } from 'lucide-react';
import { countryName } from '../../i18n/format.ts';
import { useAccount, useDesk, useLanguage, useTexts } from '../../stores/context.tsx';
import { errorText } from '../../stores/downloads.ts';
import { useTask } from '../../stores/use-task.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/choice.tsx';
import { SettingLine, SettingPage, SettingRow, SettingSection } from '../../ui/setting.tsx';
import { Sessions } from './sessions.tsx';

export function Profile() {
  const desk = useDesk();
  const { account } = useTexts();
  const language = useLanguage();
  const profile = useAccount()?.profile;
  const leaving = useTask();
  if (!profile) return null;
  const signOut = async (): Promise<void> => {
    const done = await leaving.run(async () => desk.account.take(await desk.client.call('account.sign-out')));
    if (!done) return;
    desk.toasts.getState().show(account.signedOutToast);
    desk.route.getState().leaveAccount();
  };
  const details = [profile.displayName, profile.organisation, profile.country && countryName(profile.country, language)].filter(Boolean);
  return (
    <SettingPage>
      <SettingSection title={account.profile}>
        <SettingRow text={profile.email} title={account.signedInAs}>
          <SettingLine>
            <Button icon={LogOut} isPending={leaving.busy} onPress={() => void signOut()}>{account.signOut}</Button>
          </SettingLine>
        </SettingRow>
        {details.length > 0 && <SettingRow title={account.details}><SettingLine>{details.join(', ')}</SettingLine></SettingRow>}
        <SettingRow text={account.rightsText} title={account.rights}><SettingLine>{account.rightsOpen}</SettingLine></SettingRow>
        <SettingRow text={account.changePasswordText} title={account.password}>
          <SettingLine>
            <Button onPress={() => desk.route.getState().go({ name: 'account', screen: 'reset' })}>{account.changePassword}</Button>
          </SettingLine>
        </SettingRow>
        <Newsletter subscribed={profile.newsletter} />
        <Sessions />
      </SettingSection>
    </SettingPage>
  );
}

function Newsletter({ subscribed }: { subscribed: boolean }) {
  const desk = useDesk();
  const { account } = useTexts();
  const { busy, run } = useTask();
  const change = async (wanted: boolean): Promise<void> => {
    await run(async () => {
      try {
        desk.account.take(await desk.client.call('account.newsletter', { subscribed: wanted }));
      } catch (thrown) {
        desk.toasts.getState().show(errorText(desk, thrown));
        throw thrown;
      }
    });
  };
  return (
    <SettingRow text={account.newsletterText} title={account.newsletter}>
      <SettingLine>
        <Switch aria-label={account.newsletter} isDisabled={busy} isSelected={subscribed} onChange={(wanted) => void change(wanted)}>{subscribed ? account.on : account.off}</Switch>
      </SettingLine>
    </SettingRow>
  );
}
