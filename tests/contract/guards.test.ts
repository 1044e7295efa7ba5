import { describe, expect, onTestFinished, test } from 'vitest';
import { createFlows } from '../../src/service/accounts/flows.ts';
import { createLoginThrottle } from '../../src/service/accounts/throttle.ts';
import { MINUTE } from '../../src/service/clock.ts';
import { createCodes, newCode, normaliseCode } from '../../src/service/crypto/codes.ts';
import { createSecrets } from '../../src/service/crypto/secrets.ts';
import { createTokens } from '../../src/service/crypto/tokens.ts';
import { noLimits, tokenBuckets } from '../../src/service/http/limits.ts';
import { openSqliteStore } from '../../src/service/store/sqlite.ts';
import { standingClock } from './support/service.ts';

// What cannot be seen from outside, because nobody outside knows a decoy's code or comes from two
// places.

const secrets = createSecrets(Buffer.alloc(32, 7));
const memoryStore = () => {
  const store = openSqliteStore(':memory:');
  onTestFinished(() => store.close());
  return store;
};

describe('codes', () => {
  test('even the right code of a decoy is wrong', async () => {
    const flows = createFlows({
      clock: standingClock(),
      codes: createCodes(secrets),
      limits: noLimits,
    });
    const seed = {
      purpose: 'registration' as const,
      email: 'a@x.example',
      emailKey: 'a@x.example',
      language: 'en' as const,
      registration: null,
      accountId: null,
    };
    const verdict = (decoy: boolean) =>
      memoryStore().transaction(async (tx) => {
        const { flow, code } = await flows.open(tx, { ...seed, decoy });
        return flows.check(tx, flow.id, 'registration', code);
      });
    expect(await verdict(false)).toHaveProperty('flow');
    expect(await verdict(true)).toMatchObject({
      refusal: { problem: 'code-invalid', facts: { attemptsLeft: 4 } },
    });
  });

  test('are bound to flow and purpose by their hash', () => {
    const codes = createCodes(secrets);
    const flow = { id: 'flw_1', purpose: 'registration' };
    const kept = codes.keep('123456', flow);
    expect(codes.matches(' 123-456 ', { ...flow, ...kept })).toBe(true);
    expect(codes.matches('123456', { ...flow, ...kept, id: 'flw_2' })).toBe(false);
    expect(codes.matches('123456', { ...flow, ...kept, purpose: 'reset' })).toBe(false);
    expect(
      createCodes(createSecrets(Buffer.alloc(32, 8))).matches('123456', { ...flow, ...kept }),
    ).toBe(false);
    expect(codes.keep('123456', flow).codeHash).not.toBe(kept.codeHash);
  });

  test('are six digits, and only digits are read', () => {
    expect(Array.from({ length: 200 }, newCode).filter((code) => !/^\d{6}$/.test(code))).toEqual(
      [],
    );
    expect(['１２３ ４５６', '١٢٣٤٥٦', '12–34—56', '12a456'].map(normaliseCode)).toEqual([
      '123456',
      '123456',
      '123456',
      '12a456',
    ]);
  });
});

describe('guessing of passwords', () => {
  test('from elsewhere does not keep out a place that signed in before', async () => {
    const clock = standingClock();
    const store = memoryStore();
    const throttle = createLoginThrottle({ clock, limits: tokenBuckets(clock) });
    const email = 'ada@x.example';
    await store.transaction((tx) => throttle.succeed(tx, email, '192.0.2.7'));
    for (let i = 0; i < 12; i += 1)
      await store.transaction((tx) => throttle.fail(tx, email, '198.51.100.9'));
    const admitted = (ip: string) =>
      store
        .transaction((tx) => throttle.admit(tx, email, ip))
        .then(
          ({ end }) => (end(), true),
          () => false,
        );
    expect([
      await admitted('192.0.2.200'),
      await admitted('203.0.113.1'),
      await admitted('198.51.100.9'),
    ]).toEqual([true, false, false]);
    clock.advance(2 * MINUTE + 8000);
    expect(await admitted('203.0.113.1')).toBe(true);
  });
});

describe('tokens', () => {
  test('of one kind or changed by a bit are none of another', () => {
    const tokens = createTokens(secrets);
    const access = tokens.access('ses_1', 0);
    expect([tokens.sessionOf(access, 899_999), tokens.sessionOf(access, 900_000)]).toEqual([
      'ses_1',
      null,
    ]);
    expect([
      tokens.accountOf(access),
      tokens.sessionOf(tokens.unsubscribe('ses_1 99999999999999'), 0),
    ]).toEqual([null, null]);
    const [text = '', mac = ''] = access.split('.');
    expect(
      tokens.sessionOf(`${Buffer.from('ses_2 900000').toString('base64url')}.${mac}`, 0),
    ).toBeNull();
    expect(tokens.sessionOf(`${text}.`, 0)).toBeNull();
  });

  test('what is sealed opens only here and only whole', () => {
    const sealed = secrets.seal('123 456');
    expect(secrets.unseal(sealed)).toBe('123 456');
    expect(() => secrets.unseal(`${sealed.slice(0, -2)}AA`)).toThrow('authenticate');
    expect(() => createSecrets(Buffer.alloc(32, 8)).unseal(sealed)).toThrow('authenticate');
  });
});
