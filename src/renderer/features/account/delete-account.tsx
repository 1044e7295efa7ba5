import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { formatDate } from '../../i18n/format.ts';
import { useDesk, useLanguage, useTexts } from '../../state/context.tsx';
import { useTask } from '../../state/use-task.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { ColumnFoot, ColumnTitle, ColumnView, Form } from '../../ui/column.tsx';
import { cx } from '../../ui/cx.ts';
import { Icon } from '../../ui/icon.tsx';
import css from './account.module.css';
import { CurrentPassword, usePassword } from './password-field.tsx';
import { FormError } from './form-error.tsx';

/** Explained, then confirmed by the password; the end says until when what is kept. */
export function DeleteAccount({ email: current }: { email: string }) {
  const desk = useDesk();
  const { account } = useTexts();
  const language = useLanguage();
  // The account is gone before this page is.
  const [email] = useState(current);
  const [eraseAt, setEraseAt] = useState<number | null>(null);
  const task = useTask();
  const { busy, failed } = task;
  const password = usePassword(task);
  const submit = (): Promise<boolean> =>
    password.send(async (given) =>
      setEraseAt((await desk.client.call('account.delete', { password: given })).eraseAt),
    );
  if (eraseAt !== null) {
    return (
      <ColumnView>
        <ColumnTitle key="deleted" lead={account.deletedLead(formatDate(eraseAt, language))}>
          {account.deletedTitle}
        </ColumnTitle>
        <Button
          size={40}
          tone="main"
          wide
          onPress={() => desk.route.getState().go({ name: 'catalogue' })}
        >
          {account.toCatalogue}
        </Button>
      </ColumnView>
    );
  }
  return (
    <ColumnView>
      <ColumnTitle lead={account.deleteLead(email)}>{account.deleteTitle}</ColumnTitle>
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
        <Button isPending={busy} size={40} tone="danger" type="submit" wide>
          {account.deleteConfirm}
        </Button>
      </Form>
      <ColumnFoot>
        <LinkButton
          onPress={() => desk.route.getState().go({ name: 'account', screen: 'profile' })}
        >
          {account.cancelEdit}
        </LinkButton>
      </ColumnFoot>
    </ColumnView>
  );
}
