import { useEffect, useState, type RefCallback } from 'react';

/** Entries that are drawn ahead of what is seen. */
const STEP = 60;

/**
 * Draws a long list as far as it has been scrolled, and some more: of thousands of entries only
 * those that somebody looks at. What is drawn stays.
 *
 * @param atLeast entries that are drawn whether they were seen or not
 * @returns how many are drawn, and a ref for an element after the last of them
 */
export function useProgressive(
  total: number,
  atLeast = 0,
): { shown: number; endRef: RefCallback<Element> } {
  const [reached, setReached] = useState(STEP);
  const [end, setEnd] = useState<Element | null>(null);
  const shown = Math.min(total, Math.max(reached, atLeast));
  useEffect(() => {
    if (!end) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setReached(shown + STEP);
      },
      { rootMargin: '600px' },
    );
    observer.observe(end);
    return () => observer.disconnect();
    // Anew for each step: an end that stays in view is told only once.
  }, [end, shown]);
  return { shown, endRef: setEnd };
}
