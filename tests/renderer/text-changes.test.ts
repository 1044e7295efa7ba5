import { expect, test } from 'vitest';
import { passagesOf } from '../../src/renderer/features/articles/text-changes.ts';

test('paragraphs that both have are together, and what differs stands between them', () => {
  expect(passagesOf('a\n\nb\n\nc\n\nd', 'a\n\nb\n\nC\n\nd\n\ne')).toEqual([
    { isSame: true, paragraphs: ['a', 'b'] },
    { isSame: false, before: 'c', now: 'C' },
    { isSame: true, paragraphs: ['d'] },
    { isSame: false, before: null, now: 'e' },
  ]);
  expect(passagesOf('', '')).toEqual([]);
  expect(passagesOf('a', 'a')).toEqual([{ isSame: true, paragraphs: ['a'] }]);
});

test('texts that would keep the window waiting aren’t compared', () => {
  expect(passagesOf('x'.repeat(400_001), '')).toBeNull();
  expect(passagesOf('x\n'.repeat(100_000), 'y\n'.repeat(100_000))).toHaveLength(100_000);
});
