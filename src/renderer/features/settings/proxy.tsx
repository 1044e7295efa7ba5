import { useState } from 'react';
import { useApp, useTexts } from '../../state/context.tsx';
import { errorText } from '../../state/errors.ts';
import { useTask } from '../../state/use-task.ts';
import type { SettingsView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { useUpdateSettings } from './parts.tsx';
import css from './settings.module.css';

const MODES = ['system', 'none', 'manual', 'pac'] as const;

/** How proxies are found. What needs an address counts once that is saved. */
export function ProxyMode({ settings }: { settings: SettingsView }) {
  const { network: words } = useTexts();
  const set = useUpdateSettings();
  const [mode, setMode] = useState(settings.proxyMode);
  const choose = (next: typeof mode): void => {
    setMode(next);
    if (next === 'system' || next === 'none') void set({ proxyMode: next });
  };
  return (
    <>
      <SettingControls>
        <Select
          hideLabel
          label={words.proxy}
          look="button"
          options={MODES.map((value) => ({ value, label: words.modes[value] }))}
          value={mode}
          onChange={choose}
        />
      </SettingControls>
      {mode === 'manual' && <ManualProxy settings={settings} />}
      {mode === 'pac' && <Script settings={settings} />}
    </>
  );
}

function ManualProxy({ settings }: { settings: SettingsView }) {
  const app = useApp();
  const { network: words, settings: settingsWords } = useTexts();
  const { run, isPending, error } = useTask();
  const [address, setAddress] = useState(settings.proxyAddress ?? '');
  const [except, setExcept] = useState(settings.proxyExceptions.join(', '));
  const [isEarly, setEarly] = useState(false);
  const save = async (): Promise<void> => {
    if (address.trim() === '') return setEarly(true);
    const isSaved = await run(async () => {
      await app.settings.call('settings.set', {
        proxyMode: 'manual',
        proxyAddress: address.trim(),
        proxyExceptions: except.split(/[\s,;]+/u).filter(Boolean),
      });
    });
    if (isSaved) app.toasts.getState().show(words.saved);
  };
  return (
    <Form failed={error} onSubmit={() => void save()}>
      <Field
        autoComplete="off"
        error={
          isEarly && address.trim() === ''
            ? words.addressMissing
            : error && (error.code === 'usage' ? words.addressMissing : errorText(app, error))
        }
        help={words.addressHelp}
        label={words.address}
        placeholder={words.addressPlaceholder}
        small
        spellCheck="false"
        value={address}
        onChange={setAddress}
      />
      <Field
        autoComplete="off"
        help={words.exceptionsHelp}
        label={words.exceptions}
        placeholder={words.exceptionsPlaceholder}
        small
        spellCheck="false"
        value={except}
        onChange={setExcept}
      />
      <SettingControls>
        <Button isPending={isPending} type="submit">
          {settingsWords.save}
        </Button>
      </SettingControls>
    </Form>
  );
}

function Script({ settings }: { settings: SettingsView }) {
  const app = useApp();
  const { network: words, settings: settingsWords } = useTexts();
  const { run, isPending, error } = useTask();
  const [address, setAddress] = useState(settings.pacAddress ?? '');
  const [isEarly, setEarly] = useState(false);
  const choose = async (): Promise<void> => {
    const chosen = await app.client.call('app.choose-file', { kind: 'pac' });
    if (chosen !== null) setAddress(chosen);
  };
  const save = async (): Promise<void> => {
    if (address.trim() === '') return setEarly(true);
    const isSaved = await run(async () => {
      await app.settings.call('settings.set', {
        proxyMode: 'pac',
        pacAddress: address.trim(),
      });
    });
    if (isSaved) app.toasts.getState().show(words.saved);
  };
  return (
    <Form failed={error} onSubmit={() => void save()}>
      <div className={css.path}>
        <Field
          autoComplete="off"
          error={
            isEarly && address.trim() === ''
              ? words.pacMissing
              : error && (error.code === 'usage' ? words.pacMissing : errorText(app, error))
          }
          help={words.pacHelp}
          inputMode="url"
          label={words.pac}
          placeholder={words.pacPlaceholder}
          small
          spellCheck="false"
          value={address}
          onChange={setAddress}
        />
        {app.info.shell !== 'station' && (
          <Button onPress={() => void choose()}>{words.choose}</Button>
        )}
        <Button isPending={isPending} type="submit">
          {settingsWords.save}
        </Button>
      </div>
    </Form>
  );
}
