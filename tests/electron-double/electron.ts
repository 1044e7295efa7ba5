import { EventEmitter } from 'node:events';
import { createApp, type Manifest } from './app.ts';
import { BrowserWindow, webContents } from './browser-window.ts';
import { Notification, Tray } from './outside.ts';
import { net, protocol } from './protocols.ts';
import { calls, record, strict } from './strict.ts';
import { ipcMain, Session, WebContents } from './web-contents.ts';

/**
 * What `import 'electron'` gives in the main process. Dialogs and the system are asked, noted, and
 * answered as a person who cancels.
 */
export function createElectron(
  manifest: Manifest,
  root: string,
  args: string[],
): Record<string, unknown> {
  const app = createApp(manifest, root, args);
  return {
    app,
    BrowserWindow,
    WebContents,
    webContents,
    ipcMain,
    protocol: strict('protocol', protocol),
    net: strict('net', net),
    crashReporter: strict('crashReporter', {
      start: record('crashReporter.start', undefined),
    }),
    session: strict('session', {
      fromPartition: () => strict('Session', new Session()),
      defaultSession: strict('session.defaultSession', {
        // This computer has no proxy.
        resolveProxy: record('session.resolveProxy', Promise.resolve('DIRECT')),
        setPermissionRequestHandler: record('session.setPermissionRequestHandler', undefined),
        setPermissionCheckHandler: record('session.setPermissionCheckHandler', undefined),
        setDevicePermissionHandler: record('session.setDevicePermissionHandler', undefined),
      }),
    }),
    dialog: strict('dialog', {
      showOpenDialog: async (...given: unknown[]) =>
        record('dialog.showOpenDialog', { canceled: true, filePaths: [] as string[] })(...given),
      showErrorBox: record('dialog.showErrorBox', undefined),
      showMessageBox: async (...given: unknown[]) =>
        record('dialog.showMessageBox', { response: 1 })(...given),
    }),
    shell: strict('shell', {
      openExternal: async (url: string) => record('shell.openExternal', undefined)(url),
      showItemInFolder: record('shell.showItemInFolder', undefined),
    }),
    Menu: strict('Menu', {
      buildFromTemplate: (template: unknown) => ({ template }),
      setApplicationMenu: record('Menu.setApplicationMenu', undefined),
    }),
    screen: strict('screen', {
      getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }),
    }),
    nativeTheme: strict(
      'nativeTheme',
      Object.assign(new EventEmitter(), { themeSource: 'system', shouldUseDarkColors: false }),
    ),
    powerMonitor: strict('powerMonitor', new EventEmitter()),
    powerSaveBlocker: strict('powerSaveBlocker', {
      start: (kind: string) => record('powerSaveBlocker.start', 1)(kind),
      stop: record('powerSaveBlocker.stop', undefined),
    }),
    Tray,
    Notification,
    nativeImage: strict('nativeImage', {
      createFromDataURL: (url: string) =>
        strict('NativeImage', {
          url,
          setTemplateImage: record('nativeImage.setTemplateImage', undefined),
        }),
    }),
    ipcRenderer: undefined,
    contextBridge: undefined,
    double: { calls },
  };
}
