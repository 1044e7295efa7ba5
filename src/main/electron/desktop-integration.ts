import { powerSaveBlocker, app, type BrowserWindow } from 'electron';
import type { TransferTotals } from '../transfers/api.ts';
import type { Services } from '../app/services.ts';
import { Notifications } from './notifications.ts';
import { QueueTray } from './tray.ts';
import { nativeTexts, type NativeTexts } from './texts.ts';

/** Blocks system sleep while downloads run; the display may still turn off. */
class SleepBlocker {
  #id: number | null = null;

  set(isNeeded: boolean): void {
    if (isNeeded === (this.#id !== null)) return;
    if (this.#id !== null) powerSaveBlocker.stop(this.#id);
    this.#id = isNeeded ? powerSaveBlocker.start('prevent-app-suspension') : null;
  }
}

/**
 * Progress on the taskbar or dock and in the title: the share of the bytes that remained when
 * downloads last started.
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
  // Has no effect except on macOS and some Linux desktops.
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
  /** Brings the window to the front, reopened if it was closed. */ show(): void;
  quit(): void;
};

/**
 * Shows the queue outside the page (taskbar, title, tray, notifications) and keeps the computer
 * awake.
 * @returns whether the app stays in the tray when its last window closes: while the tray icon is
 * shown and downloads remain
 */
export async function startDesktopIntegration(
  { transfers, recalls, settings, current, options: { log } }: Services,
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
    needsKeychain: () =>
      ['locked', 'unanswered'].includes(current()?.account.view.keychain ?? 'ok'),
    open: show,
  });
  let totals = await transfers.totals();
  let recalled = await transfers.recallsView();
  const draw = (): void => {
    tray.update(settings.view.tray, totals, recalled.recalls, words());
    awake.set(settings.view.keepAwake && totals.counts.active > 0);
  };
  transfers.onChanged((change) => {
    totals = change.totals;
    showProgress(window(), totals, words());
    notices.take(change);
    draw();
  });
  recalls.listen((view) => {
    recalled = view;
    notices.acknowledged(view);
    draw();
  });
  settings.listen(draw);
  notices.remind(recalled);
  draw();
  return () => tray.isShown && hasWork(totals);
}

const hasWork = ({ counts, paused }: TransferTotals): boolean =>
  !paused && counts.active + counts.waiting > 0;
