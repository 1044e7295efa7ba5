import { expect, test } from 'vitest';
import { boundedRun } from '../../../src/shared/model/changes.ts';

test('a cursor that was seen before in a run is an error, its start included', () => {
  const check = boundedRun('start');
  check({ cursor: 'a', hasMore: true });
  check({ cursor: 'b', hasMore: true });
  for (const cursor of ['a', 'b', 'start'])
    expect(() => check({ cursor, hasMore: true })).toThrow(
      'The service announces more changes but repeats a page',
    );
});

test('the last page may say where the run stood already', () => {
  const check = boundedRun('start');
  expect(() => check({ cursor: 'start', hasMore: false })).not.toThrow();
});

test('a run ends after ten thousand pages, whatever their cursors', () => {
  const check = boundedRun(null);
  for (let page = 1; page < 10_000; page += 1) check({ cursor: `c${page}`, hasMore: true });
  expect(() => check({ cursor: 'next', hasMore: true })).toThrow(
    'The service’s changes don’t end after 10000 pages',
  );
});
