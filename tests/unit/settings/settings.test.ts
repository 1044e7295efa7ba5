import { expect, test } from 'vitest';
import { OPEN_RULE } from '../../../src/shared/model/house-format.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { SettingsStore } from '../../../src/main/settings/ports.ts';
import { NO_POLICY } from '../../../src/main/settings/policy.ts';
import { Settings } from '../../../src/main/settings/settings.ts';

const defaults = { destination: '/home/desk/Downloads', language: 'en' as const };
const UNHARMED: SettingsStore['found'] = { aside: null, isMissing: false, isChanged: false };
const storeOf = (more: Partial<SettingsStore>): SettingsStore => ({
  found: UNHARMED,
  read: () => null,
  readBackup: () => null,
  write: () => undefined,
  ...more,
});
const opened = (more: Partial<SettingsStore>): Settings =>
  new Settings(storeOf(more), defaults, () => undefined, NO_POLICY);
const withStored = (value: unknown): Settings => opened({ read: () => value });

test('a destination that hangs on where the program was started is refused, typed or found in the file', () => {
  const settings = withStored({ destination: 'footage', theme: 'dark' });
  expect(settings.view).toMatchObject({ destination: defaults.destination, theme: 'dark' });
  for (const destination of ['', 'footage', './footage', '../footage', '~/footage'])
    expect(() => settings.set({ destination })).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(settings.set({ destination: '/mnt/ingest' }).destination).toBe('/mnt/ingest');
});

test.each([
  ['no proxy where one is wished', { proxyMode: 'manual' }],
  ['what is no proxy', { proxyMode: 'manual', proxyAddress: 'ftp://proxy.example' }],
  ['a proxy with a password', { proxyAddress: 'http://ann:secret@proxy.example:3128' }],
  ['no script where one is wished', { proxyMode: 'pac' }],
  ['a script by a relative path', { pacAddress: 'desk.pac' }],
  ['an authority by a relative path', { caFiles: ['ca.pem'] }],
  ['a certificate by a relative path', { clientCertificates: [{ host: 'a', file: 'b.pem' }] }],
] as const)('the network isn’t set up with %s', (_, patch) => {
  const written: unknown[] = [];
  const settings = opened({ write: (value) => void written.push(value) });
  const before = settings.view;
  expect(() => settings.set(structuredClone(patch) as Parameters<typeof settings.set>[0])).toThrow(
    expect.objectContaining({ code: 'usage' }),
  );
  expect(settings.view).toEqual(before);
  expect(written).toEqual([]);
});

test('members that make no sense fall back to their defaults, the others stay', () => {
  expect(
    withStored(
      JSON.parse(
        '{"theme":"pink","connectionsPerFile":4000,"activeTransfers":2,"__proto__":{"demo":true}}',
      ),
    ).view,
  ).toMatchObject({ theme: 'system', connectionsPerFile: 4, activeTransfers: 2, demo: false });
  for (const rubbish of [null, 7, 'text', []])
    expect(withStored(rubbish).view.destination).toBe(defaults.destination);
});

test('a member that makes no sense comes from the backup, else it is named; the others stay', () => {
  const settings = opened({
    read: () => ({ theme: 'pink', destination: 7, activeTransfers: 2 }),
    readBackup: () => ({ theme: 'dark', activeTransfers: 9 }),
  });
  expect(settings.view).toMatchObject({
    theme: 'dark',
    destination: defaults.destination,
    activeTransfers: 2,
  });
  expect([settings.wasDamaged, settings.reset]).toEqual([true, ['destination']]);
});

test('a file that was lost or damaged is restored from the backup; without one all settings begin anew', () => {
  const backup = { theme: 'dark', destination: '/mnt/ingest' };
  for (const found of [
    { ...UNHARMED, aside: '/home/settings.json.damaged' },
    { ...UNHARMED, isMissing: true },
  ]) {
    const settings = opened({ found, readBackup: () => backup });
    expect([
      settings.view.theme,
      settings.view.destination,
      settings.wasDamaged,
      settings.isRestored,
    ]).toEqual(['dark', '/mnt/ingest', true, true]);
  }
  const reset = opened({ found: { ...UNHARMED, aside: '/home/settings.json.damaged' } });
  expect([reset.wasDamaged, reset.isRestored]).toEqual([true, false]);
  const first = opened({});
  expect([first.wasDamaged, first.isRestored]).toEqual([false, false]);
});

test('what cannot be kept is not taken over either', () => {
  const told: unknown[] = [];
  const full = new AppError('disk-full', 'no room');
  const settings = new Settings(
    storeOf({
      write: () => {
        throw full;
      },
    }),
    defaults,
    (view) => told.push(view),
    NO_POLICY,
  );
  expect(() => settings.set({ theme: 'dark' })).toThrow(full);
  expect(settings.view).toMatchObject({ rev: 0, theme: 'system' });
  expect(told).toEqual([]);
});

test('searches are saved, renamed and forgotten, up to a number', () => {
  const settings = opened({});
  const search = {
    name: 'Rivers',
    text: 'river country:FR date:7d',
    sort: 'newest',
    seenAt: 1000,
  } as const;
  const [saved] = settings.saveSearch(search).savedSearches;
  expect(saved).toMatchObject(search);
  expect(settings.renameSearch(saved?.id ?? '', 'Rivers in France').savedSearches).toEqual([
    { ...saved, name: 'Rivers in France' },
  ]);
  expect(settings.renameSearch('gone', 'x').savedSearches).toHaveLength(1);
  expect(settings.forgetSearch(saved?.id ?? '').savedSearches).toEqual([]);
  for (let n = 0; n < 200; n += 1) settings.saveSearch({ ...search, name: String(n) });
  expect(() => settings.saveSearch(search)).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(settings.view.savedSearches).toHaveLength(200);
});

test('a deleted search comes back under its ID, once', () => {
  const settings = opened({});
  const search = { name: 'Rivers', text: 'river', sort: 'newest', seenAt: 1 } as const;
  const [saved] = settings.saveSearch(search).savedSearches;
  const id = saved?.id ?? '';
  settings.forgetSearch(id);
  expect(settings.saveSearch({ ...search, id }).savedSearches).toEqual([{ ...search, id }]);
  expect(settings.saveSearch({ ...search, id, name: 'x' }).savedSearches).toEqual([
    { ...search, id },
  ]);
});

test('of imported searches those are saved that find something else, all or none', () => {
  const settings = opened({});
  settings.saveSearch({ name: 'Rivers', text: 'river country:FR', sort: 'newest', seenAt: 1 });
  const otters = { name: 'Otters', text: 'otter', sort: 'newest' } as const;
  expect(
    settings.importSearches(
      [
        { name: 'Rivières', text: 'country:FR  river', sort: 'newest' },
        otters,
        { ...otters, name: 'The same' },
        { ...otters, sort: 'oldest' },
      ],
      7,
    ),
  ).toEqual({ added: 2, known: 2 });
  const names = settings.view.savedSearches.map(({ name, seenAt }) => [name, seenAt]);
  expect(names).toEqual([
    ['Rivers', 1],
    ['Otters', 7],
    ['Otters', 7],
  ]);
  const many = Array.from({ length: 198 }, (_, n) => ({ ...otters, text: `word${n}` }));
  expect(() => settings.importSearches(many, 7)).toThrow('Delete 1 first');
  expect(settings.view.savedSearches).toHaveLength(3);
});

const longSearches = (first: string) =>
  Array.from({ length: 100 }, (_, n) => ({
    name: `${first}${n}`,
    text: `${first}${n} ${'lake OR '.repeat(120)}`.trim(),
    sort: 'newest' as const,
  }));
test('a file of as many and as long queries as it may hold is compared with as many that are here', () => {
  const settings = opened({});
  settings.importSearches(longSearches('x'), 7);
  expect(settings.importSearches([...longSearches('y'), ...longSearches('x')], 7)).toEqual({
    added: 100,
    known: 100,
  });
});

test('a search of an earlier version whose filters are longer than a query may be keeps what fits; others stay', () => {
  const topics = Array.from({ length: 90 }, (_, n) => `A topic of some length ${n}`);
  const former = { name: 'Rivers', text: 'river', facets: { country: ['FR'] }, sort: 'newest' };
  const { view } = withStored({
    savedSearches: [
      { ...former, id: 's1', facets: { country: ['FR'], topic: topics }, since: 'week' },
      { ...former, id: 's2', text: 'bank '.repeat(300) },
      { ...former, id: 's3' },
    ],
  });
  expect(view.savedSearches.map(({ id, text }) => [id, text])).toEqual([
    ['s1', 'river country:FR date:7d'],
    ['s2', Array(200).fill('bank').join(' ')],
    ['s3', 'river country:FR'],
  ]);
});

test('searches of an earlier version are in the query language', () => {
  const { view } = withStored({
    savedSearches: [
      {
        id: 's1',
        name: 'Rivers',
        text: 'river: -bank',
        facets: { country: ['FR'], frameRate: ['25/1'], topic: ['Rivers and lakes'], format: [] },
        since: 'week',
        sort: 'duration',
      },
    ],
  });
  expect(view.savedSearches).toEqual([
    {
      id: 's1',
      name: 'Rivers',
      text: 'river bank country:FR fps:25 topic:"Rivers and lakes" date:7d',
      sort: 'longest',
      seenAt: null,
    },
  ]);
});

test('searches stand in the order that was chosen, and say when they were looked at', () => {
  const settings = opened({});
  const names = () => settings.view.savedSearches.map(({ name }) => name);
  for (const name of ['a', 'b', 'c'])
    settings.saveSearch({ name, text: name, sort: 'newest', seenAt: 1 });
  const [a, b, c] = settings.view.savedSearches.map(({ id }) => id);
  settings.orderSearches([c ?? '', a ?? '']);
  expect(names()).toEqual(['c', 'a', 'b']);
  settings.orderSearches(['gone', b ?? '']);
  expect(names()).toEqual(['b', 'c', 'a']);
  expect(settings.lookAtSearch(c ?? '', 5).savedSearches.map(({ seenAt }) => seenAt)).toEqual([
    1, 5, 1,
  ]);
});

test('the download that waits for an account is there after a restart, and is had once', () => {
  let kept: unknown = null;
  const store = storeOf({
    read: () => kept,
    write: (value) => void (kept = JSON.parse(JSON.stringify(value))),
  });
  const pendingDownload = { packages: [{ assetId: 'a1', packageId: 'p1' }], acknowledge: [] };
  new Settings(store, defaults, () => undefined, NO_POLICY).set({ pendingDownload });
  const next = new Settings(store, defaults, () => undefined, NO_POLICY);
  expect(next.takePendingDownload()).toEqual(pendingDownload);
  expect(next.takePendingDownload()).toBeNull();
  expect(new Settings(store, defaults, () => undefined, NO_POLICY).view.pendingDownload).toBeNull();
});

test('settings of the version before keep their schedule: it was limitHours, and pauses was standstill', () => {
  const hours = { days: [1, 5], fromMinute: 480, toMinute: 1080 };
  const before = {
    theme: 'dark',
    limitBytesPerSecond: 2_000_000,
    limitHours: { ...hours, standstill: true },
  };
  const schedule = { ...hours, pauses: true };
  const written: unknown[] = [];
  const settings = opened({ read: () => before, write: (value) => written.push(value) });
  expect(settings.view).toMatchObject({ theme: 'dark', limitBytesPerSecond: 2_000_000, schedule });
  expect([settings.wasDamaged, settings.reset]).toEqual([false, []]);
  settings.set({ theme: 'light' });
  expect(written).toEqual([expect.objectContaining({ theme: 'light', schedule })]);
  expect(written[0]).not.toHaveProperty('limitHours');
  expect(withStored({ limitHours: null }).view.schedule).toBeNull();
  expect(withStored({ limitHours: { ...hours, standstill: 'no' } }).reset).toEqual(['schedule']);
  expect(opened({ readBackup: () => before }).view.schedule).toEqual(schedule);
});

const autoFetchRule = (more: object) => ({
  searchId: 's1',
  isOn: true,
  destination: null,
  hours: null,
  maxPackages: 20,
  maxBytesPerDay: null,
  maxBytesPerPackage: null,
  confirm: [],
  embargo: 'hold',
  catchUpDays: 3,
  chosenBy: 'ingest@lorvik.example',
  chosenAtMs: 1,
  words: [],
  ...more,
});
const RIVERS = { id: 's1', name: 'Rivers', text: 'river', sort: 'newest', seenAt: null };

test('purposes of the version before are the house formats of that name, also of auto-fetch and in the backup', () => {
  const before = {
    housePurpose: 'web',
    savedSearches: [RIVERS],
    autoFetch: [autoFetchRule({ purpose: 'preview', maxPackages: 7 })],
  };
  const written: unknown[] = [];
  const settings = opened({ read: () => before, write: (value) => written.push(value) });
  const expected = {
    houseFormat: 'web',
    formatProfiles: [],
    autoFetch: [autoFetchRule({ profile: 'preview', maxPackages: 7 })],
  };
  expect(settings.view).toMatchObject(expected);
  expect([settings.wasDamaged, settings.reset]).toEqual([false, []]);
  settings.set({ theme: 'light' });
  expect(written).toEqual([expect.objectContaining(expected)]);
  expect(JSON.stringify(written)).not.toMatch(/"(?:housePurpose|purpose)"/u);
  expect(opened({ readBackup: () => before }).view).toMatchObject(expected);
  expect(withStored({ housePurpose: 7 }).reset).toEqual(['houseFormat']);
  expect(withStored({ houseFormat: 'gone' }).view.houseFormat).toBe('broadcast');
});

const RULES = [{ ...OPEN_RULE, codec: 'xdcam' }];
test('house formats are made, changed and removed; one in use by default falls back to Broadcast', () => {
  const settings = opened({});
  const [made] = settings.saveFormat({
    name: 'Playout',
    rules: RULES,
    otherwise: 'closest',
  }).formatProfiles;
  const id = made?.id ?? '';
  expect(made).toMatchObject({ name: 'Playout', rules: RULES, otherwise: 'closest' });
  expect(settings.set({ houseFormat: id }).houseFormat).toBe(id);
  settings.saveFormat({ name: 'Archive', rules: RULES, otherwise: 'closest' });
  expect(
    settings
      .saveFormat({ id, name: 'Playout HD', rules: RULES, otherwise: 'leave-out' })
      .formatProfiles.map(({ name, otherwise }) => [name, otherwise]),
  ).toEqual([
    ['Playout HD', 'leave-out'],
    ['Archive', 'closest'],
  ]);
  expect(settings.removeFormat(id)).toMatchObject({
    houseFormat: 'broadcast',
    formatProfiles: [{ name: 'Archive' }],
  });
  // Undone under the same id.
  settings.saveFormat({ id, name: 'Playout', rules: RULES, otherwise: 'closest' });
  expect(settings.set({ houseFormat: id }).houseFormat).toBe(id);
});

test('of imported house formats all are kept or none, whichever is refused', () => {
  const settings = opened({});
  const profile = { name: 'Playout', rules: RULES, otherwise: 'closest' as const };
  const id = settings.saveFormat(profile).formatProfiles[0]?.id;
  const usage = expect.objectContaining({ code: 'usage' });
  const changed = { ...profile, name: 'PLAYOUT', otherwise: 'leave-out' as const };
  expect(() => settings.importFormats([changed, { ...profile, name: 'Web' }])).toThrow(usage);
  const many = Array.from({ length: 50 }, (_, n) => ({ ...profile, name: `Format ${n}` }));
  expect(() => settings.importFormats(many)).toThrow(usage);
  expect(settings.view.formatProfiles).toEqual([{ id, ...profile }]);
  expect(settings.importFormats([changed, ...many.slice(1)]).formatProfiles).toMatchObject([
    { id, ...changed },
    ...many.slice(1),
  ]);
});

test('what the next start could not read is refused: a list would be lost as a whole', () => {
  const settings = opened({});
  const search = { name: 'Rivers', text: 'river', sort: 'newest', seenAt: null } as const;
  const { savedSearches } = settings.saveSearch(search);
  const usage = expect.objectContaining({ code: 'usage' });
  for (const refused of [
    // As `desk auto-fetch add --query` may hand one over.
    { ...search, text: 'a'.repeat(1001) },
    { ...search, name: 'a'.repeat(201) },
    { ...search, name: ' ' },
  ])
    expect(() => settings.saveSearch(refused)).toThrow(usage);
  expect(settings.view.savedSearches).toEqual(savedSearches);
});

test('a house format is refused with a name in use, as a built-in one, beyond a number, or gone while it is used', () => {
  const settings = opened({ read: () => ({ savedSearches: [RIVERS] }) });
  const usage = expect.objectContaining({ code: 'usage' });
  const profile = { name: 'Playout', rules: RULES, otherwise: 'closest' as const };
  const id = settings.saveFormat(profile).formatProfiles[0]?.id ?? '';
  for (const refused of [
    { ...profile, name: 'PLAYOUT' },
    { ...profile, name: 'Web' },
    { ...profile, name: 'Other', id: 'web' },
  ])
    expect(() => settings.saveFormat(refused)).toThrow(usage);
  expect(() => settings.set({ houseFormat: 'gone' })).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
  const rule = autoFetchRule({ profile: id }) as unknown as Parameters<
    typeof settings.setAutoFetch
  >[0];
  expect(() => settings.setAutoFetch({ ...rule, profile: 'gone' })).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
  settings.setAutoFetch(rule);
  expect(() => settings.removeFormat(id)).toThrow(/Rivers/u);
  settings.removeAutoFetch('s1');
  expect(settings.removeFormat(id).formatProfiles).toEqual([]);
  for (let n = 0; n < 50; n += 1) settings.saveFormat({ ...profile, name: `Format ${n}` });
  expect(() => settings.saveFormat(profile)).toThrow(usage);
});

test.each([
  [-2, 16],
  [0, 19],
  [1, 21],
  [4, 25],
])('a size of the reader’s text that was step %d is %d px', (readerSize, readerPx) => {
  expect(withStored({ readerSize }).view).toMatchObject({ readerPx });
  expect(withStored({ readerSize, readerPx: 23 }).view).toMatchObject({ readerPx: 23 });
});
