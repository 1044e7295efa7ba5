import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useStore } from 'zustand';
import { expect, test, vi } from 'vitest';
import { PlanDialog } from '../../src/renderer/features/plan/index.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { AppContext } from '../../src/renderer/state/app.ts';
import { useApp } from '../../src/renderer/state/context.tsx';
import { download } from '../../src/renderer/state/enqueue.ts';
import type { Plan, PlannedItem } from '../../src/renderer/state/enqueue-dialogs.ts';
import { embargoAcknowledgement } from '../../src/shared/api/rights.ts';
import { OPEN_RULE } from '../../src/shared/model/house-format.ts';
import { makeApp } from '../support/app.tsx';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { accountView, plan, plannedItem, settingsView } from '../support/views.ts';

const UNTIL = new Date(2030, 10, 24, 17, 0).getTime();
const words = texts.en.plan;

const rule = (
  id: string,
  note: string,
  more: Partial<PlannedItem['restrictions'][number]> = {},
) => ({
  id,
  kind: 'editorial' as const,
  mode: 'allow' as const,
  values: [],
  note,
  ...more,
});
const item = (assetId: string, more: Partial<PlannedItem> = {}): PlannedItem =>
  plannedItem({
    assetId,
    title: `Title ${assetId}`,
    packageId: `hd-${assetId}`,
    packages: [
      {
        packageId: `hd-${assetId}`,
        label: 'HD',
        purpose: 'broadcast',
        bytes: 10e9,
        isHere: false,
        finishedAtMs: null,
      },
      {
        packageId: `web-${assetId}`,
        label: 'Web',
        purpose: 'web',
        bytes: 1e9,
        isHere: false,
        finishedAtMs: null,
      },
    ],
    ...more,
  });
const asking = (assetId: string, note: string): PlannedItem =>
  item(assetId, {
    restrictions: [rule(`r-${assetId}`, note)],
    restrictionIds: [`r-${assetId}`],
  });

const text = (id: string, note: string) => ({
  id,
  text: note,
  rule: { kind: 'editorial', mode: 'allow', values: [], note },
});
const forbids = (kind: 'territory' | 'expired' | 'embargo', more: object = {}) => ({
  effect: 'forbid' as const,
  kind,
  restrictionId: null,
  untilMs: null,
  shots: [],
  barred: [],
  acknowledge: null,
  ...more,
});
const button = (title: string) =>
  screen.getByRole('button', { name: words.renditionOf('HD', title) });

function Shown() {
  const { planRequest } = useStore(useApp().downloads);
  return planRequest && <PlanDialog target={planRequest.target} wanted={planRequest.wanted} />;
}

/** The dialog for these items, and what it will answer. */
async function show(
  items: PlannedItem[],
  { answers = {}, facts = {} }: { answers?: Answers; facts?: Partial<Plan> } = {},
) {
  const made = makeApp({
    'account.get': () => accountView(),
    'transfers.plan': () => ({ ...plan(items), ...facts }),
    'transfers.enqueue': () => ({ ids: ['t1'] }),
    ...answers,
  });
  const { app } = made;
  await made.render(<Shown />);
  await waitFor(() => expect(app.account.getState().value?.status).toBe('signed-in'));
  const answer = begin(app, items);
  const dialog = await screen.findByRole('dialog');
  await within(dialog).findByRole('button', { name: /queue \d/i });
  return { ...made, dialog, answer, enqueued: () => made.bridge.sent('transfers.enqueue') };
}
function begin(app: AppContext, items: PlannedItem[]): Promise<boolean> {
  let answer: Promise<boolean> = Promise.resolve(false);
  act(() => {
    answer = download(
      app,
      items.map(({ assetId }) => ({ assetId, packageId: null })),
      items,
    );
  });
  return answer;
}
const boxes = () => screen.queryAllByRole('checkbox');
const main = () => screen.getByRole('button', { name: /queue \d/i });
const fact = (dialog: HTMLElement, name: string): string | undefined | null =>
  [...dialog.querySelectorAll('dt')].find(({ textContent }) => textContent === name)
    ?.nextElementSibling?.textContent;

test('pressed too early it queues nothing and goes to the first open box', async () => {
  const { user, dialog, enqueued, answer } = await show([
    asking('a', 'No archive use'),
    asking('b', 'Editorial use only'),
    asking('c', 'No archive use'),
  ]);
  expect(boxes()).toHaveLength(2);
  expect(main().textContent).toContain(words.queue(3, true));
  expect(document.activeElement).toBe(main());
  await user.click(main());
  expect(enqueued()).toEqual([]);
  expect(document.activeElement).toBe(boxes()[0]);
  expect(within(dialog).getByRole('status').textContent).toContain(words.missing(2));
  await user.click(boxes()[0] as HTMLElement);
  await user.click(main());
  expect(document.activeElement).toBe(boxes()[1]);
  expect(within(dialog).getByRole('status').textContent).toContain(words.missing(1));
  await user.keyboard(' {Control>}{Enter}{/Control}');
  expect(await answer).toBe(true);
  expect(enqueued()).toEqual([
    {
      packages: ['a', 'b', 'c'].map((assetId) => ({ assetId, packageId: `hd-${assetId}` })),
      acknowledge: ['r-a', 'r-c', 'r-b'],
      words: [
        text('r-a', 'No archive use'),
        text('r-c', 'No archive use'),
        text('r-b', 'Editorial use only'),
      ],
      destination: '/d',
    },
  ]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('each of forty items is read before it is accepted', async () => {
  const items = Array.from({ length: 40 }, (_, n) => asking(`a${n}`, `Rule number ${n} applies`));
  const { dialog, user, enqueued } = await show(items);
  for (let n = 0; n < 40; n += 1)
    expect(within(dialog).getByText(`Rule number ${n} applies`)).toBeDefined();
  expect(boxes()).toHaveLength(40);
  for (const box of boxes().slice(0, 39)) fireEvent.click(box);
  await user.click(main());
  expect(enqueued()).toEqual([]);
  await user.click(boxes()[39] as HTMLElement);
  await user.click(main());
  await waitFor(() => expect(enqueued()).toHaveLength(1));
});

test('of more than fits more is drawn where the list ends, and where something is still open', async () => {
  const ends: IntersectionObserverCallback[] = [];
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(callback: IntersectionObserverCallback) {
        ends.push(callback);
      }
      observe(): void {}
      disconnect(): void {}
    },
  );
  const items = Array.from({ length: 150 }, (_, n) => asking(`a${n}`, `Rule number ${n} applies`));
  const { user } = await show(items);
  expect(boxes()).toHaveLength(60);
  for (const box of boxes()) fireEvent.click(box);
  // The next one that is open isn't drawn yet.
  await user.click(main());
  expect(boxes()).toHaveLength(61);
  expect(document.activeElement).toBe(boxes()[60]);
  const seen = [{ isIntersecting: true }] as IntersectionObserverEntry[];
  for (const end of ends) act(() => end(seen, {} as IntersectionObserver));
  expect(boxes().length).toBeGreaterThan(61);
  vi.unstubAllGlobals();
});

test('of many packages under one rule all can be read', async () => {
  const items = Array.from({ length: 40 }, (_, n) => asking(`a${n}`, 'No archive use'));
  const { dialog, user } = await show(items);
  const links = () => within(dialog).getAllByRole('link');
  expect(links().length).toBeLessThan(40);
  await user.click(screen.getByRole('button', { name: words.more(40) }));
  expect(links()).toHaveLength(40);
});

test('another rendition counts the facts anew, and says what it was', async () => {
  const { dialog, user, enqueued } = await show([item('a'), item('b')], {
    facts: {
      freeBytes: 50e9,
      bytesPerSecond: 100e6,
      queue: { count: 3, remainingBytes: 0, isPaused: false },
    },
  });
  expect(boxes()).toEqual([]);
  expect(fact(dialog, 'Size')).toBe('20.0\u00a0GB');
  expect(fact(dialog, 'Free on disk')).toBe('50.0\u00a0GB, leaves 30.0\u00a0GB');
  expect(fact(dialog, 'Time')).toBe('about 3 min, at 100\u00a0MB/s');
  expect(fact(dialog, 'Finishes')).toMatch(/^about .*\d\d:\d\d, after 3 in the queue$/u);
  await user.click(screen.getByRole('button', { name: words.renditionOf('HD', 'Title b') }));
  await user.click(await screen.findByRole('menuitem', { name: /^Web/ }));
  expect(fact(dialog, 'Size')).toBe('11.0\u00a0GB');
  expect(fact(dialog, 'Free on disk')).toBe('50.0\u00a0GB, leaves 39.0\u00a0GB');
  expect(dialog.textContent).toContain(words.changed('HD', '10.0\u00a0GB'));
  await user.click(main());
  await waitFor(() =>
    expect(enqueued()).toMatchObject([
      {
        packages: [
          { assetId: 'a', packageId: 'hd-a' },
          { assetId: 'b', packageId: 'web-b' },
        ],
        acknowledge: [],
      },
    ]),
  );
});

test('the arrows move between renditions, which are one stop of the Tab key', async () => {
  const { user } = await show([item('a'), item('b')]);
  expect([button('Title a').tabIndex, button('Title b').tabIndex]).toEqual([0, -1]);
  act(() => button('Title a').focus());
  await user.keyboard('{ArrowDown}');
  expect(document.activeElement).toBe(button('Title b'));
  expect([button('Title a').tabIndex, button('Title b').tabIndex]).toEqual([-1, 0]);
});

test('a format for all changes every row and the reasons', async () => {
  const { dialog, user } = await show([
    item('a'),
    item('b', {
      packages: [
        {
          packageId: 'hd-b',
          label: 'HD',
          purpose: 'broadcast',
          bytes: 10e9,
          isHere: false,
          finishedAtMs: null,
        },
      ],
    }),
  ]);
  await user.click(screen.getByRole('button', { name: /Format/ }));
  await user.click(await screen.findByRole('option', { name: 'Web' }));
  expect(fact(dialog, 'Size')).toBe('11.0\u00a0GB');
  expect(within(dialog).getByText('First choice of Web')).toBeDefined();
  expect(within(dialog).getByText('Closest: no rendition fits Web')).toBeDefined();
});

test('a strict house format says what fits and why, what doesn’t, and what to take anyway', async () => {
  const playout = {
    id: 'own',
    name: 'Playout',
    rules: [
      { ...OPEN_RULE, size: '1080', scan: 'interlaced' as const, frameRate: 25 },
      { ...OPEN_RULE, container: 'mp4' },
    ],
    otherwise: 'leave-out' as const,
  };
  const film = {
    container: 'mxf',
    videoCodec: null,
    width: 1920,
    height: 1080,
    frameRate: '25/1',
    scan: 'interlaced-tff',
  };
  const offered = (assetId: string, rendition: Partial<typeof film> | null) =>
    item(assetId, {
      packages: [
        {
          packageId: `hd-${assetId}`,
          label: 'HD',
          purpose: 'broadcast',
          bytes: 10e9,
          isHere: false,
          finishedAtMs: null,
          ...(rendition && { rendition: { ...film, ...rendition } }),
        },
      ],
    });
  const { dialog, user, enqueued } = await show(
    [
      offered('first', {}),
      offered('second', { container: 'mp4', scan: 'progressive' }),
      offered('other', { scan: 'progressive' }),
      offered('unstated', null),
    ],
    {
      answers: {
        'settings.get': () => settingsView({ formatProfiles: [playout], houseFormat: 'own' }),
      },
    },
  );
  expect(await within(dialog).findByText('First choice of Playout')).toBeDefined();
  expect(within(dialog).getByText('Second choice: no 1080i50 published')).toBeDefined();
  expect(within(dialog).getByText('No rendition fits Playout')).toBeDefined();
  expect(
    within(dialog).getByText(
      'No rendition fits Playout (container, frame size, scan, frame rate not stated)',
    ),
  ).toBeDefined();
  expect(fact(dialog, 'Size')).toBe('20.0\u00a0GB');
  const [anyway] = within(dialog).getAllByRole('button', { name: words.takeAnyway('HD') });
  await user.click(anyway as HTMLElement);
  expect(fact(dialog, 'Size')).toBe('30.0\u00a0GB');
  expect(within(dialog).getByText(words.askedFor)).toBeDefined();
  await user.click(main());
  await waitFor(() =>
    expect(enqueued()).toMatchObject([
      { packages: ['first', 'second', 'other'].map((assetId) => ({ assetId })) },
    ]),
  );
});

test('what can’t be read can’t be confirmed, and its package isn’t queued', async () => {
  const unread = item('a', { restrictionIds: ['r-lost'] });
  const { dialog, user, enqueued } = await show([unread, asking('b', 'No archive use')]);
  expect(within(dialog).getByText(words.unread)).toBeDefined();
  expect(boxes().map((box) => (box as HTMLInputElement).disabled)).toEqual([false, true]);
  expect(within(dialog).getByText(words.because.unread)).toBeDefined();
  await user.click(boxes()[0] as HTMLElement);
  await user.click(main());
  await waitFor(() =>
    expect(enqueued()).toMatchObject([
      { packages: [{ assetId: 'b', packageId: 'hd-b' }], acknowledge: ['r-b'] },
    ]),
  );
});

test('what doesn’t apply here is not asked, and can be read', async () => {
  const note = rule('r1', 'Cleared by the harbour', {
    kind: 'territory',
    mode: 'deny',
    values: ['CA'],
  });
  const { dialog, user, enqueued } = await show([item('a', { restrictions: [note] }), item('b')]);
  expect(boxes()).toEqual([]);
  const line = within(dialog).getByText(words.notForYou(1));
  expect(line.closest('details')?.open).toBe(false);
  await user.click(line);
  expect(within(dialog).getByText('Not in Canada')).toBeDefined();
  expect(within(dialog).getByText('Cleared by the harbour')).toBeDefined();
  await user.click(main());
  await waitFor(() => expect(enqueued()).toMatchObject([{ acknowledge: [], words: [] }]));
});

test('what won’t be queued is named with its reason', async () => {
  const { dialog, app, user } = await show([
    item('open'),
    item('w', { blocked: 'withdrawn' }),
    item('w2', { blocked: 'withdrawn', withdrawnAt: UNTIL }),
    item('d', {
      packages: [
        {
          packageId: 'hd-d',
          label: 'HD',
          purpose: 'broadcast',
          bytes: 1e9,
          isHere: true,
          finishedAtMs: UNTIL,
        },
      ],
    }),
    item('h', { blocked: 'on-hold' }),
    item('e', { blocked: 'expired', reasons: [forbids('expired', { untilMs: UNTIL })] }),
    item('m', { blocked: 'embargoed', reasons: [forbids('embargo', { untilMs: UNTIL })] }),
    item('t', { blocked: 'territory', reasons: [forbids('territory', { barred: ['FR'] })] }),
    item('n', { blocked: 'no-package', packages: [], packageId: '-' }),
    item('s', { blocked: 'terms', source: 'nasa' }),
  ]);
  const { because } = words;
  for (const text of [
    because.withdrawn,
    words.withdrawnAt('on 24 Nov 2030, 17:00'),
    words.downloadedAt('on 24 Nov 2030, 17:00'),
    because['on-hold'],
    words.expiredAt('24 Nov 2030, 17:00'),
    words.embargoed('24 Nov 2030, 17:00'),
    texts.en.asset.barredTerritory('France'),
    because['no-package'],
    because.terms,
  ])
    expect(within(dialog).getByText(text)).toBeDefined();
  expect(within(dialog).getByRole('heading', { name: words.title(1, 10) })).toBeDefined();
  await user.click(screen.getByRole('button', { name: texts.en.sources.acceptTerms }));
  expect(app.sourceDialogs.getState().open).toEqual({ name: 'terms', id: 'nasa' });
});

test.each([
  [true, words.embargoHeld],
  [false, words.embargoOpen],
])('an embargo says when it lifts and whether .done waits: %s', async (holdUnderEmbargo, note) => {
  const id = embargoAcknowledgement(UNTIL);
  const { dialog, user, enqueued } = await show(
    [item('a', { embargoUntil: UNTIL, restrictionIds: [id] })],
    { answers: { 'settings.get': () => settingsView({ holdUnderEmbargo }) } },
  );
  const title = words.embargoUntil('24 Nov 2030, 17:00');
  expect(within(dialog).getByText(title)).toBeDefined();
  expect(within(dialog).getByText(note)).toBeDefined();
  await user.click(screen.getByRole('checkbox', { name: words.confirm(title) }));
  await user.click(main());
  await waitFor(() =>
    expect(enqueued()).toMatchObject([
      { acknowledge: [id], words: [{ id, text: `${title}. ${note}`, rule: null }] },
    ]),
  );
});

test('if the rights have changed meanwhile the plan is read again and says so', async () => {
  let note = 'No archive use';
  const { dialog, user, bridge } = await show([asking('a', note)], {
    answers: {
      'transfers.plan': () => plan([asking('a', note)]),
      'transfers.enqueue': () => {
        note = 'No archive use, and not on Sundays';
        return refuse('restriction-unacknowledged')();
      },
    },
  });
  await user.click(boxes()[0] as HTMLElement);
  await user.click(main());
  expect((await within(dialog).findByRole('alert')).textContent).toContain(words.rightsChanged);
  expect(await within(dialog).findByText('No archive use, and not on Sundays')).toBeDefined();
  expect((boxes()[0] as HTMLInputElement).checked).toBe(false);
  expect(bridge.sent('transfers.plan')).toHaveLength(2);
});

test('opened again it never shows an earlier plan first', async () => {
  let note = 'No archive use';
  const gate = Promise.withResolvers<void>();
  const items = [asking('a', note)];
  const { app, user, answer } = await show(items, {
    answers: {
      'transfers.plan': async () => {
        const planned = plan([asking('a', note)]);
        if (note !== 'No archive use') await gate.promise;
        return planned;
      },
    },
  });
  await user.keyboard('{Escape}');
  expect(await answer).toBe(false);
  note = 'Not on Sundays';
  void begin(app, items);
  expect(await screen.findByText(words.loading)).toBeDefined();
  expect(screen.queryByText('No archive use')).toBeNull();
  gate.resolve();
  expect(await screen.findByText('Not on Sundays')).toBeDefined();
});

test('another refusal is told in the dialog, and can be tried again', async () => {
  const { dialog, user, app, bridge } = await show([asking('a', 'No archive use')], {
    answers: { 'transfers.enqueue': refuse('disk-full') },
  });
  await user.click(boxes()[0] as HTMLElement);
  await user.click(main());
  expect((await within(dialog).findByRole('alert')).textContent).toContain(
    texts.en.errors['disk-full'],
  );
  expect((boxes()[0] as HTMLInputElement).checked).toBe(true);
  expect(app.downloads.getState().busy).toBe(false);
  expect(app.toasts.getState().items).toEqual([]);
  expect(bridge.sent('transfers.plan')).toHaveLength(1);
});

test('Esc cancels, and nothing is queued', async () => {
  const { user, answer, enqueued } = await show([item('a'), item('b')]);
  await user.keyboard('{Escape}');
  expect(await answer).toBe(false);
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(enqueued()).toEqual([]);
});
