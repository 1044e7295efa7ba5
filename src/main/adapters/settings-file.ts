import { renameSync } from 'node:fs';
import path from 'node:path';
import type Conf from 'conf';
import { AppError } from '../../shared/errors.ts';
import type { SettingsStore } from '../settings/ports.ts';

/** `conf` or `electron-store`, which extends it: the same file in the same format. */
type ConfClass = new (options: { cwd: string; name: string; configName: string; clearInvalidConfig: boolean; projectName?: string }) => Pick<Conf<Record<string, unknown>>, 'store'>;

/** Settings in `settings.json`. A file that cannot be read is put aside under another name, never overwritten. */
export function createSettingsFile(Store: ConfClass, home: string): SettingsStore {
  // The one calls it `configName`, the other `name`.
  const options = { cwd: home, name: 'settings', configName: 'settings', clearInvalidConfig: false, projectName: 'multimedia-desk' };
  let conf: InstanceType<ConfClass>;
  let isNew = false;
  let wasDamaged = false;
  try {
    conf = new Store(options);
    isNew = Object.keys(conf.store).length === 0;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    renameSync(path.join(home, 'settings.json'), path.join(home, `settings.unreadable-${Date.now()}.json`));
    conf = new Store(options);
    isNew = true;
    wasDamaged = true;
  }
  return {
    wasDamaged,
    read: () => (isNew ? null : conf.store),
    write: (value) => {
      try {
        conf.store = { ...value };
      } catch (thrown) {
        const isFull = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC';
        throw new AppError(isFull ? 'disk-full' : 'disk-error', 'The settings cannot be kept', { retryable: true, cause: thrown });
      }
    },
  };
}
