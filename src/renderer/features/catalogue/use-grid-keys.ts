import { useRef, type KeyboardEvent, type MouseEvent } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../../state/context.tsx';
import type { AppContext } from '../../state/app.ts';
import { reportError } from '../../state/errors.ts';

export type GridKeys = {
  onKeyDown: (event: KeyboardEvent) => void;
  /** A click on a cell; `onBox` if it was on the checkbox. */
  onCellClick: (event: MouseEvent, index: number, onBox: boolean) => void;
};

/** Selects all that was found, at most what main names at once. */
export async function selectWholeResult(app: AppContext): Promise<void> {
  const { query } = app.results.getState();
  if (!query) return;
  try {
    const { ids } = await app.client.call('catalogue.ids', query);
    app.criteria.getState().select(new Set(ids));
  } catch (error) {
    reportError(app, error);
  }
}

/** From the loaded rows if they cover the range, otherwise from the library. */
async function idsBetween(app: AppContext, from: number, to: number): Promise<string[]> {
  const { rows, query } = app.results.getState();
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const known = Array.from({ length: high - low + 1 }, (_, step) => rows.get(low + step)?.id);
  if (known.every((id) => id !== undefined) || !query)
    return known.filter((id) => id !== undefined);
  const { ids } = await app.client.call('catalogue.ids', query);
  return ids.slice(low, high + 1);
}

/**
 * Keyboard and mouse selection as in a file manager: arrows move, Space selects, Shift extends,
 * Ctrl or Cmd A selects all, Enter opens, Esc clears.
 */
export function useGridKeys({
  columns,
  linesOnScreen,
  active,
  move,
}: {
  columns: number;
  linesOnScreen: number;
  active: number;
  move: (index: number) => void;
}): GridKeys {
  const app = useApp();
  const { total, rows, query } = useStore(app.results);
  const anchor = useRef(0);
  const { select } = app.criteria.getState();
  const idAt = (index: number): string | undefined => rows.get(index)?.id;

  const extend = (to: number): void => {
    void idsBetween(app, anchor.current, to).then(
      (ids) => select(new Set([...app.criteria.getState().selected, ...ids])),
      () => undefined,
    );
  };
  const toggle = (index: number): void => {
    const id = idAt(index);
    if (id === undefined) return;
    anchor.current = index;
    const next = new Set(app.criteria.getState().selected);
    if (!next.delete(id)) next.add(id);
    select(next);
  };
  const selectAll = (): void => void selectWholeResult(app);
  const open = (index: number): void => {
    const id = idAt(index);
    if (id === undefined) return;
    if (query)
      void app.client.call('catalogue.ids', query).then(
        ({ ids }) => app.criteria.getState().setResultIds(ids),
        () => undefined,
      );
    app.criteria.setState({ openedIndex: index });
    app.route.getState().go({ name: 'asset', id });
  };
  const steps: Record<string, number> = {
    ArrowRight: columns === 1 ? 0 : 1,
    ArrowLeft: columns === 1 ? 0 : -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    PageDown: columns * linesOnScreen,
    PageUp: -columns * linesOnScreen,
    Home: -total,
    End: total,
  };

  return {
    onKeyDown(event) {
      const step = steps[event.key];
      const mod = event.ctrlKey || event.metaKey;
      if (step !== undefined) {
        const to = Math.max(0, Math.min(total - 1, active + step));
        move(to);
        if (event.shiftKey) extend(to);
        else if (!mod) anchor.current = to;
      } else if (event.key === ' ') toggle(active);
      else if (event.key === 'Enter' && !mod) open(active);
      else if (event.key.toLowerCase() === 'a' && mod) selectAll();
      else if (event.key === 'Escape' && app.criteria.getState().selected.size > 0)
        select(new Set());
      else return;
      event.preventDefault();
    },
    onCellClick(event, index, onBox) {
      move(index);
      if (event.shiftKey) extend(index);
      else if (onBox || event.ctrlKey || event.metaKey) toggle(index);
      else open(index);
    },
  };
}
