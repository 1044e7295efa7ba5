import { powerSaveBlocker, app, type BrowserWindow } from 'electron';
import type { TransferTotals } from '../transfers/api.ts';
import type { Services } from '../app/services.ts';
import { Notifications } from './notifications.ts';
import { QueueTray } from './tray.ts';
import { nativeTexts, type NativeTexts } from './texts.ts';

/** Keeps the computer from falling asleep by itself while downloads run; the screen may go dark. */
class SleepBlocker {
  #id: number | null = null;

  set(isNeeded: boolean): void {
    if (isNeeded === (this.#id !== null)) return;
    if (this.#id !== null) powerSaveBlocker.stop(this.#id);
    this.#id = isNeeded ? powerSaveBlocker.start('prevent-app-suspension') : null;
  }
}

/**
 * Progress on the taskbar or dock and in the window's title: what is under way, as a share of what
 * was there when it began.
 */
let startBytes = 0;
function showProgress(
  window: BrowserWindow | null,
  { remainingBytes, counts, paused }: TransferTotals,
  words: NativeTexts,
): void {
  const isBusy = counts.active > 0;
  startBytes = isBusy ? Math.max(startBytes, remainingBytes) : 0;
  const share = startBytes === 0 ? 0 : 1 - remainingBytes / startBytes;
  // macOS and some Linux desktops; elsewhere it does nothing.
  app.setBadgeCount(counts.active);
  if (!window || window.isDestroyed()) return;
  window.setProgressBar(
    isBusy ? share : -1,
    isBusy ? { mode: paused ? 'paused' : 'normal' } : { mode: 'none' },
  );
  window.setTitle(isBusy ? words.title(Math.floor(share * 100)) : 'Multimedia Desk');
}

type IntegrationDeps = {
  window(): BrowserWindow | null;
  /** Brings the window to the front, opened anew if it was closed. */ show(): void;
  quit(): void;
};

/**
 * The queue where people look without the window: taskbar, title, tray, notifications; and the
 * computer kept awake while it runs.
 * @returns whether the program is to stay when its last window closes: in the tray, while there is
 * something to do.
 */
export async function startDesktopIntegration(
  { transfers, settings, options: { log } }: Services,
  { window, show, quit }: IntegrationDeps,
): Promise<() => boolean> {
  const words = (): NativeTexts => nativeTexts[settings.view.language];
  const tray = new QueueTray({
    show,
    quit,
    pauseAll: (paused) =>
      void transfers.pauseAll(paused).catch((thrown: unknown) => log.error('tray', thrown)),
  });
  const awake = new SleepBlocker();
  const notices = new Notifications({
    isLookedAt: () => window()?.isFocused() ?? false,
    notify: () => settings.view.notify,
    words,
    open: show,
  });
  let totals = await transfers.totals();
  const draw = (): void => {
    tray.update(settings.view.tray, totals, words());
    awake.set(settings.view.keepAwake && totals.counts.active > 0);
  };
  transfers.onChanged((change) => {
    totals = change.totals;
    showProgress(window(), totals, words());
    notices.take(change);
    draw();
  });
  settings.listen(draw);
  draw();
  return () => tray.isShown && hasWork(totals);
}

const hasWork = ({ counts, paused }: TransferTotals): boolean =>
  !paused && counts.active + counts.waiting > 0;
