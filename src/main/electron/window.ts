import { app, BrowserWindow, screen, session, type IpcMainInvokeEvent } from 'electron';
import path from 'node:path';
import { APP_URL, isGranted, isOwnPage } from './app-page.ts';

export type WindowMemory = {
  read(): { x: number; y: number; width: number; height: number } | null;
  write(bounds: { x: number; y: number; width: number; height: number }): void;
};

/** The last bounds if a display still shows enough of them to grab, else only their size. */
function rememberedBounds(memory: WindowMemory): Partial<Electron.Rectangle> {
  const bounds = memory.read();
  if (!bounds) return {};
  const { workArea } = screen.getDisplayMatching(bounds);
  const isReachable =
    bounds.x < workArea.x + workArea.width - 100 &&
    bounds.x + bounds.width > workArea.x + 100 &&
    bounds.y >= workArea.y - 20 &&
    bounds.y < workArea.y + workArea.height - 100;
  return isReachable ? bounds : { width: bounds.width, height: bounds.height };
}

/** Hidden title bar: the system's buttons lie over the app's top bar. */
function frameOptions(): Electron.BrowserWindowConstructorOptions {
  if (process.platform === 'darwin')
    return { titleBarStyle: 'hiddenInset', trafficLightPosition: { x: 14, y: 18 } };
  return {
    titleBarStyle: 'hidden',
    titleBarOverlay: { height: 48, color: '#00000000', symbolColor: '#80858d' },
  };
}

/** A locked-down window: sandboxed, isolated, without Node, navigation or child windows. */
export function createMainWindow(
  memory: WindowMemory,
  openExternal: (url: string) => Promise<void>,
): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 480,
    minHeight: 480,
    show: false,
    title: 'Multimedia Desk',
    backgroundColor: '#121418',
    ...frameOptions(),
    ...rememberedBounds(memory),
    webPreferences: {
      preload: path.join(import.meta.dirname, '../preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.on('close', () => memory.write(window.getNormalBounds()));
  window.webContents.setWindowOpenHandler(({ url }) => {
    void openExternal(url);
    return { action: 'deny' };
  });
  window.webContents.on('will-navigate', (event, url) => {
    if (!isAppPage(url)) event.preventDefault();
  });
  void window.loadURL(developmentUrl() ?? APP_URL);
  return window;
}

/**
 * Origin of the development server. A packaged app ignores the environment: it must not load its
 * page from there.
 */
const developmentUrl = (): string | undefined =>
  app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];

const isAppPage = (url: string): boolean => isOwnPage(url, developmentUrl());

/** True for the main frame of the app's window while it shows the app's page. */
export const isTrustedFrame = (
  window: BrowserWindow | null,
  { sender, senderFrame }: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>,
): boolean =>
  window !== null &&
  sender.id === window.webContents.id &&
  senderFrame !== null &&
  senderFrame.parent == null &&
  isAppPage(senderFrame.url);

export function limitPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isGranted(permission, isAppPage(requestingUrl))),
  );
  // A permission check has only the origin; no other page is ever loaded from it.
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) =>
    isGranted(permission, isAppPage(`${origin.replace(/\/$/, '')}/index.html`)),
  );
  defaultSession.setDevicePermissionHandler(() => false);
}
