import { expect, test } from 'vitest';
import { confirmationsOf } from '../../../src/main/app/ledger.ts';

const confirmed = (...ids: string[]) =>
  confirmationsOf([
    {
      assetId: 'ast_1',
      packageId: 'pkg_1',
      rev: 1,
      title: 'Harvest',
      label: '',
      purpose: 'preview',
      destination: '/to',
      acknowledge: ids,
      terms: { service: 'demo', account: null, texts: ids.map((id) => ({ id, text: id })) },
    },
  ]).map(({ kind, what, words }) => [kind, what?.untilMs ?? null, words?.map(({ id }) => id)]);

test('a restriction whose publisher calls it like an embargo is recorded as a restriction', () => {
  expect(confirmed('embargo:soon', 'rst_1')).toEqual([
    ['restriction-confirmed', null, ['embargo:soon', 'rst_1']],
  ]);
  expect(confirmed('embargo:2026-11-24T17:00:00.000Z')).toEqual([
    ['embargo-confirmed', Date.parse('2026-11-24T17:00:00Z'), ['embargo:2026-11-24T17:00:00.000Z']],
  ]);
});
