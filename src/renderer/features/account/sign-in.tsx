import { useEffect, useRef, useState } from 'react';
import { useApp, useTexts } from '../../state/context.tsx';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import {
  FormLayoutFooter,
  FormLayoutLogo,
  FormLayoutTitle,
  FormLayoutView,
  Form,
} from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { isEmail, type ScreenProps } from './draft.ts';
import { PasswordField, usePassword } from './password-field.tsx';
import { KeychainNotice, SessionEndedNotice, FormError } from './form-error.tsx';
import { PendingDownloadCard } from './pending-download.tsx';
import { useCall } from '../../state/projection.ts';

export function SignIn({ draft, setDraft }: ScreenProps) {
  const app = useApp();
  const { account, common } = useTexts();
  const { go, leaveAccount } = app.route.getState();
  const form = useSignIn(draft.email);
  const submit = async (): Promise<void> => {
    if (await form.submit()) leaveAccount();
  };
  return (
    <FormLayoutView>
      <FormLayoutLogo name={common.product} />
      <FormLayoutTitle lead={account.signInLead} takesFocus={false}>
        {account.signIn}
      </FormLayoutTitle>
      <KeychainNotice />
      <SessionEndedNotice />
      <Form failed={form.failed} onSubmit={() => void submit()}>
        <Field
          isRequired
          autoComplete="username"
          error={form.wrong}
          inputMode="email"
          inputRef={form.emailRef}
          label={account.email}
          name="username"
          type="email"
          value={draft.email}
          onChange={(email) => setDraft({ email })}
        />
        <PasswordField
          aside={
            <LinkButton onPress={() => go({ name: 'account', screen: 'reset' })}>
              {account.forgot}
            </LinkButton>
          }
          autoComplete="current-password"
          error={form.password.wrong}
          inputRef={form.password.inputRef}
          label={account.password}
          value={form.password.value}
          onChange={form.password.change}
        />
        <FormError failed={form.failed} spoken={['invalid-credentials']} />
        <Button isPending={form.isPending} size={40} tone="main" type="submit" wide>
          {account.signIn}
        </Button>
      </Form>
      <PendingDownloadCard text={account.startsAfterSignIn} />
      <FormLayoutFooter>
        <span>{account.noAccount}</span>
        <LinkButton onPress={() => go({ name: 'account', screen: 'create' })}>
          {account.createFree}
        </LinkButton>
      </FormLayoutFooter>
    </FormLayoutView>
  );
}

function useSignIn(email: string) {
  const app = useApp();
  const { account } = useTexts();
  const { run, isPending, error } = useCall(app.account, 'account.sign-in');
  const password = usePassword({ isPending, error }, account.wrongCredentials);
  const { inputRef: passwordRef } = password;
  const [tried, setTried] = useState(false);
  const emailRef = useRef<HTMLInputElement>(null);
  // Initial focus; typing does not move it.
  const [startsAtEmail] = useState(email === '');
  useEffect(() => {
    if (startsAtEmail) emailRef.current?.focus();
    else passwordRef.current?.focus();
  }, [startsAtEmail, passwordRef]);
  // A registration that still awaits its code.
  useEffect(() => {
    if (error?.code === 'verification-required')
      app.route.getState().go({ name: 'account', screen: 'code' });
  }, [app, error]);
  const wrong = tried && !isEmail(email) ? account.wrongEmail : null;
  const submit = (): Promise<boolean> => {
    setTried(true);
    return password.send((given) => run({ email: email.trim(), password: given }), isEmail(email));
  };
  return { isPending, failed: error, password, wrong, emailRef, submit };
}
