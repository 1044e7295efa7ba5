import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  embargoAcknowledgement,
  embargoEndOf,
  embargoOf,
  evaluateRights,
  expiryOf,
  forUse,
  idsToAcknowledge,
  PLATFORMS,
  publishedStatus,
  RIGHTS_USES,
  rightsBadges,
  stateAcknowledgement,
  unavailableBecause,
  UNSTATED_PROFILE,
  type RestrictionRule,
  type RightsFacts,
  type RightsQuestion,
  type RightsVerdict,
} from '../../../src/shared/api/rights.ts';
import { NOW, RIGHTS_TABLE } from '../../support/rights-table.ts';

const SIGNS = { forbid: '!', ask: '?', note: '' };
const written = ({ reasons }: RightsVerdict): string =>
  reasons.map(({ effect, kind }) => `${SIGNS[effect]}${kind}`).join(' ');

const cases = RIGHTS_TABLE.flatMap(({ name, facts, asker, expected }) =>
  RIGHTS_USES.map((use) => ({ name, facts, question: { ...asker, use }, expected: expected[use] })),
);

describe('the table of rights', () => {
  test('has a row for every case, and none twice', () => {
    expect(cases.length).toBeGreaterThan(600);
    expect(new Set(RIGHTS_TABLE.map(({ name }) => name)).size).toBe(RIGHTS_TABLE.length);
  });

  test.each(cases)('$name, $question.use', ({ facts, question, expected }) => {
    const verdict = evaluateRights(facts, question);
    expect(written(verdict)).toBe(expected);
    expect(verdict.decision).toBe(
      expected.includes('!') ? 'forbid' : expected.includes('?') ? 'ask' : 'allow',
    );
    for (const { effect, acknowledge } of verdict.reasons)
      expect(acknowledge === null).toBe(effect !== 'ask');
  });
});

const rule = fc.record({
  id: fc.constantFrom('rst_a', 'rst_b', 'rst_c'),
  kind: fc.constantFrom('territory', 'platform', 'time', 'editorial', 'archive'),
  mode: fc.constantFrom('allow', 'deny'),
  values: fc.array(
    fc.oneof(
      fc.constantFrom('CA', 'FR', 'EU', 'broadcast', 'online', 'social', 'radio', 'print'),
      fc.constantFrom('2026-11-25T00:00:00Z', '2026-12-01T00:00:00Z'),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 4 },
  ),
  shots: fc.option(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }), { nil: undefined }),
}) satisfies fc.Arbitrary<RestrictionRule>;
const moment = fc.option(fc.integer({ min: NOW - 1000, max: NOW + 1000 }), { nil: null });
const facts = fc.record({
  pubStatus: fc.constantFrom('usable', 'withheld', 'canceled'),
  embargoUntil: moment,
  expiresAt: moment,
  restrictions: fc.array(rule, { maxLength: 4 }),
  shots: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 5 }), {
    nil: undefined,
  }),
}) satisfies fc.Arbitrary<RightsFacts>;
const question = fc.record({
  use: fc.constantFrom(...RIGHTS_USES),
  shots: fc.option(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }), { nil: null }),
  nowMs: fc.constant(NOW),
  profile: fc.record({
    territory: fc.constantFrom(null, 'CA', 'FR', 'CH'),
    platforms: fc.subarray([...PLATFORMS]),
    holdsUnderEmbargo: fc.boolean(),
  }),
  mayTakeEarly: fc.boolean(),
}) satisfies fc.Arbitrary<RightsQuestion>;

const STRICTNESS = { allow: 0, ask: 1, forbid: 2 };
const strictness = (one: RightsFacts, asked: RightsQuestion): number =>
  STRICTNESS[evaluateRights(one, asked).decision];

describe('whatever the facts', () => {
  test('a restriction more never makes a verdict milder', () => {
    fc.assert(
      fc.property(facts, rule, question, fc.nat(4), (one, added, asked, at) => {
        const more = one.restrictions.toSpliced(at, 0, added);
        expect(strictness({ ...one, restrictions: more }, asked)).toBeGreaterThanOrEqual(
          strictness(one, asked),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('to know which shots there are never makes a verdict milder', () => {
    fc.assert(
      fc.property(facts, question, (one, asked) => {
        expect(strictness(one, asked)).toBeGreaterThanOrEqual(
          strictness({ ...one, shots: undefined }, asked),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('what names every shot is judged like what names none', () => {
    fc.assert(
      fc.property(facts, rule, question, (one, added, asked) => {
        const all = [1, 2, 3];
        const judged = (shots: number[] | undefined) =>
          evaluateRights(
            { ...one, shots: all, restrictions: [...one.restrictions, { ...added, shots }] },
            asked,
          );
        expect(judged(all)).toEqual(judged(undefined));
      }),
    );
  });

  test('a value more in what is denied, or fewer in what is allowed, is never milder', () => {
    const values = fc.array(
      fc.constantFrom(
        'CA',
        'FR',
        'EU',
        'broadcast',
        'web',
        'online',
        'social',
        'radio',
        'print',
        'x',
      ),
      { minLength: 2, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        fc.constantFrom('territory', 'platform'),
        values,
        question,
        (kind, all, asked) => {
          const judged = (mode: 'allow' | 'deny', some: readonly string[]) =>
            strictness(
              {
                pubStatus: 'usable',
                embargoUntil: null,
                expiresAt: null,
                restrictions: [{ id: 'rst_a', kind, mode, values: some }],
              },
              asked,
            );
          expect(judged('deny', all)).toBeGreaterThanOrEqual(judged('deny', all.slice(1)));
          expect(judged('allow', all.slice(1))).toBeGreaterThanOrEqual(judged('allow', all));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('time only ever takes away, but for the end of an embargo', () => {
    fc.assert(
      fc.property(facts, question, fc.integer({ min: 0, max: 2000 }), (one, asked, later) => {
        const free = { ...one, embargoUntil: null };
        expect(strictness(free, { ...asked, nowMs: NOW + later })).toBeGreaterThanOrEqual(
          strictness(free, asked),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('the verdict on a download, for another use, is the verdict on that use', () => {
    fc.assert(
      fc.property(facts, question, (one, asked) => {
        const queued = evaluateRights(one, { ...asked, use: 'queue' });
        const [other, direct] = [forUse(queued, asked), evaluateRights(one, asked)];
        expect(other.decision).toBe(direct.decision);
        expect(new Set(other.reasons)).toEqual(new Set(direct.reasons));
      }),
    );
  });

  test('every restriction is among the reasons, whatever else there is', () => {
    fc.assert(
      fc.property(facts, question, (one, asked) => {
        const { reasons } = evaluateRights(one, asked);
        expect(reasons.flatMap(({ restrictionId }) => restrictionId ?? []).toSorted()).toEqual(
          one.restrictions.map(({ id }) => id).toSorted(),
        );
      }),
    );
  });
});

const usable: RightsFacts = {
  pubStatus: 'usable',
  embargoUntil: null,
  expiresAt: null,
  restrictions: [],
};
const asked: RightsQuestion = {
  use: 'queue',
  shots: null,
  nowMs: NOW,
  profile: { ...UNSTATED_PROFILE, territory: 'FR' },
  mayTakeEarly: true,
};

test.each([
  'embargo:9999-12-31T00:00:00.000Z',
  'terms:1',
  'state:expired',
  'restriction:embargo:x',
])('a publisher that calls its restriction %s has no id of ours confirmed', (id) => {
  const verdict = evaluateRights(
    {
      ...usable,
      embargoUntil: NOW + 5,
      restrictions: [{ id, kind: 'archive', mode: 'deny', values: [] }],
    },
    asked,
  );
  const ids = idsToAcknowledge(verdict);
  expect(ids).toEqual([embargoAcknowledgement(NOW + 5), `restriction:${id}`]);
  expect(ids.map(embargoEndOf)).toEqual([NOW + 5, null]);
  // What names the restriction is still its own id.
  expect(verdict.reasons.map(({ restrictionId }) => restrictionId)).toEqual([null, id]);
});

describe('what is read from a verdict', () => {
  const verdict = evaluateRights(
    {
      pubStatus: 'usable',
      embargoUntil: NOW + 5,
      expiresAt: NOW + 90,
      restrictions: [
        { id: 'rst_t', kind: 'territory', mode: 'deny', values: ['CA'] },
        { id: 'rst_p', kind: 'platform', mode: 'allow', values: ['broadcast'] },
        { id: 'rst_e', kind: 'time', mode: 'deny', values: [new Date(NOW + 60).toISOString()] },
      ],
    },
    asked,
  );

  test('the ids to confirm: not those that stop nothing', () => {
    expect(idsToAcknowledge(verdict)).toEqual([embargoAcknowledgement(NOW + 5), 'rst_p', 'rst_e']);
  });

  test('what of the profile a restriction bars', () => {
    expect(verdict.reasons.find(({ restrictionId }) => restrictionId === 'rst_p')?.barred).toEqual([
      'web',
      'social',
    ]);
  });

  test('when an embargo lifts and when it expires, by the earlier of two', () => {
    expect([embargoOf(verdict), expiryOf(verdict)]).toEqual([NOW + 5, NOW + 60]);
  });

  test('badges', () => {
    expect(rightsBadges(verdict)).toEqual(['embargoed', 'restricted']);
    expect(rightsBadges(evaluateRights({ ...usable, pubStatus: 'withheld' }, asked))).toEqual([
      'on-hold',
    ]);
    const barred = evaluateRights(
      { ...usable, restrictions: [{ id: 'r', kind: 'territory', mode: 'deny', values: ['FR'] }] },
      asked,
    );
    expect([rightsBadges(barred), unavailableBecause(barred)]).toEqual([['barred'], null]);
  });

  test('a shot that has expired does not expire the rest', () => {
    const partly = evaluateRights(
      {
        ...usable,
        restrictions: [
          { id: 'r', kind: 'time', mode: 'deny', values: ['2026-11-25T00:00:00Z'], shots: [4] },
        ],
      },
      asked,
    );
    expect([unavailableBecause(partly), rightsBadges(partly)]).toEqual([null, []]);
  });

  test('to see the folder of what must not be used, its state is confirmed', () => {
    expect(
      idsToAcknowledge(
        evaluateRights({ ...usable, pubStatus: 'canceled' }, { ...asked, use: 'reveal' }),
      ),
    ).toEqual([stateAcknowledgement('withdrawn')]);
  });
});

describe('what a source says of its state', () => {
  const at = { isWithdrawn: false, nowMs: NOW };
  const past = new Date(NOW - 1).toISOString();
  const future = new Date(NOW + 1).toISOString();
  test.each([
    ['usable', { pubStatus: 'usable', badges: [], expiresAt: future }, at, 'usable', NOW + 1],
    [
      'on hold',
      { pubStatus: 'withheld', badges: ['withdrawn'], expiresAt: null },
      at,
      'withheld',
      null,
    ],
    ['without a status', { badges: ['withdrawn'], expiresAt: null }, at, 'canceled', null],
    [
      'withdrawn by its last change',
      { pubStatus: 'usable', badges: [], expiresAt: past },
      { ...at, isWithdrawn: true },
      'canceled',
      NOW - 1,
    ],
    [
      'expired by a clock ahead of ours',
      { pubStatus: 'usable', badges: ['withdrawn'], expiresAt: future },
      at,
      'usable',
      NOW,
    ],
  ] as const)('%s', (_, said, when, pubStatus, expiresAt) => {
    expect(publishedStatus(said, when)).toEqual({ pubStatus, expiresAt });
  });
});
