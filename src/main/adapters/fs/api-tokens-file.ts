import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { API_SCOPES, MAX_SYSTEM_NAME } from '../../../shared/desk-api/scopes.ts';
import { writeFileAtomicSync } from './atomic-write.ts';
import { fsError, hasErrno } from './errors.ts';
import { quarantine } from './quarantine.ts';

const instant = z.number().int().nonnegative();
const stored = z.object({
  version: z.literal(1),
  tokens: z.array(
    z.object({
      id: z.string().min(1),
      name: z.string().min(1).max(MAX_SYSTEM_NAME),
      scopes: z.array(z.enum(API_SCOPES)).min(1),
      /** SHA-256 of the token, 64 hex digits. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/u),
      createdAtMs: instant,
      expiresAtMs: instant.nullable(),
      lastUsedAtMs: instant.nullable(),
    }),
  ),
});
export type StoredApiToken = z.infer<typeof stored>['tokens'][number];
export type ApiTokenStore = {
  /** @returns `aside`: new path of a file that can't be used; nobody has access then */
  read(): { tokens: StoredApiToken[]; aside: string | null };
  /**
   * @param durable survives a loss of power
   * @throws `disk-full`, `disk-error`, `not-permitted`
   */
  write(tokens: readonly StoredApiToken[], durable: boolean): void;
};

/** The tokens of newsroom systems, in `api-tokens.json`, by their hashes alone. */
export function createApiTokensFile(home: string): ApiTokenStore {
  const file = path.join(home, 'api-tokens.json');
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (thrown) {
        if (hasErrno(thrown, 'ENOENT')) return { tokens: [], aside: null };
        return { tokens: [], aside: quarantine(file) };
      }
      try {
        return { tokens: stored.parse(JSON.parse(text)).tokens, aside: null };
      } catch {
        return { tokens: [], aside: quarantine(file) };
      }
    },
    write(tokens, durable) {
      try {
        writeFileAtomicSync(file, JSON.stringify({ version: 1, tokens }), { durable });
      } catch (thrown) {
        throw fsError(thrown, file);
      }
    },
  };
}
