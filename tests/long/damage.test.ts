import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DAMAGES, DamagedHomes, damage, type Damage } from '../support/damaged-home.ts';
import { temporaryFolder } from '../support/demo.ts';
import { isLong, randomOf, tell } from '../support/seed.ts';

const [FLIPS, OTHERS] = isLong ? [1000, 200] : [10, 6];
/** A start that takes longer than this hangs. */
const HANGS_MS = 60_000;
const OTHER_KINDS = DAMAGES.filter((kind) => kind !== 'bit');

const home = path.join(temporaryFolder(), 'home');
const homes = DamagedHomes.make();
afterAll(() => homes.then(() => undefined));

async function within<T>(work: Promise<T>, otherwise: T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(otherwise), HANGS_MS);
  const result = await Promise.race([work, promise]);
  clearTimeout(timer);
  return result;
}

test(`${FLIPS} flipped bits and ${OTHERS} cuts, swaps and wrong kinds over every file of a home: always a start or a clear error, never a silent loss`, { timeout: 3_600_000 }, async () => {
  const all = await homes;
  const wrong: string[] = [];
  const outcomes = new Map<string, number>();
  for (let n = 0; n < FLIPS + OTHERS; n++) {
    const random = randomOf(n);
    const state = random() < 0.5 ? 'closed' : 'killed';
    all.copy(state, home);
    const kind: Damage['kind'] = n < FLIPS ? 'bit' : (OTHER_KINDS[n % OTHER_KINDS.length] ?? 'cut');
    const done = damage(home, all.files(state), kind, random);
    const first = await within(all.look(home, done), { wrong: ['hangs'], outcome: 'hangs' });
    wrong.push(...first.wrong.map((line) => `${n}: ${state}, ${done.text}: ${line}`));
    outcomes.set(first.outcome, (outcomes.get(first.outcome) ?? 0) + 1);
  }
  tell(`damage: ${FLIPS} flipped bits and ${OTHERS} others: ${[...outcomes].toSorted((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`).join(', ')}; silent losses and faults ${wrong.length}`);
  expect(wrong.join('\n')).toBe('');
});
