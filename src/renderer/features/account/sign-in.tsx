import { useEffect, useRef, useState } from 'react';
import { useAccount, useDesk, useTexts } from '../../state/context.tsx';
import { useTask } from '../../state/use-task.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { ColumnFoot, ColumnMark, ColumnTitle, ColumnView, Form } from '../../ui/column.tsx';
import { Field } from '../../ui/field.tsx';
import { isEmail, type ScreenProps } from './draft.ts';
import { PasswordField, usePassword } from './password-field.tsx';
import { KeychainNotice, SessionEndedNotice, FormError } from './form-error.tsx';
import { Wanted } from './wanted.tsx';

export function SignIn({ draft, setDraft }: ScreenProps) {
  const desk = useDesk();
  const { account, common } = useTexts();
  const { go, leaveAccount } = desk.route.getState();
  const form = useSignIn(draft.email);
  const submit = async (): Promise<void> => {
    if (await form.submit()) leaveAccount();
  };
  return (
    <ColumnView>
      <ColumnMark name={common.product} />
      <ColumnTitle lead={account.signInLead} takesFocus={false}>
        {account.signIn}
      </ColumnTitle>
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
        <Button isPending={form.busy} size={40} tone="main" type="submit" wide>
          {account.signIn}
        </Button>
      </Form>
      <Wanted text={account.wantedSignIn} />
      <ColumnFoot>
        <span>{account.noAccount}</span>
        <LinkButton onPress={() => go({ name: 'account', screen: 'create' })}>
          {account.createFree}
        </LinkButton>
      </ColumnFoot>
    </ColumnView>
  );
}

function useSignIn(email: string) {
  const desk = useDesk();
  const { account } = useTexts();
  const flow = useAccount()?.pendingFlow;
  const task = useTask();
  const { busy, failed } = task;
  const password = usePassword(task, account.noMatch);
  const { inputRef: passwordRef } = password;
  const [tried, setTried] = useState(false);
  const emailRef = useRef<HTMLInputElement>(null);
  // Where the screen starts; typing does not move the focus.
  const [startsAtEmail] = useState(email === '');
  useEffect(() => {
    if (startsAtEmail) emailRef.current?.focus();
    else passwordRef.current?.focus();
  }, [startsAtEmail, passwordRef]);
  useEffect(() => {
    if (failed?.code === 'verification-required' && flow)
      desk.route.getState().go({ name: 'account', screen: 'code' });
  }, [desk, failed, flow]);
  const wrong = tried && !isEmail(email) ? account.wrongEmail : null;
  const submit = (): Promise<boolean> => {
    setTried(true);
    return password.send(
      async (given) =>
        desk.account.apply(
          await desk.client.call('account.sign-in', { email: email.trim(), password: given }),
        ),
      isEmail(email),
    );
  };
  return { busy, failed, password, wrong, emailRef, submit };
}
