import { account } from '../../shared/api/account.ts';
import { codeResent, codeSent, resetGrant } from '../../shared/api/flows.ts';
import { meta } from '../../shared/api/meta.ts';
import { session, sessionList, tokenPair, verified } from '../../shared/api/sessions.ts';
import type { AccountApi } from '../account/ports.ts';
import type { ServiceClient } from './service-client.ts';

/** The account part of the service over HTTP. */
export function createAccountApi({ call }: ServiceClient): AccountApi {
  return {
    register: (body, idempotencyKey) => call({ method: 'POST', path: '/accounts', body, idempotencyKey, answer: codeSent }),
    verify: async (flowId, code, device, idempotencyKey) =>
      (await call({ method: 'POST', path: '/accounts/verify', body: { flowId, code, device }, idempotencyKey, answer: verified })).session,
    resendCode: (flowId) => call({ method: 'POST', path: '/accounts/resend-code', body: { flowId }, answer: codeResent }),
    startReset: (email) => call({ method: 'POST', path: '/password-resets', body: { email }, answer: codeSent }),
    resendReset: (flowId) => call({ method: 'POST', path: '/password-resets/resend', body: { flowId }, answer: codeResent }),
    verifyReset: (flowId, code) => call({ method: 'POST', path: '/password-resets/verify', body: { flowId, code }, answer: resetGrant }),
    completeReset: (resetToken, newPassword, idempotencyKey) =>
      call<void>({ method: 'POST', path: '/password-resets/complete', body: { resetToken, newPassword }, idempotencyKey, answer: null }),
    signIn: (email, password, device) => call({ method: 'POST', path: '/sessions', body: { email, password, device }, answer: session }),
    refresh: (refreshToken, idempotencyKey) => call({ method: 'POST', path: '/sessions/refresh', body: { refreshToken }, idempotencyKey, answer: tokenPair }),
    signOut: (refreshToken) => call<void>({ method: 'POST', path: '/sessions/logout', body: { refreshToken }, answer: null }),
    account: (token) => call({ method: 'GET', path: '/account', token, answer: account }),
    setNewsletter: async (token, subscribed) => {
      const { newsletterConsentVersion: consentVersion } = await call({ method: 'GET', path: '/meta', answer: meta });
      await call<void>({ method: 'PUT', path: '/account/newsletter', token, body: { subscribed, consentVersion }, answer: null });
    },
    sessions: async (token) => (await call({ method: 'GET', path: '/sessions', token, answer: sessionList })).items,
    revokeSession: (token, id) => call<void>({ method: 'DELETE', path: `/sessions/${encodeURIComponent(id)}`, token, answer: null }),
    reauthenticate: (token, password) => call<void>({ method: 'POST', path: '/sessions/reauth', token, body: { password }, answer: null }),
    termsVersion: async () => (await call({ method: 'GET', path: '/meta', answer: meta })).termsVersion,
  };
}
