import { useEffect, useRef, useState } from 'react';
import { useApp, useTexts } from '../../state/context.tsx';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import {
  FormLayoutFooter,
  FormLayoutTitle,
  FormLayoutView,
  Form,
} from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { isEmail } from './draft.ts';
import { fieldErrors, FormError } from './form-error.tsx';
import { CurrentPassword, usePassword } from './password-field.tsx';
import { Steps, useSteps } from './steps.tsx';
import { useCall } from '../../state/projection.ts';

/** The service answers alike for every address, so that nobody learns whose it is. */
export function ChangeEmail({ email }: { email: string }) {
  const app = useApp();
  const { account } = useTexts();
  const steps = useSteps();
  const { go } = app.route.getState();
  const form = useChange(email);
  const submit = async (): Promise<void> => {
    if (await form.submit()) go({ name: 'account', screen: 'email-code' });
  };
  return (
    <FormLayoutView>
      <Steps at={0} names={steps.emailChange} />
      <FormLayoutTitle lead={account.emailLead(email)} takesFocus={false}>
        {account.emailTitle}
      </FormLayoutTitle>
      <Form failed={form.failed} onSubmit={() => void submit()}>
        <Field
          isRequired
          autoComplete="email"
          error={form.wrong}
          inputMode="email"
          inputRef={form.emailRef}
          label={account.newEmail}
          name="email"
          type="email"
          value={form.newEmail}
          onChange={form.setNewEmail}
        />
        <CurrentPassword email={email} password={form.password} />
        <FormError failed={form.failed} spoken={['invalid-credentials', 'validation-failed']} />
        <Button isPending={form.isPending} size={40} tone="main" type="submit" wide>
          {account.sendCode}
        </Button>
      </Form>
      <FormLayoutFooter>
        <LinkButton onPress={() => go({ name: 'account', screen: 'profile' })}>
          {account.cancelEdit}
        </LinkButton>
      </FormLayoutFooter>
    </FormLayoutView>
  );
}

function useChange(email: string) {
  const app = useApp();
  const { account } = useTexts();
  const { run, isPending, error: failed } = useCall(app.account, 'account.change-email');
  const password = usePassword({ isPending, error: failed });
  const [newEmail, setNewEmail] = useState('');
  const [tried, setTried] = useState(false);
  const emailRef = useRef<HTMLInputElement>(null);
  useEffect(() => emailRef.current?.focus(), []);
  const isSame = newEmail.trim().toLowerCase() === email.toLowerCase();
  const faults = fieldErrors(failed);
  const remote = faults['newEmail'] ?? faults['email'];
  const local = !isEmail(newEmail) ? account.wrongEmail : isSame ? account.sameEmail : null;
  const wrong =
    (tried ? local : null) ??
    (remote === undefined
      ? null
      : remote === 'same-as-current'
        ? account.sameEmail
        : account.wrongEmail);
  const submit = (): Promise<boolean> => {
    setTried(true);
    return password.send(
      (given) => run({ newEmail: newEmail.trim(), password: given }),
      local === null,
    );
  };
  return { isPending, failed, newEmail, setNewEmail, password, wrong, emailRef, submit };
}
