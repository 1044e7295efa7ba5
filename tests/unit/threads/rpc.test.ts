import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { connect, defineChannel, expose } from '../../../src/main/threads/rpc.ts';
import { AppError } from '../../../src/shared/errors.ts';

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

const arithmetic = defineChannel<typeof methods, { changed: { rev: number } }>('arithmetic')([
  'add',
  'late',
  'refuse',
  'crash',
  'unsendable',
  'never',
]);

test('calls cross with their arguments and results, in any order', async () => {
  expose(channel.port1, arithmetic, () => methods);
  const { api } = connect(channel.port2, arithmetic);
  expect(await Promise.all([api.late('a'), api.add(1, 2)])).toEqual(['A', 3]);
});

test('an AppError is rebuilt, anything else becomes a bug that reveals nothing', async () => {
  const bugs: unknown[] = [];
  expose(channel.port1, arithmetic, () => methods, {
    onBug: (thrown, method) => void bugs.push([method, thrown instanceof Error]),
  });
  const { api } = connect(channel.port2, arithmetic);
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

test('what the channel does not name is refused, inherited names too', async () => {
  expose(channel.port1, arithmetic, () => methods);
  const wider = defineChannel<{ missing(): void; toString(): string }>('arithmetic')([
    'missing',
    'toString',
  ]);
  const { api } = connect(channel.port2, wider);
  await expect(api.missing()).rejects.toMatchObject({ code: 'invalid-payload' });
  await expect(api.toString()).rejects.toMatchObject({ code: 'invalid-payload' });
});

test('one port carries several channels, calls both ways and events', async () => {
  const greeting = defineChannel<{ add(name: string): string }>('greeting')(['add']);
  const ping = defineChannel<{ ping(): string }>('ping')(['ping']);
  const { emit } = expose(channel.port1, arithmetic, () => methods);
  expose(channel.port1, greeting, () => ({ add: (name) => `Hello ${name}` }));
  expose(channel.port2, ping, () => ({ ping: () => 'pong' }));
  const back = connect(channel.port1, ping);
  const client = connect(channel.port2, arithmetic);
  const greeter = connect(channel.port2, greeting);
  const seen = new Promise((resolve) => client.on('changed', resolve));
  emit('changed', { rev: 4 });
  expect(
    await Promise.all([back.api.ping(), client.api.add(2, 2), greeter.api.add('you'), seen]),
  ).toEqual(['pong', 4, 'Hello you', { rev: 4 }]);
});

test('an implementation that cannot be opened is tried again by the next call', async () => {
  let isThere = false;
  expose(channel.port1, arithmetic, () => {
    if (!isThere) throw new AppError('disk-full', 'No room');
    return methods;
  });
  const { api } = connect(channel.port2, arithmetic);
  await expect(api.add(1, 1)).rejects.toMatchObject({ code: 'disk-full' });
  isThere = true;
  expect(await api.add(1, 1)).toBe(2);
});

test('what an implementation throws can be translated', async () => {
  expose(channel.port1, arithmetic, () => methods, {
    around: (call) =>
      call().catch(() => {
        throw new AppError('disk-error', 'translated');
      }),
  });
  const { api } = connect(channel.port2, arithmetic);
  await expect(api.crash()).rejects.toMatchObject({ code: 'disk-error', message: 'translated' });
});

test('when the far end goes away, open and later calls reject', async () => {
  expose(channel.port1, arithmetic, () => methods);
  const { api } = connect(channel.port2, arithmetic);
  const open = api.never();
  channel.port1.close();
  await expect(open).rejects.toMatchObject({ code: 'bug', message: 'The thread has ended' });
  await expect(api.add(1, 1)).rejects.toMatchObject({ code: 'bug' });
});
