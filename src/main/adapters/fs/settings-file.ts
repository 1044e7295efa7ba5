import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type Conf from 'conf';
import { AppError } from '../../../shared/errors.ts';
import type { SettingsStore } from '../../settings/ports.ts';
import { writeFileAtomicSync } from './atomic-write.ts';
import { errnoOf, hasErrno, saveError } from './errors.ts';
import { requireOwnHome } from './home-files.ts';
import { clearPath, quarantine } from './quarantine.ts';
import { checksum } from '../sqlite/kit.ts';

/** `conf`, or `electron-store`, which extends it and has the same file format. */
type ConfClass = new (options: {
  cwd: string;
  name: string;
  configName: string;
  clearInvalidConfig: boolean;
  configFileMode: number;
  projectName?: string;
}) => Pick<Conf<Record<string, unknown>>, 'store'>;

type Contents = Record<string, unknown>;

/** Detects bit flips and edits by other programs. */
const CHECKSUM = 'checksum';
const sealed = (value: object): Contents => ({
  ...value,
  [CHECKSUM]: checksum(JSON.stringify(value)),
});

/** Files of earlier versions have no checksum. */
function isAsWritten({ [CHECKSUM]: sum, ...value }: Contents): boolean {
  return sum === undefined || sum === checksum(JSON.stringify(value));
}

/** Null if there is no file; `damaged` if it holds no object. */
function readObject(file: string): Contents | 'damaged' | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Contents)
      : 'damaged';
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return 'damaged';
    if (hasErrno(thrown, 'ENOENT')) return null;
    throw new AppError(
      'not-permitted',
      `The settings in ${file} can’t be read (${errnoOf(thrown) ?? String(thrown)}). Change its permissions, then start again.`,
      { cause: thrown },
    );
  }
}

/**
 * Settings in `settings.json`, with a copy in `settings.backup.json`. A file that cannot be parsed
 * is quarantined, never overwritten.
 *
 * @throws `not-permitted`, `disk-error`
 */
export function createSettingsFile(Store: ConfClass, home: string): SettingsStore {
  requireOwnHome(home);
  const file = path.join(home, 'settings.json');
  const backup = path.join(home, 'settings.backup.json');
  let aside = clearPath(file);
  clearPath(backup);
  let contents = readObject(file);
  if (contents === 'damaged') {
    aside = quarantine(file);
    contents = null;
  }
  const found = {
    aside,
    isMissing: contents === null && aside === null && existsSync(backup),
    isChanged: contents !== null && !(isAsWritten(contents) && isOfThisHome(contents)),
  };
  /** Where the copy has a checksum, a file without one is another file in its place. */
  function isOfThisHome(read: Contents): boolean {
    const stored = CHECKSUM in read ? null : readObject(backup);
    return stored === null || stored === 'damaged' || !(CHECKSUM in stored);
  }
  // `conf` takes `configName`, `electron-store` takes `name`.
  const conf = new Store({
    cwd: home,
    name: 'settings',
    configName: 'settings',
    clearInvalidConfig: false,
    configFileMode: 0o600,
    projectName: 'multimedia-desk',
  });
  return {
    found,
    read: () => contents,
    readBackup: () => {
      const stored = readObject(backup);
      return stored === 'damaged' || stored === null || !isAsWritten(stored) ? null : stored;
    },
    write: (value) => {
      try {
        conf.store = contents = sealed(value);
        if (existsSync(file)) writeFileAtomicSync(backup, readFileSync(file));
      } catch (thrown) {
        throw saveError(thrown, 'The settings can’t be saved');
      }
    },
  };
}
