import type { Clock } from '../clock.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../clock.ts';
import { problem } from './problems.ts';

/** Token buckets: `burst` tokens, refilled evenly over `perMs`. */
const LIMITS = {
  'register-ip': { burst: 5, perMs: HOUR },
  /** Password estimates of registrations, refused ones included. */
  'estimate-ip': { burst: 30, perMs: MINUTE },
  /** Per address and network, as is `reset-address`. */
  'register-address': { burst: 3, perMs: HOUR },
  'code-ip': { burst: 60, perMs: HOUR },
  'resend-ip': { burst: 20, perMs: HOUR },
  'mail-network': { burst: 5, perMs: DAY },
  'mail-address': { burst: 10, perMs: DAY },
  'mail-owner': { burst: 10, perMs: DAY },
  'mail-reserve-network': { burst: 3, perMs: DAY },
  'mail-reserve': { burst: 1, perMs: HOUR },
  'reset-ip': { burst: 20, perMs: HOUR },
  'reset-address': { burst: 3, perMs: HOUR },
  'complete-block': { burst: 60, perMs: HOUR },
  'login-ip': { burst: 30, perMs: MINUTE },
  'refresh-block': { burst: 600, perMs: MINUTE },
  'refresh-session': { burst: 30, perMs: HOUR },
  /** Per account: each change is stored and may send a mail. */
  newsletter: { burst: 20, perMs: HOUR },
  export: { burst: 10, perMs: HOUR },
  read: { burst: 600, perMs: MINUTE },
  'changes-page': { burst: 20, perMs: SECOND },
  'changes-poll': { burst: 6, perMs: MINUTE },
  downloads: { burst: 60, perMs: MINUTE },
  /** Pictures and ranges of previews: a catalogue that is scrolled through asks for thousands. */
  media: { burst: 3000, perMs: MINUTE },
} as const;
type LimitName = keyof typeof LIMITS;

/**
 * What is left of a limit, as `RateLimit-Policy` and `RateLimit`
 * (draft-ietf-httpapi-ratelimit-headers-10).
 */
export type Hint = Record<'ratelimit-policy' | 'ratelimit', string>;

export type Taken = { ok: true; hint: Hint | null } | { ok: false; retryAfterMs: number };
type Wanted = readonly [name: LimitName, key: string];

export type Limits = {
  /** Takes a token, or tells how long until one is available. */
  take(name: LimitName, key: string): Taken;
  /** Takes a token of each, or none at all if one is missing. The hint is for the first. */
  takeAll(...wanted: Wanted[]): Taken;
  /**
   * Takes a token.
   * @throws rate-limited
   */
  require(name: LimitName, key: string): Hint | null;
  isRelaxed: boolean;
};

const MAX_BUCKETS = 50_000;

export function tokenBuckets(clock: Clock): Limits {
  const buckets = new Map<string, { tokens: number; at: number }>();

  function left([name, key]: Wanted): number {
    const { burst, perMs } = LIMITS[name];
    const bucket = buckets.get(`${name} ${key}`);
    if (!bucket) return burst;
    // A clock that was set back removes no tokens.
    return Math.min(burst, bucket.tokens + (Math.max(0, clock.now() - bucket.at) * burst) / perMs);
  }

  function put([name, key]: Wanted, tokens: number): void {
    const place = `${name} ${key}`;
    buckets.delete(place);
    buckets.set(place, { tokens, at: clock.now() });
    // Least recently used first: that bucket is full again, or one of a flood of addresses.
    if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value ?? '');
  }

  const missingMs = (wanted: Wanted): number =>
    Math.ceil((Math.max(0, 1 - left(wanted)) * LIMITS[wanted[0]].perMs) / LIMITS[wanted[0]].burst);

  function hintOf(wanted: Wanted): Hint {
    const [name] = wanted;
    const { burst, perMs } = LIMITS[name];
    const whole = Math.floor(left(wanted));
    return {
      'ratelimit-policy': `"${name}";q=${burst};w=${perMs / SECOND}`,
      ratelimit: `"${name}";r=${whole};t=${Math.ceil(((burst - whole) * perMs) / burst / SECOND)}`,
    };
  }

  function takeAll(...wanted: Wanted[]): Taken {
    const retryAfterMs = Math.max(...wanted.map(missingMs));
    // Written even if nothing is taken, so that a bucket in use is not evicted.
    for (const one of wanted) put(one, left(one) - (retryAfterMs > 0 ? 0 : 1));
    const [first] = wanted;
    return retryAfterMs > 0
      ? { ok: false, retryAfterMs }
      : { ok: true, hint: first ? hintOf(first) : null };
  }
  const take = (name: LimitName, key: string): Taken => takeAll([name, key]);

  return {
    take,
    takeAll,
    require(name, key) {
      const taken = take(name, key);
      if (!taken.ok) throw problem('rate-limited', {}, { retryAfterMs: taken.retryAfterMs });
      return taken.hint;
    },
    isRelaxed: false,
  };
}

export const noLimits: Limits = {
  take: () => ({ ok: true, hint: null }),
  takeAll: () => ({ ok: true, hint: null }),
  require: () => null,
  isRelaxed: true,
};

/** Network identity of a client: the IPv4 address, or the IPv6 /64. */
export function ipKey(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return v4 ?? ipv6Prefix(address);
}
/** Network of a client for sign-in throttling: IPv4 /24 or IPv6 /64. */
export function ipBlock(address: string): string {
  const key = ipKey(address);
  return key.includes(':') ? key : key.split('.').slice(0, 3).join('.');
}
/** The part of an address that may be shown. */
export const maskedIp = (address: string): string => maskedBlock(ipBlock(address));
export const maskedBlock = (block: string): string => (block.includes(':') ? block : `${block}.x`);

function ipv6Prefix(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined
      ? left
      : [
          ...left,
          ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'),
          ...right,
        ];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::`;
}
