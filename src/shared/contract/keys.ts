import * as z from 'zod';
import { command } from './define.ts';

const key = z.strictObject({ keyId: z.string().max(128), publicKey: z.string().max(200) });

export const keysArea = {
  /** Keys that sign the service's lists of files: those trusted here, and those it names now. */
  'keys.get': command(
    z.void(),
    z.object({ origin: z.string(), pinned: z.array(key), offered: z.array(key) }),
  ),
  /**
   * Trusts what the service names now, if that is what was looked at; otherwise `untrusted-key`.
   */
  'keys.accept': command(z.strictObject({ seen: z.array(key).min(1).max(100) }), z.void()),
} as const;
