import { powerSaveBlocker } from 'electron';

/** Keeps the computer from falling asleep by itself while downloads run; the screen may go dark. */
export class Awake {
  #id: number | null = null;

  set(isNeeded: boolean): void {
    if (isNeeded === (this.#id !== null)) return;
    if (this.#id !== null) powerSaveBlocker.stop(this.#id);
    this.#id = isNeeded ? powerSaveBlocker.start('prevent-app-suspension') : null;
  }
}
