import { Notification } from 'electron';
import { NoticeWatch, toTell, type Notice, type Notify } from '../../shared/model/notifications.ts';
import type { TransferChange } from '../transfers/api.ts';
import type { ShellWords } from './texts.ts';

type Looks = {
  /** The user is looking at the window: it says so itself. */ isLookedAt(): boolean;
  notify(): Notify;
  words(): ShellWords;
  open(): void;
};

function textOf(notice: Notice, more: number, words: ShellWords): { title: string; body: string } {
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
        body: [notice.title, others, words.reasons[notice.reason] ?? words.see]
          .filter(Boolean)
          .join('\n'),
      };
  }
  return notice satisfies never;
}

/** Tells by the system's notifications what happened to the queue while nobody looked. */
export class Notices {
  readonly #watch = new NoticeWatch(Date.now());
  readonly #looks: Looks;

  constructor(looks: Looks) {
    this.#looks = looks;
  }

  take(change: TransferChange): void {
    const told = toTell(this.#watch.take(change), this.#looks.notify());
    if (this.#looks.isLookedAt() || !Notification.isSupported()) return;
    for (const { notice, more } of told) {
      const notification = new Notification(textOf(notice, more, this.#looks.words()));
      notification.on('click', () => this.#looks.open());
      notification.show();
    }
  }
}
