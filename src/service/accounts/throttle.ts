import { DAY, MINUTE, SECOND } from '../clock.ts';
import type { Context } from '../context.ts';
import { ipBlock } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import type { StoreTx, ThrottleRecord } from '../store/ports.ts';

const FREE_FAILURES = 5;
export const FAILURES_UNTIL_LOCKED = 100;
const LONGEST_WAIT_MS = 15 * MINUTE;
const KNOWN_FOR_MS = 180 * DAY;

const waitMs = (failures: number) => (failures < FREE_FAILURES ? 0 : Math.min(LONGEST_WAIT_MS, SECOND * 2 ** Math.min(20, failures - FREE_FAILURES)));

const keys = (emailKey: string, ip: string) => ({ pair: `${emailKey} ${ipBlock(ip)}`, address: emailKey });

/**
 * Slows down guessing of passwords, for addresses nobody has as well: one counter for the address from this neighbourhood,
 * one for the address from anywhere. A neighbourhood that signed in before answers only for itself, so that a stranger cannot
 * keep the owner out.
 */
export function loginThrottle({ clock, limits }: Pick<Context, 'clock' | 'limits'>) {
  const load = async (tx: StoreTx, key: string): Promise<ThrottleRecord> => {
    const found = await tx.throttles.get(key);
    const blank = { key, failures: 0, openAt: 0, lastAt: 0, knownAt: found?.knownAt ?? null };
    return found && clock.now() - found.lastAt < DAY ? found : blank;
  };
  const isKnown = ({ knownAt }: ThrottleRecord) => knownAt !== null && clock.now() - knownAt < KNOWN_FOR_MS;
  const failed = (record: ThrottleRecord): ThrottleRecord => {
    const now = clock.now();
    const failures = record.failures + 1;
    return { ...record, failures, lastAt: now, openAt: now + waitMs(failures) };
  };

  return {
    /** @throws too-many-attempts while the address has to wait. */
    async admit(tx: StoreTx, emailKey: string, ip: string): Promise<void> {
      if (limits.isRelaxed) return;
      const { pair, address } = keys(emailKey, ip);
      const own = await load(tx, pair);
      const openAt = isKnown(own) ? own.openAt : Math.max(own.openAt, (await load(tx, address)).openAt);
      const retryAfterMs = openAt - clock.now();
      if (retryAfterMs > 0) throw problem('too-many-attempts', {}, { retryAfterMs });
    },
    /** @returns failures in a row for the address from anywhere. */
    async fail(tx: StoreTx, emailKey: string, ip: string): Promise<number> {
      const { pair, address } = keys(emailKey, ip);
      await tx.throttles.put(failed(await load(tx, pair)));
      const everywhere = failed(await load(tx, address));
      await tx.throttles.put(everywhere);
      return everywhere.failures;
    },
    async succeed(tx: StoreTx, emailKey: string, ip: string): Promise<void> {
      const { pair } = keys(emailKey, ip);
      await tx.throttles.put({ key: pair, failures: 0, openAt: 0, lastAt: clock.now(), knownAt: clock.now() });
    },
    /** After a password reset the address starts afresh, and so does whoever did it. */
    async forget(tx: StoreTx, emailKey: string, ip: string): Promise<void> {
      const { pair, address } = keys(emailKey, ip);
      await tx.throttles.delete(address);
      await tx.throttles.put({ ...(await load(tx, pair)), failures: 0, openAt: 0 });
    },
  };
}
export type LoginThrottle = ReturnType<typeof loginThrottle>;
