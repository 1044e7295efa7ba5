import path from 'node:path';
import type { Policy } from '../settings/policy.ts';
import type { Settings } from '../settings/settings.ts';
import type { EnqueueItem, TransfersApi } from '../transfers/api.ts';

type Templates = Pick<Settings['view'], 'folderTemplate' | 'fileTemplate'>;

export const isWithin = (folder: string, within: string): boolean => {
  const way = path.relative(path.resolve(within), path.resolve(folder));
  return way === '' || !(way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way));
};

type Guard = { policy: Policy; settings: Pick<Settings, 'view'> };

/** @throws `managed` for a folder outside of the download folder, where none other may be used */
export function requireFolderOf({ policy, settings }: Guard, folder: string): void {
  const { destination } = settings.view;
  if (!isWithin(folder, destination))
    policy.require('other-folders', `Download to ${destination}, or to a folder in it.`);
}

/**
 * The transfers as the policy leaves them: what it switches off is refused whoever asks, a page, the
 * command line or auto-fetch. A repair puts back what is here already, and is not
 * refused but for one by a Metalink, which brings whatever that names.
 */
export function guardTransfers<T extends TransfersApi>(
  transfers: T,
  { policy, settings }: Guard,
): T {
  const requireFolder = (folder: string): void => requireFolderOf({ policy, settings }, folder);
  const requireItems = (items: readonly EnqueueItem[]): void => {
    // By a list of whoever asks, everything may be missing.
    if (items.some((item) => 'url' in item)) policy.require('get-by-address');
    // Thousands mostly go to one folder.
    const folders = new Set(
      items
        .filter((item) => 'url' in item || item.repair !== true)
        .map(({ destination }) => destination),
    );
    folders.forEach(requireFolder);
  };
  return {
    ...transfers,
    async enqueue(items, options) {
      requireItems(items);
      return transfers.enqueue(items, options);
    },
    async importDocument(document, destination, options) {
      policy.require('get-by-address');
      requireFolder(destination);
      return transfers.importDocument(document, destination, options);
    },
    async setDestination(id, destination) {
      requireFolder(destination);
      return transfers.setDestination(id, destination);
    },
    async configure(change) {
      const inUse = settings.view;
      for (const name of LIMITS)
        if (change[name] !== undefined) policy.requireSame(name, change[name], inUse[name]);
      return transfers.configure(change);
    },
  };
}

/** Of the settings for one run of a command. */
const LIMITS = [
  'connectionsPerFile',
  'connectionsPerHost',
  'activeTransfers',
  'limitBytesPerSecond',
  'schedule',
] as const;

/**
 * Names of a package's folder and files, of which those count that the policy fixes.
 *
 * @param given null where nobody asked for other names than the publisher's
 * @throws `managed` for others than those that are fixed
 */
export function templatesUnder(policy: Policy, given: Templates): Templates {
  const { folderTemplate, fileTemplate } = policy.settings;
  for (const name of ['folderTemplate', 'fileTemplate'] as const)
    if (given[name] !== null) policy.requireSame(name, given[name], policy.settings[name]);
  return {
    folderTemplate: folderTemplate === undefined ? given.folderTemplate : folderTemplate,
    fileTemplate: fileTemplate === undefined ? given.fileTemplate : fileTemplate,
  };
}
