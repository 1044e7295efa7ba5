import { useEffect, useRef, useState } from 'react';
import { useDesk, useTexts } from '../../stores/context.tsx';
import { useTask } from '../../stores/use-task.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { ColumnFoot, ColumnTitle, ColumnView, Form } from '../../ui/column.tsx';
import { faultsOf } from './faults.ts';
import { passwordAdvice } from './password-advice.ts';
import { PasswordField, PasswordRules } from './password-field.tsx';
import { Trouble } from './troubles.tsx';

/** Both passwords live here alone, and go as soon as the service has answered. */
export function ChangePassword({ email }: { email: string }) {
  const desk = useDesk();
  const { account } = useTexts();
  const { go } = desk.route.getState();
  const form = useChange(email);
  const submit = async (): Promise<void> => {
    if (!(await form.submit())) return;
    desk.toasts.getState().show(account.passwordChangedToast);
    go({ name: 'account', screen: 'profile' });
  };
  return (
    <ColumnView>
      <ColumnTitle lead={account.passwordLead} takesFocus={false}>{account.passwordTitle}</ColumnTitle>
      <Form failed={form.failed} onSubmit={() => void submit()}>
        <input readOnly autoComplete="username" hidden name="username" type="email" value={email} />
        <PasswordField
          aside={<LinkButton onPress={() => go({ name: 'account', screen: 'reset' })}>{account.forgotCurrent}</LinkButton>} autoComplete="current-password" error={form.wrong.current}
          inputRef={form.currentRef} label={account.currentPassword} value={form.current} onChange={form.setCurrent}
        />
        <div>
          <PasswordField autoComplete="new-password" error={form.wrong.next} label={account.newPassword} value={form.next} onChange={form.setNext} />
          <PasswordRules email={email} password={form.next} tried={form.tried} />
        </div>
        <Trouble failed={form.failed} spoken={['invalid-credentials', 'validation-failed']} />
        <Button isPending={form.busy} size={40} tone="main" type="submit" wide>{account.passwordAction}</Button>
      </Form>
      <ColumnFoot><LinkButton onPress={() => go({ name: 'account', screen: 'profile' })}>{account.cancelEdit}</LinkButton></ColumnFoot>
    </ColumnView>
  );
}

function useChange(email: string) {
  const desk = useDesk();
  const { account } = useTexts();
  const { busy, failed, run } = useTask();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [tried, setTried] = useState(false);
  const currentRef = useRef<HTMLInputElement>(null);
  useEffect(() => currentRef.current?.focus(), []);
  const advice = passwordAdvice(next, email, account) ?? (next !== '' && next.normalize('NFC') === current.normalize('NFC') ? (account.faults['same-as-current'] ?? null) : null);
  const remote = faultsOf(failed)['newPassword'];
  const wrong = {
    current: current !== '' || !tried ? null : failed?.code === 'invalid-credentials' ? account.wrongPassword : account.enterPassword,
    next: (tried ? advice : null) ?? (remote === undefined ? null : (account.faults[remote] ?? account.wrongField)),
  };
  const submit = async (): Promise<boolean> => {
    setTried(true);
    if (current === '' || advice !== null) return false;
    return run(async () => {
      try {
        desk.account.take(await desk.client.call('account.change-password', { currentPassword: current, newPassword: next }));
      } catch (thrown) {
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'invalid-credentials') setCurrent('');
        throw thrown;
      }
      setCurrent('');
      setNext('');
    });
  };
  return { busy, failed, current, setCurrent, next, setNext, tried, wrong, currentRef, submit };
}
