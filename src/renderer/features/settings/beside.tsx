import { useState } from 'react';
import type { Notify } from '../../../shared/model/notifications.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import type { SettingsView } from '../../state/views.ts';
import { Segmented, Switch } from '../../ui/controls/choice.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { Row, useUpdateSettings } from './parts.tsx';
import css from './settings.module.css';

/** Settings for notifications, tray and sleep. */
export function Beside({ settings: { notify, tray, keepAwake } }: { settings: SettingsView }) {
  const app = useApp();
  const { settings: words } = useTexts();
  const set = useUpdateSettings();
  const isDesktop = app.info.shell === 'desktop';
  return (
    <>
      <Row of="notify" text={words.notifyText} title={words.notify}>
        <NotifyChoice isDesktop={isDesktop} notify={notify} />
      </Row>
      {isDesktop && (
        <>
          <Row of="tray" text={words.trayText} title={words.tray}>
            <SettingControls>
              <Switch isSelected={tray} onChange={(next) => set({ tray: next })}>
                {words.trayShow}
              </Switch>
            </SettingControls>
          </Row>
          <Row of="keepAwake" text={words.awakeText} title={words.awake}>
            <SettingControls>
              <Switch isSelected={keepAwake} onChange={(next) => set({ keepAwake: next })}>
                {words.awakeKeep}
              </Switch>
            </SettingControls>
          </Row>
        </>
      )}
    </>
  );
}

/** Browsers ask for permission, and only after a click. */
function NotifyChoice({ notify, isDesktop }: { notify: Notify; isDesktop: boolean }) {
  const { settings: words } = useTexts();
  const set = useUpdateSettings();
  const [permission, setPermission] = useState(() =>
    isDesktop || !('Notification' in globalThis) ? 'granted' : Notification.permission,
  );
  const choose = async (next: Notify): Promise<void> => {
    if (next !== 'off' && permission !== 'granted')
      setPermission(await Notification.requestPermission());
    await set({ notify: next });
  };
  return (
    <>
      <SettingControls>
        <Segmented
          label={words.notify}
          segments={(['off', 'needed', 'all'] as const).map((value) => ({
            value,
            label: words.notifyKinds[value],
          }))}
          value={notify}
          onChange={(next) => void choose(next)}
        />
      </SettingControls>
      {notify !== 'off' && permission === 'denied' && (
        <p className={css.warning}>{words.notifyDenied}</p>
      )}
      {notify !== 'off' && permission === 'default' && (
        <p className={css.help}>{words.notifyAsk}</p>
      )}
    </>
  );
}
