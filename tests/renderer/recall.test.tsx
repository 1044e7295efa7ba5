import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useMemo, useState } from 'react';
import { expect, test, vi } from 'vitest';
import { Rail } from '../../src/renderer/app/rail.tsx';
import { useCommands } from '../../src/renderer/app/palette-entries.ts';
import { ClearDialog } from '../../src/renderer/features/transfers/clear-dialog.tsx';
import { Drawer } from '../../src/renderer/features/transfers/drawer.tsx';
import { RecallStrip } from '../../src/renderer/features/transfers/recall-strip.tsx';
import { Row } from '../../src/renderer/features/transfers/row.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import { useActions, useStateAction } from '../../src/renderer/state/transfer-actions.ts';
import { describeState } from '../../src/renderer/state/transfer-labels.ts';
import type {
  CorrectionDiffView,
  ClearableView,
  RecallView,
  TransferRow,
} from '../../src/renderer/state/views.ts';
import { AppError } from '../../src/shared/errors.ts';
import type { TransferState } from '../../src/shared/model/transfer.ts';
import { makeApp, toasts } from '../support/app.tsx';
import type { Answers } from '../support/fake-bridge.ts';
import { recall, recallsView, rowRecall, transferRow, transferTotals } from '../support/views.ts';

const NOW = new Date(2026, 10, 24, 17, 0).getTime();
const AT = new Date(2026, 10, 24, 16, 38).getTime();

/** Main with these recalls, of which acknowledging is remembered. */
function mainWith(items: RecallView[]): { answers: Answers; acknowledged: string[] } {
  const acknowledged: string[] = [];
  const open = () => items.filter(({ id }) => !acknowledged.includes(id));
  const view = () =>
    recallsView({
      rev: 1 + acknowledged.length,
      recalls: open().filter(({ kind }) => kind !== 'corrected').length,
      held: open().filter(({ kind }) => kind === 'on-hold').length,
      corrections: open().filter(({ kind }) => kind === 'corrected').length,
    });
  return {
    acknowledged,
    answers: {
      'recalls.get': view,
      'recalls.list': ({ isOpen }) => {
        const found = isOpen ? open() : items;
        return { rev: 1, total: found.length, items: found };
      },
      'recalls.acknowledge': ({ ids }) => {
        acknowledged.push(...ids);
        return view();
      },
    },
  };
}

test('what was taken back alarms until it is acknowledged, and that is recorded', async () => {
  const { answers, acknowledged } = mainWith([
    recall({ id: 'r1' }),
    recall({ id: 'r2', kind: 'on-hold' }),
    recall({ id: 'r3', kind: 'corrected' }),
  ]);
  const { app, render, user } = makeApp(answers);
  await render(<RecallStrip />);
  const alert = screen.getByRole('alert');
  expect(alert.textContent).toContain(
    '1 package was withdrawn, 1 was put on hold, 1 was corrected.',
  );
  expect(alert.textContent).toContain('Nothing was deleted.');
  const button = within(alert).getByRole('button', { name: 'Acknowledge 2' });
  await waitFor(() => expect(button.hasAttribute('disabled')).toBe(false));
  await user.click(button);
  // A correction is reviewed, not acknowledged along with the others.
  expect(acknowledged).toEqual(['r1', 'r2']);
  expect(toasts(app)).toEqual([
    '2 acknowledged. This is recorded and can’t be undone. Nothing was deleted.',
  ]);
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByRole('status').textContent).toContain('1 package was corrected.');
});

test('files on the disk are only said to be marked where they are', async () => {
  const half = recall({ id: 'r1', phase: 'running', places: [] });
  const { answers } = mainWith([half]);
  const first = makeApp(answers);
  const stopped = await first.render(<RecallStrip />);
  await waitFor(() => expect(stopped.textContent).toContain(texts.en.recalls.nothingDeleted));
  expect(stopped.textContent).not.toContain('RECALLED.txt');
  cleanup();
  const place = {
    folder: '/to/Lake',
    kind: 'package' as const,
    files: [],
    notice: 'written' as const,
    name: 'RECALLED.txt',
    done: 'set-aside' as const,
    error: null,
  };
  const whole = makeApp(mainWith([half, recall({ id: 'r2', places: [place] })]).answers);
  const marked = await whole.render(<RecallStrip />);
  await waitFor(() => expect(marked.textContent).toContain(texts.en.recalls.markedRecalled));
});

test('only a correction is said quietly, and leads to what has changed', async () => {
  const { answers } = mainWith([recall({ kind: 'corrected', transferId: 't7' })]);
  const { app, render, user } = makeApp(answers);
  await render(<RecallStrip />);
  expect(screen.queryByRole('alert')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Review' }));
  expect(app.route.getState().current).toEqual({ name: 'transfers', id: 't7' });
});

test('the strip says what could not be marked and that copies are looked for, and goes away', async () => {
  const { bridge, render } = makeApp({ 'recalls.get': () => recallsView({ failed: 2 }) });
  const page = await render(<RecallStrip />);
  expect(page.textContent).toContain('2 notices couldn’t be written');
  await act(async () =>
    bridge.push(
      'recalls.changed',
      recallsView({ rev: 2, searching: { title: 'Lake', files: 1204 } }),
    ),
  );
  expect(page.textContent).toContain('Looking for copies of “Lake”.');
  expect(screen.getByText('1,204 files so far.').getAttribute('aria-hidden')).toBe('true');
  await act(async () => bridge.push('recalls.changed', recallsView({ rev: 3 })));
  expect(page.textContent).toBe('');
});

test('a failure to record is said, and nothing is taken for acknowledged', async () => {
  const { answers } = mainWith([recall({ id: 'r1' })]);
  const { app, render, user } = makeApp({
    ...answers,
    'recalls.acknowledge': () => {
      throw new AppError('disk-full', 'full');
    },
  });
  await render(<RecallStrip />);
  await user.click(await screen.findByRole('button', { name: 'Acknowledge' }));
  expect(toasts(app)).toEqual([texts.en.errors['disk-full']]);
  expect(screen.getByRole('alert').textContent).toContain('1 package was withdrawn.');
});

test.each([
  [{ recalls: 2, corrections: 1 }, '3, 3 to acknowledge'],
  // A correction alone is no danger.
  [{ recalls: 0, corrections: 1 }, '4, 4 active'],
  [{ recalls: 0, corrections: 0 }, '4, 4 active'],
] as const)(
  'the rail counts what must be acknowledged before what runs: %o',
  async (view, said) => {
    const { render } = makeApp({
      'recalls.get': () => recallsView(view),
      'transfers.totals': () =>
        transferTotals({
          counts: { all: 4, active: 4, waiting: 0, done: 0, failed: 0, recalled: 0 },
        }),
    });
    await render(<Rail />);
    expect(screen.getByRole('link', { name: /Downloads/u }).textContent).toBe(`Downloads${said}`);
  },
);

const failed = (code: 'withdrawn' | 'on-hold' | 'expired'): TransferState => ({
  phase: 'failed',
  code,
  message: '',
  retryable: false,
});
const rights = (state: NonNullable<TransferRow['rights']>['state']) => ({ state, since: 1 });

test.each([
  ['Withdrawn at 16:38: do not use', 'acknowledge-recall', { recall: rowRecall({ atMs: AT }) }],
  [
    'Withdrawn 23 Nov: do not use',
    'reveal',
    {
      rights: rights('withdrawn'),
      recall: rowRecall({ atMs: AT - 86_400_000, isToAcknowledge: false }),
    },
  ],
  [
    'On hold since 16:38: do not use',
    'acknowledge-recall',
    { recall: rowRecall({ atMs: AT, kind: 'on-hold' }) },
  ],
  [
    'Corrected: version 2',
    'review',
    {
      rights: rights('newer-version'),
      recall: rowRecall({ kind: 'corrected', rev: { from: 1, to: 2 } }),
    },
  ],
  [
    'Expired 24 Nov: clear it from disk',
    'reveal',
    { rights: rights('expired'), recall: rowRecall({ atMs: AT, kind: 'expired' }) },
  ],
  [
    'Not cleared for you: do not use',
    'reveal',
    { rights: rights('barred'), recall: rowRecall({ kind: 'corrected' }) },
  ],
  [
    'Stopped: withdrawn while downloading',
    'acknowledge-recall',
    { state: failed('withdrawn'), recall: rowRecall({ phase: 'running' }) },
  ],
  [
    'Stopped: put on hold while queued',
    'open-package',
    {
      state: failed('on-hold'),
      recall: rowRecall({ kind: 'on-hold', phase: 'queued', isToAcknowledge: false }),
    },
  ],
] as const)('a row says: %s', (words, action, row) => {
  const { transfers, recalls } = texts.en;
  expect(
    describeState(transferRow(row), { transfers, recalls, language: 'en', nowMs: NOW }),
  ).toMatchObject({ words, action });
  const french = describeState(transferRow(row), {
    transfers: texts.fr.transfers,
    recalls: texts.fr.recalls,
    language: 'fr',
    nowMs: NOW,
  });
  expect(french.words.length).toBeLessThanOrEqual(42);
  expect(french.words).not.toBe(words);
});

test('four states have four icons and their own tones', () => {
  const { transfers, recalls } = texts.en;
  const views = (['withdrawn', 'on-hold', 'expired', 'corrected'] as const).map((kind) =>
    describeState(
      transferRow({
        recall: rowRecall({ kind }),
        rights: kind === 'expired' ? rights('expired') : null,
      }),
      { transfers, recalls, language: 'en', nowMs: NOW },
    ),
  );
  expect(new Set(views.map(({ icon }) => icon)).size).toBe(4);
  expect(views.map(({ tone }) => tone)).toEqual(['danger', 'warning', 'warning', 'info']);
});

/** The row as it is at first; pressing “Next” gives it as it is then. */
function OneRow({ first, next }: { first: TransferRow; next: TransferRow }) {
  const [row, setRow] = useState(first);
  const actionFor = useStateAction(useActions());
  const events = useMemo(
    () => ({
      open: () => undefined,
      dropped: () => undefined,
      menu: () => undefined,
      actionFor,
    }),
    [actionFor],
  );
  return (
    <>
      <Row isCurrent events={events} index={0} isOpen={false} row={row} onFocus={() => undefined} />
      <button type="button" onClick={() => setRow(next)}>
        Next
      </button>
    </>
  );
}

test('a row is acknowledged where it is, and keeps the focus', async () => {
  const row = transferRow({ id: 't1', title: 'Lake', recall: rowRecall({ atMs: AT }) });
  const { answers, acknowledged } = mainWith([recall({ id: 'rcl_1' })]);
  const { app, render, user } = makeApp(answers);
  const page = await render(
    <OneRow
      first={row}
      next={{ ...row, recall: rowRecall({ atMs: AT, isToAcknowledge: false }) }}
    />,
  );
  expect(page.textContent).toContain('On disk');
  await user.click(screen.getByRole('button', { name: 'Acknowledge: Lake' }));
  expect(acknowledged).toEqual(['rcl_1']);
  expect(toasts(app)[0]).toContain('can’t be undone');
  // As its push would: without the pointer.
  fireEvent.click(screen.getByText('Next'));
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Open folder: Lake');
});

const DIFF: CorrectionDiffView = {
  isBlind: false,
  headline: null,
  restrictions: [
    {
      before: null,
      after: { id: 'x', kind: 'editorial', mode: 'deny', values: [], note: 'No adverts.' },
    },
  ],
  shots: [
    {
      before: { n: 5, in: '10:00:50:00', text: 'Torch on the 1996 melt mark' },
      after: { n: 5, in: '10:00:50:00', text: 'Torch on the 2006 melt mark' },
    },
  ],
  script: { language: 'en', paragraphs: [{ before: 'Gone.', after: null }] },
  captions: [],
  files: {
    changes: [
      {
        path: 'master.mxf',
        change: 'changed',
        bytes: 2_000_000_000,
        pieces: { different: 4, total: 239 },
        differentBytes: 34_000_000,
      },
      { path: 'a.txt', change: 'changed', bytes: 9, pieces: null, differentBytes: 4_000_000 },
      { path: 'b.txt', change: 'removed', bytes: 9, pieces: null, differentBytes: 0 },
    ],
    unchanged: 14,
    totalBytes: 2_000_000_000,
    differentBytes: 38_000_000,
  },
};
const corrected = rowRecall({ kind: 'corrected', rev: { from: 1, to: 2 }, atMs: AT });
const details = (shown: NonNullable<TransferRow['recall']>, more: Partial<RecallView> = {}) => ({
  ...mainWith([
    recall({ id: 'rcl_1', kind: shown.kind, rev: shown.rev, atMs: shown.atMs, ...more }),
  ]).answers,
  'transfers.detail': () => ({
    ...transferRow({ id: 't1', recall: shown }),
    folder: '/ingest/Lake',
    source: 'p1',
    service: null,
    resumes: 0,
    refetchedBytes: 0,
    files: [],
    pieces: null,
  }),
});
const show = async (answers: Answers, language: 'en' | 'fr' = 'en') => {
  const made = makeApp(answers, { route: { name: 'transfers', id: 't1' }, language });
  await made.render(<Drawer id="t1" onOptions={() => undefined} />);
  return { ...made, drawer: await screen.findByRole('complementary') };
};

test('the details of a correction show the publisher’s words and what differs, by words and pieces', async () => {
  const { drawer } = await show({
    ...details(corrected, {
      words: 'The 2006 reading was wrong.',
      places: [
        {
          folder: '/ingest/Lake',
          kind: 'package',
          files: [],
          notice: 'written',
          name: 'CORRECTED.txt',
          done: 'none',
          error: null,
        },
        {
          folder: '/archive',
          kind: 'copy',
          files: ['lake.mxf'],
          notice: 'failed',
          name: null,
          done: 'none',
          error: { code: 'not-permitted', message: 'EACCES' },
        },
      ],
    }),
    'recalls.diff': () => DIFF,
  });
  await screen.findByText('“The 2006 reading was wrong.”');
  const text = drawer.textContent;
  expect(text).toContain('Version 2Corrected by the publisher');
  expect([...drawer.querySelectorAll('del')].map((one) => one.textContent)).toEqual([
    '1996',
    'Gone.',
  ]);
  expect([...drawer.querySelectorAll('ins')].map((one) => one.textContent)).toEqual([
    'No adverts.',
    '2006',
  ]);
  expect(text).toContain('Shot 5, 10:00:50:00');
  expect(text).toContain('Restrictions1 added');
  expect(text).toContain('Shotlist1 changed');
  expect(text).toContain('1 removed');
  expect(text).toContain('Files3 of 17 changed');
  expect(text).toContain('4 of 239 pieces, 34\u00a0MB');
  expect(text).toContain('/ingest/Lakeversion 1');
  expect(text).toContain(
    `a copy, found by its hash. notice not written: ${texts.en.errors['not-permitted']}`,
  );
  expect(
    screen.getByRole('button', { name: 'Get new version, 38\u00a0MB of 2.0\u00a0GB' }),
  ).toBeDefined();
  expect(text).toContain('Version 1 stays as it is, beside version 2.');
});

test('a correction that can’t be compared says why, in words', async () => {
  const { drawer, bridge } = await show({
    ...details(corrected),
    'recalls.diff': () => {
      throw new AppError('offline', 'no line');
    },
  });
  await within(drawer).findByText(texts.en.recalls.offline);
  expect(screen.getByRole('button', { name: 'Get new version' })).toBeDefined();
  expect(bridge.sent('recalls.diff')).toEqual([{ id: 'rcl_1' }]);
});

test('a comparison without what was said then is called that, not “no differences”', async () => {
  const { drawer } = await show(
    {
      ...details(corrected),
      'recalls.diff': () => ({
        ...DIFF,
        isBlind: true,
        restrictions: [],
        shots: [],
        script: { language: null, paragraphs: [] },
        files: null,
      }),
    },
    'fr',
  );
  await within(drawer).findByText(texts.fr.recalls.blind);
  expect(drawer.textContent).toContain(texts.fr.recalls.filesUnknown);
  expect(drawer.textContent).not.toContain(texts.fr.recalls.noDifference);
});

test('a withdrawn package is acknowledged in its details, and says by whom', async () => {
  const { drawer, user, bridge } = await show(details(rowRecall({ atMs: AT })));
  await within(drawer).findByText(texts.en.recalls.noWords);
  expect(bridge.sent('recalls.diff')).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Acknowledge' }));
  expect(bridge.sent('recalls.acknowledge')).toEqual([{ ids: ['rcl_1'] }]);
  expect(screen.getByRole('button', { name: 'Open folder' })).toBeDefined();
});

const clearable = (more: Partial<ClearableView> = {}): ClearableView => ({
  id: 't1',
  title: 'Lake',
  folder: '/ingest/Lake',
  kind: 'package',
  reason: 'withdrawn',
  files: 17,
  bytes: 4_300_000_000,
  ...more,
});

test('only what is ticked is deleted, each with its folder, size and reason before', async () => {
  const [lake, copy, dunes] = [
    clearable(),
    clearable({ kind: 'copy', folder: '/archive/Lake', files: 1, bytes: 2_000_000_000 }),
    clearable({ id: 't2', title: 'Dunes', folder: '/ingest/Dunes', reason: 'expired', files: 2 }),
  ];
  const { app, bridge, render, user } = makeApp({
    'transfers.clearable': () => ({ items: [lake, copy, dunes], away: 1 }),
    'transfers.clear-from-disk': () => ({
      items: [
        {
          id: 't1',
          folder: '/archive/Lake',
          kind: 'copy',
          files: 1,
          bytes: 2_000_000_000,
          left: 2,
        },
      ],
      failed: [],
    }),
  });
  const onClose = vi.fn<() => void>();
  await render(<ClearDialog onClose={onClose} />);
  const boxes = await screen.findAllByRole('checkbox');
  expect(boxes.map((box) => (box as HTMLInputElement).checked)).toEqual([false, false, false]);
  const dialog = screen.getByRole('alertdialog');
  expect(dialog.textContent).toContain('Lakea copy, withdrawn, 1 file, 2.0\u00a0GB/archive/Lake');
  expect(dialog.textContent).toContain('1 folder can’t be reached now.');
  expect(screen.getByRole('button', { name: 'Delete' }).hasAttribute('disabled')).toBe(true);
  await user.click(screen.getByRole('checkbox', { name: /archive/u }));
  await user.click(screen.getByRole('button', { name: 'Delete 1 package, 2.0\u00a0GB' }));
  expect(bridge.sent('transfers.clear-from-disk')).toEqual([
    { places: [{ id: 't1', folder: '/archive/Lake' }] },
  ]);
  expect(toasts(app)).toEqual([
    '1 package deleted, 2.0\u00a0GB. It’s recorded. 2 files were changed or added after the download and stay.',
  ]);
  expect(onClose).toHaveBeenCalledOnce();
});

test('what could not be deleted is named, and the dialog stays', async () => {
  const { render, user } = makeApp({
    'transfers.clearable': () => ({ items: [clearable()], away: 0 }),
    'transfers.clear-from-disk': () => ({
      items: [],
      failed: [
        {
          id: 't1',
          folder: '/ingest/Lake',
          error: { code: 'not-permitted', message: '', retryable: false },
        },
      ],
    }),
  });
  const onClose = vi.fn<() => void>();
  await render(<ClearDialog onClose={onClose} />);
  await user.click(await screen.findByRole('checkbox'));
  await user.click(screen.getByRole('button', { name: /^Delete 1/u }));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('/ingest/Lake');
  expect(alert.textContent).toContain(texts.en.errors['not-permitted']);
  expect(onClose).not.toHaveBeenCalled();
});

function Commands() {
  const { doing } = useCommands('acknowledge', null);
  return doing.map(({ id, text, run }) => (
    <button key={id} type="button" onClick={run}>
      {text}
    </button>
  ));
}

test('the palette acknowledges while there is something to acknowledge', async () => {
  const { answers, acknowledged } = mainWith([
    recall({ id: 'r1' }),
    recall({ id: 'r2', kind: 'corrected' }),
  ]);
  const { render, user } = makeApp(answers);
  await render(<Commands />);
  await user.click(screen.getByRole('button', { name: 'Acknowledge the recalled package' }));
  await waitFor(() => expect(acknowledged).toEqual(['r1']));
  expect(screen.queryByRole('button', { name: /^Acknowledge/u })).toBeNull();
});
