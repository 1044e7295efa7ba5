import path from 'node:path';
import * as z from 'zod';
import { API_SCOPES, MAX_SYSTEM_NAME } from '../../../shared/desk-api/scopes.ts';
import { createListFile, sha256Hex, type ListFile } from './list-file.ts';

const instant = z.number().int().nonnegative();
const token = z.object({
  id: z.string().min(1),
  name: z.string().min(1).max(MAX_SYSTEM_NAME),
  scopes: z.array(z.enum(API_SCOPES)).min(1),
  sha256: sha256Hex,
  createdAtMs: instant,
  expiresAtMs: instant.nullable(),
  lastUsedAtMs: instant.nullable(),
});
export type StoredApiToken = z.infer<typeof token>;

/** The tokens of newsroom systems, in `api-tokens.json`, by their hashes alone. */
export const createApiTokensFile = (home: string): ListFile<StoredApiToken> =>
  createListFile(path.join(home, 'api-tokens.json'), 'tokens', token);
