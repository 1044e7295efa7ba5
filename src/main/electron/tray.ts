import { Menu, nativeImage, Tray } from 'electron';
import type { TransferTotals } from '../transfers/api.ts';
import type { NativeTexts } from './texts.ts';

/** An arrow into a tray, 32 px, in a grey that shows on light and dark bars. */
const ICON =
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAYAAABzenr0AAAAaUlEQVR42u2XMQoAIAwD+3QXR99cd0GxbYqKGbIFc2haUEptclJCgJcBdBABCEAAAhAgDUCDgtxASrj1CeDhng5Aw70lhIXPAHYOtIQvPZHxgvii823xpACEF1bG4jGVlABXAvBn9BdABwKYO3Zgz9KBAAAAAElFTkSuQmCC';

type TrayActions = { show(): void; pauseAll(paused: boolean): void; quit(): void };

/** State of the queue in one line. */
function trayText(
  { counts, paused, limit, bytesPerSecond, remainingBytes }: TransferTotals,
  words: NativeTexts,
): string {
  if (paused && counts.active + counts.waiting > 0) return words.paused;
  if (counts.active > 0) return words.active(counts.active, bytesPerSecond, remainingBytes);
  if (counts.waiting === 0) return words.idle;
  return limit.isPaused ? words.pausedBySchedule : words.waiting(counts.waiting);
}

/** Tray icon with the state of the queue and a menu: open, pause or resume, quit. */
export class QueueTray {
  readonly #does: TrayActions;
  #tray: Tray | null = null;
  #shown = '';

  constructor(does: TrayActions) {
    this.#does = does;
  }

  get isShown(): boolean {
    return this.#tray !== null;
  }

  /** @param recalls number of those that nobody has acknowledged */
  update(isWanted: boolean, totals: TransferTotals, recalls: number, words: NativeTexts): void {
    if (!isWanted) return this.remove();
    const queue = trayText(totals, words);
    const text = recalls === 0 ? queue : `${words.recalls(recalls)}. ${queue}`;
    const shown = `${text} ${totals.paused} ${words.quit}`;
    if (this.#tray && shown === this.#shown) return;
    this.#shown = shown;
    if (!this.#tray) {
      const icon = nativeImage.createFromDataURL(`data:image/png;base64,${ICON}`);
      // As a template, macOS draws it in the colour of the menu bar.
      icon.setTemplateImage(true);
      this.#tray = new Tray(icon);
      this.#tray.on('click', () => this.#does.show());
    }
    this.#tray.setToolTip(words.tooltip(text));
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: text, enabled: false },
        { type: 'separator' },
        { label: words.show, click: () => this.#does.show() },
        {
          label: totals.paused ? words.resumeAll : words.pauseAll,
          enabled: totals.paused || totals.counts.active + totals.counts.waiting > 0,
          click: () => this.#does.pauseAll(!totals.paused),
        },
        { type: 'separator' },
        { label: words.quit, click: () => this.#does.quit() },
      ]),
    );
  }

  remove(): void {
    this.#tray?.destroy();
    this.#tray = null;
  }
}
