import { useEffect, useRef, type RefObject } from 'react';
import { useApp } from '../state/context.tsx';

/**
 * Moves the focus to a page that opens, unless something on it or a text field already has it, so
 * that keys and screen readers start there. Also when the focused element disappears, such as a
 * banner or a toast.
 */
export function useFocusOnPage(): RefObject<HTMLElement | null> {
  const app = useApp();
  const mainRef = useRef<HTMLElement>(null);
  useEffect(() => {
    let last: Element | null = null;
    // One frame later: a closing dialog restores the focus itself before that.
    const take = (): void =>
      void requestAnimationFrame(() => {
        if (document.activeElement === document.body)
          mainRef.current?.focus({ preventScroll: true });
      });
    const onFocus = ({ target }: FocusEvent): void => void (last = target as Element);
    const removals = new MutationObserver(() => {
      if (last === null || last.isConnected) return;
      last = null;
      take();
    });
    document.addEventListener('focusin', onFocus);
    removals.observe(document.body, { childList: true, subtree: true });
    const stop = app.route.subscribe(take);
    return () => {
      stop();
      removals.disconnect();
      document.removeEventListener('focusin', onFocus);
    };
  }, [app]);
  return mainRef;
}
