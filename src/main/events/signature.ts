import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
/** Of a key that is made here; the specification asks for 24 to 64. */
const KEY_BYTES = 32;

/** A new signing key, as receivers are given it. */
export const newSigningKey = (): string => `${PREFIX}${randomBytes(KEY_BYTES).toString('base64')}`;

/** Whether a text is a signing key: `whsec_` and 24 to 64 bytes in base64. */
export function isSigningKey(text: string): boolean {
  if (!/^whsec_[A-Za-z\d+/]+={0,2}$/u.test(text)) return false;
  const { length } = Buffer.from(text.slice(PREFIX.length), 'base64');
  return length >= 24 && length <= 64;
}

/**
 * The headers of an event by Standard Webhooks 1.0.0: `webhook-signature` is the HMAC-SHA256 over
 * `id.timestamp.body`.
 *
 * @param timestampMs when it is sent, ms since 1970
 * @param key null for an event that isn't signed
 */
export function webhookHeaders(
  { id, timestampMs, body }: { id: string; timestampMs: number; body: string },
  key: string | null,
): Record<string, string> {
  const timestamp = String(Math.floor(timestampMs / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (key === null) return headers;
  const signature = createHmac('sha256', Buffer.from(key.slice(PREFIX.length), 'base64'))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
