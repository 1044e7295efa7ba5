import type { Clock } from '../clock.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../clock.ts';
import { problem } from './problems.ts';

/** Token buckets: a full bucket of `burst`, refilled evenly over `perMs`. */
const LIMITS = {
  'register-ip': { burst: 5, perMs: HOUR },
  'register-address': { burst: 3, perMs: HOUR },
  'code-ip': { burst: 60, perMs: HOUR },
  'resend-ip': { burst: 20, perMs: HOUR },
  'mail-address': { burst: 10, perMs: DAY },
  'reset-ip': { burst: 20, perMs: HOUR },
  'reset-address': { burst: 3, perMs: HOUR },
  'login-ip': { burst: 30, perMs: MINUTE },
  'refresh-session': { burst: 30, perMs: HOUR },
  'read': { burst: 600, perMs: MINUTE },
  'changes-page': { burst: 20, perMs: SECOND },
  'changes-poll': { burst: 6, perMs: MINUTE },
  'downloads': { burst: 60, perMs: MINUTE },
} as const;
type LimitName = keyof typeof LIMITS;

/** What is left of a limit, as `RateLimit-Policy` and `RateLimit` tell it (draft-ietf-httpapi-ratelimit-headers-10). */
export type Hint = Record<'ratelimit-policy' | 'ratelimit', string>;

export type Limits = {
  /** Takes a token, or says how long until there is one. */
  take(name: LimitName, key: string): { ok: true; hint: Hint | null } | { ok: false; retryAfterMs: number };
  /** Takes a token or throws `rate-limited`. */
  require(name: LimitName, key: string): Hint | null;
  isRelaxed: boolean;
};

const MOST_BUCKETS = 50_000;

export function tokenBuckets(clock: Clock): Limits {
  const buckets = new Map<string, { tokens: number; at: number }>();

  function take(name: LimitName, key: string): ReturnType<Limits['take']> {
    const { burst, perMs } = LIMITS[name];
    const now = clock.now();
    const place = `${name} ${key}`;
    const bucket = buckets.get(place) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * burst) / perMs);
    buckets.delete(place);
    buckets.set(place, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    // Oldest use first: whoever would be forgotten has long been full again, or is one of a flood of addresses.
    if (buckets.size > MOST_BUCKETS) buckets.delete(buckets.keys().next().value ?? '');
    const left = Math.max(0, Math.floor(tokens) - 1);
    const hint = { 'ratelimit-policy': `"${name}";q=${burst};w=${perMs / SECOND}`, ratelimit: `"${name}";r=${left};t=${Math.ceil(((burst - left) * perMs) / burst / SECOND)}` };
    return tokens >= 1 ? { ok: true, hint } : { ok: false, retryAfterMs: Math.ceil(((1 - tokens) * perMs) / burst) };
  }
  return {
    take,
    require(name, key) {
      const taken = take(name, key);
      if (!taken.ok) throw problem('rate-limited', {}, { retryAfterMs: taken.retryAfterMs });
      return taken.hint;
    },
    isRelaxed: false,
  };
}

export const noLimits: Limits = { take: () => ({ ok: true, hint: null }), require: () => null, isRelaxed: true };

/** What counts as one place on the network: the address, or for IPv6 its /64. */
export function ipKey(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return v4 ?? ipv6Prefix(address);
}
/** The neighbourhood for login throttling: /24 or /64. */
export function ipBlock(address: string): string {
  const key = ipKey(address);
  return key.includes(':') ? key : key.split('.').slice(0, 3).join('.');
}
/** What may be shown of an address. */
export function maskedIp(address: string): string {
  const key = ipKey(address);
  return key.includes(':') ? key : `${ipBlock(address)}.x`;
}

function ipv6Prefix(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::`;
}
