import { describe, expect, test } from 'vitest';
import { MANAGED_SETTINGS, POLICY_FEATURES } from '../../../src/shared/contract/policy.ts';
import { NO_POLICY, Policy } from '../../../src/main/settings/policy.ts';
import type { SettingsStore } from '../../../src/main/settings/ports.ts';
import { Settings } from '../../../src/main/settings/settings.ts';

const FILE = '/etc/multimedia-desk/policy.json';
const ofText = (text: string): Policy => new Policy({ file: FILE, text, fault: null });
const of = (policy: unknown): Policy => ofText(JSON.stringify(policy));
const faultsOf = ({ view }: Policy): [string, string][] =>
  view.faults.map(({ kind, at }) => [kind, at]);

/** The settings of one file under a policy, as often as the program starts. */
function desk() {
  let kept: object | null = null;
  const store: SettingsStore = {
    found: { aside: null, isMissing: false, isChanged: false },
    read: () => kept,
    readBackup: () => null,
    write: (value) => {
      kept = structuredClone(value);
    },
  };
  const defaults = { destination: '/home/desk/Downloads', language: 'en' as const };
  return (policy: Policy): Settings => new Settings(store, defaults, () => undefined, policy);
}

describe('reading', () => {
  test('without a file nothing is managed', () => {
    expect(new Policy({ file: FILE, text: null, fault: null }).view).toEqual({
      file: FILE,
      isThere: false,
      organisation: null,
      settings: {},
      managed: [],
      disabled: [],
      sources: { allowed: null, fixed: [] },
      webhooks: [],
      hook: null,
      faults: [],
    });
  });

  test('webhooks and a command; what of them can’t be used is left out and named', () => {
    const webhook = { name: 'MAM', url: 'http://mam.lan/desk', events: ['package.ready'] };
    const hook = { command: ['/usr/local/bin/ingest', '--ready'], events: ['package.ready'] };
    expect(of({ webhooks: [webhook], hook }).view).toMatchObject({
      webhooks: [webhook],
      hook: { ...hook, timeoutSeconds: 60 },
      faults: [],
    });
    const broken = of({
      webhooks: [
        webhook,
        webhook,
        { ...webhook, name: 'a', url: 'https://user:pass@mam.lan/' },
        { ...webhook, name: 'b', url: 'ftp://mam.lan/' },
        { ...webhook, name: 'c', events: ['package.gone'] },
        { ...webhook, name: 'd', keyFile: 'mam.key' },
      ],
      hook: { ...hook, command: ['ingest'] },
    });
    expect(broken.view).toMatchObject({ webhooks: [webhook], hook: null });
    expect(faultsOf(broken)).toEqual([
      ['invalid', 'hook.command[0]'],
      ['invalid', 'webhooks[1]'],
      ['invalid', 'webhooks[2].url'],
      ['invalid', 'webhooks[3].url'],
      ['invalid', 'webhooks[4].events[0]'],
      ['invalid', 'webhooks[5]'],
    ]);
    // Of a file that can’t be used nothing is run.
    expect(ofText('{').view).toMatchObject({ webhooks: [], hook: null });
    expect(of({ hook: 'rm -rf /' }).view.hook).toBeNull();
  });

  test('a whole policy holds as it is, also one with a byte order mark', () => {
    const policy = {
      $schema: './policy.schema.json',
      organisation: 'Channel Nine IT',
      settings: { limitBytesPerSecond: 80e6, territory: 'FR', updates: 'off' },
      sources: {
        allowed: [{ kind: 'nasa' }, { kind: 'feed', host: '*.quay.example' }],
        fixed: [{ kind: 'feed', name: 'Quay', address: 'https://quay.example/feed.xml' }],
      },
      disabled: ['get-by-address'],
    };
    for (const text of [JSON.stringify(policy), `\uFEFF${JSON.stringify(policy)}`]) {
      const { view } = ofText(text);
      expect(view).toMatchObject({
        organisation: 'Channel Nine IT',
        settings: policy.settings,
        managed: ['limitBytesPerSecond', 'territory', 'updates'],
        disabled: ['get-by-address'],
        sources: policy.sources,
        faults: [],
      });
    }
  });

  test('a setting with a value that makes no sense can’t be changed, and is named', () => {
    const policy = of({
      settings: { connectionsPerFile: 4000, activeTransfers: 2, destination: 'footage' },
    });
    expect(policy.view.settings).toEqual({ activeTransfers: 2 });
    expect(policy.view.managed.toSorted()).toEqual([
      'activeTransfers',
      'connectionsPerFile',
      'destination',
    ]);
    expect(faultsOf(policy)).toEqual([
      ['invalid', 'settings.connectionsPerFile'],
      ['invalid', 'settings.destination'],
    ]);
  });

  test('names that nobody knows are named, and take nothing else with them', () => {
    const policy = of({
      organization: 'Channel Nine IT',
      settings: { proxy: 'none', tray: false },
      sources: { allow: [] },
      disabled: ['exports', 'auto-fetch'],
    });
    expect(policy.view).toMatchObject({
      settings: { tray: false },
      managed: ['tray'],
      disabled: ['auto-fetch'],
      sources: { allowed: null },
    });
    expect(faultsOf(policy)).toEqual([
      ['unknown', 'organization'],
      ['unknown', 'settings.proxy'],
      ['unknown', 'sources.allow'],
      ['unknown', 'disabled[0]'],
    ]);
  });

  test('a list that isn’t one allows nothing', () => {
    const policy = of({ sources: { allowed: 'nasa' }, disabled: 'auto-fetch' });
    expect(policy.view.sources.allowed).toEqual([]);
    expect(policy.view.disabled).toEqual(POLICY_FEATURES);
    const others = of({ settings: [], sources: 'none' });
    expect(others.view.managed).toEqual(MANAGED_SETTINGS);
    expect(others.view.sources.allowed).toEqual([]);
    expect(faultsOf(others)).toEqual([
      ['invalid', 'settings'],
      ['invalid', 'sources'],
    ]);
  });

  test('of a file that isn’t a policy everything is refused that one could rule', () => {
    for (const text of ['', '{"settings": {"tray": true},}', '[]', 'null', '"policy"']) {
      const { view } = ofText(text);
      expect(view).toMatchObject({
        isThere: true,
        settings: {},
        managed: MANAGED_SETTINGS,
        disabled: POLICY_FEATURES,
      });
      expect(view.faults.map(({ kind }) => kind)).toEqual(['not-json']);
    }
    const open = new Policy({
      file: FILE,
      text: null,
      fault: { kind: 'writable', detail: 'by all' },
    });
    expect(open.view).toMatchObject({ isThere: true, managed: MANAGED_SETTINGS });
    expect(faultsOf(open)).toEqual([['writable', '']]);
  });

  test('a proxy that can’t be used fixes none, and can’t be changed either', () => {
    for (const settings of [
      { proxyMode: 'manual' },
      { proxyMode: 'pac' },
      { proxyMode: 'manual', proxyAddress: 'desk:secret@proxy.example:3128' },
    ]) {
      const policy = of({ settings });
      expect(policy.view.settings).toEqual({});
      expect(policy.view.managed.toSorted()).toEqual(Object.keys(settings).toSorted());
      expect(JSON.stringify(policy.view.faults)).not.toContain('secret');
      expect(policy.view.faults).toHaveLength(1);
    }
    expect(
      of({ settings: { proxyMode: 'manual', proxyAddress: 'proxy.example:3128' } }).view,
    ).toMatchObject({
      managed: ['proxyMode', 'proxyAddress'],
      faults: [],
    });
  });

  test('values never appear among the faults', () => {
    const { faults } = of({
      settings: { serviceUrl: 'https://desk:hidden@media.example' },
      sources: { fixed: [{ kind: 'feed', name: 'A', address: 'https://desk:hidden@a.example' }] },
    }).view;
    expect(faults).toHaveLength(2);
    expect(JSON.stringify(faults)).not.toContain('hidden');
  });

  test('a fixed source that can’t be is left out and named, the others stay', () => {
    const policy = of({
      sources: {
        fixed: [
          { kind: 'folder', name: 'Ingest', path: 'ingest' },
          { kind: 'feed', name: 'Quay', address: 'http://quay.example/feed.xml' },
          { kind: 'nasa', name: 'Archive', follows: [] },
        ],
      },
    });
    expect(policy.fixedSources.map(({ name }) => name)).toEqual(['Archive']);
    expect(faultsOf(policy)).toEqual([
      ['invalid', 'sources.fixed[0]'],
      ['invalid', 'sources.fixed[1].address'],
    ]);
  });
});

test('which sources are allowed, by kind and by host', () => {
  const policy = of({
    sources: {
      allowed: [
        { kind: 'nasa' },
        { kind: 'feed', host: '*.quay.example' },
        { kind: 'feed', host: 'Bücher.example' },
      ],
    },
  });
  const allows = (kind: 'feed' | 'nasa' | 'folder', address: string): boolean =>
    policy.allows({ kind, address });
  expect(allows('nasa', 'https://images.example')).toBe(true);
  expect(allows('folder', '/ingest')).toBe(false);
  expect(allows('feed', 'https://news.quay.example/feed')).toBe(true);
  expect(allows('feed', 'https://quay.example/feed')).toBe(false);
  expect(allows('feed', 'https://evilquay.example/feed')).toBe(false);
  expect(allows('feed', 'https://xn--bcher-kva.example/feed')).toBe(true);
  expect(allows('feed', 'not an address')).toBe(false);
  expect(NO_POLICY.allows({ kind: 'folder', address: '/ingest' })).toBe(true);
});

describe('settings under a policy', () => {
  const managed = expect.objectContaining({
    code: 'managed',
    message: 'Set by Channel Nine IT. It can’t be changed here.',
    detail: { organisation: 'Channel Nine IT' },
  });
  const organisation = 'Channel Nine IT';

  test('the value of the policy counts, and the user’s own comes back when it goes', () => {
    const open = desk();
    open(NO_POLICY).set({ activeTransfers: 9, tray: false, theme: 'dark' });
    const settings = open(of({ organisation, settings: { activeTransfers: 2 } }));
    expect(settings.view).toMatchObject({ activeTransfers: 2, tray: false, theme: 'dark' });
    expect(() => settings.set({ activeTransfers: 3 })).toThrow(managed);
    // Nothing of a change that is refused is taken over.
    expect(() => settings.set({ theme: 'light', activeTransfers: 3 })).toThrow(managed);
    expect(settings.view.theme).toBe('dark');
    // What is sent along as it is, is no change.
    expect(settings.set({ theme: 'light', activeTransfers: 2 }).theme).toBe('light');
    expect(open(NO_POLICY).view).toMatchObject({ activeTransfers: 9, theme: 'light' });
  });

  test('a setting whose value isn’t understood stays as the user has it', () => {
    const open = desk();
    open(NO_POLICY).set({ limitBytesPerSecond: 5e6 });
    const settings = open(of({ organisation, settings: { limitBytesPerSecond: '80 MB' } }));
    expect(settings.view.limitBytesPerSecond).toBe(5e6);
    expect(() => settings.set({ limitBytesPerSecond: null })).toThrow(managed);
  });

  test('a service that is fixed is the only one, for a run as well, and not the demo', () => {
    const open = desk();
    open(NO_POLICY).useService(null, true);
    const settings = open(
      of({ organisation, settings: { serviceUrl: 'https://media.example/v1/' } }),
    );
    expect(settings.view).toMatchObject({ serviceUrl: 'https://media.example', demo: false });
    for (const [url, demo] of [
      ['https://other.example', false],
      [null, true],
      [null, false],
    ] as const) {
      expect(() => settings.useService(url, demo)).toThrow(managed);
      expect(() => settings.requireService(url, demo)).toThrow(managed);
    }
    settings.useService('https://media.example', false);
    expect(open(NO_POLICY).view).toMatchObject({ serviceUrl: null, demo: true });
  });

  test('without the demo any service may be used', () => {
    const settings = desk()(of({ organisation, settings: { demo: false } }));
    expect(() => settings.useService(null, true)).toThrow(managed);
    expect(settings.useService('https://media.example', false).serviceUrl).toBe(
      'https://media.example',
    );
  });

  test('a proxy of the user’s may go with what is fixed of it', () => {
    const settings = desk()(of({ settings: { proxyAddress: 'proxy.example:3128' } }));
    expect(settings.set({ proxyMode: 'manual' })).toMatchObject({
      proxyMode: 'manual',
      proxyAddress: 'proxy.example:3128',
    });
  });
});
