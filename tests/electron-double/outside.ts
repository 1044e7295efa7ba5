import { EventEmitter } from 'node:events';
import { record, strict } from './strict.ts';

/**
 * The icon beside the clock: what it is told is noted; a spec clicks by emitting `click` or by
 * calling an entry of the menu.
 */
export class Tray extends EventEmitter {
  /** Those that are shown now, for specs. */
  static readonly all: Tray[] = [];

  constructor(_image: unknown) {
    super();
    Tray.all.push(this);
    return strict('Tray', this);
  }

  setToolTip = record('tray.setToolTip', undefined);
  setContextMenu = record('tray.setContextMenu', undefined);

  destroy(): void {
    record('tray.destroy', undefined)();
    Tray.all.splice(0);
  }
}

/** A notification is noted when it is shown; nobody clicks it but a spec, by emitting `click`. */
export class Notification extends EventEmitter {
  static readonly all: Notification[] = [];
  static isSupported = (): boolean => true;
  readonly options: { title: string; body: string };

  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
    return strict('Notification', this);
  }

  show(): void {
    Notification.all.push(this);
    record('notification.show', undefined)(this.options);
  }

  close(): void {
    record('notification.close', undefined)(this.options);
  }
}
