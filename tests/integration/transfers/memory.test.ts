import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { BodyBlock, ByteSource } from '../../../src/main/transfers/ports.ts';
import { content, sha256 } from '../../support/engine/origin.ts';
import { get } from '../../support/engine/bench.ts';
import { openBench } from '../../support/engine/per-test.ts';

const CONTENT = content(1024 * 1024 + 77);
const CHUNK = 64 * 1024;

/** A connection with one block: it continues once the block is released. */
async function* oneBlock(): AsyncGenerator<BodyBlock> {
  for (let at = 0; at < CONTENT.length; at += CHUNK) {
    const { promise, resolve } = Promise.withResolvers<void>();
    yield { bytes: CONTENT.subarray(at, at + CHUNK), release: resolve, isAwaited: () => true };
    await promise;
  }
}
const scarce: ByteSource = {
  open: async () => ({
    status: 200,
    headers: { 'content-length': String(CONTENT.length) },
    body: oneBlock(),
    discard: () => undefined,
  }),
  drop: () => undefined,
};

test('what is collected for the disk is written at once when the source can read no more without its memory', async () => {
  const bench = await openBench({
    ports: { bytes: scarce },
    settings: { stallMs: 700, maxAttempts: 1 },
  });
  expect(
    (await get(bench, { url: 'http://origin.example/a.mov', sha256: sha256(CONTENT) })).state,
  ).toEqual({ phase: 'done' });
  expect(sha256(await readFile(path.join(bench.to, 'a.mov')))).toBe(sha256(CONTENT));
});
