import { useEffect, useState } from 'react';
import type { PasswordOwner } from '../../../shared/api/password.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import {
  FormLayoutFooter,
  FormLayoutTitle,
  FormLayoutView,
  Form,
} from '../../ui/layout/form-layout.tsx';
import { fieldErrors, FormError } from './form-error.tsx';
import {
  passwordAdvice,
  CurrentPassword,
  PasswordField,
  PasswordRules,
  usePasswordFaults,
  usePassword,
} from './password-field.tsx';
import { useCall } from '../../state/projection.ts';

/** Both passwords exist only in this form and are cleared once the service has answered. */
export function ChangePassword({ email, name }: { email: string; name: string | null }) {
  const app = useApp();
  const { account } = useTexts();
  const { go } = app.route.getState();
  const form = useChange({ email, name });
  const submit = async (): Promise<void> => {
    if (!(await form.submit())) return;
    app.toasts.getState().show(account.passwordChangedToast);
    go({ name: 'account', screen: 'profile' });
  };
  return (
    <FormLayoutView>
      <FormLayoutTitle lead={account.passwordLead} takesFocus={false}>
        {account.passwordTitle}
      </FormLayoutTitle>
      <Form failed={form.failed} onSubmit={() => void submit()}>
        <CurrentPassword
          aside={
            <LinkButton onPress={() => go({ name: 'account', screen: 'reset' })}>
              {account.forgotCurrent}
            </LinkButton>
          }
          email={email}
          password={form.current}
        />
        <div>
          <PasswordField
            autoComplete="new-password"
            error={form.wrong}
            label={account.newPassword}
            value={form.next}
            onChange={form.setNext}
          />
          <PasswordRules password={form.next} tried={form.tried} verdict={form.verdict} />
        </div>
        <FormError failed={form.failed} spoken={['invalid-credentials', 'validation-failed']} />
        <Button isPending={form.isPending} size={40} tone="main" type="submit" wide>
          {account.passwordAction}
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

function useChange(owner: PasswordOwner) {
  const app = useApp();
  const { account } = useTexts();
  const { run, isPending, error: failed } = useCall(app.account, 'account.change-password');
  const current = usePassword({ isPending, error: failed });
  const { inputRef } = current;
  const [next, setNext] = useState('');
  const [tried, setTried] = useState(false);
  useEffect(() => inputRef.current?.focus(), [inputRef]);
  const verdict = usePasswordFaults(next, owner);
  const advice =
    passwordAdvice(verdict.faults, account) ??
    (next !== '' && next.normalize('NFC') === current.value.normalize('NFC')
      ? (account.faults['same-as-current'] ?? null)
      : null);
  const remote = fieldErrors(failed)['newPassword'];
  const wrong =
    (tried ? advice : null) ??
    (remote === undefined ? null : (account.faults[remote] ?? account.wrongField));
  const submit = async (): Promise<boolean> => {
    setTried(true);
    const isChanged = await current.send(
      (currentPassword) => run({ currentPassword, newPassword: next }),
      advice === null,
    );
    if (isChanged) setNext('');
    return isChanged;
  };
  return { isPending, failed, current, next, setNext, verdict, tried, wrong, submit };
}
