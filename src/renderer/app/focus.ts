import { useEffect, useRef, type RefObject } from 'react';
import { useApp } from '../state/context.tsx';

/**
 * A page that opens gets the focus, unless something on it, or the field one types in, has it: keys
 * and screen readers begin there. So it does when what had the focus is gone, a strip that no
 * longer holds or a notification that was closed.
 */
export function useFocusOnPage(): RefObject<HTMLElement | null> {
  const app = useApp();
  const mainRef = useRef<HTMLElement>(null);
  useEffect(() => {
    let last: Element | null = null;
    // In the next frame: a dialog that closes gives the focus back itself, before that.
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
