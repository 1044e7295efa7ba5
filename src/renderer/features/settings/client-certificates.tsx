import { BadgeCheck, CircleAlert } from 'lucide-react';
import { useState } from 'react';
import { useApp, useTexts } from '../../state/context.tsx';
import { errorText, useReportError } from '../../state/errors.ts';
import { useRead } from '../../state/queries.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { EntryList, SettingControls } from '../../ui/layout/setting.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { useCertificateText } from './authorities.tsx';
import css from './settings.module.css';

/** Certificates that tell servers who we are. */
export function ClientCertificates() {
  const app = useApp();
  const { network: words } = useTexts();
  const reportError = useReportError();
  const textOf = useCertificateText();
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
      {clients.length > 0 && (
        <EntryList
          label={words.clients}
          entries={clients.map((one) => {
            const name = words.clientFor(one.names[0] ?? one.file, one.host);
            return {
              id: one.host,
              icon: one.fault === null ? BadgeCheck : CircleAlert,
              tone: one.fault === null ? undefined : ('danger' as const),
              text: textOf(one, name),
              end: (
                <Button
                  aria-label={words.removeOf(name)}
                  size={28}
                  tone="quiet"
                  onPress={() => remove(one.host)}
                >
                  {words.remove}
                </Button>
              ),
            };
          })}
        />
      )}
      {isOpen && <ClientDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function ClientDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { network: words, settings: settingsWords, common } = useTexts();
  const { run, isPending, error } = useTask();
  const [typed, setTyped] = useState({ host: '', file: '', password: '' });
  const [isEarly, setEarly] = useState(false);
  const [host, file] = [typed.host.trim(), typed.file.trim()];
  const choose = async (): Promise<void> => {
    const chosen = await app.client.call('app.choose-file', { kind: 'certificate' });
    if (chosen !== null) setTyped((before) => ({ ...before, file: chosen }));
  };
  const save = async (): Promise<void> => {
    if (host === '' || file === '') return setEarly(true);
    const isSaved = await run(() =>
      app.client.call('network.set-client-certificate', {
        host,
        file,
        passphrase: typed.password === '' ? null : typed.password,
      }),
    );
    if (!isSaved) return;
    app.toasts.getState().show(words.clientAdded(host));
    onClose();
  };
  return (
    <Dialog
      isOpen
      title={words.addClient}
      actions={
        <>
          <Button tone="quiet" onPress={onClose}>
            {common.cancel}
          </Button>
          <Button form="client-certificate" isPending={isPending} tone="main" type="submit">
            {settingsWords.save}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <Form failed={error} id="client-certificate" onSubmit={() => void save()}>
        {error && (
          <InlineAlert
            title={error.code === 'usage' ? words.clientUnusable : errorText(app, error)}
            tone="danger"
          />
        )}
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
          help={words.clientPasswordHelp}
          label={words.clientPassword}
          type="password"
          value={typed.password}
          onChange={(value) => setTyped({ ...typed, password: value })}
        />
      </Form>
    </Dialog>
  );
}
