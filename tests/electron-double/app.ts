import { EventEmitter } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { BrowserWindow, host } from './browser-window.ts';
import { startChromium } from './chromium.ts';
import { record, strict } from './strict.ts';

export type Manifest = { name?: string; productName?: string; version?: string };

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly #switches = new Map<string, string>();
  readonly #manifest: Manifest;
  readonly #root: string;
  readonly #ready = Promise.withResolvers<void>();
  #isReady = false;
  #isQuitting = false;

  constructor(manifest: Manifest, root: string, args: string[]) {
    super();
    this.#manifest = manifest;
    this.#root = root;
    for (const arg of args.filter((text) => text.startsWith('--'))) {
      const [name = '', ...value] = arg.slice(2).split('=');
      this.#switches.set(name, value.join('='));
    }
    host.onAllClosed = () =>
      this.listenerCount('window-all-closed') > 0 ? this.emit('window-all-closed') : this.quit();
  }

  readonly commandLine = strict('app.commandLine', {
    hasSwitch: (name: string): boolean => this.#switches.has(name),
    getSwitchValue: (name: string): string => this.#switches.get(name) ?? '',
    appendSwitch: (name: string, value = ''): void => void this.#switches.set(name, value),
  });

  /** Electron is ready only once the entry module has been evaluated. */
  start(): void {
    host.cdp = startChromium(this.#switches);
    host.cdp.then(
      async (cdp) => {
        await cdp.send('Target.setDiscoverTargets', { discover: true });
        this.#isReady = true;
        this.#ready.resolve();
        this.emit('ready');
      },
      (thrown: unknown) => {
        console.error('electron-double:', thrown);
        process.exit(1);
      },
    );
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  get name(): string {
    return this.getName();
  }

  getName(): string {
    return this.#manifest.productName ?? this.#manifest.name ?? 'Electron';
  }

  getVersion(): string {
    return this.#manifest.version ?? '0.0.0';
  }

  getAppPath(): string {
    return this.#root;
  }

  getLocale(): string {
    return this.#switches.get('lang') ?? 'en-US';
  }

  getPath(name: string): string {
    const config = process.env['XDG_CONFIG_HOME'] ?? path.join(os.homedir(), '.config');
    const userData = this.#switches.get('user-data-dir') ?? path.join(config, this.getName());
    const known: Record<string, string> = {
      home: os.homedir(),
      appData: config,
      userData,
      downloads: path.join(os.homedir(), 'Downloads'),
      temp: os.tmpdir(),
    };
    const found = known[name];
    if (found === undefined)
      throw new Error(`electron-double: app.getPath('${name}') is not modelled`);
    return found;
  }

  setBadgeCount = record('app.setBadgeCount', true);

  requestSingleInstanceLock(): boolean {
    return true;
  }

  quit(): void {
    if (this.#isQuitting) return;
    let isPrevented = false;
    const event = { preventDefault: () => (isPrevented = true) };
    this.emit('before-quit', event);
    if (isPrevented) return;
    this.#isQuitting = true;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    this.emit('will-quit', event);
    if (isPrevented) this.#isQuitting = false;
    else this.exit(0);
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    setImmediate(() => process.exit(code));
  }
}

export const createApp = (manifest: Manifest, root: string, args: string[]): App =>
  strict('app', new App(manifest, root, args));
