import { describe, expect, onTestFinished, test } from 'vitest';
import { createLoginThrottle } from '../../src/service/accounts/throttle.ts';
import { createPasswordProof } from '../../src/service/accounts/password-proof.ts';
import type { Context } from '../../src/service/context.ts';
import { createPeppers } from '../../src/service/crypto/peppers.ts';
import { FULL_COST, scryptPasswords } from '../../src/service/crypto/passwords.ts';
import type { Passwords } from '../../src/service/crypto/passwords.ts';
import { noLimits } from '../../src/service/http/limits.ts';
import { openSqliteStore } from '../../src/service/store/sqlite.ts';
import type { AccountRecord, FlowRecord } from '../../src/service/store/ports.ts';
import { standingClock } from './support/service.ts';

const account = (emailKey: string): AccountRecord => ({
  id: `acc_${emailKey}`,
  email: emailKey,
  emailKey,
  passwordHash: 'of-account',
  displayName: null,
  organisation: null,
  country: null,
  locale: null,
  newsletter: { subscribed: false, topics: [], changedAt: null },
  consents: [],
  terms: { version: '1', acceptedAt: 0 },
  entitlements: [],
  status: 'active',
  createdAt: 0,
  rev: 1,
  notices: [],
});
const flow = (emailKey: string, createdAt: number): FlowRecord => ({
  id: `flw_${emailKey}`,
  purpose: 'registration',
  emailKey,
  email: emailKey,
  language: 'en',
  decoy: false,
  codeSalt: '',
  codeHash: '',
  codeIssuedAt: createdAt,
  codeTries: 0,
  flowTries: 0,
  resends: 0,
  resendAvailableAt: 0,
  createdAt,
  isClosed: false,
  accountId: null,
  outcome: null,
  reset: null,
  registration: {
    passwordHash: 'of-flow',
    displayName: null,
    organisation: null,
    country: null,
    locale: null,
    newsletter: false,
    termsVersion: '1',
  },
});

describe('signing in', () => {
  test('compares two hashes whoever is asked about', async () => {
    const clock = standingClock();
    const store = openSqliteStore(':memory:');
    onTestFinished(() => store.close());
    await store.transaction(async (tx) => {
      await tx.accounts.put(account('known@x.example'));
      await tx.flows.put(flow('pending@x.example', clock.now()));
    });
    const compared: (string | null)[] = [];
    const passwords: Passwords = {
      hash: async () => '',
      isCurrent: () => true,
      matches: async (_password, hash) => {
        compared.push(hash);
        return false;
      },
    };
    const mail = {
      enqueue: async () => undefined,
      wake: () => undefined,
      isServerUp: async () => true,
      flush: async () => undefined,
      close: async () => undefined,
    };
    const context = { clock, store, passwords, limits: noLimits, mail } satisfies Partial<Context>;
    const proof = createPasswordProof(context, createLoginThrottle(context));
    const seen = async (emailKey: string) => {
      compared.length = 0;
      await expect(proof.signIn({ email: emailKey, emailKey }, 'x', '127.0.0.1')).rejects.toThrow(
        'invalid-credentials',
      );
      return [...compared];
    };
    expect(await seen('known@x.example')).toEqual(['of-account', null]);
    expect(await seen('pending@x.example')).toEqual([null, 'of-flow']);
    expect(await seen('nobody@x.example')).toEqual([null, null]);
  });
});

const peppers = createPeppers([Buffer.alloc(32, 7)]);

describe('password hashes', () => {
  test('at their real cost say it, are salted, and match their password in any normal form', async () => {
    const passwords = scryptPasswords(peppers);
    const hash = await passwords.hash('Crème-Brûlée-77');
    expect(hash).toMatch(/^scrypt\$131072\$8\$1\$[\w-]{22}\$[\w-]{43}\$[\w-]{8}$/);
    expect(FULL_COST).toEqual({ N: 131_072, r: 8, p: 1 });
    expect(await passwords.matches('Crème-Brûlée-77'.normalize('NFD'), hash)).toBe(true);
    expect(await passwords.matches('Creme-Brulee-77', hash)).toBe(false);
    expect(await passwords.matches('Crème-Brûlée-77', null)).toBe(false);
  });

  test('keep their cost when the service’s cost changes', async () => {
    const old = await scryptPasswords(peppers, { N: 16, r: 1, p: 1 }).hash('Correct-Horse-7');
    expect(
      await scryptPasswords(peppers, { N: 32, r: 2, p: 1 }).matches('Correct-Horse-7', old),
    ).toBe(true);
    expect(old).not.toBe(
      await scryptPasswords(peppers, { N: 16, r: 1, p: 1 }).hash('Correct-Horse-7'),
    );
  });

  test('are made two at a time, and a flood is told to come back instead of eating the memory', async () => {
    const passwords = scryptPasswords(peppers, { N: 16, r: 1, p: 1 });
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, () => passwords.hash('Correct-Horse-7')),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    expect([results.length - refused.length, refused.length]).toEqual([66, 34]);
    expect(refused[0]?.reason).toMatchObject({ problem: 'maintenance', retryAfterMs: 10_000 });
    expect(await passwords.matches('x', await passwords.hash('x'))).toBe(true);
  });
});
