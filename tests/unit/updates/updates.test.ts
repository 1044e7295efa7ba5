import { expect, test } from 'vitest';
import { judgeOffer } from '../../../src/main/updates/judge-offer.ts';
import { UpdateError, type Offer, type UpdateSource } from '../../../src/main/updates/ports.ts';
import { Updates } from '../../../src/main/updates/updates.ts';
import type { UpdatesView } from '../../../src/shared/contract/updates.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const offered = (version: string, more: Partial<Offer> = {}): Offer => ({
  version,
  signature: 'right',
  stagingPercentage: null,
  place: 50,
  isSupported: true,
  ...more,
});

/** A source whose answers are set, and that notes what it was asked and when. */
class FakeSource implements UpdateSource {
  offer: Offer | UpdateError = offered('0.2.0');
  downloads: (() => Promise<void>) | null = null;
  readonly did: string[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async check(channel: string): Promise<Offer> {
    this.did.push(`check ${channel} ${Math.round(this.#clock.nowMs() / MINUTE)}`);
    if (this.offer instanceof UpdateError) throw this.offer;
    return this.offer;
  }

  async download(onPercent: (percent: number) => void, signal: AbortSignal): Promise<void> {
    this.did.push('download');
    onPercent(40);
    await this.downloads?.();
    if (signal.aborted) throw new UpdateError('other', 'stopped');
  }

  install({ isRestart }: { isRestart: boolean }): void {
    this.did.push(isRestart ? 'install and restart' : 'install');
  }

  close(): void {
    this.did.push('close');
  }
}

function open({ isOn = true, random = 0.5 }: { isOn?: boolean; random?: number } = {}) {
  const clock = new FakeClock();
  const source = new FakeSource(clock);
  const seen: UpdatesView[] = [];
  const log: string[] = [];
  const updates = new Updates({
    source,
    clock,
    version: '0.2.0',
    rules: { isOn, channel: 'stable' },
    onChanged: (view) => void seen.push(view),
    log: (message) => void log.push(message),
    random: () => random,
  });
  return { clock, source, updates, seen, log };
}

test.each<[string, Partial<Offer> & { version: string }, 'stable' | 'beta', object]>([
  ['newer', { version: '0.3.0' }, 'stable', { kind: 'newer' }],
  ['same', { version: '0.2.0' }, 'stable', { kind: 'left', note: null }],
  ['same but for the build', { version: '0.2.0+7' }, 'stable', { kind: 'left', note: null }],
  ['older', { version: '0.1.9' }, 'stable', { kind: 'left', note: 'older' }],
  [
    'older on another channel',
    { version: '0.2.0-beta.9' },
    'beta',
    { kind: 'left', note: 'older' },
  ],
  ['a beta', { version: '0.3.0-beta.1' }, 'beta', { kind: 'newer' }],
  [
    'a beta not asked for',
    { version: '0.3.0-beta.1' },
    'stable',
    { kind: 'left', note: 'other-channel' },
  ],
  ['no version', { version: 'latest' }, 'stable', { kind: 'refused', fault: 'unreadable' }],
  [
    'unsigned',
    { version: '0.3.0', signature: 'none' },
    'stable',
    { kind: 'refused', fault: 'unsigned' },
  ],
  [
    'wrongly signed',
    { version: '0.3.0', signature: 'wrong' },
    'stable',
    { kind: 'refused', fault: 'wrong-signature' },
  ],
  [
    'another system',
    { version: '0.3.0', isSupported: false },
    'stable',
    { kind: 'left', note: 'unsupported' },
  ],
  ['staged in', { version: '0.3.0', stagingPercentage: 51 }, 'stable', { kind: 'newer' }],
  [
    'staged out',
    { version: '0.3.0', stagingPercentage: 50 },
    'stable',
    { kind: 'left', note: 'staged' },
  ],
  [
    'staged out, first of all',
    { version: '0.3.0', stagingPercentage: 0, place: 0 },
    'stable',
    { kind: 'left', note: 'staged' },
  ],
])('an offer that is %s', (_what, offer, channel, verdict) => {
  expect(judgeOffer(offered(offer.version, offer), { version: '0.2.0', channel })).toEqual(verdict);
});

test('checks a minute after the start and every six hours', async () => {
  const { clock, source, updates } = open();
  updates.start();
  await clock.advance(13 * HOUR);
  expect(source.did).toEqual(['check stable 1', 'check stable 361', 'check stable 721']);
  expect(updates.view).toMatchObject({ state: 'current', note: null, checkedAt: 721 * MINUTE });
});

test.each([
  [0, 289],
  [1, 433],
])('chance (%d) moves the next check', async (random, minute) => {
  const { clock, source, updates } = open({ random });
  updates.start();
  await clock.advance(8 * HOUR);
  expect(source.did[1]).toBe(`check stable ${minute}`);
});

test('after a failure it is tried again soon, then less often, and what failed is told once a try', async () => {
  const { clock, source, updates, log } = open();
  source.offer = new UpdateError('unreachable', 'no answer');
  updates.start();
  await clock.advance(8 * HOUR);
  expect(source.did).toEqual([
    'check stable 1',
    'check stable 16',
    'check stable 76',
    'check stable 436',
  ]);
  expect(updates.view).toMatchObject({ state: 'failed', fault: 'unreachable' });
  expect(log).toHaveLength(4);
  source.offer = offered('0.2.0');
  updates.check();
  await clock.advance(0);
  expect(updates.view).toMatchObject({ state: 'current', fault: null });
});

test('while transfers run nothing is downloaded, and then it is', async () => {
  const { clock, source, updates, seen } = open();
  source.offer = offered('0.3.0');
  updates.setBusy(true);
  updates.start();
  await clock.advance(3 * HOUR);
  expect(updates.view).toMatchObject({ state: 'found', version: '0.3.0', isBusy: true });
  expect(source.did).not.toContain('download');
  updates.setBusy(false);
  await clock.advance(0);
  expect(updates.view.state).toBe('ready');
  expect(seen.some(({ percent }) => percent === 40)).toBe(true);
  // A transfer that starts later changes nothing of it, and isn't touched.
  updates.setBusy(true);
  expect(updates.view).toMatchObject({ state: 'ready', isBusy: true });
});

test('a queue that never ends keeps an update waiting for a day', async () => {
  const { clock, source, updates } = open();
  source.offer = offered('0.3.0');
  updates.setBusy(true);
  updates.start();
  await clock.advance(23 * HOUR);
  expect(source.did).not.toContain('download');
  await clock.advance(2 * HOUR);
  expect(updates.view.state).toBe('ready');
});

test('a check by hand downloads also while transfers run', async () => {
  const { clock, source, updates } = open();
  source.offer = offered('0.3.0');
  updates.setBusy(true);
  updates.start();
  await clock.advance(2 * MINUTE);
  expect(updates.view.state).toBe('found');
  updates.check();
  await clock.advance(0);
  expect(updates.view.state).toBe('ready');
});

test('it is installed when the program ends, or at once if nothing runs', async () => {
  const { clock, source, updates } = open();
  source.offer = offered('0.3.0');
  expect(() => updates.requestRestart()).toThrow('No update is ready.');
  updates.check();
  await clock.advance(0);
  updates.setBusy(true);
  expect(() => updates.requestRestart()).toThrow('Downloads are running.');
  updates.setBusy(false);
  updates.requestRestart();
  expect(source.did).not.toContain('install and restart');
  await updates.close();
  updates.finish();
  expect(source.did.slice(-2)).toEqual(['install and restart', 'close']);
});

test('quitting while transfers run installs it too: they were stopped by whoever quit', async () => {
  const { clock, source, updates } = open();
  source.offer = offered('0.3.0');
  updates.check();
  await clock.advance(0);
  updates.setBusy(true);
  await updates.close();
  updates.finish();
  expect(source.did.slice(-2)).toEqual(['install', 'close']);
});

test('switched off, nothing is asked for, not even by hand', async () => {
  const { clock, source, updates } = open({ isOn: false });
  updates.start();
  await clock.advance(48 * HOUR);
  expect(() => updates.check()).toThrow('Updates are switched off.');
  await updates.close();
  updates.finish();
  expect(source.did).toEqual(['close']);
});

test('switched off later, it stops what runs and installs nothing; switched on, it looks at once', async () => {
  const { clock, source, updates } = open();
  source.offer = offered('0.3.0');
  updates.start();
  await clock.advance(2 * MINUTE);
  expect(updates.view.state).toBe('ready');
  updates.setRules({ isOn: false, channel: 'stable' });
  expect(updates.view).toMatchObject({ state: 'off', version: null });
  await clock.advance(48 * HOUR);
  expect(source.did).toEqual(['check stable 1', 'download']);
  source.offer = offered('0.2.0');
  updates.setRules({ isOn: true, channel: 'beta' });
  await clock.advance(0);
  expect(source.did.at(-1)).toBe(`check beta ${48 * 60 + 2}`);
  await updates.close();
  updates.finish();
  expect(source.did).not.toContain('install');
});

test('switched off during a download, that one never becomes ready', async () => {
  const { clock, source, updates } = open();
  source.offer = offered('0.3.0');
  const { promise, resolve } = Promise.withResolvers<void>();
  source.downloads = () => promise;
  updates.check();
  await clock.advance(0);
  expect(updates.view.state).toBe('downloading');
  updates.setRules({ isOn: false, channel: 'stable' });
  resolve();
  await clock.advance(0);
  expect(updates.view).toMatchObject({ state: 'off', fault: null });
});

test('what is ready stays ready while the server is away, is replaced by a newer one, and goes if it is withdrawn', async () => {
  const { clock, source, updates } = open();
  source.offer = offered('0.3.0');
  updates.start();
  await clock.advance(2 * MINUTE);
  source.offer = new UpdateError('unreachable', 'no answer');
  await clock.advance(6 * HOUR);
  expect(updates.view).toMatchObject({ state: 'ready', version: '0.3.0', fault: null });
  source.offer = offered('0.4.0');
  await clock.advance(6 * HOUR);
  expect(updates.view).toMatchObject({ state: 'ready', version: '0.4.0' });
  expect(source.did.filter((what) => what === 'download')).toHaveLength(2);
  source.offer = offered('0.2.0');
  await clock.advance(6 * HOUR);
  expect(updates.view).toMatchObject({ state: 'current', note: null });
});

test('every change has a revision of its own', async () => {
  const { clock, source, updates, seen } = open();
  source.offer = offered('0.3.0');
  updates.check();
  await clock.advance(0);
  expect(seen.map(({ rev }) => rev)).toEqual(seen.map((_view, index) => index + 1));
});
