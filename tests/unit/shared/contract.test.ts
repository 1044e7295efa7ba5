import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import * as z from 'zod';
import { command, push } from '../../../src/shared/contract/define.ts';
import { contract } from '../../../src/shared/contract/index.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { loopback } from '../../support/fakes/loopback.ts';

const small = {
  'item.get': command(z.strictObject({ id: z.string().min(1) }), z.object({ title: z.string() })),
  'item.count': command(z.void(), z.number()),
  'item.changed': push(z.object({ rev: z.number().int() })),
} as const;

describe('the contract between renderer and main', () => {
  test('carries a command with its types', async () => {
    const { client } = loopback(small, {
      'item.get': async ({ id }) => ({ title: `about ${id}` }),
      'item.count': async () => 3,
    });
    expectTypeOf(client.call('item.get', { id: 'a' })).resolves.toEqualTypeOf<{ title: string }>();
    expect(await client.call('item.get', { id: 'a' })).toEqual({ title: 'about a' });
    expect(await client.call('item.count')).toBe(3);
  });
  test('refuses bad input before the handler, and does not repeat it', async () => {
    const get = vi.fn();
    const { client } = loopback(small, { 'item.get': get });
    // @ts-expect-error a member the schema does not know
    const refused = client.call('item.get', { id: 'a', password: 'Quiet-Harbour7' });
    await expect(refused).rejects.toMatchObject({ code: 'invalid-payload' });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('Quiet') });
    expect(get).not.toHaveBeenCalled();
  });
  test('an AppError keeps its code and facts; anything else says nothing', async () => {
    const { client, bugs } = loopback(small, {
      'item.get': async () => {
        throw new AppError('rate-limited', 'slow down', { retryable: true, retryAfterMs: 5000 });
      },
      'item.count': async () => {
        throw new TypeError('secret path /home/x');
      },
    });
    await expect(client.call('item.get', { id: 'a' })).rejects.toMatchObject({
      code: 'rate-limited',
      detail: { retryable: true, retryAfterMs: 5000 },
    });
    await expect(client.call('item.count')).rejects.toMatchObject({
      code: 'bug',
      message: 'Unexpected error',
    });
    expect(bugs).toEqual([new TypeError('secret path /home/x')]);
  });
  test('an answer carries nothing outside its schema', async () => {
    const { client } = loopback(small, {
      'item.get': async ({ id }) => ({ title: id, refreshToken: 'secret' }),
    });
    expect(await client.call('item.get', { id: 'a' })).toEqual({ title: 'a' });
  });
  test('a wrong answer is our bug, not the caller’s', async () => {
    const { client, bugs } = loopback(small, {
      'item.count': async () => 'three' as unknown as number,
    });
    await expect(client.call('item.count')).rejects.toMatchObject({ code: 'bug' });
    expect(bugs).toHaveLength(1);
  });
  test('a foreign frame reaches no handler', async () => {
    const count = vi.fn();
    const { client } = loopback(small, { 'item.count': count }, false);
    await expect(client.call('item.count')).rejects.toMatchObject({ code: 'forbidden' });
    expect(count).not.toHaveBeenCalled();
  });
  test('a push arrives until it is stopped, and never outside its schema', () => {
    const { client, publish, listenerCount } = loopback(small, {});
    const seen = vi.fn();
    const stop = client.on('item.changed', seen);
    publish('item.changed', { rev: 1, extra: 'dropped' } as { rev: number });
    expect(() => publish('item.changed', { rev: 1.5 })).toThrow(z.ZodError);
    stop();
    publish('item.changed', { rev: 2 });
    expect(seen.mock.calls).toEqual([[{ rev: 1 }]]);
    expect(listenerCount('item.changed')).toBe(0);
  });
  test.each(['constructor', '__proto__', 'item.changed', 'item.nothing'])(
    '%s is no command',
    async (name) => {
      const { client } = loopback(small, {});
      await expect(client.call(name as 'item.count')).rejects.toThrow(/not a command/);
    },
  );
  test('names are area.verb, and no output schema names a secret', () => {
    // The values of an enum are words of our own, such as `password-changed`.
    for (const [name, entry] of Object.entries(contract)) {
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*\.[a-z-]+$/);
      const shape = JSON.stringify(
        z.toJSONSchema(entry.kind === 'command' ? entry.output : entry.payload, {
          unrepresentable: 'any',
        }),
        (key, value: unknown) => (key === 'enum' ? [] : value),
      );
      // A system's token is shown to the person who makes it, once.
      const named = name === 'api-tokens.add' ? shape.replaceAll('"token"', '') : shape;
      expect(named, name).not.toMatch(/token|password|secret/i);
    }
  });
});
