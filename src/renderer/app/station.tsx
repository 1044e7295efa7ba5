import { formatMoment } from '../i18n/format.ts';
import { texts, type Texts } from '../i18n/index.ts';
import type { Gone } from '../contract/station-bridge.ts';
import { Logo } from '../ui/display/icon.tsx';
import css from './shell.module.css';
import { useEffect } from 'react';
import {
  NotificationTracker,
  dueNotifications,
  isLasting,
  type AppNotification,
} from '../../shared/model/notifications.ts';
import type { AccountView } from '../state/views.ts';
import { useApp, useTexts } from '../state/context.tsx';

/**
 * Shown by a page without a session: why it has none, and how to get one. Nothing else is served to
 * it.
 */
export function StationSignIn({ gone, nowMs }: { gone: Gone; nowMs: number }) {
  const language = navigator.language.startsWith('fr') ? 'fr' : 'en';
  const { station, common } = texts[language];
  const [title, text] =
    gone.reason === 'used'
      ? [
          station.usedTitle,
          station.usedText(gone.by, formatMoment(gone.by.beganAtMs, nowMs, language)),
        ]
      : gone.reason === 'ended'
        ? [station.endedTitle, station.endedText]
        : [station.title, station.text];
  return (
    <main className={css.signIn}>
      <div className={css.signInColumn}>
        <div className={css.signInLogo}>
          <Logo />
          <span>{common.product}</span>
        </div>
        <h1>{title}</h1>
        <p>{text}</p>
        <code>desk station link</code>
      </div>
    </main>
  );
}

function textOf(
  notification: AppNotification,
  more: number,
  {
    transfers: {
      notifications,
      reasons,
      otherReason,
      rights,
      waits,
      keychainLocked,
      keychainUnanswered,
    },
  }: Texts,
  keychain: AccountView['keychain'] | undefined,
): [title: string, body: string] {
  const others = more > 0 ? notifications.more(more) : '';
  switch (notification.kind) {
    case 'done':
      return [notifications.done, [notification.title, others].filter(Boolean).join(' ')];
    case 'all-done':
      return [notifications.allDone(notification.count), ''];
    case 'rights':
      return [rights[notification.state], [notification.title, others].filter(Boolean).join(' ')];
    case 'failed':
      return [
        notifications.failed,
        [notification.title, others, reasons[notification.code] ?? otherReason]
          .filter(Boolean)
          .join('\n'),
      ];
    case 'waits':
      return [
        notifications.waits,
        [
          notification.title,
          others,
          // Signing in would not help: the session is behind the keychain.
          notification.reason === 'signed-out' && keychain === 'locked'
            ? keychainLocked
            : notification.reason === 'signed-out' && keychain === 'unanswered'
              ? keychainUnanswered
              : waits[notification.reason],
        ]
          .filter(Boolean)
          .join('\n'),
      ];
  }
  return notification satisfies never;
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
      const due = dueNotifications(
        watch.take(change),
        app.settings.getState().value?.notify ?? 'off',
      );
      if (document.hasFocus() || Notification.permission !== 'granted') return;
      for (const { notification, more } of due) {
        const [title, body] = textOf(
          notification,
          more,
          texts,
          app.account.getState().value?.keychain,
        );
        const shown = new Notification(title, {
          body,
          requireInteraction: isLasting(notification),
          tag: 'id' in notification ? notification.id : notification.kind,
        });
        shown.addEventListener('click', () => {
          window.focus();
          app.route
            .getState()
            .go({ name: 'transfers', id: 'id' in notification ? notification.id : null });
        });
      }
    });
  }, [app, texts]);
  return null;
}
