import { useState } from 'react';
import type { SecretState } from '../../../shared/contract/network.ts';
import { useSecretStore } from '../../state/keychain.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { errorText, useReportError } from '../../state/errors.ts';
import { useRead } from '../../state/queries.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { CertificateList } from './certificate-list.tsx';
import { FormDialog } from './form-dialog.tsx';
import css from './settings.module.css';

/** Certificates that tell servers who we are. */
export function ClientCertificates() {
  const app = useApp();
  const { network: words } = useTexts();
  const reportError = useReportError();
  const [isOpen, setOpen] = useState(false);
  const clients = useRead('network.certificates', undefined).data?.clients ?? [];
  const remove = (host: string): void =>
    void app.client
      .call('network.set-client-certificate', { host, file: null, passphrase: null })
      .catch(reportError);
  return (
    <>
      <SettingControls>
        <Button onPress={() => setOpen(true)}>{words.addClient}</Button>
        {clients.length === 0 && <span className={css.muted}>{words.none}</span>}
      </SettingControls>
      <CertificateList
        files={clients.map((one) => ({
          id: one.host,
          of: one,
          name: words.clientFor(one.names[0] ?? one.file, one.host),
          onRemove: () => remove(one.host),
        }))}
        label={words.clients}
      />
      {isOpen && <ClientDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function ClientDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { network: words } = useTexts();
  const { run, isPending, error } = useTask();
  const store = useSecretStore();
  const [typed, setTyped] = useState({ host: '', file: '', password: '' });
  const [isEarly, setEarly] = useState(false);
  const [host, file] = [typed.host.trim(), typed.file.trim()];
  const choose = async (): Promise<void> => {
    const chosen = await app.client.call('app.choose-file', { kind: 'certificate' });
    if (chosen !== null) setTyped((before) => ({ ...before, file: chosen }));
  };
  const save = async (): Promise<void> => {
    if (host === '' || file === '') return setEarly(true);
    let state: SecretState = 'kept';
    const isSaved = await run(async () => {
      state = await app.client.call('network.set-client-certificate', {
        host,
        file,
        passphrase: typed.password === '' ? null : typed.password,
      });
    });
    if (!isSaved) return;
    app.toasts.getState().show(words.clientAdded[state](host));
    onClose();
  };
  return (
    <FormDialog
      failed={error}
      fault={error && (error.code === 'usage' ? words.clientUnusable : errorText(app, error))}
      isPending={isPending}
      title={words.addClient}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <Field
        autoFocus
        autoComplete="off"
        error={isEarly && host === '' ? words.clientHostMissing : null}
        label={words.clientHost}
        placeholder={words.clientHostPlaceholder}
        spellCheck="false"
        value={typed.host}
        onChange={(value) => setTyped({ ...typed, host: value })}
      />
      <div className={css.path}>
        <Field
          autoComplete="off"
          error={isEarly && file === '' ? words.clientFileMissing : null}
          help={words.clientFileHelp}
          label={words.clientFile}
          spellCheck="false"
          value={typed.file}
          onChange={(value) => setTyped({ ...typed, file: value })}
        />
        {app.info.shell !== 'station' && (
          <Button onPress={() => void choose()}>{words.choose}</Button>
        )}
      </div>
      <Field
        autoComplete="off"
        help={words.clientPasswordHelp[store]}
        label={words.clientPassword}
        type="password"
        value={typed.password}
        onChange={(value) => setTyped({ ...typed, password: value })}
      />
    </FormDialog>
  );
}
