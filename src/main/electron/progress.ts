import { app, type BrowserWindow } from 'electron';
import type { TransferTotals } from '../transfers/api.ts';

/**
 * Progress on the taskbar or dock and in the window's title: what is under way, as a share of what
 * was there when it began.
 */
let startBytes = 0;
export function showProgress(
  window: BrowserWindow | null,
  { remainingBytes, counts, paused }: TransferTotals,
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
  window.setTitle(isBusy ? `${Math.floor(share * 100)}% – Multimedia Desk` : 'Multimedia Desk');
}
