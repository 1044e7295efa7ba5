import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { problem } from '../http/problems.ts';
import type { Peppers } from './peppers.ts';

export type ScryptCost = { N: number; r: number; p: number };
export const FULL_COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };

/** A hash at full cost takes 128 MiB, hence few at once and a short queue. */
const MAX_CONCURRENT = 2;
const MAX_WAITING = 64;
const KEY_BYTES = 32;

export type Passwords = {
  /**
   * `scrypt$N$r$p$salt$key$pepper`: cost and pepper ID are stored with the hash.
   * @throws maintenance if the queue is full
   */
  hash(password: string): Promise<string>;
  /** Compares with the hash; null stands for a dummy that takes the same time and never matches. */
  matches(password: string, hash: string | null): Promise<boolean>;
  /** Whether the hash has the current cost and pepper. Hashes of older versions have no pepper. */
  isCurrent(hash: string): boolean;
};

function derive(password: string | Buffer, salt: Buffer, { N, r, p }: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r * p }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function parse(hash: string): {
  cost: ScryptCost;
  salt: Buffer;
  key: Buffer;
  pepperId: string | undefined;
} {
  const [scheme, N, r, p, salt = '', key = '', pepperId] = hash.split('$');
  if (scheme !== 'scrypt') throw new Error('Unknown password hash');
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
    pepperId,
  };
}

export function scryptPasswords(peppers: Peppers, cost: ScryptCost = FULL_COST): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (waiting.length >= MAX_WAITING) throw problem('maintenance', {}, { retryAfterMs: 10_000 });
    if (running >= MAX_CONCURRENT) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  const { current } = peppers;
  const dummy = { cost, salt: randomBytes(16), key: randomBytes(KEY_BYTES), pepperId: current.id };
  return {
    hash: (password) =>
      inTurn(async () => {
        const salt = randomBytes(16);
        const key = await derive(current.apply(password.normalize('NFC')), salt, cost);
        return [
          'scrypt',
          cost.N,
          cost.r,
          cost.p,
          salt.toString('base64url'),
          key.toString('base64url'),
          current.id,
        ].join('$');
      }),
    matches: (password, hash) =>
      inTurn(async () => {
        const expected = hash === null ? dummy : parse(hash);
        const { pepperId } = expected;
        // If its pepper was removed, a hash matches nothing, after the same work.
        const pepper = pepperId === undefined ? null : (peppers.find(pepperId) ?? current);
        const normal = password.normalize('NFC');
        const key = await derive(
          pepper === null ? normal : pepper.apply(normal),
          expected.salt,
          expected.cost,
        );
        return timingSafeEqual(key, expected.key) && hash !== null;
      }),
    isCurrent: (hash) =>
      hash.startsWith(`scrypt$${cost.N}$${cost.r}$${cost.p}$`) && hash.endsWith(`$${current.id}`),
  };
}
