import type { Meta } from '../../shared/api/meta.ts';
import { PASSWORD_MAX, PASSWORD_MIN } from '../../shared/api/password.ts';
import type { Context } from '../context.ts';
import { POLICY } from '../policy.ts';
import { CODE_LENGTH } from '../crypto/codes.ts';
import type { Handlers } from '../http/call.ts';

export function metaHandlers({ signingKey, limits }: Context): Handlers<'getMeta'> {
  const body: Meta = {
    apiVersion: POLICY.apiVersion,
    name: POLICY.name,
    minClientVersion: POLICY.minClientVersion,
    passwordPolicy: {
      minLength: PASSWORD_MIN,
      maxLength: PASSWORD_MAX,
      classes: ['upper', 'lower', 'digit', 'symbol'],
      forbidSpaces: true,
    },
    codeLength: CODE_LENGTH,
    codeTtlSeconds: POLICY.codeTtlMs / 1000,
    resendCooldownSeconds: limits.isRelaxed ? 0 : POLICY.resendCooldownMs / 1000,
    termsVersion: POLICY.termsVersion,
    newsletterConsentVersion: POLICY.newsletterConsentVersion,
    newsletterTopics: [...POLICY.newsletterTopics],
    maxParallelDownloads: POLICY.maxParallelDownloads,
    manifestKeys: [{ keyId: signingKey.keyId, alg: 'Ed25519', publicKey: signingKey.publicKey }],
  };
  return {
    getMeta: async () => ({
      status: 200,
      body,
      headers: { 'cache-control': 'public, max-age=3600' },
    }),
  };
}
