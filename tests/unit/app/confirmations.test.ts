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

test('the version of the terms goes on every confirmation', () => {
  const facts = confirmationsOf([
    {
      assetId: null,
      packageId: 'pkg_1',
      rev: 1,
      title: 'Harvest',
      acknowledge: ['rst_1', 'embargo:2026-11-24T17:00:00.000Z'],
      terms: {
        service: 'https://service.example',
        account: 'ingest@lorvik.example',
        termsVersion: '2026-09',
        texts: ['rst_1', 'embargo:2026-11-24T17:00:00.000Z'].map((id) => ({ id, text: id })),
      },
    },
  ]);
  expect(facts.map(({ kind, termsVersion }) => [kind, termsVersion])).toEqual([
    ['restriction-confirmed', '2026-09'],
    ['embargo-confirmed', '2026-09'],
  ]);
});
