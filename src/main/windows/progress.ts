import type { BrowserWindow } from 'electron';
import type { TransferTotals } from '../transfers/client.ts';

/** Progress on the taskbar or dock: what is under way, as a share of what was there when it began. */
let startBytes = 0;
export function showProgress(window: BrowserWindow | null, { remainingBytes, counts, paused }: TransferTotals): void {
  if (!window || window.isDestroyed()) return;
  if (counts.active === 0) {
    startBytes = 0;
    window.setProgressBar(-1);
    return;
  }
  startBytes = Math.max(startBytes, remainingBytes);
  window.setProgressBar(startBytes === 0 ? 0 : 1 - remainingBytes / startBytes, { mode: paused ? 'paused' : 'normal' });
}
