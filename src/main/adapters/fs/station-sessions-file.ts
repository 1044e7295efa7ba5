import path from 'node:path';
import * as z from 'zod';
import { createListFile, sha256Hex, type ListFile } from './list-file.ts';

const session = z.object({
  id: z.string().min(1).max(128),
  sha256: sha256Hex,
  userAgent: z.string(),
  from: z.string().nullable(),
  beganAtMs: z.number(),
  seenAtMs: z.number(),
});
export type StoredSession = z.infer<typeof session>;

/** The sessions of the station's pages, in `station-sessions.json`, by the hashes of their tokens. */
export const createStationSessionsFile = (home: string): ListFile<StoredSession> =>
  createListFile(path.join(home, 'station-sessions.json'), 'sessions', session);
