import { Ban, History, SearchCheck, TriangleAlert } from 'lucide-react';
import { isRecalled } from '../../../shared/api/rights.ts';
import { formatNumber } from '../../i18n/format.ts';
import { useApp, useLanguage, useRecalls, useTexts } from '../../state/context.tsx';
import { useRead } from '../../state/queries.ts';
import { useActions } from '../../state/transfer-actions.ts';
import type { RecallsView, RecallView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';

/** Recalls in one call. */
const AT_ONCE = 500;
const NONE: readonly RecallView[] = [];

/**
 * Above the list until somebody has acknowledged what was taken back: it may be on air in a minute.
 * What was only corrected, or could not be marked, is said more quietly.
 */
export function RecallStrip() {
  const view = useRecalls();
  const open = view === null ? 0 : view.recalls + view.corrections;
  const { data } = useRead(
    'recalls.list',
    { range: { offset: 0, count: AT_ONCE }, isOpen: true },
    { enabled: open > 0, keepPrevious: true },
  );
  if (view === null) return null;
  const items = data?.items ?? NONE;
  if (view.recalls > 0) return <Recalled items={items} view={view} />;
  if (view.corrections > 0) return <Corrected items={items} view={view} />;
  return <OnTheDisk view={view} />;
}

/** Of what was stopped on its way nothing is on the disk that could be marked. */
const isMarked = (items: readonly RecallView[]): boolean =>
  items.some(({ places }) => places.some(({ notice }) => notice === 'written'));

/** Focus stays on the page when what was pressed goes away. */
export function focusTab(): void {
  document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
}

function Recalled({ items, view }: { items: readonly RecallView[]; view: RecallsView }) {
  const { recalls } = useTexts();
  const actions = useActions();
  // Those that were counted when the button was drawn: what comes later is not acknowledged unseen.
  const ids = items.filter(({ kind }) => isRecalled(kind)).map(({ id }) => id);
  const acknowledge = async (): Promise<void> => {
    if (await actions.acknowledgeRecalls(ids)) focusTab();
  };
  return (
    <InlineAlert
      urgent
      action={
        <Button isDisabled={ids.length === 0} tone="danger" onPress={() => void acknowledge()}>
          {recalls.acknowledgeAll(view.recalls)}
        </Button>
      }
      icon={Ban}
      shape="banner"
      title={recalls.changed({
        withdrawn: view.recalls - view.held,
        held: view.held,
        corrected: view.corrections,
      })}
      tone="danger"
    >
      {!isMarked(items)
        ? recalls.nothingDeleted
        : view.corrections > 0
          ? recalls.marked
          : recalls.markedRecalled}{' '}
      <Marks view={view} />
    </InlineAlert>
  );
}

function Corrected({ items, view }: { items: readonly RecallView[]; view: RecallsView }) {
  const app = useApp();
  const { recalls } = useTexts();
  const first = items[0];
  const show = (): void => {
    if (view.corrections === 1 && first)
      app.route.getState().go({ name: 'transfers', id: first.transferId });
    else app.transfers.getState().setTab('recalled');
  };
  return (
    <InlineAlert
      action={
        <Button size={28} onPress={show}>
          {view.corrections === 1 ? recalls.review : recalls.showAll}
        </Button>
      }
      icon={History}
      shape="banner"
      title={recalls.changed({ withdrawn: 0, held: 0, corrected: view.corrections })}
      tone="info"
    >
      {isMarked(items) ? recalls.markedCorrected : recalls.nothingDeleted} <Marks view={view} />
    </InlineAlert>
  );
}

/** Nothing is to be acknowledged, but the disk is not as it should be yet. */
function OnTheDisk({ view }: { view: RecallsView }) {
  const { recalls } = useTexts();
  if (view.failed > 0)
    return (
      <InlineAlert
        icon={TriangleAlert}
        shape="banner"
        title={recalls.notWritten(view.failed)}
        tone="warning"
      >
        <Searching view={view} />
      </InlineAlert>
    );
  if (view.searching)
    return (
      <InlineAlert icon={SearchCheck} shape="banner" title={<Searching view={view} />}>
        {null}
      </InlineAlert>
    );
  return null;
}

function Marks({ view }: { view: RecallsView }) {
  const { recalls } = useTexts();
  return (
    <>
      {view.failed > 0 && <b>{recalls.notWritten(view.failed)}</b>} <Searching view={view} />
    </>
  );
}

/** The number is not announced: it changes several times a second. */
function Searching({ view: { searching } }: { view: RecallsView }) {
  const { recalls } = useTexts();
  const language = useLanguage();
  if (!searching) return null;
  return (
    <>
      {recalls.searching(searching.title)}{' '}
      <span aria-hidden>{recalls.searched(formatNumber(searching.files, language))}</span>
    </>
  );
}
