import {
  account,
  accountExport,
  erasure,
  newsletter,
  type Account,
} from '../../../shared/api/account.ts';
import { codeResent, codeSent, resetGrant } from '../../../shared/api/flows.ts';
import { meta } from '../../../shared/api/meta.ts';
import {
  revoked,
  session,
  sessionList,
  tokenPair,
  verified,
} from '../../../shared/api/sessions.ts';
import type { AccountApi, Edition } from '../../account/ports.ts';
import type { Call, ServiceClient } from './client.ts';
import { VerificationRequired } from './errors.ts';

/** The account part of the service over HTTP. */
export function createAccountApi({ call, tagged }: ServiceClient): AccountApi {
  const edition = async (request: Omit<Call<Account>, 'answer'>): Promise<Edition> => {
    const { value, etag } = await tagged({ ...request, answer: account });
    return { account: value, edition: etag };
  };
  return {
    register: (body, idempotencyKey) =>
      call({ method: 'POST', path: '/accounts', body, idempotencyKey, answer: codeSent }),
    verify: async (flowId, code, device, idempotencyKey) =>
      (
        await call({
          method: 'POST',
          path: '/accounts/verify',
          body: { flowId, code, device },
          idempotencyKey,
          answer: verified,
        })
      ).session,
    resendCode: (flowId) =>
      call({ method: 'POST', path: '/accounts/resend-code', body: { flowId }, answer: codeResent }),
    startReset: (email) =>
      call({ method: 'POST', path: '/password-resets', body: { email }, answer: codeSent }),
    resendReset: (flowId) =>
      call({
        method: 'POST',
        path: '/password-resets/resend',
        body: { flowId },
        answer: codeResent,
      }),
    verifyReset: (flowId, code) =>
      call({
        method: 'POST',
        path: '/password-resets/verify',
        body: { flowId, code },
        answer: resetGrant,
      }),
    completeReset: (resetToken, newPassword, idempotencyKey) =>
      call<void>({
        method: 'POST',
        path: '/password-resets/complete',
        body: { resetToken, newPassword },
        idempotencyKey,
        answer: null,
      }),
    async signIn(email, password, device) {
      try {
        return await call({
          method: 'POST',
          path: '/sessions',
          body: { email, password, device },
          answer: session,
        });
      } catch (thrown) {
        if (thrown instanceof VerificationRequired) return { awaitedFlowId: thrown.flowId };
        throw thrown;
      }
    },
    refresh: (refreshToken, idempotencyKey) =>
      call({
        method: 'POST',
        path: '/sessions/refresh',
        body: { refreshToken },
        idempotencyKey,
        answer: tokenPair,
      }),
    signOut: (refreshToken) =>
      call<void>({
        method: 'POST',
        path: '/sessions/logout',
        body: { refreshToken },
        answer: null,
      }),
    account: (token) => edition({ method: 'GET', path: '/account', token }),
    edit: (token, body, ifMatch) =>
      edition({ method: 'PATCH', path: '/account', token, body, ifMatch }),
    acceptTerms: async (token, version) =>
      edition({ method: 'PUT', path: '/account/terms', token, body: { version } }),
    changePassword: (token, currentPassword, newPassword) =>
      call<void>({
        method: 'POST',
        path: '/account/password',
        token,
        body: { currentPassword, newPassword },
        answer: null,
      }),
    startEmailChange: (token, newEmail, password) =>
      call({
        method: 'POST',
        path: '/account/email-change',
        token,
        body: { newEmail, password },
        answer: codeSent,
      }),
    resendEmailChange: (token, flowId) =>
      call({
        method: 'POST',
        path: '/account/email-change/resend',
        token,
        body: { flowId },
        answer: codeResent,
      }),
    verifyEmailChange: (token, flowId, code) =>
      edition({
        method: 'POST',
        path: '/account/email-change/verify',
        token,
        body: { flowId, code },
      }),
    deleteAccount: async (token, password) =>
      Date.parse(
        (
          await call({
            method: 'DELETE',
            path: '/account',
            token,
            body: { password },
            answer: erasure,
          })
        ).eraseAt,
      ),
    exportAccount: (token) =>
      call({ method: 'GET', path: '/account/export', token, answer: accountExport }),
    setNewsletter: async (token, subscribed) => {
      const { newsletterConsentVersion: consentVersion } = await call({
        method: 'GET',
        path: '/meta',
        answer: meta,
      });
      return call({
        method: 'PUT',
        path: '/account/newsletter',
        token,
        body: { subscribed, consentVersion },
        answer: newsletter,
      });
    },
    sessions: async (token) =>
      (await call({ method: 'GET', path: '/sessions', token, answer: sessionList })).items,
    revokeSession: (token, id) =>
      call<void>({
        method: 'DELETE',
        path: `/sessions/${encodeURIComponent(id)}`,
        token,
        answer: null,
      }),
    revokeOthers: async (token) =>
      (await call({ method: 'POST', path: '/sessions/revoke-others', token, answer: revoked }))
        .revoked,
    reauthenticate: (token, password) =>
      call<void>({
        method: 'POST',
        path: '/sessions/reauth',
        token,
        body: { password },
        answer: null,
      }),
    termsVersion: async () =>
      (await call({ method: 'GET', path: '/meta', answer: meta })).termsVersion,
  };
}
