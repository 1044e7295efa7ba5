import { useAccount, useApp, useConnection, useTexts } from '../../state/context.tsx';
import type { AccountScreen } from '../../state/route.ts';
import { Button } from '../../ui/controls/button.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { Row, Section } from './parts.tsx';

export function Account() {
  const app = useApp();
  const { settings: words, sources } = useTexts();
  const account = useAccount();
  const go = (screen: AccountScreen) => (): void =>
    app.route.getState().go({ name: 'account', screen });
  const isSignedIn = account?.status === 'signed-in';
  const hasNoService = useConnection()?.state === 'no-service';
  return (
    <Section of="account" {...(app.info.vault === 'file' && { text: words.secretsInFile })}>
      {isSignedIn ? (
        <Row text={account.profile?.email ?? ''} title={words.signedIn}>
          <SettingControls>
            <Button onPress={go('profile')}>{words.manage}</Button>
          </SettingControls>
        </Row>
      ) : hasNoService ? (
        <Row text={words.noServiceText} title={words.noAccount}>
          <SettingControls>
            <Button
              onPress={() => app.route.getState().go({ name: 'settings', section: 'network' })}
            >
              {sources.setUpService}
            </Button>
          </SettingControls>
        </Row>
      ) : (
        <Row text={words.notSignedInText} title={words.notSignedIn}>
          <SettingControls>
            <Button onPress={go('create')}>{words.create}</Button>
            <Button onPress={go('sign-in')}>{words.signIn}</Button>
          </SettingControls>
        </Row>
      )}
    </Section>
  );
}
