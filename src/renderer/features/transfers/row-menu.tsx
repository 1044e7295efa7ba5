import {
  AlarmClock,
  ArrowUpToLine,
  Ban,
  FileCheck,
  FolderOpen,
  ListX,
  Pause,
  Play,
  RefreshCw,
  ScanSearch,
  Wrench,
  Zap,
  ZapOff,
} from 'lucide-react';
import { useMemo } from 'react';
import { useTexts } from '../../state/context.tsx';
import type { TransferRow } from '../../state/transfers.ts';
import { MenuAt, type MenuEntry } from '../../ui/select.tsx';
import { useActions } from './use-actions.ts';

/** Which row's menu is open, and beside what it stands. */
export type OpenMenu = { row: TransferRow; beside: Element };

/** All that can be done with one package: one menu for the whole list, so that rows stay light. */
export function RowMenu({
  open: { row, beside },
  first,
  onWish,
  onClose,
}: {
  open: OpenMenu;
  /** The one at the head of the queue. */ first: TransferRow | undefined;
  onWish: (row: TransferRow) => void;
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
      label: row.urgent ? transfers.notUrgent : transfers.makeUrgent,
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
      id: 'wish',
      label: transfers.wish,
      icon: AlarmClock,
      keys: 'D',
      onAction: () => onWish(row),
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
