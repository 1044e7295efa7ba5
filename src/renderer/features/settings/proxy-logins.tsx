import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useApp, useTexts } from '../../state/context.tsx';
import { errorText, useReportError } from '../../state/errors.ts';
import { useRead } from '../../state/queries.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { EntryList, SettingControls } from '../../ui/layout/setting.tsx';
import type { SecretState } from '../../../shared/contract/network.ts';
import { FormDialog } from './form-dialog.tsx';
import css from './settings.module.css';

/** Who we are to the proxies that are in use. */
export function ProxyLogins() {
  const app = useApp();
  const { network: words } = useTexts();
  const reportError = useReportError();
  const [open, setOpen] = useState<string | null>(null);
  const logins = useRead('network.logins', undefined, { isForgotten: true }).data?.items ?? [];
  const again = (): void => void app.queries.invalidateQueries({ queryKey: ['network.logins'] });
  const forget = (proxy: string): void =>
    void app.client
      .call('network.set-login', { proxy, login: null })
      .then(again)
      .catch(reportError);
  if (logins.length === 0)
    return (
      <SettingControls>
        <span className={css.muted}>{words.loginNone}</span>
      </SettingControls>
    );
  return (
    <>
      <EntryList
        label={words.login}
        entries={logins.map(({ proxy, user }) => ({
          id: proxy,
          icon: KeyRound,
          text: `${proxy}, ${user === null ? words.loginWithout : words.loginAs(user)}`,
          end: (
            <>
              {user !== null && (
                <Button size={28} tone="quiet" onPress={() => forget(proxy)}>
                  {words.loginForget}
                </Button>
              )}
              <Button size={28} onPress={() => setOpen(proxy)}>
                {user === null ? words.loginEnter : words.loginChange}
              </Button>
            </>
          ),
        }))}
      />
      {open !== null && (
        <LoginDialog
          proxy={open}
          user={logins.find(({ proxy }) => proxy === open)?.user ?? ''}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

/** Asks who we are to a proxy. */
export function LoginDialog({
  proxy,
  user: known = '',
  onClose,
  onSaved,
}: {
  /** `host:port` */
  proxy: string;
  user?: string;
  onClose: () => void;
  onSaved?: () => void;
}) {
  const app = useApp();
  const { network: words } = useTexts();
  const { run, isPending, error } = useTask();
  const [user, setUser] = useState(known);
  const [password, setPassword] = useState('');
  const [isEarly, setEarly] = useState(false);
  const save = async (): Promise<void> => {
    if (user.trim() === '') return setEarly(true);
    let state: SecretState = 'kept';
    const isSaved = await run(async () => {
      state = await app.client.call('network.set-login', {
        proxy,
        login: { user: user.trim(), password },
      });
    });
    if (!isSaved) return;
    app.toasts.getState().show(words.loginSaved[state](proxy));
    void app.queries.invalidateQueries({ queryKey: ['network.logins'] });
    onSaved?.();
    onClose();
  };
  return (
    <FormDialog
      failed={error}
      fault={error && errorText(app, error)}
      isPending={isPending}
      title={words.loginTitle(proxy)}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <Field
        autoFocus
        autoComplete="off"
        error={isEarly && user.trim() === '' ? words.userMissing : null}
        label={words.user}
        spellCheck="false"
        value={user}
        onChange={setUser}
      />
      <Field
        autoComplete="off"
        label={words.password}
        type="password"
        value={password}
        onChange={setPassword}
      />
    </FormDialog>
  );
}
