import * as z from 'zod';
import { id, instant, rev } from './common.ts';
import { command, push } from './define.ts';

/** A browser that has opened a link of the station. */
const stationSession = z.object({
  id,
  /** Such as `Firefox`; null for one that isn't known. */
  browser: z.string().nullable(),
  /** Such as `macOS`; null for one that isn't known. */
  system: z.string().nullable(),
  /** IP address that the reverse proxy names; null without a proxy. */
  from: z.string().nullable(),
  beganAtMs: instant,
  /** When it was last connected. */
  seenAtMs: instant,
  /** A page of it is connected now. */
  isOpen: z.boolean(),
});

export type StationSession = z.infer<typeof stationSession>;

export const stationView = z.object({
  rev,
  /** In the order of their beginning. */
  sessions: z.array(stationSession),
});
export type StationView = z.infer<typeof stationView>;

export const stationArea = {
  /** Without sessions in a window. */
  'station.get': command(z.void(), stationView),
  'station.changed': push(stationView),
  /** Disconnects the pages of a session, which then need a new link. Nothing to end is no error. */
  'station.end-session': command(z.strictObject({ id }), stationView),
} as const;
