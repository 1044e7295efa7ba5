import { afterEach, beforeEach, expect, test } from 'vitest';
import { ThreadHasher } from '../../../src/main/threads/hashing.ts';
import { content, sha256 } from '../../support/engine/origin.ts';

let hasher: ThreadHasher;
beforeEach(() => {
  hasher = new ThreadHasher();
});
afterEach(() => hasher.close());

test('several hashes at once, of shared memory and of memory of one thread', async () => {
  const bytes = content(300_000);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const [one, two, dropped] = [hasher.start(), hasher.start(), hasher.start()];
  const own = Uint8Array.from(bytes);
  const updates = [
    one.update(shared.subarray(0, 100_000)),
    two.update(own),
    one.update(shared.subarray(100_000)),
    dropped.update(own),
  ];
  // A copy was sent, so the memory may change.
  own.fill(0);
  dropped.drop();
  expect(await Promise.all([one.digest(), two.digest()])).toEqual([sha256(bytes), sha256(bytes)]);
  await Promise.all(updates);
});

test('nothing hashed is the hash of nothing; who asks after the end is told', async () => {
  expect(await hasher.start().digest()).toBe(sha256(new Uint8Array(0)));
  const open = hasher.start();
  await hasher.close();
  await expect(open.update(new Uint8Array(1))).rejects.toMatchObject({ code: 'bug' });
  await expect(open.digest()).rejects.toMatchObject({ code: 'bug' });
  open.drop();
  expect(await hasher.start().digest()).toBe(sha256(new Uint8Array(0)));
});
