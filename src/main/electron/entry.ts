import { app, crashReporter, dialog, session, type BrowserWindow } from 'electron';
import ElectronStore from 'electron-store';
import path from 'node:path';
import { contract } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { LINK_SCHEME } from '../../shared/model/app-link.ts';
import { createLog, type Log } from '../adapters/log.ts';
import { clearPath } from '../adapters/fs/quarantine.ts';
import { createSettingsFile } from '../adapters/fs/settings-file.ts';
import { createApplication, systemLanguage } from '../app/application.ts';
import type { Application } from '../app/services.ts';
import { serveHome } from '../cli/host.ts';
import { serveElectron } from './ipc.ts';
import { declareAppScheme, serveApp } from './protocol.ts';
import { startDesktopIntegration } from './desktop-integration.ts';
import { createDesktopShell } from './shell.ts';
import { openUpdateSource } from './updates.ts';
import { createWindowPrinter } from './print-page.ts';
import { createMainWindow, isTrustedFrame, limitPermissions, type WindowMemory } from './window.ts';
import { installMenu } from './menu.ts';
import { nativeTexts, startFailure } from './texts.ts';
import type { SettingsStore } from '../settings/ports.ts';

// Dumps stay in the home (`Crashpad`); nothing is ever sent.
crashReporter.start({ uploadToServer: false });
declareAppScheme();
// Elsewhere the installer's entry says it; a run from sources would register the bare Electron.
if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
let window: BrowserWindow | null = null;
let application: Application | null = null;
let settingsStore: SettingsStore | null = null;
/** macOS hands over links by an event, before `ready` where one has started the app. */
let openedEarly: string | null = null;
let showLink = (link: string): void => {
  openedEarly = link;
};
let staysInTray = (): boolean => false;
/** Commands of this computer that are carried out here are no longer. */
let stopServing = (): void => undefined;

/** The chosen language, once the settings have been read; until then the system's. */
function language(): 'en' | 'fr' {
  if (application) return application.services.settings.view.language;
  const chosen = Reflect.get(Object(settingsStore?.read()), 'language');
  return chosen === 'en' || chosen === 'fr' ? chosen : systemLanguage();
}

/** Carries out what `desk` is told on this home. The command line is loaded by its first call. */
async function serveCommands(to: Application, log: Log): Promise<() => void> {
  const { home, version } = to.services.options;
  try {
    return await serveHome({
      home,
      version,
      application: to,
      link: null,
      run: async (...call) =>
        (await import('../cli/program.ts')).runHosted({ version, pages: '' }, ...call),
    });
  } catch (thrown) {
    // The window works without.
    log.error('commands', thrown);
    return () => undefined;
  }
}

async function start(): Promise<void> {
  const home = app.getPath('userData');
  const log = createLog(home);
  clearPath(path.join(home, 'window.json'));
  const store = new ElectronStore<{ bounds?: Electron.Rectangle }>({
    cwd: home,
    name: 'window',
    clearInvalidConfig: true,
    configFileMode: 0o600,
  });
  const memory: WindowMemory = {
    read: () => store.get('bounds') ?? null,
    write: (bounds) => store.set('bounds', bounds),
  };
  limitPermissions();
  settingsStore = createSettingsFile(ElectronStore, home);
  installMenu(nativeTexts[language()]);
  const shell = {
    ...createDesktopShell(() => window, language),
    printPdf: createWindowPrinter(),
    systemProxy: (url: string) => session.defaultSession.resolveProxy(url),
  };
  application = await createApplication({
    home,
    log,
    shell,
    background: true,
    version: app.getVersion(),
    settingsStore,
    demo: app.commandLine.hasSwitch('demo'),
    serviceUrl: app.commandLine.getSwitchValue('service') || undefined,
    updates: {
      open: (network) => openUpdateSource(network, log),
      quit: () => app.quit(),
    },
    send: (name, payload) => {
      if (window && !window.isDestroyed()) window.webContents.send(name, payload);
    },
  });
  const { services, invoke, media } = application;
  const openLinkIn = (args: readonly string[]): void => {
    const link = args.findLast((text) => text.startsWith(`${LINK_SCHEME}:`));
    if (link !== undefined) services.links.open(link);
  };
  showLink = (link) => {
    if (services.links.open(link)) show();
  };
  let shown = language();
  services.settings.listen((view) => {
    if (view.language === shown) return;
    shown = view.language;
    installMenu(nativeTexts[shown]);
  });
  serveApp(path.join(import.meta.dirname, '../renderer'), media);
  serveElectron(contract, invoke, (event) => isTrustedFrame(window, event));
  const open = (): void => {
    window = createMainWindow(memory, (url) => shell.openExternal(url));
    window.on('closed', () => {
      window = null;
    });
  };
  const show = (): void => {
    if (!window) return open();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  app.on('activate', () => {
    if (!window) open();
  });
  app.on('second-instance', (_event, args) => {
    show();
    openLinkIn(args);
  });
  open();
  openLinkIn(process.argv);
  if (openedEarly !== null) services.links.open(openedEarly);
  staysInTray = await startDesktopIntegration(services, {
    window: () => window,
    show,
    quit: () => app.quit(),
  });
  if (application) stopServing = await serveCommands(application, log);
}

function fail(thrown: unknown): void {
  console.error(thrown instanceof AppError ? thrown.message : thrown);
  // Started from an icon, the app has no visible console.
  const { title, content } = startFailure(thrown, nativeTexts[language()]);
  dialog.showErrorBox(title, content);
  app.exit(1);
}

app.on('open-url', (event, url) => {
  event.preventDefault();
  showLink(url);
});
app.on('window-all-closed', () => {
  if (process.platform !== 'darwin' && !staysInTray()) app.quit();
});
app.on('will-quit', (event) => {
  if (!application) return;
  // Ends the threads first. State is on disk already: a kill here loses nothing.
  event.preventDefault();
  stopServing();
  const closing = application;
  application = null;
  void closing.close().finally(() => {
    closing.finishUpdates();
    app.quit();
  });
});

// No top-level await: Electron emits `ready` only after this module has been evaluated.
if (app.requestSingleInstanceLock()) app.whenReady().then(start).catch(fail);
else app.quit();
