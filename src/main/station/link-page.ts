import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TICKET_MS } from './access.ts';

/**
 * Writes a page that leads to a link, for a browser to open: every user of the computer can read
 * the command line of a process, and would have the link before the browser. Its folder is in the
 * user's own, not in the home, because browsers from a snap can't read hidden folders. It is removed
 * with the link's time at the latest.
 *
 * @throws what the file system does
 */
export function writeLinkPage(link: string): { file: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.homedir(), 'multimedia-desk-'));
  const file = path.join(folder, 'open.html');
  const remove = (): void => {
    clearTimeout(expiry);
    rmSync(folder, { recursive: true, force: true });
  };
  const expiry = setTimeout(remove, TICKET_MS).unref();
  try {
    writeFileSync(
      file,
      `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${link}"><title>Multimedia Desk</title><a href="${link}">Multimedia Desk</a>\n`,
      { mode: 0o600, flag: 'wx' },
    );
  } catch (thrown) {
    remove();
    throw thrown;
  }
  return { file, remove };
}
