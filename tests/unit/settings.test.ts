import { expect, test } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { Settings } from '../../src/main/settings/settings.ts';

const defaults = { destination: '/home/desk/Downloads', language: 'en' as const };
const withStored = (value: unknown): Settings => new Settings({ wasDamaged: false, read: () => value, write: () => undefined }, defaults, () => undefined);

test('a destination that hangs on where the program was started is refused, typed or found in the file', () => {
  const settings = withStored({ destination: 'footage', theme: 'dark' });
  expect(settings.view).toMatchObject({ destination: defaults.destination, theme: 'dark' });
  for (const destination of ['', 'footage', './footage', '../footage', '~/footage']) expect(() => settings.set({ destination })).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(settings.set({ destination: '/mnt/ingest' }).destination).toBe('/mnt/ingest');
});

test('members that make no sense fall back to their defaults, the others stay', () => {
  expect(withStored(JSON.parse('{"theme":"pink","connectionsPerFile":4000,"activeTransfers":2,"__proto__":{"demo":true}}')).view).toMatchObject({ theme: 'system', connectionsPerFile: 4, activeTransfers: 2, demo: false });
  for (const rubbish of [null, 7, 'text', []]) expect(withStored(rubbish).view.destination).toBe(defaults.destination);
});

test('what cannot be kept is not taken over either', () => {
  const told: unknown[] = [];
  const full = new AppError('disk-full', 'no room');
  const settings = new Settings({
    wasDamaged: false, read: () => null, write: () => {
      throw full;
    },
  }, defaults, (view) => told.push(view));
  expect(() => settings.set({ theme: 'dark' })).toThrow(full);
  expect(settings.view).toMatchObject({ rev: 0, theme: 'system' });
  expect(told).toEqual([]);
});
