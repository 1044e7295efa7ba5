import { expect, test } from 'vitest';
import { Recoveries } from '../../../src/main/app/recoveries.ts';

test('what was reported already is neither written nor published again', () => {
  const seen = { written: 0, published: 0 };
  const recoveries = new Recoveries(() => void (seen.published += 1), {
    read: () => [],
    write: () => void (seen.written += 1),
  });
  for (let page = 0; page < 100; page += 1) recoveries.add('items-skipped');
  expect(seen).toEqual({ written: 1, published: 1 });
  recoveries.add('queue-damaged', { lost: ['a'] });
  recoveries.add('queue-damaged', { lost: ['a'] });
  recoveries.add('queue-damaged', { lost: ['b'] });
  expect(seen).toEqual({ written: 3, published: 3 });
  expect(recoveries.view.items.map(({ lost }) => lost)).toEqual([[], ['a', 'b']]);
});
