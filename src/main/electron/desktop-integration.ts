import type { BrowserWindow } from 'electron';
import type { Desk } from '../app/services.ts';
import type { TransferTotals } from '../transfers/api.ts';
import { Awake } from './awake.ts';
import { Notices } from './notifications.ts';
import { showProgress } from './progress.ts';
import { QueueTray } from './tray.ts';
import { shellWords, type ShellWords } from './texts.ts';

type Around = {
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
export async function showBeside(
  { transfers, settings, options: { log } }: Desk,
  { window, show, quit }: Around,
): Promise<() => boolean> {
  const words = (): ShellWords => shellWords[settings.view.language];
  const tray = new QueueTray({
    show,
    quit,
    pauseAll: (paused) =>
      void transfers.pauseAll(paused).catch((thrown: unknown) => log.error('tray', thrown)),
  });
  const awake = new Awake();
  const notices = new Notices({
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
    showProgress(window(), totals);
    notices.take(change);
    draw();
  });
  settings.listen(draw);
  draw();
  return () => tray.isShown && hasWork(totals);
}

const hasWork = ({ counts, paused }: TransferTotals): boolean =>
  !paused && counts.active + counts.waiting > 0;
