import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** Of Debian's package `epubcheck`; its command needs a way of starting Java that few systems have. */
const JAR = '/usr/share/java/epubcheck.jar';
export const hasEpubcheck = existsSync(JAR) && spawnSync('java', ['-version']).status === 0;

/** What EPUBCheck says of a book: errors and warnings. */
export function checkBook(bytes: Uint8Array): string[] {
  const file = path.join(temporaryFolder(), 'book.epub');
  writeFileSync(file, bytes);
  // Its compiler would work longer than the check takes.
  const { status, stdout, stderr } = spawnSync(
    'java',
    ['-XX:TieredStopAtLevel=1', '-jar', JAR, file],
    { encoding: 'utf8' },
  );
  const said = `${stdout}${stderr}`
    .split('\n')
    .filter((line) => /^(?:ERROR|WARNING|FATAL)/u.test(line));
  return status === 0 ? said : [`exit code ${status}`, ...said];
}
