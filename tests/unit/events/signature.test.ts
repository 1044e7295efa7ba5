import { expect, test } from 'vitest';
import { isSigningKey, newSigningKey, webhookHeaders } from '../../../src/main/events/signature.ts';

test.each([
  // Of the specification’s own libraries.
  {
    key: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestampMs: 1_614_265_330_000,
    body: '{"test": 2432232314}',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  // Computed with openssl dgst -sha256 -mac HMAC; the second is rounded down.
  {
    key: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    id: 'evt_1',
    timestampMs: 1_795_708_800_999,
    body: '{"title":"Nuit d’encre"}',
    signature: 'v1,0BjDHcvDbIAHVsbOnEUeHdDHQI+KbrQrC1zpg8ImUWw=',
  },
])('$id is signed as Standard Webhooks says', ({ key, id, timestampMs, body, signature }) => {
  expect(webhookHeaders({ id, timestampMs, body }, key)).toEqual({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(timestampMs / 1000)),
    'webhook-signature': signature,
  });
});

test('without a key there is no signature', () => {
  expect(webhookHeaders({ id: 'evt_1', timestampMs: 1000, body: '{}' }, null)).toEqual({
    'webhook-id': 'evt_1',
    'webhook-timestamp': '1',
  });
});

test('keys are new each time, and others are told apart', () => {
  const keys = new Set(Array.from({ length: 50 }, newSigningKey));
  expect(keys.size).toBe(50);
  for (const key of keys) expect(isSigningKey(key)).toBe(true);
  for (const text of ['', 'whsec_', 'whsec_c2hvcnQ=', 'secret', `whsec_${'A'.repeat(100)}`])
    expect(isSigningKey(text), text).toBe(false);
});
