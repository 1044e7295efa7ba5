import { dialog, shell, type BrowserWindow } from 'electron';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Shell } from '../compose.ts';
import { shellWords } from './words.ts';

/** The system's dialogs and its file manager, for the window. */
export function createDesktopShell(window: () => BrowserWindow | null, language: () => 'en' | 'fr'): Shell {
  return {
    kind: 'desktop',
    mediaSuffix: () => '',
    async openExternal(address) {
      const url = URL.canParse(address) ? new URL(address) : null;
      if (!url || !['https:', 'mailto:'].includes(url.protocol)) throw new AppError('forbidden', 'Only https and mailto addresses are opened');
      const words = shellWords[language()];
      const options = { type: 'question' as const, message: words.question, detail: url.protocol === 'mailto:' ? url.pathname : url.host, buttons: [words.open, words.cancel], defaultId: 0, cancelId: 1 };
      const parent = window();
      const { response } = await (parent ? dialog.showMessageBox(parent, options) : dialog.showMessageBox(options));
      if (response === 0) await shell.openExternal(url.href);
    },
    async chooseFolder(current) {
      const options = { defaultPath: current, properties: ['openDirectory' as const, 'createDirectory' as const] };
      const parent = window();
      const { canceled, filePaths } = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options));
      return canceled ? null : (filePaths[0] ?? null);
    },
    reveal: (folder) => shell.showItemInFolder(path.join(folder, '.done')),
  };
}
