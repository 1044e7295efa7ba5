import { useState } from 'react';
import type { Notify } from '../../../shared/model/notifications.ts';
import { useDesk, useTexts } from '../../state/context.tsx';
import type { SettingsView } from '../../state/views.ts';
import { Segmented, Switch } from '../../ui/choice.tsx';
import { SettingLine } from '../../ui/setting.tsx';
import { Row, useSet } from './parts.tsx';
import css from './settings.module.css';

/** What is told outside of the page, and what downloads may do to the computer. */
export function Beside({ settings: { notify, tray, keepAwake } }: { settings: SettingsView }) {
  const desk = useDesk();
  const { settings: words } = useTexts();
  const set = useSet();
  const isDesktop = desk.info.shell === 'desktop';
  return (
    <>
      <Row text={words.notifyText} title={words.notify}>
        <NotifyChoice isDesktop={isDesktop} notify={notify} />
      </Row>
      {isDesktop && (
        <>
          <Row text={words.trayText} title={words.tray}>
            <SettingLine>
              <Switch isSelected={tray} onChange={(next) => set({ tray: next })}>
                {words.trayShow}
              </Switch>
            </SettingLine>
          </Row>
          <Row text={words.awakeText} title={words.awake}>
            <SettingLine>
              <Switch isSelected={keepAwake} onChange={(next) => set({ keepAwake: next })}>
                {words.awakeKeep}
              </Switch>
            </SettingLine>
          </Row>
        </>
      )}
    </>
  );
}

/** A browser asks the user first, and only when something was clicked. */
function NotifyChoice({ notify, isDesktop }: { notify: Notify; isDesktop: boolean }) {
  const { settings: words } = useTexts();
  const set = useSet();
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
      <SettingLine>
        <Segmented
          label={words.notify}
          segments={(['off', 'needed', 'all'] as const).map((value) => ({
            value,
            label: words.notifyKinds[value],
          }))}
          value={notify}
          onChange={(next) => void choose(next)}
        />
      </SettingLine>
      {notify !== 'off' && permission === 'denied' && (
        <p className={css.warning}>{words.notifyDenied}</p>
      )}
      {notify !== 'off' && permission === 'default' && (
        <p className={css.help}>{words.notifyAsk}</p>
      )}
    </>
  );
}
