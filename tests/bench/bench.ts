/** `npm run bench`: the engine beside curl, wget2 and aria2c on this machine, as one table. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { articleRows } from './articles.ts';
import { catalogueRows } from './catalogue.ts';
import { compete, tableOf } from './contest.ts';
import type { Result } from './contest.ts';
import { killRow } from './kill.ts';
import { describeMachine, touchMemory } from './machine.ts';
import { startOrigin } from './origin.ts';
import { queueRows } from './queue.ts';
import { rightsRows } from './rights.ts';
import { sourceRows } from './sources.ts';
import { FULL, QUICK, makeRows } from './rows.ts';
import { missingTools, TOOLS } from './tools.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    rows: { type: 'string', default: '' },
    'max-others': { type: 'string', default: '0.1' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(
    `npm run bench -- [--quick] [--rounds N] [--rows large|medium|many|small|kill|queue|catalogue|sources|rights|articles] [--max-others CORES]\nNeeds ${Object.keys(TOOLS).join(', ')}, and 14 GB in the folder for temporary files (4 GB with --quick).`,
  );
  process.exit(0);
}
const missing = missingTools();
if (missing !== null) {
  console.error(missing);
  process.exit(2);
}
const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
const only = new RegExp(values.rows, 'u');
const desk = path.resolve(import.meta.dirname, '../../out/main/desk.js');
if (!existsSync(desk)) throw new Error('Build first: npm run build');

const versionOf = (program: string): string =>
  execFileSync(program, ['--version']).toString().split('\n')[0] ?? '';
const folder = await mkdtemp(path.join(os.tmpdir(), 'desk-bench-'));
const origin = await startOrigin(folder);
process.once('SIGINT', () => {
  // What was made is gigabytes: it goes first.
  void origin
    .stop()
    .then(() => rm(folder, { recursive: true, force: true }))
    .then(() => process.exit(130));
});
try {
  console.log(`${describeMachine()}\n${['curl', 'wget2', 'aria2c'].map(versionOf).join('\n')}\n`);
  const { rows, medium } = await makeRows(
    { folder, origin, desk },
    values.quick ? QUICK : FULL,
    only,
  );
  touchMemory(6);
  const options = {
    folder,
    rounds,
    originPid: origin.pid,
    env: { NODE_EXTRA_CA_CERTS: origin.cert },
    quietCores: Number(values['max-others']),
    redos: rounds,
  };
  const results: Result[] = [];
  for (const row of rows) {
    results.push(await compete(row, options));
    console.error(tableOf(results.slice(-1)).split('\n').at(-1));
  }
  console.log(tableOf(results));
  if (only.test('kill'))
    console.log(
      `\n${await killRow({ folder, origin, desk, file: medium, rounds: values.quick ? 5 : 20 })}`,
    );
  if (only.test('queue')) console.log(`\n${await queueRows({ folder, origin, desk })}`);
  if (only.test('sources')) console.log(`\n${await sourceRows(folder)}`);
  if (only.test('rights')) console.log(`\n${await rightsRows(folder)}`);
  if (only.test('articles')) console.log(`\n${await articleRows({ folder, desk })}`);
  if (only.test('catalogue')) console.log(`\n${await catalogueRows({ folder, origin, desk })}`);
} finally {
  await origin.stop();
  await rm(folder, { recursive: true, force: true });
}
