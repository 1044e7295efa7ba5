import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { IpcMainInvokeEvent } from 'electron';
import { beforeEach, expect, test, vi } from 'vitest';
import { serveApp } from '../../../src/main/electron/protocol.ts';
import { createDesktopShell } from '../../../src/main/electron/shell.ts';
import { createMainWindow, isTrustedFrame } from '../../../src/main/electron/window.ts';

const electron = vi.hoisted(() => ({
  options: {} as { webPreferences?: object },
  onOpen: (_details: { url: string }): unknown => undefined,
  onNavigate: (_event: { preventDefault(): void }, _url: string): void => undefined,
  serve: (_request: Request): Promise<Response> => Promise.reject(new Error('nothing is served')),
  fetched: [] as string[],
  asked: [] as { detail: string }[],
  opened: [] as string[],
  answer: 1,
}));
vi.mock('electron', () => ({
  app: { isPackaged: true },
  BrowserWindow: class {
    readonly webContents = {
      id: 7,
      setWindowOpenHandler: (handler: typeof electron.onOpen) => (electron.onOpen = handler),
      on: (name: string, listener: typeof electron.onNavigate) =>
        name === 'will-navigate' && (electron.onNavigate = listener),
    };
    constructor(options: typeof electron.options) {
      electron.options = options;
    }
    once(): void {}
    on(): void {}
    async loadURL(): Promise<void> {}
  },
  protocol: {
    handle: (_scheme: string, handler: typeof electron.serve) => (electron.serve = handler),
  },
  net: { fetch: async (url: string) => (electron.fetched.push(url), new Response('')) },
  dialog: {
    showMessageBox: async (options: { detail: string }) => (
      electron.asked.push(options),
      { response: electron.answer }
    ),
  },
  shell: { openExternal: async (url: string) => void electron.opened.push(url) },
}));
beforeEach(() => {
  for (const list of [electron.fetched, electron.asked, electron.opened]) list.length = 0;
});

const openWindow = (openExternal = async (_url: string): Promise<void> => undefined) =>
  createMainWindow({ read: () => null, write: () => undefined }, openExternal);

test('the window is sandboxed and isolated, opens no other and goes nowhere', () => {
  const external: string[] = [];
  openWindow(async (url) => void external.push(url));
  expect(electron.options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
  });
  expect(electron.onOpen({ url: 'https://e.example/' })).toEqual({ action: 'deny' });
  expect(external).toEqual(['https://e.example/']);
  const isPrevented = (url: string): boolean => {
    const preventDefault = vi.fn();
    electron.onNavigate({ preventDefault }, url);
    return preventDefault.mock.calls.length > 0;
  };
  expect(
    ['https://e.example/', 'app://bundle/media/article/med_1', 'app://bundle/index.html'].map(
      isPrevented,
    ),
  ).toEqual([true, true, false]);
});

const from = (more: { id?: number; parent?: object; url?: string } = {}) =>
  ({
    sender: { id: more.id ?? 7 },
    senderFrame: { parent: more.parent ?? null, url: more.url ?? 'app://bundle/index.html' },
  }) as unknown as IpcMainInvokeEvent;

test('main takes messages from our window’s main frame with our page only', () => {
  const window = openWindow();
  expect(isTrustedFrame(window, from())).toBe(true);
  const others = [
    from({ id: 8 }),
    from({ parent: {} }),
    from({ url: 'https://e.example/index.html' }),
    from({ url: 'app://bundle/media/article/med_1' }),
    { ...from(), senderFrame: null },
  ];
  expect(others.map((event) => isTrustedFrame(window, event))).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(isTrustedFrame(null, from())).toBe(false);
});

test('an address is opened when it is https or mailto, after its host was shown and somebody has said yes', async () => {
  const shell = createDesktopShell(
    () => null,
    () => 'en',
  );
  for (const url of [
    'http://e.example/',
    'file:///etc/passwd',
    'javascript:x()',
    'smb://e.example/x',
    'nonsense',
    'https://user@e.example/a',
    'https://127.0.0.1/',
    'https://localhost:8080/',
    'https://[::1]/',
  ])
    await expect(shell.openExternal(url)).rejects.toMatchObject({ code: 'forbidden' });
  expect(electron.asked).toEqual([]);
  electron.answer = 1;
  await shell.openExternal('https://e.example/a');
  expect(electron.opened).toEqual([]);
  electron.answer = 0;
  await shell.openExternal('https://e.example:8443/a');
  await shell.openExternal('mailto:desk@e.example?bcc=other@e.example');
  expect(electron.asked.map(({ detail }) => detail)).toEqual([
    'e.example',
    'e.example:8443',
    'desk@e.example',
  ]);
  expect(electron.opened).toEqual(['https://e.example:8443/a', 'mailto:desk@e.example']);
});

test('nothing outside the page’s folder can be named', async () => {
  const root = path.resolve('/app/renderer');
  serveApp(root, async () => ({ status: 200, headers: {}, body: null }));
  const ask = (name: string) => electron.serve({ url: name, headers: new Headers() } as Request);
  await ask('app://bundle/assets/a.js');
  expect(electron.fetched.splice(0)).toEqual([pathToFileURL(path.join(root, 'assets/a.js')).href]);
  for (const name of [
    'app://other/index.html',
    'app://bundle/..%2fsecret.html',
    'app://bundle/a/..%2f..%2f..%2fetc/passwd',
    'app://bundle/',
    'app://bundle/..%2frenderer-of-another/index.html',
  ])
    await ask(name);
  expect(electron.fetched.filter((url) => !url.startsWith(`${pathToFileURL(root).href}/`))).toEqual(
    [],
  );
});

test('the page’s policy allows scripts of its own only, and reaches nobody else', () => {
  const policy =
    /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/u.exec(
      readFileSync('src/renderer/index.html', 'utf8'),
    )?.[1] ?? '';
  const parts = Object.fromEntries(
    policy
      .split(';')
      .map((part) => part.trim().split(/\s+/u))
      .map(([name = '', ...sources]) => [name, sources]),
  );
  expect(parts).toMatchObject({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  });
  expect(
    Object.values(parts)
      .flat()
      .filter(
        (source) => !["'self'", "'none'", "'unsafe-inline'", 'data:', 'blob:'].includes(source),
      ),
  ).toEqual([]);
});
