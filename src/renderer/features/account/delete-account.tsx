import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { formatDate } from '../../i18n/format.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { useTask } from '../../state/use-task.ts';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import {
  FormLayoutFooter,
  FormLayoutTitle,
  FormLayoutView,
  Form,
} from '../../ui/layout/form-layout.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import css from './account.module.css';
import { CurrentPassword, usePassword } from './password-field.tsx';
import { FormError } from './form-error.tsx';

/**
 * Explains the deletion, asks for the password, then says until when the service keeps what it
 * must.
 */
export function DeleteAccount({ email: current }: { email: string }) {
  const app = useApp();
  const { account } = useTexts();
  const language = useLanguage();
  // The account is gone before this page is closed.
  const [email] = useState(current);
  const [eraseAt, setEraseAt] = useState<number | null>(null);
  const task = useTask();
  const { isPending, error: failed } = task;
  const password = usePassword(task);
  const submit = (): Promise<boolean> =>
    password.send((given) =>
      task.run(async () =>
        setEraseAt((await app.client.call('account.delete', { password: given })).eraseAt),
      ),
    );
  if (eraseAt !== null) {
    return (
      <FormLayoutView>
        <FormLayoutTitle key="deleted" lead={account.deletedLead(formatDate(eraseAt, language))}>
          {account.deletedTitle}
        </FormLayoutTitle>
        <Button
          size={40}
          tone="main"
          wide
          onPress={() => app.route.getState().go({ name: 'catalogue' })}
        >
          {account.toCatalogue}
        </Button>
      </FormLayoutView>
    );
  }
  return (
    <FormLayoutView>
      <FormLayoutTitle lead={account.deleteLead(email)}>{account.deleteTitle}</FormLayoutTitle>
      <ul className={cx(css.points, css.losses)}>
        {account.deletePoints.map((text) => (
          <li key={text}>
            <Icon of={TriangleAlert} />
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <Form failed={failed} onSubmit={() => void submit()}>
        <CurrentPassword email={email} label={account.password} password={password} />
        <FormError failed={failed} spoken={['invalid-credentials']} />
        <Button isPending={isPending} size={40} tone="danger" type="submit" wide>
          {account.deleteConfirm}
        </Button>
      </Form>
      <FormLayoutFooter>
        <LinkButton onPress={() => app.route.getState().go({ name: 'account', screen: 'profile' })}>
          {account.cancelEdit}
        </LinkButton>
      </FormLayoutFooter>
    </FormLayoutView>
  );
}
