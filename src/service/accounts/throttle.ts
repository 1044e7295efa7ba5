import { DAY, MINUTE, SECOND } from '../clock.ts';
import type { Context } from '../context.ts';
import { ipBlock } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import type { StoreTx, ThrottleRecord } from '../store/ports.ts';

const FREE_FAILURES = 5;
const FAILURES_UNTIL_LOCKED = 100;
const MAX_WAIT_MS = 15 * MINUTE;
const KNOWN_FOR_MS = 180 * DAY;

const waitMs = (failures: number) =>
  failures < FREE_FAILURES
    ? 0
    : Math.min(MAX_WAIT_MS, SECOND * 2 ** Math.min(20, failures - FREE_FAILURES));

/** `Retry-After` while another try for the same address is being checked. */
const BUSY_MS = SECOND;

const keys = (emailKey: string, ip: string) => ({
  pair: `${emailKey} ${ipBlock(ip)}`,
  address: emailKey,
});

/**
 * `isLocked`: this network can only sign in after a reset. Call `end` once the verdict is counted.
 */
export type Admission = { isLocked: boolean; end(): void };

/**
 * Counts tries between admission and verdict, per counter: without it, parallel tries would all be
 * admitted before the first one is counted.
 */
function createTriesUnderWay() {
  const tries = new Map<string, number>();
  const of = (key: string): number => tries.get(key) ?? 0;
  return {
    of,
    begin(...started: string[]): () => void {
      for (const key of started) tries.set(key, of(key) + 1);
      return () => {
        for (const key of started) {
          if (of(key) > 1) tries.set(key, of(key) - 1);
          else tries.delete(key);
        }
      };
    },
  };
}

/**
 * Slows down password guessing, for unknown addresses too. One counter per address and network
 * (IPv4 /24, IPv6 /64), and one per address. A network that has signed in before answers only to
 * its own counter, so that strangers can neither delay nor lock it.
 */
export function createLoginThrottle({ clock, limits }: Pick<Context, 'clock' | 'limits'>) {
  const underWay = createTriesUnderWay();
  const load = async (tx: StoreTx, key: string): Promise<ThrottleRecord> => {
    const found = await tx.throttles.get(key);
    const blank = { key, failures: 0, openAt: 0, lastAt: 0, knownAt: found?.knownAt ?? null };
    // A lock never expires.
    return found && (clock.now() - found.lastAt < DAY || found.failures >= FAILURES_UNTIL_LOCKED)
      ? found
      : blank;
  };
  const isKnownNetwork = ({ knownAt }: ThrottleRecord) =>
    knownAt !== null && clock.now() - knownAt < KNOWN_FOR_MS;
  /** The counters that apply to a sign-in from `ip`; the last one decides the lock. */
  const governing = async (
    tx: StoreTx,
    emailKey: string,
    ip: string,
  ): Promise<ThrottleRecord[]> => {
    const { pair, address } = keys(emailKey, ip);
    const own = await load(tx, pair);
    const everywhere = await load(tx, address);
    return isKnownNetwork(own) ? [own] : [own, everywhere];
  };
  const failed = (record: ThrottleRecord): ThrottleRecord => {
    const now = clock.now();
    const failures = record.failures + 1;
    return { ...record, failures, lastAt: now, openAt: now + waitMs(failures) };
  };
  const remainingMs = ({ openAt, failures }: ThrottleRecord): number => {
    const left = openAt - clock.now();
    // More than the whole wait: the clock was set back since.
    return left > waitMs(failures) ? 0 : left;
  };

  return {
    /** @throws too-many-attempts during a wait, or while tries being checked may cause one */
    async admit(tx: StoreTx, emailKey: string, ip: string): Promise<Admission> {
      if (limits.isRelaxed) return { isLocked: false, end: () => undefined };
      const counters = await governing(tx, emailKey, ip);
      const retryAfterMs = Math.max(...counters.map(remainingMs));
      if (retryAfterMs > 0) throw problem('too-many-attempts', {}, { retryAfterMs });
      const isBusy = counters.some(
        ({ key, failures }) => underWay.of(key) > 0 && failures + underWay.of(key) >= FREE_FAILURES,
      );
      if (isBusy) throw problem('too-many-attempts', {}, { retryAfterMs: BUSY_MS });
      const { pair, address } = keys(emailKey, ip);
      return {
        isLocked: counters.some(({ failures }) => failures >= FAILURES_UNTIL_LOCKED),
        end: underWay.begin(pair, address),
      };
    },
    /** @returns whether this failure locked the address */
    async fail(tx: StoreTx, emailKey: string, ip: string): Promise<boolean> {
      const { pair, address } = keys(emailKey, ip);
      await tx.throttles.put(failed(await load(tx, pair)));
      await tx.throttles.put(failed(await load(tx, address)));
      return (
        !limits.isRelaxed &&
        (await governing(tx, emailKey, ip)).at(-1)?.failures === FAILURES_UNTIL_LOCKED
      );
    },
    /** Clears the network’s counter and marks the network as known. */
    async succeed(tx: StoreTx, emailKey: string, ip: string): Promise<void> {
      const { pair } = keys(emailKey, ip);
      await tx.throttles.put({
        key: pair,
        failures: 0,
        openAt: 0,
        lastAt: clock.now(),
        knownAt: clock.now(),
      });
    },
    /**
     * A code has proved the address: earlier failures are void and the owner’s network is known.
     */
    async startAfresh(tx: StoreTx, emailKey: string, ip: string): Promise<void> {
      for (const record of await tx.throttles.ofAddress(emailKey)) {
        if (record.knownAt === null) await tx.throttles.delete(record.key);
        else await tx.throttles.put({ ...record, failures: 0, openAt: 0 });
      }
      await this.succeed(tx, emailKey, ip);
    },
    isKnown: async (tx: StoreTx, emailKey: string, ip: string): Promise<boolean> =>
      isKnownNetwork(await load(tx, keys(emailKey, ip).pair)),
  };
}
export type LoginThrottle = ReturnType<typeof createLoginThrottle>;
