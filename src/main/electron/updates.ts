import { app } from 'electron';
import os from 'node:os';
import path from 'node:path';
import type { Installed, UpdaterApp } from '../adapters/updates/update-source.ts';
import type { Log } from '../adapters/log.ts';
import type { Network } from '../adapters/http/network.ts';
import type { UpdateSource } from '../updates/ports.ts';
import { UPDATE_KEYS } from './update-keys.ts';

/** How this program was installed; null where it doesn't update itself. */
function installed(): Installed | null {
  if (!app.isPackaged || UPDATE_KEYS.length === 0) return null;
  if (process.platform === 'win32') return { kind: 'nsis' };
  if (process.platform === 'darwin') return { kind: 'mac' };
  // What else there is for Linux comes from a package manager.
  const { APPIMAGE } = process.env;
  return APPIMAGE !== undefined && path.isAbsolute(APPIMAGE)
    ? { kind: 'appimage', file: APPIMAGE }
    : null;
}

/** Of the user, for what can be fetched again. */
function cacheFolder(): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (process.platform === 'win32') return LOCALAPPDATA ?? path.join(os.homedir(), 'AppData/Local');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library/Caches');
  return XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');
}

/** Where this program's updates come from; null where it doesn't update itself. */
export async function openUpdateSource(network: Network, log: Log): Promise<UpdateSource | null> {
  const how = installed();
  if (how === null) return null;
  const updaterApp: UpdaterApp = {
    version: app.getVersion(),
    name: app.getName(),
    isPackaged: true,
    appUpdateConfigPath: path.join(process.resourcesPath, 'app-update.yml'),
    userDataPath: app.getPath('userData'),
    baseCachePath: cacheFolder(),
    whenReady: () => app.whenReady(),
    // An AppImage runs from a file system that is gone by then: the file itself is started.
    relaunch: () => app.relaunch(how.kind === 'appimage' ? { execPath: how.file } : {}),
    quit: () => app.quit(),
    // Only for an installation by itself, which is switched off.
    onQuit: () => undefined,
  };
  // A megabyte that nobody else needs.
  const { createUpdateSource } = await import('../adapters/updates/update-source.ts');
  return createUpdateSource({
    installed: how,
    app: updaterApp,
    network,
    keys: UPDATE_KEYS,
    log: (message) => log.info(message),
  });
}
