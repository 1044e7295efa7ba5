import { EventEmitter } from 'node:events';
import type { Cdp } from './chromium.ts';
import { record, strict } from './strict.ts';
import { WebContents, type WebPreferences } from './web-contents.ts';

type Bounds = { x: number; y: number; width: number; height: number };
type Options = Partial<Bounds> & { title?: string; show?: boolean; webPreferences: WebPreferences };

const windows = new Map<number, BrowserWindow>();
let serial = 0;

/** Set by the app: windows exist once Chromium runs. */
export const host: { cdp: Promise<Cdp> | null; onAllClosed(): void } = {
  cdp: null,
  onAllClosed: () => undefined,
};

export class BrowserWindow extends EventEmitter {
  readonly id: number;
  readonly webContents: WebContents;
  #bounds: Bounds;
  #isVisible: boolean;
  #isDestroyed = false;

  constructor(options: Options) {
    super();
    if (!host.cdp) throw new Error('Cannot create BrowserWindow before app is ready');
    serial += 1;
    this.id = serial;
    this.#bounds = {
      x: 0,
      y: 0,
      width: 800,
      height: 600,
      ...Object.fromEntries(
        Object.entries(options).filter(([name]) => ['x', 'y', 'width', 'height'].includes(name)),
      ),
    };
    this.#isVisible = options.show !== false;
    this.webContents = new WebContents(this.id, host.cdp, this.#bounds, options.webPreferences);
    this.webContents.once('dom-ready', () => this.emit('ready-to-show'));
    windows.set(this.id, this);
    const self = strict('BrowserWindow', this);
    void this.webContents.ready
      .then(() => host.cdp)
      .then((cdp) =>
        cdp?.on('Target.targetDestroyed', ({ targetId }: { targetId: string }) => {
          if (targetId === this.webContents.targetId) this.#closed();
        }),
      );
    return self;
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows.values()];
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return windows.get(contents.id) ?? null;
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  show(): void {
    this.#isVisible = true;
  }

  isVisible(): boolean {
    return this.#isVisible;
  }

  isMinimized(): boolean {
    return false;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  getNormalBounds(): Bounds {
    return { ...this.#bounds };
  }

  /** A spec says whether the window is looked at: `isFocusedNow`. */
  isFocusedNow = true;
  isFocused(): boolean {
    return this.isFocusedNow;
  }

  focus = record('window.focus', undefined);
  setTitle = record('window.setTitle', undefined);
  setProgressBar = record('window.setProgressBar', undefined);
  setTitleBarOverlay = record('window.setTitleBarOverlay', undefined);

  close(): void {
    if (this.#isDestroyed) return;
    let isPrevented = false;
    this.emit('close', { preventDefault: () => (isPrevented = true) });
    if (isPrevented) return;
    void this.webContents.closeTarget();
    this.#closed();
  }

  /** Without asking, unlike `close`. */
  destroy(): void {
    if (this.#isDestroyed) return;
    void this.webContents.closeTarget();
    this.#closed();
  }

  #closed(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    windows.delete(this.id);
    this.webContents.markDestroyed();
    this.emit('closed');
    if (windows.size === 0) host.onAllClosed();
  }
}

/** Playwright asks for the contents behind a page of Chromium's. */
export const webContents = strict('webContents', {
  fromDevToolsTargetId: (targetId: string) =>
    BrowserWindow.getAllWindows().find((window) => window.webContents.targetId === targetId)
      ?.webContents,
});
