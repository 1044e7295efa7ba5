import * as z from 'zod';
import { email, password } from './account.ts';
import { id, time } from './common.ts';

/**
 * A code as typed: digits of any script, with or without spaces and hyphens. The service normalises
 * it.
 */
export const typedCode = z.string().min(1).max(40);
export const flowId = z.string().min(1).max(128);

export const device = z.strictObject({
  name: z.string().trim().min(1).max(120),
  platform: z.string().trim().min(1).max(60),
  appVersion: z.string().trim().min(1).max(60),
});
export type Device = z.infer<typeof device>;

/** Identical for new, registered and unknown addresses, to reveal nothing. */
export const codeSent = z
  .object({
    flowId: id,
    status: z.literal('code-sent'),
    codeLength: z.int().positive(),
    codeExpiresAt: time,
    resendAvailableAt: time,
  })
  .meta({ id: 'CodeSent' });
export type CodeSent = z.infer<typeof codeSent>;
export const codeResent = z
  .object({ codeExpiresAt: time, resendAvailableAt: time, resendsLeft: z.int().nonnegative() })
  .meta({ id: 'CodeResent' });
export type CodeResent = z.infer<typeof codeResent>;

export const flowRef = z.strictObject({ flowId });
export const codeProof = z.strictObject({ flowId, code: typedCode });
/** `device` names the session that a correct code opens. */
export const verification = z.strictObject({ flowId, code: typedCode, device: device.optional() });

export const resetStart = z.strictObject({ email });
export const resetGrant = z
  .object({ resetToken: z.string(), expiresIn: z.int().positive() })
  .meta({ id: 'ResetGrant' });
export type ResetGrant = z.infer<typeof resetGrant>;
export const resetCompletion = z.strictObject({
  resetToken: z.string().min(1).max(256),
  newPassword: password,
});
