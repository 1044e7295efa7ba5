import { expect, test } from 'vitest';
import {
  FAULT_KINDS,
  LASTING_CASES,
  allowedEnds,
  faultCase,
  isBeyondTelling,
  hasDigest,
  lastingCase,
} from '../support/engine/fault-cases.ts';
import type { FaultCase } from '../support/engine/fault-cases.ts';
import { FaultBench, SECRET } from '../support/engine/fault-run.ts';
import type { FaultOutcome } from '../support/engine/fault-run.ts';
import { isLong, tell } from '../support/seed.ts';

const CASES = isLong ? 400 : FAULT_KINDS;

/** Secrets that reached an origin they were not meant for, or did not reach theirs. */
function leaksOf(one: FaultCase, { requests, led }: FaultOutcome): string[] {
  const isGiven = one.delivery === 'package' || one.credentials;
  const faults = led
    .filter(
      (head) =>
        /^(?:authorization|proxy-authorization|cookie|x-grant):/imu.test(head) ||
        head.includes(SECRET),
    )
    .map((head) => `another origin was told ${JSON.stringify(head)}`);
  if (isGiven && !requests.every(({ authorization }) => authorization !== undefined))
    faults.push('the origin was not told what is meant for it');
  return faults;
}

/** Everything wrong with the outcome of a case. */
function faultsOf(one: FaultCase, outcome: FaultOutcome): string[] {
  const { state, found, verified, versions, seenWrong } = outcome;
  const faults: string[] = [
    ...seenWrong.map((name) => `${name} was seen with wrong content`),
    ...leaksOf(one, outcome),
  ];
  const [first] = versions;
  const isVersion = found !== null && versions.some((version) => version.equals(found));
  if (state.phase === 'done') {
    if (verified !== hasDigest(one.delivery))
      faults.push(`told as ${verified ? '' : 'not '}verified`);
    if (!found) faults.push('done, and nothing is there');
    else if (hasDigest(one.delivery) ? !first?.equals(found) : !isVersion && !isBeyondTelling(one))
      faults.push('WRONG CONTENT told as success');
    return faults;
  }
  if (found) faults.push('failed, and something lies under the final name');
  const allowed = allowedEnds(one);
  if (state.phase !== 'failed') faults.push(`ended as ${state.phase}`);
  else if (!allowed.includes(state.code))
    faults.push(
      `ended with ${state.code} (${state.message}), allowed: ${allowed.join(', ') || 'only success'}`,
    );
  return faults;
}

/** Runs the cases of one scheme and one byte source in turn. */
async function runGroup(
  group: [number, FaultCase][],
  ends: Map<string, number>,
): Promise<string[]> {
  const wrong: string[] = [];
  const [first] = group;
  if (!first) return wrong;
  const bench = await FaultBench.start(first[1]);
  try {
    for (const [number, one] of group) {
      const outcome = await bench.run(one);
      const end = outcome.state.phase === 'failed' ? outcome.state.code : outcome.state.phase;
      ends.set(end, (ends.get(end) ?? 0) + 1);
      const bugs = bench.bugs.splice(0).map(String);
      for (const fault of [...faultsOf(one, outcome), ...bugs])
        wrong.push(`case ${number}: ${fault}\n    ${JSON.stringify(one)}`);
    }
  } finally {
    await bench.end();
  }
  return wrong;
}

/** Runs all cases, tells how they ended, and returns what is wrong with them. */
async function runCases(
  what: string,
  count: number,
  caseOf: (number: number) => FaultCase,
): Promise<string> {
  const ends = new Map<string, number>();
  const cases = Array.from({ length: count }, (_, number): [number, FaultCase] => [
    number,
    caseOf(number),
  ]);
  const groups = Object.values(
    Object.groupBy(cases, ([, { secure, source }]) => `${secure} ${source}`),
  );
  const wrong = (await Promise.all(groups.map((group) => runGroup(group ?? [], ends)))).flat();
  const told = wrong.filter((line) => line.includes('WRONG CONTENT')).length;
  tell(
    `${what}: ${count} cases, wrong content told as success ${told}; ${[...ends].map(([end, n]) => `${end} ${n}`).join(', ')}`,
  );
  return wrong.join('\n');
}

test(`${CASES} transfers with faults: the right content under the final name, or the right error and nothing there`, async () => {
  expect(await runCases('faults', CASES, faultCase)).toBe('');
});

test(
  'each kind of fault as all that ever comes, with each delivery: none goes on without end',
  { tags: ['long'] },
  async () => {
    expect(await runCases('lasting faults', LASTING_CASES, lastingCase)).toBe('');
  },
);

const frame: FaultCase = {
  delivery: 'url',
  secure: false,
  credentials: false,
  source: 'fast',
  tag: 'strong',
  bytes: 700_000,
  connections: 1,
  faults: [],
  forever: false,
  restart: null,
};
const changed = (honoursIfRange: boolean) => ({
  at: 0.5,
  change: 'same-length' as const,
  honoursIfRange,
});

/**
 * Errors of well-known programs: they splice two versions, report wrong bytes as success, or hang.
 */
const RIVALS: [string, Partial<FaultCase>, { version: number | null; code?: string }][] = [
  [
    'the file changes between two runs and If-Range is honoured',
    { restart: changed(true) },
    { version: 1 },
  ],
  [
    'the file changes between two runs and If-Range is ignored',
    { restart: changed(false) },
    { version: 1 },
  ],
  ['the file changes, its tag is weak', { tag: 'weak', restart: changed(false) }, { version: 1 }],
  ['the file changes, it has no tag', { tag: 'none', restart: changed(false) }, { version: 1 }],
  [
    'the file changes and the hash is that of before',
    { delivery: 'url with hash', restart: changed(true) },
    { version: null, code: 'hash-mismatch' },
  ],
  [
    'wrong bytes under a right header, a hash is known',
    { delivery: 'url with hash', faults: [{ kind: 'other-bytes', seed: 5 }] },
    { version: null, code: 'hash-mismatch' },
  ],
  [
    'wrong bytes under a right header, pieces are known',
    { delivery: 'metalink with pieces', faults: [{ kind: 'other-bytes', seed: 5 }] },
    { version: 0 },
  ],
  [
    'a body without a length is cut short, a hash is known',
    { delivery: 'url with hash', faults: [{ kind: 'unframed-cut', at: 0.7 }], forever: true },
    { version: null, code: 'hash-mismatch' },
  ],
  [
    'a body without a length is cut short, nothing is known',
    { faults: [{ kind: 'unframed-cut', at: 0.7 }], forever: true },
    { version: null, code: 'origin-refused' },
  ],
  [
    'an empty body without a length is all that ever comes, a hash is known',
    { delivery: 'url with hash', faults: [{ kind: 'unframed-cut', at: 0 }], forever: true },
    { version: null, code: 'hash-mismatch' },
  ],
  ...(['fast', 'node:http'] as const).map((source): (typeof RIVALS)[number] => [
    `each of several connections (${source}) is cut before the first byte, whatever is asked for`,
    {
      source,
      delivery: 'url with hash',
      bytes: 18_000_000,
      connections: 4,
      faults: [{ kind: 'chunked-cut', at: 0 }],
      forever: true,
    },
    { version: null, code: 'short-body' },
  ]),
  [
    'one bit is wrong, a hash is known',
    { delivery: 'url with hash', faults: [{ kind: 'flip', at: 0.3 }] },
    { version: null, code: 'hash-mismatch' },
  ],
  [
    'one bit is wrong, a Metalink has the hash',
    { delivery: 'metalink', faults: [{ kind: 'flip', at: 0.3 }] },
    { version: 0 },
  ],
  [
    'one bit is wrong, pieces are known',
    { delivery: 'package', bytes: 3_000_000, faults: [{ kind: 'flip', at: 0.3 }] },
    { version: 0 },
  ],
  [
    'a small file always comes too long',
    { delivery: 'metalink', bytes: 91_456, faults: [{ kind: 'overlong-unframed' }], forever: true },
    { version: null, code: 'origin-error' },
  ],
  [
    'a file without a hash always comes too long',
    {
      source: 'node:http',
      faults: [{ kind: 'reset', at: 0.8 }, { kind: 'overlong-unframed' }],
      forever: true,
    },
    { version: null, code: 'origin-error' },
  ],
  ['the server stalls once', { faults: [{ kind: 'stall', at: 0.5 }] }, { version: 0 }],
  [
    'the server stalls and never goes on',
    { faults: [{ kind: 'no-answer' }], forever: true },
    { version: null, code: 'stalled' },
  ],
];

test.each(RIVALS)('where others fail: %s', async (_, more, { version, code }) => {
  const one = { ...frame, ...more };
  const bench = await FaultBench.start(one);
  try {
    const outcome = await bench.run(one);
    const { found, state } = outcome;
    expect(faultsOf(one, outcome)).toEqual([]);
    const right = version === null ? null : outcome.versions[version];
    expect({
      isRight: right === null ? found === null : found !== null && right?.equals(found),
      state,
    }).toMatchObject({
      isRight: true,
      state: code === undefined ? { phase: 'done' } : { phase: 'failed', code },
    });
    expect(bench.bugs).toEqual([]);
  } finally {
    await bench.end();
  }
});

const LEADS: Partial<FaultCase>[] = (['fast', 'node:http'] as const).flatMap((source) =>
  [true, false].flatMap((back) => [
    {
      source,
      delivery: 'package' as const,
      bytes: 3_000_000,
      faults: [{ kind: 'elsewhere' as const, back }],
      forever: true,
    },
    {
      source,
      delivery: 'metalink' as const,
      credentials: true,
      secure: true,
      faults: [{ kind: 'elsewhere' as const, back }],
      forever: true,
    },
  ]),
);

test.each(LEADS)(
  'led to another origin, which is told nothing that was for the first: %j',
  async (more) => {
    const one = { ...frame, ...more };
    const bench = await FaultBench.start(one);
    try {
      const outcome = await bench.run(one);
      expect(faultsOf(one, outcome)).toEqual([]);
      expect([outcome.state, outcome.led.length > 0, bench.bugs]).toEqual([
        { phase: 'done' },
        true,
        [],
      ]);
    } finally {
      await bench.end();
    }
  },
);
