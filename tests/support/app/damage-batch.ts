import path from 'node:path';
import { DAMAGES, DamagedHomes, damage, type Damage } from './damaged-home.ts';
import { randomOf } from '../seed.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// A program: cases `from` to `to`, a line of JSON each; those from `flips` on are other kinds of
// damage than a flipped bit.
const [from = 0, to = 0, flips = 0] = process.argv.slice(2).map(Number);
/** A start that takes longer than this hangs. */
const HANGS_MS = 60_000;
const OTHER_KINDS = DAMAGES.filter((kind) => kind !== 'bit');

export type Looked = { n: number; text: string; outcome: string; wrong: string[] };

const home = path.join(temporaryFolder(), 'home');
const homes = await DamagedHomes.make();
for (let n = from; n < to; n++) {
  const random = randomOf(n);
  const state = random() < 0.5 ? 'closed' : 'killed';
  homes.copy(state, home);
  const kind: Damage['kind'] = n < flips ? 'bit' : (OTHER_KINDS[n % OTHER_KINDS.length] ?? 'cut');
  const done = damage(home, homes.files(state), kind, random);
  const { promise: hangs, resolve } = Promise.withResolvers<{ wrong: string[]; outcome: string }>();
  const timer = setTimeout(() => resolve({ wrong: ['hangs'], outcome: 'hangs' }), HANGS_MS);
  const looked = await Promise.race([homes.look(home, done), hangs]);
  clearTimeout(timer);
  process.stdout.write(
    `${JSON.stringify({ n, text: `${state}, ${done.text}`, ...looked } satisfies Looked)}\n`,
  );
}
process.exit(0);
