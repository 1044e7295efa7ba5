import { useAccount, useDesk, useTexts } from '../../state/context.tsx';
import type { AccountScreen } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { SettingLine } from '../../ui/setting.tsx';
import { Row, Section } from './parts.tsx';

export function Account() {
  const desk = useDesk();
  const { settings: words } = useTexts();
  const account = useAccount();
  const go = (screen: AccountScreen) => (): void =>
    desk.route.getState().go({ name: 'account', screen });
  const isSignedIn = account?.status === 'signed-in';
  return (
    <Section of="account">
      {isSignedIn ? (
        <Row text={account.profile?.email ?? ''} title={words.signedIn}>
          <SettingLine>
            <Button onPress={go('profile')}>{words.manage}</Button>
          </SettingLine>
        </Row>
      ) : (
        <Row text={words.notSignedInText} title={words.notSignedIn}>
          <SettingLine>
            <Button onPress={go('create')}>{words.create}</Button>
            <Button onPress={go('sign-in')}>{words.signIn}</Button>
          </SettingLine>
        </Row>
      )}
    </Section>
  );
}
