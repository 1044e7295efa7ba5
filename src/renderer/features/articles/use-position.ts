import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { useApp } from '../../state/context.tsx';
import type { ArticleView } from '../../state/views.ts';

/**
 * Interval between writes while scrolling; the last position is written when the article is left.
 */
const WRITE_EVERY_MS = 2000;
/** A text that fits on one screen has no position to restore. */
const LEAST_ROOM = 40;

/** Restores the reading position of an article and saves it while scrolling. */
export function usePosition(
  article: ArticleView,
  scrollRef: RefObject<HTMLElement | null>,
  lineRef: RefObject<HTMLElement | null>,
): () => void {
  const app = useApp();
  const { id } = article;
  const place = useRef({ now: article.position, written: article.position });
  const draw = useCallback(() => {
    if (lineRef.current) lineRef.current.style.inlineSize = `${place.current.now * 100}%`;
  }, [lineRef]);
  const write = useCallback(() => {
    const { now, written } = place.current;
    if (now === written) return;
    place.current.written = now;
    app.client.call('articles.mark', { ids: [id], position: now }).catch(() => undefined);
  }, [app, id]);
  useLayoutEffect(() => {
    const element = scrollRef.current;
    if (!element) return;
    element.scrollTop =
      place.current.now * Math.max(0, element.scrollHeight - element.clientHeight);
    draw();
  }, [scrollRef, draw]);
  useEffect(() => {
    const timer = setInterval(write, WRITE_EVERY_MS);
    return () => {
      clearInterval(timer);
      write();
    };
  }, [write]);
  return useCallback(() => {
    const element = scrollRef.current;
    if (!element) return;
    const room = element.scrollHeight - element.clientHeight;
    place.current.now = room < LEAST_ROOM ? 0 : Math.min(1, Math.max(0, element.scrollTop / room));
    draw();
  }, [scrollRef, draw]);
}
