import { BrowserWindow, session } from 'electron';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError, stopReason } from '../../shared/errors.ts';
import type { PdfPrinter } from '../articles/export/ports.ts';

/** In memory, apart from the app's own; it knows this one file and nothing else. */
function printSession(address: string): Electron.Session {
  const own = session.fromPartition('print');
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  own.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: url !== address && !url.startsWith('data:') }),
  );
  return own;
}

async function print(page: string, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'multimedia-desk-pdf-')).catch(
    (cause: unknown) => {
      throw new AppError('pdf-failed', 'There is no room for temporary files', { cause });
    },
  );
  const file = path.join(folder, 'page.html');
  const address = pathToFileURL(file).href;
  let window: BrowserWindow | null = null;
  const stop = (): void => window?.destroy();
  try {
    await writeFile(file, page, { mode: 0o600 });
    window = new BrowserWindow({
      show: false,
      webPreferences: {
        session: printSession(address),
        javascript: false,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        spellcheck: false,
      },
    });
    window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
    signal.addEventListener('abort', stop, { once: true });
    await window.loadURL(address);
    return await window.webContents.printToPDF({
      preferCSSPageSize: true,
      generateTaggedPDF: true,
      generateDocumentOutline: true,
    });
  } catch (thrown) {
    if (signal.aborted) throw stopReason(signal);
    throw new AppError('pdf-failed', 'The page could not be printed', { cause: thrown });
  } finally {
    signal.removeEventListener('abort', stop);
    window?.destroy();
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Prints in a window that is never shown, without script, network, preload or Node. Pages are sized
 * and numbered by their own styles.
 */
export function createWindowPrinter(): PdfPrinter {
  /** One after the other: they share the session. */
  let last: Promise<unknown> = Promise.resolve();
  return (page, signal) => {
    const turn = last.then(() => print(page, signal));
    last = turn.catch(() => undefined);
    return turn;
  };
}
