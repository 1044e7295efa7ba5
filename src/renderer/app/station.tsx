import { texts, type Texts } from '../i18n/index.ts';
import { Logo } from '../ui/logo.tsx';
import css from './shell.module.css';
import { useEffect } from 'react';
import {
  NotificationTracker,
  dueNotifications,
  type Notice,
} from '../../shared/model/notifications.ts';
import type { AccountView } from '../state/views.ts';
import { useApp, useTexts } from '../state/context.tsx';

/**
 * Shown by a page without a session, because its link was used, expired or never existed. Nothing
 * else is served to it.
 */
export function StationSignIn() {
  const { station, common } = texts[navigator.language.startsWith('fr') ? 'fr' : 'en'];
  return (
    <main className={css.signIn}>
      <div className={css.signInColumn}>
        <div className={css.signInLogo}>
          <Logo />
          <span>{common.product}</span>
        </div>
        <h1>{station.title}</h1>
        <p>{station.text}</p>
        <code>desk station link</code>
      </div>
    </main>
  );
}

function textOf(
  notice: Notice,
  more: number,
  {
    transfers: { notices, reasons, otherReason, rights, waits, keychainLocked, keychainUnanswered },
  }: Texts,
  keychain: AccountView['keychain'] | undefined,
): [title: string, body: string] {
  const others = more > 0 ? notices.more(more) : '';
  switch (notice.kind) {
    case 'done':
      return [notices.done, [notice.title, others].filter(Boolean).join(' ')];
    case 'all-done':
      return [notices.allDone(notice.count), ''];
    case 'rights':
      return [rights[notice.state], [notice.title, others].filter(Boolean).join(' ')];
    case 'failed':
      return [
        notices.failed,
        [notice.title, others, reasons[notice.code] ?? otherReason].filter(Boolean).join('\n'),
      ];
    case 'waits':
      return [
        notices.waits,
        [
          notice.title,
          others,
          // Signing in would not help: the session is behind the keychain.
          notice.reason === 'signed-out' && keychain === 'locked'
            ? keychainLocked
            : notice.reason === 'signed-out' && keychain === 'unanswered'
              ? keychainUnanswered
              : waits[notice.reason],
        ]
          .filter(Boolean)
          .join('\n'),
      ];
  }
  return notice satisfies never;
}

/**
 * On the station, browser notifications report what happened while the page was hidden, if the user
 * allows them. A window uses the system's.
 */
export function BrowserNotifications() {
  const app = useApp();
  const texts = useTexts();
  useEffect(() => {
    if (app.info.shell !== 'station' || !('Notification' in globalThis)) return undefined;
    const watch = new NotificationTracker(Date.now());
    return app.client.on('transfers.changed', (change) => {
      const told = dueNotifications(
        watch.take(change),
        app.settings.getState().value?.notify ?? 'off',
      );
      if (document.hasFocus() || Notification.permission !== 'granted') return;
      for (const { notice, more } of told) {
        const [title, body] = textOf(notice, more, texts, app.account.getState().value?.keychain);
        const shown = new Notification(title, {
          body,
          tag: 'id' in notice ? notice.id : notice.kind,
        });
        shown.addEventListener('click', () => {
          window.focus();
          app.route.getState().go({ name: 'transfers', id: 'id' in notice ? notice.id : null });
        });
      }
    });
  }, [app, texts]);
  return null;
}
