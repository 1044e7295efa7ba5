/** What the service asks of clients; published by `GET /v1/meta`. */
export const POLICY = {
  apiVersion: '1.0.0',
  name: 'Multimedia',
  minClientVersion: '0.1.0',
  codeTtlMs: 30 * 60_000,
  resendCooldownMs: 60_000,
  termsVersion: '2026-01',
  newsletterConsentVersion: '2026-01',
  newsletterTopics: ['weekly-highlights', 'new-archive', 'service-news'],
  maxParallelDownloads: 8,
} as const;
