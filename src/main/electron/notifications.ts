import { Notification } from 'electron';
import {
  NotificationTracker,
  dueNotifications,
  type Notice,
  type Notify,
} from '../../shared/model/notifications.ts';
import type { TransferChange } from '../transfers/api.ts';
import type { NativeTexts } from './texts.ts';

type NotificationDeps = {
  /** The window is in front and reports events itself. */ isLookedAt(): boolean;
  notify(): Notify;
  words(): NativeTexts;
  /** The sign-in is in a keychain that is locked or silent: signing in would not help. */
  needsKeychain(): boolean;
  open(): void;
};

function textOf(
  notice: Notice,
  more: number,
  words: NativeTexts,
  needsKeychain: boolean,
): { title: string; body: string } {
  const others = words.more(more);
  switch (notice.kind) {
    case 'done':
      return { title: words.done, body: [notice.title, others].filter(Boolean).join(' ') };
    case 'all-done':
      return { title: words.allDone(notice.count), body: '' };
    case 'rights':
      return {
        title: words.rights[notice.state],
        body: [notice.title, others].filter(Boolean).join(' '),
      };
    case 'failed':
      return {
        title: words.failed,
        body: [notice.title, others, words.see].filter(Boolean).join('\n'),
      };
    case 'waits':
      return {
        title: words.waits,
        body: [
          notice.title,
          others,
          notice.reason === 'signed-out' && needsKeychain
            ? words.unlockKeychain
            : (words.reasons[notice.reason] ?? words.see),
        ]
          .filter(Boolean)
          .join('\n'),
      };
  }
  return notice satisfies never;
}

/** Shows events of the queue as system notifications while the window isn't in front. */
export class Notifications {
  readonly #watch = new NotificationTracker(Date.now());
  readonly #looks: NotificationDeps;

  constructor(looks: NotificationDeps) {
    this.#looks = looks;
  }

  take(change: TransferChange): void {
    const told = dueNotifications(this.#watch.take(change), this.#looks.notify());
    if (this.#looks.isLookedAt() || !Notification.isSupported()) return;
    for (const { notice, more } of told) {
      const notification = new Notification(
        textOf(notice, more, this.#looks.words(), this.#looks.needsKeychain()),
      );
      notification.on('click', () => this.#looks.open());
      notification.show();
    }
  }
}
