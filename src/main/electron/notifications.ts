import { Notification } from 'electron';
import {
  NotificationTracker,
  dueNotifications,
  isLasting,
  type AppNotification,
  type Notify,
} from '../../shared/model/notifications.ts';
import type { RecallsView, TransferChange } from '../transfers/api.ts';
import type { NativeTexts } from './texts.ts';
import { systemClock } from '../../shared/clock.ts';

type NotificationDeps = {
  /** The window is in front and reports events itself. */ isLookedAt(): boolean;
  notify(): Notify;
  words(): NativeTexts;
  /** The sign-in is in a keychain that is locked or silent: signing in would not help. */
  needsKeychain(): boolean;
  open(): void;
};

function textOf(
  notification: AppNotification,
  more: number,
  words: NativeTexts,
  needsKeychain: boolean,
): { title: string; body: string } {
  const others = words.more(more);
  switch (notification.kind) {
    case 'done':
      return { title: words.done, body: [notification.title, others].filter(Boolean).join(' ') };
    case 'all-done':
      return { title: words.allDone(notification.count), body: '' };
    case 'rights':
      return {
        title: words.rights[notification.state],
        body: [
          [notification.title, others].filter(Boolean).join(' '),
          isLasting(notification) ? words.acknowledge : '',
        ]
          .filter(Boolean)
          .join('\n'),
      };
    case 'failed':
      return {
        title: words.failed,
        body: [notification.title, others, words.see].filter(Boolean).join('\n'),
      };
    case 'waits':
      return {
        title: words.waits,
        body: [
          notification.title,
          others,
          notification.reason === 'signed-out' && needsKeychain
            ? words.unlockKeychain
            : (words.reasons[notification.reason] ?? words.see),
        ]
          .filter(Boolean)
          .join('\n'),
      };
  }
  return notification satisfies never;
}

/** Shows events of the queue as system notifications while the window isn't in front. */
export class Notifications {
  readonly #tracker = new NotificationTracker(systemClock.nowMs());
  readonly #deps: NotificationDeps;
  /** Recalls that nobody has acknowledged; referenced, or a click on them would be lost. */
  #lasting: Notification[] = [];

  constructor(deps: NotificationDeps) {
    this.#deps = deps;
  }

  take(change: TransferChange): void {
    const due = dueNotifications(this.#tracker.take(change), this.#deps.notify());
    if (this.#deps.isLookedAt() || !Notification.isSupported()) return;
    for (const { notification, more } of due) {
      const texts = textOf(notification, more, this.#deps.words(), this.#deps.needsKeychain());
      this.#show(texts, isLasting(notification));
    }
  }

  /** At the start: what earlier runs have shown and nobody has acknowledged. */
  remind({ recalls }: RecallsView): void {
    if (recalls === 0 || this.#deps.notify() === 'off' || this.#deps.isLookedAt()) return;
    if (!Notification.isSupported()) return;
    const words = this.#deps.words();
    this.#show({ title: words.recalls(recalls), body: words.acknowledge }, true);
  }

  /** What is acknowledged needs no notification any more. */
  acknowledged({ recalls }: RecallsView): void {
    if (recalls > 0) return;
    for (const shown of this.#lasting) shown.close();
    this.#lasting = [];
  }

  #show(texts: { title: string; body: string }, isKept: boolean): void {
    const shown = new Notification({
      ...texts,
      ...(isKept ? { urgency: 'critical', timeoutType: 'never' } : {}),
    });
    if (isKept) this.#lasting.push(shown);
    shown.on('click', () => this.#deps.open());
    shown.show();
  }
}
