import { beforeEach, describe, expect, test } from 'vitest';
import type { KeychainState } from '../../../src/main/account/ports.ts';
import {
  readSecret,
  storedSession,
  type StoredSession,
  Tokens,
} from '../../../src/main/account/tokens.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { memoryVault as plainVault, type MemoryVault } from '../../support/fakes/vault.ts';

const profile = {
  id: 'acc_1',
  email: 'desk@station.example',
  displayName: null,
  organisation: null,
  country: null,
  newsletter: false,
  newsletterChangedAt: null,
  entitlements: [],
  etag: null,
  notices: [],
};
const stored = (refreshToken: string, refreshKey: string | null = null): StoredSession => ({
  refreshToken,
  refreshKey,
  profile,
  seenUntil: 0,
});

/** Notes the order of what happens. */
function memoryVault(events: string[], state: KeychainState = 'ok'): MemoryVault {
  const vault = plainVault(state);
  return {
    ...vault,
    write: (name, value) => {
      const { refreshToken, refreshKey } = JSON.parse(value) as StoredSession;
      events.push(`keep ${refreshToken} ${refreshKey === null ? 'settled' : 'asking'}`);
      return vault.write(name, value);
    },
    remove: (name) => {
      events.push('drop');
      return vault.remove(name);
    },
  };
}

let events: string[];
let keys: string[];
let now: number;
let answer: () => Promise<void>;
let ended: number;
let kept: KeychainState[];

function tokens(vault: MemoryVault): Tokens {
  let serial = 1;
  return new Tokens(
    {
      refresh: async ({ body: { refreshToken }, idempotencyKey: key }) => {
        events.push(`ask ${refreshToken}`);
        keys.push(key);
        await answer();
        serial += 1;
        return {
          accessToken: `access${serial}`,
          tokenType: 'Bearer',
          expiresIn: 900,
          refreshToken: `refresh${serial}`,
          refreshExpiresIn: 1,
          sessionId: 'ses_1',
        };
      },
    },
    vault,
    { nowMs: () => now },
    { onEnded: () => (ended += 1), onStored: (state) => kept.push(state) },
  );
}

beforeEach(() => {
  events = [];
  keys = [];
  now = 0;
  ended = 0;
  kept = [];
  answer = async () => undefined;
});

describe('tokens', () => {
  test('are refreshed once for calls that come together, and the new one is kept before it is used', async () => {
    const vault = memoryVault(events);
    const held = tokens(vault);
    held.restore(stored('refresh1'));
    const used = await Promise.all(
      [1, 2, 3].map(() =>
        held.withToken(async (token) => {
          events.push(`use ${token}`);
          return token;
        }),
      ),
    );
    expect(used).toEqual(['access2', 'access2', 'access2']);
    expect(events).toEqual([
      'keep refresh1 asking',
      'ask refresh1',
      'keep refresh2 settled',
      'use access2',
      'use access2',
      'use access2',
    ]);
  });

  test('are refreshed a minute before they run out, and not earlier', async () => {
    const held = tokens(memoryVault(events));
    await held.setSession(stored('refresh1'), 'access1', 900);
    now = 900_000 - 60_001;
    expect(await held.withToken(async (token) => token)).toBe('access1');
    now = 900_000 - 60_000;
    expect(await held.withToken(async (token) => token)).toBe('access2');
  });

  test('after a lost answer the same key asks again', async () => {
    const vault = memoryVault(events);
    const held = tokens(vault);
    held.restore(stored('refresh1'));
    answer = async () => {
      throw new AppError('service-unreachable', 'gone');
    };
    await expect(held.withToken(async (token) => token)).rejects.toMatchObject({
      code: 'service-unreachable',
    });
    // The program was killed meanwhile: another one reads what the keychain has.
    const next = tokens(vault);
    next.restore(JSON.parse(vault.values.get('session') ?? '') as StoredSession);
    answer = async () => undefined;
    expect(await next.withToken(async (token) => token)).toBe('access2');
    expect(keys[1]).toBe(keys[0]);
    expect(ended).toBe(0);
  });

  test('offline is not signed out; the service’s word is', async () => {
    const vault = memoryVault(events);
    const held = tokens(vault);
    held.restore(stored('refresh1'));
    answer = async () => {
      throw new AppError('offline', 'no network');
    };
    await expect(held.withToken(async (token) => token)).rejects.toMatchObject({ code: 'offline' });
    expect([held.session?.refreshToken, ended]).toEqual(['refresh1', 0]);
    answer = async () => {
      throw new AppError('session-ended', 'revoked');
    };
    await expect(held.withToken(async (token) => token)).rejects.toMatchObject({
      code: 'session-ended',
    });
    expect([held.session, ended, vault.values.size]).toEqual([null, 1, 0]);
    await expect(held.withToken(async (token) => token)).rejects.toMatchObject({
      code: 'signed-out',
    });
  });

  test.each([
    ['ok', []],
    ['locked', ['session']],
    ['absent', ['session']],
  ] as const)(
    '%s: what the keychain has said is passed on, and a spent token that stays in it is disowned',
    async (state, disowned) => {
      const vault = memoryVault(events, state);
      const held = tokens(vault);
      held.restore(stored('refresh1'));
      expect(await held.withToken(async (token) => token)).toBe('access2');
      expect([held.session?.refreshToken, vault.disowned, kept]).toEqual([
        'refresh2',
        disowned,
        [state, state],
      ]);
    },
  );

  test('an access token that the service refuses is replaced once, and then its word stands', async () => {
    const held = tokens(memoryVault(events));
    await held.setSession(stored('refresh1'), 'access1', 900);
    const tried: string[] = [];
    await expect(
      held.withToken(async (token) => {
        tried.push(token);
        throw new AppError('signed-out', 'invalid token');
      }),
    ).rejects.toMatchObject({ code: 'signed-out' });
    expect(tried).toEqual(['access1', 'access2']);
  });

  test('who signs out while a refresh is under way stays signed out', async () => {
    const vault = memoryVault(events);
    const held = tokens(vault);
    held.restore(stored('refresh1'));
    answer = () => held.clear();
    await expect(held.withToken(async (token) => token)).rejects.toMatchObject({
      code: 'signed-out',
    });
    expect([held.session, vault.values.size]).toEqual([null, 0]);
  });

  test('what the keychain says late brings nobody back who has signed out, and nobody in the place of another', async () => {
    const held = tokens(memoryVault(events));
    await held.setSession(stored('refresh1'), 'access1', 900);
    await held.clear();
    held.restore(stored('refresh1'));
    expect(held.session).toBeNull();
    await held.setSession(stored('refresh9'), 'access9', 900);
    held.restore(stored('refresh1'));
    expect(held.session?.refreshToken).toBe('refresh9');
  });

  test('a call of who has signed out is not made again with the token of who signs in after him', async () => {
    const held = tokens(memoryVault(events));
    await held.setSession(stored('refresh1'), 'access1', 900);
    const tried: string[] = [];
    await expect(
      held.withToken(async (token) => {
        tried.push(token);
        await held.clear();
        await held.setSession(
          { ...stored('refresh9'), profile: { ...profile, id: 'acc_9' } },
          'access9',
          900,
        );
        throw new AppError('signed-out', 'invalid token');
      }),
    ).rejects.toMatchObject({ code: 'signed-out' });
    expect(tried).toEqual(['access1']);
    await held.update({ ...profile, entitlements: ['embargo-access'] });
    expect(held.session?.profile).toMatchObject({ id: 'acc_9', entitlements: [] });
  });

  test('until the keychain has a new session, the token of the former one is not used for it', async () => {
    const vault = memoryVault(events);
    const held = tokens(vault);
    await held.setSession(stored('refresh1'), 'access1', 900);
    const used: Promise<string>[] = [];
    const { write } = vault;
    vault.write = (name, value) => {
      vault.write = write;
      used.push(held.withToken(async (token) => token));
      return write(name, value);
    };
    await held.setSession(stored('refresh9'), 'access9', 900);
    expect(await Promise.all(used)).toEqual(['access2']);
  });

  test('who signs in while the former session is renewed and kept has neither its token nor its mark', async () => {
    const vault = memoryVault(events, 'locked');
    const held = tokens(vault);
    held.restore(stored('refresh1'));
    const { write } = vault;
    vault.write = async (name, value) => {
      vault.write = value.includes('"refresh2"') ? write : vault.write;
      const state = await write(name, value);
      if (value.includes('"refresh2"'))
        await held.clear().then(() => held.setSession(stored('refresh9'), 'access9', 900));
      return state;
    };
    await expect(held.withToken(async (token) => token)).rejects.toMatchObject({
      code: 'signed-out',
    });
    expect([vault.disowned, await held.withToken(async (token) => token)]).toEqual([[], 'access9']);
  });
});

test('an entry of version 0.1 keeps its session, its edit tag and what was told already', async () => {
  const vault = plainVault();
  const { etag: _, ...earlierProfile } = profile;
  const earlier = {
    refreshToken: 'refresh1',
    refreshKey: null,
    toldUntil: 1_764_000_000_000,
    profile: { ...earlierProfile, edition: '"e7"' },
  };
  await vault.write('session', JSON.stringify(earlier));
  expect(await readSecret(vault, 'session', storedSession)).toEqual({
    state: 'ok',
    value: {
      ...stored('refresh1'),
      seenUntil: 1_764_000_000_000,
      profile: { ...profile, etag: '"e7"' },
    },
  });
});
