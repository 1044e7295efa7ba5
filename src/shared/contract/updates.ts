import * as z from 'zod';
import { instant, rev } from './common.ts';
import { command, push } from './define.ts';

export const UPDATE_CHANNELS = ['stable', 'beta'] as const;
export type UpdateChannel = (typeof UPDATE_CHANNELS)[number];

/** Why a newer version isn't taken, although nothing is wrong. */
const UPDATE_NOTES = [
  // The server has an older version than this one.
  'older',
  // A beta, on the channel of stable versions.
  'other-channel',
  // It is being rolled out, and this installation isn't among the first.
  'staged',
  // It wants a newer operating system.
  'unsupported',
] as const;
export type UpdateNote = (typeof UPDATE_NOTES)[number];

/** What an update failed with. Nothing is changed then, and it is tried again later. */
export const UPDATE_FAULTS = [
  'unreachable',
  'proxy',
  'certificate',
  // No file of the channel, or not the installer that it names.
  'not-found',
  // Something else than an offer, such as the page of a hotel's network.
  'unreadable',
  'unsigned',
  'wrong-signature',
  // The download ended early.
  'incomplete',
  'wrong-hash',
  'disk-full',
  'not-permitted',
  'other',
] as const;
export type UpdateFault = (typeof UPDATE_FAULTS)[number];

export const updatesView = z.object({
  rev,
  /**
   * `package`: this program is updated by whoever has installed it. `found`: it is downloaded once
   * no transfer runs. `ready`: it is installed when the app quits.
   */
  state: z.enum([
    'package',
    'off',
    'idle',
    'checking',
    'current',
    'found',
    'downloading',
    'ready',
    'failed',
  ]),
  /** The version that is offered, downloaded, ready or refused; null for none. */
  version: z.string().nullable(),
  /** Of the download, 0 to 100; null unless one runs. */
  percent: z.int().min(0).max(100).nullable(),
  /** When the server last answered; null for never in this run. */
  checkedAt: instant.nullable(),
  note: z.enum(UPDATE_NOTES).nullable(),
  fault: z.enum(UPDATE_FAULTS).nullable(),
  /** Transfers run, or go on by themselves: the app isn't restarted. */
  isBusy: z.boolean(),
});
export type UpdatesView = z.infer<typeof updatesView>;

export const updatesArea = {
  'updates.get': command(z.void(), updatesView),
  'updates.changed': push(updatesView),
  /** Checks now, and downloads what it finds also while transfers run. @throws `usage` where updates are off */
  'updates.check': command(z.void(), updatesView),
  /** Restarts into the version that is ready. @throws `usage` if none is, or while transfers run */
  'updates.install': command(z.void(), updatesView),
} as const;
