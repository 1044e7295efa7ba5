import * as z from 'zod';
import { account, email, password } from './account.ts';
import { id, time } from './common.ts';
import { device } from './flows.ts';

const tokens = {
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  /** Lifetime of the access token, seconds. */
  expiresIn: z.int().positive(),
  refreshToken: z.string(),
  /** Lifetime of the session while unused, seconds. */
  refreshExpiresIn: z.int().positive(),
  sessionId: id,
};
export const tokenPair = z.object(tokens).meta({ id: 'TokenPair' });
export type TokenPair = z.infer<typeof tokenPair>;
export const session = z.object({ ...tokens, account }).meta({ id: 'Session' });
export type Session = z.infer<typeof session>;
export const verified = z.object({ account, session }).meta({ id: 'Verified' });

export const signIn = z.strictObject({ email, password, device });
export type SignIn = z.infer<typeof signIn>;
export const refreshRequest = z.strictObject({ refreshToken: z.string().min(1).max(256) });

export const sessionItem = z
  .object({
    id,
    device: z.object({ name: z.string(), platform: z.string(), appVersion: z.string() }),
    createdAt: time,
    lastSeenAt: time,
    ipMasked: z.string(),
    current: z.boolean(),
  })
  .meta({ id: 'SessionItem' });
export type SessionItem = z.infer<typeof sessionItem>;
export const sessionList = z.object({ items: z.array(sessionItem) });
export const revoked = z.object({ revoked: z.int().nonnegative() });
