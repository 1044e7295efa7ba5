import { useEffect, useRef } from 'react';
import { useDesk } from '../state/context.tsx';
import type { Route } from '../state/route.ts';

const PLACES: Record<string, Route> = {
  c: { name: 'catalogue' },
  n: { name: 'news', id: null },
  d: { name: 'downloads', id: null },
  s: { name: 'settings', section: 'general' },
  a: { name: 'account', screen: 'landing' },
};

/** A letter pressed this long after G still goes there. */
const GO_WITHIN_MS = 2000;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
      !/^(checkbox|radio|range)$/.test((target as HTMLInputElement).type)));

type Shortcuts = { onPalette: () => void; onSheet: () => void; onSearch: () => void };

/**
 * Keys that work on every page. Letters alone work only outside fields, and never behind a dialog.
 */
export function useShortcuts({ onPalette, onSheet, onSearch }: Shortcuts): void {
  const desk = useDesk();
  const goPressedAt = useRef(-GO_WITHIN_MS);
  useEffect(() => {
    const { go, back } = desk.route.getState();
    const plain = (event: KeyboardEvent): (() => void) | null => {
      if (event.timeStamp - goPressedAt.current < GO_WITHIN_MS) {
        const route = PLACES[event.key];
        if (route) return () => go(route);
      }
      if (event.key === '/') return onSearch;
      if (event.key === '?') return onSheet;
      if (event.key === 'g') return () => void (goPressedAt.current = event.timeStamp);
      return null;
    };
    const modified = (event: KeyboardEvent): (() => void) | null => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') return onPalette;
      if ((event.ctrlKey || event.metaKey) && event.key === ',')
        return () => go({ name: 'settings', section: 'general' });
      if (event.altKey && event.key === 'ArrowLeft') return back;
      return null;
    };
    const act = (event: KeyboardEvent, run: (() => void) | null): void => {
      if (!run) return;
      event.preventDefault();
      run();
    };
    const isModified = (event: KeyboardEvent): boolean =>
      event.ctrlKey || event.metaKey || event.altKey;
    const isFree = (event: KeyboardEvent): boolean =>
      !isTyping(event.target) && !document.querySelector('[role="dialog"], [role="alertdialog"]');
    // Fields and lists keep their keys to themselves: what works inside them too is heard on the
    // way down. Letters are not, lists are searched by typing them.
    const onTheWayDown = (event: KeyboardEvent): void => {
      if (isModified(event)) act(event, modified(event));
      else if ((event.key === '/' || event.key === '?') && isFree(event)) act(event, plain(event));
    };
    const onTheWayUp = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented && !isModified(event) && isFree(event)) act(event, plain(event));
    };
    document.addEventListener('keydown', onTheWayDown, true);
    document.addEventListener('keydown', onTheWayUp);
    return () => {
      document.removeEventListener('keydown', onTheWayDown, true);
      document.removeEventListener('keydown', onTheWayUp);
    };
  }, [desk, onPalette, onSheet, onSearch]);
}
