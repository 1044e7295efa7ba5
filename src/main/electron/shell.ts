import { dialog, shell, type BrowserWindow } from 'electron';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { externalAddress } from '../../shared/model/url.ts';
import type { Shell } from '../app/services.ts';
import { nativeTexts } from './texts.ts';

const FILE_ENDINGS = {
  certificate: ['pem', 'crt', 'cer', 'p12', 'pfx'],
  pac: ['pac', 'dat', 'js'],
};

/** Native dialogs, the file manager and the browser. */
export function createDesktopShell(
  window: () => BrowserWindow | null,
  language: () => 'en' | 'fr',
): Shell {
  return {
    kind: 'desktop',
    mediaSuffix: () => '',
    async openExternal(text) {
      const address = externalAddress(text);
      if (!address)
        throw new AppError(
          'forbidden',
          'Only https links to other computers, without a password, and mailto links can be opened',
        );
      const words = nativeTexts[language()];
      const options = {
        type: 'question' as const,
        message: words.question,
        detail: address.host,
        buttons: [words.open, words.cancel],
        defaultId: 0,
        cancelId: 1,
      };
      const parent = window();
      const { response } = await (parent
        ? dialog.showMessageBox(parent, options)
        : dialog.showMessageBox(options));
      if (response === 0) await shell.openExternal(address.href);
    },
    async chooseFolder(current) {
      const options = {
        defaultPath: current,
        properties: ['openDirectory' as const, 'createDirectory' as const],
      };
      const parent = window();
      const { canceled, filePaths } = await (parent
        ? dialog.showOpenDialog(parent, options)
        : dialog.showOpenDialog(options));
      return canceled ? null : (filePaths[0] ?? null);
    },
    async chooseFile(kind) {
      const options = {
        properties: ['openFile' as const],
        filters: [
          { name: '', extensions: FILE_ENDINGS[kind] },
          { name: '*', extensions: ['*'] },
        ],
      };
      const parent = window();
      const { canceled, filePaths } = await (parent
        ? dialog.showOpenDialog(parent, options)
        : dialog.showOpenDialog(options));
      return canceled ? null : (filePaths[0] ?? null);
    },
    reveal: (folder) => {
      const marker = ['.done', '.recalled']
        .map((name) => path.join(folder, name))
        .find((name) => existsSync(name));
      shell.showItemInFolder(marker ?? folder);
    },
  };
}
