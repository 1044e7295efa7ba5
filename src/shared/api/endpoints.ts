import * as acc from './account.ts';
import * as art from './articles.ts';
import * as cat from './catalogue.ts';
import { changesQuery, idParams } from './common.ts';
import * as dl from './downloads.ts';
import { endpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import * as flows from './flows.ts';
import { meta } from './meta.ts';
import { ninjs } from './ninjs.ts';
import * as pkg from './packages.ts';
import * as ses from './sessions.ts';

const registration = {
  register: endpoint({
    method: 'POST', path: '/v1/accounts', tag: 'registration', summary: 'Start a registration; a code goes to the address',
    auth: 'none', idempotencyKey: true, body: acc.registration, answers: { 202: flows.codeSent },
  }),
  verifyAccount: endpoint({
    method: 'POST', path: '/v1/accounts/verify', tag: 'registration', summary: 'Prove the code: the account is created and signed in',
    auth: 'none', idempotencyKey: true, body: flows.verification, answers: { 201: ses.verified }, problems: ['code-invalid', 'code-expired', 'flow-closed'],
  }),
  resendCode: endpoint({
    method: 'POST', path: '/v1/accounts/resend-code', tag: 'registration', summary: 'Send a new code; it voids the older one',
    auth: 'none', body: flows.flowRef, answers: { 202: flows.codeResent }, problems: ['resend-too-soon', 'flow-closed'],
  }),
  startReset: endpoint({
    method: 'POST', path: '/v1/password-resets', tag: 'password reset', summary: 'Ask for a reset code; the answer is the same for any address',
    auth: 'none', body: flows.resetStart, answers: { 202: flows.codeSent },
  }),
  resendReset: endpoint({
    method: 'POST', path: '/v1/password-resets/resend', tag: 'password reset', summary: 'Send a new reset code',
    auth: 'none', body: flows.flowRef, answers: { 202: flows.codeResent }, problems: ['resend-too-soon', 'flow-closed'],
  }),
  verifyReset: endpoint({
    method: 'POST', path: '/v1/password-resets/verify', tag: 'password reset', summary: 'Prove the reset code',
    auth: 'none', body: flows.codeProof, answers: { 200: flows.resetGrant }, problems: ['code-invalid', 'code-expired', 'flow-closed'],
  }),
  completeReset: endpoint({
    method: 'POST', path: '/v1/password-resets/complete', tag: 'password reset', summary: 'Set the new password; every session ends',
    auth: 'none', idempotencyKey: true, body: flows.resetCompletion, answers: { 204: null }, problems: ['flow-closed'],
  }),
} as const;

const sessions = {
  signIn: endpoint({
    method: 'POST', path: '/v1/sessions', tag: 'sessions', summary: 'Sign in', auth: 'none', body: ses.signIn, answers: { 201: ses.session },
    problems: ['invalid-credentials', 'verification-required', 'account-suspended', 'too-many-attempts', 'client-too-old'],
  }),
  refresh: endpoint({
    method: 'POST', path: '/v1/sessions/refresh', tag: 'sessions', summary: 'Trade the refresh token for a new pair', auth: 'none', idempotencyKey: true,
    body: ses.refreshRequest, answers: { 200: ses.tokenPair }, problems: ['session-ended', 'token-reused'],
  }),
  logout: endpoint({
    method: 'POST', path: '/v1/sessions/logout', tag: 'sessions', summary: 'End the session of this refresh token; always 204', auth: 'none',
    body: ses.refreshRequest, answers: { 204: null },
  }),
  listSessions: endpoint({ method: 'GET', path: '/v1/sessions', tag: 'sessions', summary: 'The account’s sessions', auth: 'bearer', answers: { 200: ses.sessionList } }),
  revokeSession: endpoint({
    method: 'DELETE', path: '/v1/sessions/{id}', tag: 'sessions', summary: 'End one session; needs the password of the last ten minutes', auth: 'bearer',
    params: idParams, answers: { 204: null }, problems: ['reauth-required'],
  }),
  revokeOthers: endpoint({
    method: 'POST', path: '/v1/sessions/revoke-others', tag: 'sessions', summary: 'End every other session', auth: 'bearer', answers: { 200: ses.revoked }, problems: ['reauth-required'],
  }),
  reauth: endpoint({
    method: 'POST', path: '/v1/sessions/reauth', tag: 'sessions', summary: 'Prove the password again', auth: 'bearer', body: acc.passwordProof, answers: { 204: null },
    problems: ['invalid-credentials', 'too-many-attempts'],
  }),
} as const;

const account = {
  getAccount: endpoint({ method: 'GET', path: '/v1/account', tag: 'account', summary: 'The profile', auth: 'bearer', etag: true, answers: { 200: acc.account } }),
  patchAccount: endpoint({
    method: 'PATCH', path: '/v1/account', tag: 'account', summary: 'Change the profile (merge patch, If-Match)', auth: 'bearer', bodyType: 'application/merge-patch+json',
    body: acc.accountPatch, answers: { 200: acc.account }, problems: ['precondition-required', 'edit-conflict'],
  }),
  deleteAccount: endpoint({
    method: 'DELETE', path: '/v1/account', tag: 'account', summary: 'Delete the account; sessions end at once', auth: 'bearer', body: acc.passwordProof, answers: { 202: acc.erasure },
    problems: ['invalid-credentials', 'too-many-attempts'],
  }),
  changePassword: endpoint({
    method: 'POST', path: '/v1/account/password', tag: 'account', summary: 'Change the password; other sessions end', auth: 'bearer', body: acc.passwordChange, answers: { 204: null },
    problems: ['invalid-credentials', 'too-many-attempts'],
  }),
  startEmailChange: endpoint({
    method: 'POST', path: '/v1/account/email-change', tag: 'account', summary: 'Ask for a code at the new address; the answer is the same for any address', auth: 'bearer', body: acc.emailChange,
    answers: { 202: flows.codeSent }, problems: ['invalid-credentials', 'too-many-attempts'],
  }),
  resendEmailChange: endpoint({
    method: 'POST', path: '/v1/account/email-change/resend', tag: 'account', summary: 'Send a new code to the new address', auth: 'bearer', body: flows.flowRef,
    answers: { 202: flows.codeResent }, problems: ['resend-too-soon', 'flow-closed'],
  }),
  verifyEmailChange: endpoint({
    method: 'POST', path: '/v1/account/email-change/verify', tag: 'account', summary: 'Prove the code: the account has the new address', auth: 'bearer', body: flows.codeProof,
    answers: { 200: acc.account }, problems: ['code-invalid', 'code-expired', 'flow-closed'],
  }),
  putNewsletter: endpoint({ method: 'PUT', path: '/v1/account/newsletter', tag: 'account', summary: 'Subscribe or unsubscribe', auth: 'bearer', body: acc.newsletterChange, answers: { 200: acc.newsletter }, problems: ['edit-conflict'] }),
  putTerms: endpoint({ method: 'PUT', path: '/v1/account/terms', tag: 'account', summary: 'Accept the current terms', auth: 'bearer', body: acc.termsAcceptance, answers: { 200: acc.account }, problems: ['edit-conflict'] }),
  exportAccount: endpoint({ method: 'GET', path: '/v1/account/export', tag: 'account', summary: 'Everything held about the person', auth: 'bearer', answers: { 200: acc.accountExport } }),
  unsubscribe: endpoint({ method: 'POST', path: '/v1/newsletter/unsubscribe', tag: 'account', summary: 'Unsubscribe by the token of a mail; always 204', auth: 'none', query: acc.unsubscribeQuery, body: acc.unsubscribeRequest.optional(), answers: { 204: null } }),
} as const;

const content = {
  getMeta: endpoint({ method: 'GET', path: '/v1/meta', tag: 'meta', summary: 'What the service expects and offers', auth: 'none', etag: true, answers: { 200: meta } }),
  searchAssets: endpoint({
    method: 'GET', path: '/v1/catalogue/assets', tag: 'catalogue', summary: 'Search the catalogue', auth: 'optional', query: cat.assetQuery, answers: { 200: cat.assetPage },
    problems: ['cursor-mismatch', 'cursor-expired'],
  }),
  facetCounts: endpoint({ method: 'GET', path: '/v1/catalogue/facets', tag: 'catalogue', summary: 'Counts for each filter', auth: 'optional', etag: true, query: cat.facetQuery, answers: { 200: cat.facetsAnswer } }),
  assetChanges: endpoint({
    method: 'GET', path: '/v1/catalogue/changes', tag: 'catalogue', summary: 'A snapshot in pages, then what is new', auth: 'optional', etag: true, query: changesQuery,
    answers: { 200: cat.assetChanges }, problems: ['cursor-mismatch', 'cursor-expired'],
  }),
  getAsset: endpoint({ method: 'GET', path: '/v1/catalogue/assets/{id}', tag: 'catalogue', summary: 'Everything about an asset', auth: 'optional', etag: true, params: idParams, answers: { 200: cat.assetDetail } }),
  assetNinjs: endpoint({ method: 'GET', path: '/v1/catalogue/assets/{id}/ninjs', tag: 'catalogue', summary: 'An asset as ninjs 3.1', auth: 'optional', etag: true, params: idParams, answers: { 200: ninjs } }),
  getManifest: endpoint({
    method: 'GET', path: '/v1/packages/{id}/manifest', tag: 'packages', summary: 'The signed list of a package’s files; with Accept: application/metalink4+xml a Metalink', auth: 'bearer', etag: true,
    params: idParams, query: pkg.manifestQuery, answers: { 200: pkg.manifest }, problems: ['territory-restricted', 'terms-not-accepted', 'asset-withdrawn', 'restriction-unacknowledged', 'entitlement-missing', 'quota-exceeded'],
  }),
  authoriseDownload: endpoint({
    method: 'POST', path: '/v1/downloads', tag: 'downloads', summary: 'Get addresses for the files of a package', auth: 'bearer', idempotencyKey: true, body: dl.downloadRequest,
    answers: { 201: dl.download },
    problems: ['package-superseded', 'restriction-unacknowledged', 'territory-restricted', 'terms-not-accepted', 'asset-withdrawn', 'entitlement-missing', 'quota-exceeded'],
  }),
  renewUrls: endpoint({
    method: 'POST', path: '/v1/downloads/{id}/urls', tag: 'downloads', summary: 'Fresh addresses for files of a download', auth: 'bearer', params: idParams, body: dl.urlsRequest,
    answers: { 200: dl.urlsAnswer }, problems: ['package-superseded', 'asset-withdrawn', 'territory-restricted', 'terms-not-accepted', 'entitlement-missing'],
  }),
  getDownload: endpoint({ method: 'GET', path: '/v1/downloads/{id}', tag: 'downloads', summary: 'State of a download', auth: 'bearer', params: idParams, answers: { 200: dl.downloadState } }),
  sendReceipt: endpoint({
    method: 'POST', path: '/v1/downloads/{id}/receipt', tag: 'downloads', summary: 'Say how it went', auth: 'bearer', idempotencyKey: true, params: idParams, body: dl.receipt, answers: { 204: null },
  }),
  cancelDownload: endpoint({ method: 'DELETE', path: '/v1/downloads/{id}', tag: 'downloads', summary: 'Cancel a download', auth: 'bearer', params: idParams, answers: { 204: null } }),
  searchArticles: endpoint({
    method: 'GET', path: '/v1/articles', tag: 'articles', summary: 'Search the articles', auth: 'optional', query: art.articleQuery, answers: { 200: art.articlePage }, problems: ['cursor-mismatch', 'cursor-expired'],
  }),
  articleChanges: endpoint({
    method: 'GET', path: '/v1/articles/changes', tag: 'articles', summary: 'A snapshot in pages, then what is new', auth: 'optional', etag: true, query: changesQuery,
    answers: { 200: art.articleChanges }, problems: ['cursor-mismatch', 'cursor-expired'],
  }),
  getArticle: endpoint({ method: 'GET', path: '/v1/articles/{id}', tag: 'articles', summary: 'A whole article', auth: 'optional', etag: true, params: idParams, answers: { 200: art.articleDetail } }),
  articleNinjs: endpoint({ method: 'GET', path: '/v1/articles/{id}/ninjs', tag: 'articles', summary: 'An article as ninjs 3.1', auth: 'optional', etag: true, params: idParams, answers: { 200: ninjs } }),
  articleMediaUrls: endpoint({
    method: 'POST', path: '/v1/articles/media-urls', tag: 'articles', summary: 'Short-lived addresses of pictures in articles', auth: 'optional', body: art.mediaUrlsRequest, answers: { 200: art.mediaUrlsAnswer },
  }),
} as const;

export const endpoints = { ...content, ...registration, ...sessions, ...account } as const;
export type EndpointName = keyof typeof endpoints;

const isEndpointName = (name: string): name is EndpointName => Object.hasOwn(endpoints, name);
export const endpointNames: readonly EndpointName[] = Object.keys(endpoints).filter(isEndpointName);
/** The declaration without its exact types, for code that treats all alike. */
export const endpointOf = (name: EndpointName): Endpoint => endpoints[name];
