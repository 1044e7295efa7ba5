import * as z from 'zod';
import { API_SCOPES, MAX_SYSTEM_NAME } from '../desk-api/scopes.ts';
import { id, instant, rev } from './common.ts';
import { command, push } from './define.ts';

const scope = z.enum(API_SCOPES);

/** What a newsroom system is called: one line, without characters that can't be seen. */
export const systemName = z
  .string()
  .trim()
  .min(1)
  .max(MAX_SYSTEM_NAME)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);

export const apiTokensArea = {
  /** The newsroom systems that have access to the station's API. */
  'api-tokens.list': command(
    z.void(),
    z.object({
      rev,
      items: z.array(
        z.object({
          id,
          name: z.string(),
          scopes: z.array(scope),
          createdAt: instant,
          /** Null for never. */
          expiresAt: instant.nullable(),
          /** To the minute; null for never. */
          lastUsedAt: instant.nullable(),
        }),
      ),
    }),
  ),
  'api-tokens.changed': push(z.object({ rev })),
  /**
   * Gives a system access. Its token crosses here once, and is known nowhere afterwards.
   *
   * @throws `exists` for the name of another, `usage` for a time that has passed, `managed`
   */
  'api-tokens.add': command(
    z.strictObject({
      name: systemName,
      scopes: z.array(scope).min(1).max(API_SCOPES.length),
      expiresAt: instant.nullable(),
    }),
    z.object({ id, token: z.string() }),
  ),
  /** @throws `not-found` */
  'api-tokens.revoke': command(z.strictObject({ id }), z.void()),
} as const;
