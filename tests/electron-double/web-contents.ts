import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Cdp } from './chromium.ts';
import { makeCodec } from './codec.ts';
import {
  answer,
  fromChromium,
  INTERCEPTED,
  isIntercepted,
  toChromium,
  type Paused,
} from './protocols.ts';
import { record } from './strict.ts';
import { DELIVER, POST, worldScripts } from './worlds.ts';

const WORLD = 'preload';
const codec = makeCodec();

export type InvokeEvent = { sender: WebContents; senderFrame: { url: string; parent: null } };
type Listener = (event: InvokeEvent, ...args: unknown[]) => unknown;

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, Listener>();
  handle(channel: string, listener: Listener): void {
    if (this.handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, listener);
  }
}
export const ipcMain = new IpcMain();

type BeforeRequest = (
  details: { url: string },
  answer: (verdict: { cancel?: boolean }) => void,
) => void;

/** What a session lets through; its own storage is not modelled. */
export class Session {
  beforeRequest: BeforeRequest | null = null;
  setPermissionRequestHandler = record('session.setPermissionRequestHandler', undefined);
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest): void => void (this.beforeRequest = listener),
  };
}

export type WebPreferences = {
  preload?: string;
  session?: Session;
  javascript?: boolean;
  sandbox: boolean;
  contextIsolation: boolean;
  nodeIntegration: boolean;
};
type WindowOpen = (details: { url: string }) => { action: 'allow' | 'deny' };

/** A page in Chromium: navigation, the two worlds, and messages to and from main. */
export class WebContents extends EventEmitter {
  readonly id: number;
  readonly ready: Promise<void>;
  #cdp: Cdp | null = null;
  #session = '';
  #ownSession: Session | null = null;
  #target = '';
  #frame = '';
  #preloadContext: string | null = null;
  #url = '';
  #wanted = '';
  #destroyed = false;
  #openHandler: WindowOpen = () => ({ action: 'allow' });

  constructor(
    id: number,
    cdp: Promise<Cdp>,
    size: { width: number; height: number },
    preferences: WebPreferences,
  ) {
    super();
    this.id = id;
    const { sandbox, contextIsolation, nodeIntegration } = preferences;
    if (!sandbox || !contextIsolation || nodeIntegration)
      throw new Error('electron-double: only sandboxed, isolated pages without Node are modelled');
    this.ready = cdp.then((connected) => this.#open(connected, size, preferences));
  }

  get targetId(): string {
    return this.#target;
  }

  getURL(): string {
    return this.#url;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  setWindowOpenHandler(handler: WindowOpen): void {
    this.#openHandler = handler;
  }

  async loadURL(url: string): Promise<void> {
    this.#url = url;
    await this.ready;
    const done = new Promise((resolve) => this.once('did-finish-load', resolve));
    this.#wanted = new URL(toChromium(url)).href;
    const { errorText } = await this.#send<{ errorText?: string }>('Page.navigate', {
      url: this.#wanted,
    });
    if (errorText) throw new Error(`${errorText} loading '${url}'`);
    await done;
  }

  send(channel: string, ...args: unknown[]): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    this.#deliver({ channel, args });
  }

  markDestroyed(): void {
    this.#destroyed = true;
    this.emit('destroyed');
  }

  /** As Electron does, by the same call of Chromium's. */
  async printToPDF(options: {
    preferCSSPageSize?: boolean;
    generateTaggedPDF?: boolean;
    generateDocumentOutline?: boolean;
  }): Promise<Buffer> {
    const { data } = await this.#send<{ data: string }>('Page.printToPDF', options);
    return Buffer.from(data, 'base64');
  }

  async closeTarget(): Promise<void> {
    await this.ready;
    await this.#cdp?.send('Target.closeTarget', { targetId: this.#target });
  }

  setBackgroundThrottling = record('webContents.setBackgroundThrottling', undefined);

  #send<T>(method: string, params: object = {}): Promise<T> {
    if (!this.#cdp) throw new Error('electron-double: the page is not open yet');
    return this.#cdp.send<T>(method, params, this.#session);
  }

  async #open(
    cdp: Cdp,
    { width, height }: { width: number; height: number },
    { preload, session, javascript = true }: WebPreferences,
  ): Promise<void> {
    this.#cdp = cdp;
    this.#target = (
      await cdp.send<{ targetId: string }>('Target.createTarget', {
        url: 'about:blank',
        newWindow: true,
        width,
        height,
      })
    ).targetId;
    this.#session = (
      await cdp.send<{ sessionId: string }>('Target.attachToTarget', {
        targetId: this.#target,
        flatten: true,
      })
    ).sessionId;
    this.#listen(cdp);
    this.#frame = (
      await this.#send<{ frameTree: { frame: { id: string } } }>('Page.getFrameTree')
    ).frameTree.frame.id;
    this.#ownSession = session ?? null;
    await Promise.all([
      this.#send('Page.enable'),
      this.#send('Fetch.enable', {
        patterns: session
          ? [{ urlPattern: '*' }]
          : [{ urlPattern: INTERCEPTED }, { urlPattern: '*', resourceType: 'Document' }],
      }),
      ...(javascript ? [] : [this.#send('Emulation.setScriptExecutionDisabled', { value: true })]),
    ]);
    if (preload === undefined) return;
    const versions = Object.fromEntries(
      Object.entries(process.versions).map(([name, version]) => [name, String(version)]),
    );
    const scripts = worldScripts(
      readFileSync(preload, 'utf8'),
      versions,
      `double${randomBytes(8).toString('hex')}`,
    );
    await Promise.all([
      this.#send('Runtime.enable'),
      this.#send('Runtime.addBinding', { name: POST, executionContextName: WORLD }),
      this.#send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.page }),
      this.#send('Page.addScriptToEvaluateOnNewDocument', {
        source: scripts.preload,
        worldName: WORLD,
      }),
    ]);
  }

  #listen(cdp: Cdp): void {
    const on = <T>(event: string, listener: (params: T) => void): void =>
      void cdp.on(this.#session + event, listener);
    on<{ context: { name: string; uniqueId: string; auxData: { frameId: string } } }>(
      'Runtime.executionContextCreated',
      ({ context }) => {
        if (context.name === WORLD && context.auxData.frameId === this.#frame)
          this.#preloadContext = context.uniqueId;
      },
    );
    on<{ name: string; payload: string }>('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === POST) void this.#invoke(payload);
    });
    on<Paused>('Fetch.requestPaused', (paused) => this.#request(cdp, paused));
    on<{ frame: { parentId?: string; url: string } }>('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId === undefined) this.#url = fromChromium(frame.url);
    });
    on(
      'Page.domContentEventFired',
      () => this.#url && this.#url !== 'about:blank' && this.emit('dom-ready'),
    );
    on(
      'Page.loadEventFired',
      () => this.#url && this.#url !== 'about:blank' && this.emit('did-finish-load'),
    );
    on<{ url: string }>('Page.windowOpen', ({ url }) => {
      if (this.#openHandler({ url: fromChromium(url) }).action !== 'deny')
        throw new Error('electron-double: windows opened by a page are not modelled');
    });
    cdp.on(
      'Target.targetCreated',
      ({ targetInfo }: { targetInfo: { openerId?: string; targetId: string } }) => {
        if (targetInfo.openerId === this.#target)
          void cdp.send('Target.closeTarget', { targetId: targetInfo.targetId });
      },
    );
  }

  #request(cdp: Cdp, paused: Paused): void {
    let isCancelled = false;
    this.#ownSession?.beforeRequest?.({ url: paused.request.url }, ({ cancel = false }) => {
      isCancelled = cancel;
    });
    if (isCancelled)
      return void cdp.send(
        'Fetch.failRequest',
        { requestId: paused.requestId, errorReason: 'BlockedByClient' },
        this.#session,
      );
    const isNavigation = paused.resourceType === 'Document' && paused.frameId === this.#frame;
    if (isNavigation && paused.request.url !== this.#wanted) {
      let isPrevented = false;
      this.emit(
        'will-navigate',
        { preventDefault: () => (isPrevented = true) },
        fromChromium(paused.request.url),
      );
      if (isPrevented)
        return void cdp.send(
          'Fetch.failRequest',
          { requestId: paused.requestId, errorReason: 'Aborted' },
          this.#session,
        );
    }
    if (isIntercepted(paused.request.url)) void answer(cdp, this.#session, paused);
    else void cdp.send('Fetch.continueRequest', { requestId: paused.requestId }, this.#session);
  }

  async #invoke(payload: string): Promise<void> {
    const { id, channel, args } = codec.decode(payload) as {
      id: number;
      channel: string;
      args: unknown[];
    };
    const handler = ipcMain.handlers.get(channel);
    try {
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      this.#deliver({
        id,
        ok: true,
        value: await handler(
          { sender: this, senderFrame: { url: this.#url, parent: null } },
          ...args,
        ),
      });
    } catch (thrown) {
      this.#deliver({
        id,
        ok: false,
        value: `Error invoking remote method '${channel}': ${String(thrown)}`,
      });
    }
  }

  #deliver(message: object): void {
    if (!this.#cdp || this.#preloadContext === null) return;
    const expression = `${DELIVER}(${JSON.stringify(codec.encode(message))})`;
    const context = this.#preloadContext;
    this.#cdp
      .send('Runtime.evaluate', { expression, uniqueContextId: context }, this.#session)
      .catch((thrown: unknown) => {
        // The page may be reloading: Electron drops such a message too.
        if (context === this.#preloadContext && !this.#destroyed)
          console.error('electron-double: a message was not delivered:', thrown);
      });
  }
}
