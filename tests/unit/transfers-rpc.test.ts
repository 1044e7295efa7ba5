import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { connectRpc, serveRpc } from '../../src/main/threads/rpc.ts';
import { AppError } from '../../src/shared/errors.ts';

let channel = new MessageChannel();
afterEach(() => {
  channel.port1.close();
  channel = new MessageChannel();
});

const methods = {
  add: (a: number, b: number) => a + b,
  late: async (text: string) => text.toUpperCase(),
  refuse: () => {
    throw new AppError('disk-full', 'No room', { retryable: true });
  },
  crash: () => {
    throw new Error('a secret');
  },
  unsendable: () => () => 0,
  never: () => new Promise<void>(() => {}),
};

test('calls cross with their arguments and results, in any order', async () => {
  serveRpc(channel.port1, methods);
  const { api } = connectRpc<typeof methods>(channel.port2);
  expect(await Promise.all([api.late('a'), api.add(1, 2)])).toEqual(['A', 3]);
});

test('an AppError is rebuilt, anything else becomes a bug that reveals nothing', async () => {
  const bugs: unknown[] = [];
  serveRpc(channel.port1, methods, (thrown, method) =>
    bugs.push([method, thrown instanceof Error]),
  );
  const { api } = connectRpc<typeof methods>(channel.port2);
  await expect(api.refuse()).rejects.toMatchObject({
    code: 'disk-full',
    message: 'No room',
    detail: { retryable: true },
  });
  await expect(api.crash()).rejects.toMatchObject({ code: 'bug', message: 'Unexpected error' });
  await expect(api.unsendable()).rejects.toMatchObject({ code: 'bug' });
  expect(bugs).toEqual([
    ['crash', true],
    ['unsendable', true],
  ]);
});

test('what is not served is refused, inherited names too', async () => {
  serveRpc(channel.port1, methods);
  const { api } = connectRpc<{ missing(): void; toString(): string }>(channel.port2);
  await expect(api.missing()).rejects.toMatchObject({ code: 'invalid-payload' });
  await expect(api.toString()).rejects.toMatchObject({ code: 'invalid-payload' });
});

test('one port carries calls both ways and events', async () => {
  const there = serveRpc(channel.port1, methods);
  serveRpc(channel.port2, { ping: () => 'pong' });
  const back = connectRpc<{ ping(): string }>(channel.port1);
  const client = connectRpc<typeof methods>(channel.port2);
  const seen = new Promise((resolve) => client.on('changed', resolve));
  there.emit('changed', { rev: 4 });
  expect(await Promise.all([back.api.ping(), client.api.add(2, 2), seen])).toEqual([
    'pong',
    4,
    { rev: 4 },
  ]);
});

test('when the far end goes away, open and later calls reject', async () => {
  serveRpc(channel.port1, methods);
  const { api } = connectRpc<typeof methods>(channel.port2);
  const open = api.never();
  channel.port1.close();
  await expect(open).rejects.toMatchObject({ code: 'bug', message: 'The worker has ended' });
  await expect(api.add(1, 1)).rejects.toMatchObject({ code: 'bug' });
});
