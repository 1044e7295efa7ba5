import {
  AlarmClock,
  ArrowUpToLine,
  Ban,
  FileCheck,
  FolderOpen,
  FolderOutput,
  ListX,
  Pause,
  Play,
  RefreshCw,
  ScanSearch,
  Wrench,
  Zap,
  ZapOff,
} from 'lucide-react';
import { useMemo, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTexts, useApp, useRoute, useTransferList } from '../../state/context.tsx';
import type { TransferRow } from '../../state/views.ts';
import { MenuAt, type MenuEntry } from '../../ui/controls/select.tsx';
import { useActions, useStateAction, type Actions } from '../../state/transfer-actions.ts';
import { canChangeFolder } from '../../state/transfer-labels.ts';
import { RowList, type CurrentRow } from '../../ui/layout/row-list.tsx';
import { Row, RowSkeleton, type RowEvents } from './row.tsx';

/** The row whose menu is open, and the element it is anchored to. */
type OpenMenu = { row: TransferRow; beside: Element };

/** Menu of a package's actions: one instance for the whole list, so that rows stay light. */
function RowMenu({
  open: { row, beside },
  first,
  onOptions,
  onClose,
}: {
  open: OpenMenu;
  /** First row of the queue. */ first: TransferRow | undefined;
  onOptions: (row: TransferRow) => void;
  onClose: () => void;
}) {
  const { transfers } = useTexts();
  const actions = useActions();
  const anchor = useMemo(() => ({ current: beside }), [beside]);
  const { phase } = row.state;
  const isOver = phase === 'done' || phase === 'failed' || phase === 'cancelled';
  const entries: (MenuEntry | false)[] = [
    phase === 'paused' && {
      id: 'resume',
      label: transfers.resume,
      icon: Play,
      keys: 'Space',
      onAction: () => actions.resume(row),
    },
    !isOver &&
      phase !== 'paused' && {
        id: 'pause',
        label: transfers.pause,
        icon: Pause,
        keys: 'Space',
        onAction: () => actions.pause(row),
      },
    (phase === 'failed' || phase === 'cancelled') && {
      id: 'retry',
      label: transfers.retry,
      icon: RefreshCw,
      onAction: () => actions.retry(row),
    },
    !isOver && {
      id: 'urgent',
      label: row.urgent ? transfers.makeNormal : transfers.makeUrgent,
      icon: row.urgent ? ZapOff : Zap,
      onAction: () => actions.urgent(row, !row.urgent),
    },
    !isOver &&
      first !== undefined &&
      first.id !== row.id && {
        id: 'top',
        label: transfers.toTop,
        icon: ArrowUpToLine,
        onAction: () => actions.move(row.id, first.id),
      },
    !isOver && {
      id: 'options',
      label: transfers.setOptions,
      icon: AlarmClock,
      keys: 'D',
      onAction: () => onOptions(row),
    },
    canChangeFolder(row) && {
      id: 'folder',
      label: transfers.saveElsewhere,
      icon: FolderOutput,
      onAction: () => actions.changeFolder(row),
    },
    {
      id: 'reveal',
      label: transfers.openFolder,
      icon: FolderOpen,
      onAction: () => actions.reveal(row),
    },
    phase === 'done' && {
      id: 'verify',
      label: transfers.verify,
      icon: ScanSearch,
      onAction: () => actions.verify([row.id]),
    },
    phase === 'done' && {
      id: 'repair',
      label: transfers.repair,
      icon: Wrench,
      onAction: () => actions.repair([row.id]),
    },
    phase === 'done' && {
      id: 'report',
      label: transfers.report,
      icon: FileCheck,
      onAction: () => actions.report(row),
    },
    isOver && {
      id: 'clear',
      label: transfers.clear,
      icon: ListX,
      keys: 'Del',
      onAction: () => actions.clear([row.id]),
    },
    !isOver && {
      id: 'cancel',
      label: transfers.cancel,
      icon: Ban,
      keys: 'Del',
      danger: true,
      onAction: () => actions.cancel(row),
    },
  ];
  return (
    <MenuAt
      anchor={anchor}
      entries={entries.filter((entry) => entry !== false)}
      label={transfers.menuOf(row.title)}
      onClose={onClose}
    />
  );
}

/** Estimated row height. In narrow windows it depends on the text and is measured. */
const estimate = (): number => (innerWidth >= 1600 ? 56 : 48);

/**
 * The queue. Beside what every list does, Alt and an arrow move the row, Enter opens, Space pauses
 * or resumes, D sets the deadline, Shift F10 opens the menu.
 */
export function Rows({ onOptions }: { onOptions: (row: TransferRow) => void }) {
  const app = useApp();
  const { transfers } = useTexts();
  const total = useTransferList((state) => state.total);
  const rows = useTransferList((state) => state.rows);
  const openId = useRoute(({ current }) => (current.name === 'transfers' ? current.id : null));
  const actions = useActions();
  const moved = useRef<{ id: string; from: number } | null>(null);
  useEffect(() => {
    // The focus follows the moved row once the queue has its new order.
    const button =
      moved.current &&
      document.querySelector<HTMLElement>(`[data-row="${moved.current.id}"] button[data-index]`);
    if (!button || Number(button.dataset['index']) === moved.current?.from) return;
    moved.current = null;
    button.focus();
  });
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const events = useRowEvents(setMenu);
  const onRowKey = (event: KeyboardEvent, { row, index }: CurrentRow<TransferRow>): void => {
    const run =
      row &&
      keyOf(event, row, actions, {
        rows,
        focused: index,
        total,
        onOptions,
        onMove: (id) => void (moved.current = { id, from: index }),
        onMenu: (of, beside) => setMenu({ row: of, beside }),
      });
    if (!run) return;
    event.preventDefault();
    run();
  };
  return (
    <>
      <RowList
        isMeasuredNarrow
        estimate={estimate}
        keyOf={({ id }) => id}
        label={transfers.list}
        overscan={4}
        rows={rows}
        skeleton={<RowSkeleton />}
        total={total}
        onRowKey={onRowKey}
        onVisible={app.transferList.getState().setVisibleRange}
      >
        {(row, place) => <Row events={events} isOpen={row.id === openId} row={row} {...place} />}
      </RowList>
      {menu && (
        <RowMenu
          first={rows.get(0)}
          open={menu}
          onClose={() => setMenu(null)}
          onOptions={onOptions}
        />
      )}
    </>
  );
}

function useRowEvents(setMenu: (menu: OpenMenu) => void): RowEvents {
  const app = useApp();
  const actions = useActions();
  const actionFor = useStateAction(actions);
  return useMemo(
    () => ({
      open(row) {
        const { current, go } = app.route.getState();
        go({
          name: 'transfers',
          id: current.name === 'transfers' && current.id === row.id ? null : row.id,
        });
      },
      dropped: (dragged, on) =>
        void (dragged !== '' && dragged !== on.id && actions.move(dragged, on.id)),
      menu: (row, beside) => setMenu({ row, beside }),
      actionFor,
    }),
    [actions, actionFor, app, setMenu],
  );
}

type KeyContext = {
  rows: ReadonlyMap<number, TransferRow>;
  focused: number;
  total: number;
  onMove: (id: string) => void;
  onMenu: (row: TransferRow, beside: Element) => void;
  onOptions: (row: TransferRow) => void;
};

function keyOf(
  { key, altKey, shiftKey, target }: KeyboardEvent,
  row: TransferRow,
  actions: Actions,
  { rows, focused, total, onMove, onMenu, onOptions }: KeyContext,
): (() => void) | null {
  const move = (before: string | null) => (): void => {
    onMove(row.id);
    actions.move(row.id, before);
  };
  if (altKey) {
    const above = rows.get(focused - 1);
    if (key === 'ArrowUp' && above) return move(above.id);
    if (key === 'ArrowDown' && focused < total - 1) return move(rows.get(focused + 2)?.id ?? null);
    return null;
  }
  const { phase } = row.state;
  if ((key === 'ContextMenu' || (key === 'F10' && shiftKey)) && target instanceof Element) {
    const beside = target.closest('[data-row]')?.querySelector('[aria-haspopup="menu"]');
    return () => onMenu(row, beside ?? target);
  }
  const all: Record<string, () => void> = {
    ' ': () =>
      phase === 'paused'
        ? actions.resume(row)
        : phase === 'running' || phase === 'queued' || phase === 'waiting'
          ? actions.pause(row)
          : undefined,
    d: () =>
      phase === 'done' || phase === 'failed' || phase === 'cancelled' ? undefined : onOptions(row),
    Delete: () =>
      phase === 'done' || phase === 'failed' || phase === 'cancelled'
        ? actions.clear([row.id])
        : actions.cancel(row),
  };
  return all[key] ?? null;
}
