import { useEffect, type RefObject } from 'react';
import { useApp } from '../../state/context.tsx';
import { readQuery } from '../../state/queries.ts';
import type { ArticleView } from '../../state/views.ts';
import type { Sheet, SheetState } from './sheet.ts';

/**
 * Interval between writes while scrolling; the last position is written when the article is left.
 */
const WRITE_EVERY_MS = 2000;

/**
 * Saves the reading position of an article while it is scrolled.
 * @param lineRef its line is drawn without React because it changes with every scroll event
 */
export function usePosition(
  id: string,
  sheet: Sheet,
  lineRef: RefObject<HTMLElement | null>,
): void {
  const app = useApp();
  useEffect(() => {
    let place: number | null = null;
    let written: number | null = null;
    const draw = (): void => {
      if (lineRef.current) lineRef.current.style.inlineSize = `${(place ?? 0) * 100}%`;
    };
    const write = (): void => {
      if (place === null || place === written) return;
      written = place;
      // Whoever comes back before main has answered is where he was.
      app.queries.setQueryData<ArticleView>(
        readQuery(app.client, 'articles.get', { id }).queryKey,
        (known) => known && { ...known, position: place ?? known.position },
      );
      app.client.call('articles.mark', { ids: [id], position: place }).catch(() => undefined);
    };
    const follow = (state: SheetState): void => {
      // Before the article is in the frame it is the place of another one.
      if (state.id !== id) return;
      place = state.place;
      written ??= place;
      draw();
    };
    follow(sheet.state.getState());
    const stop = sheet.state.subscribe(follow);
    const timer = setInterval(write, WRITE_EVERY_MS);
    return () => {
      stop();
      clearInterval(timer);
      write();
    };
  }, [app, id, sheet, lineRef]);
}
