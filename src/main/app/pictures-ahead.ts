import type { LibraryView } from './library-sync.ts';
import type { MediaHandler } from '../adapters/service/media.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';

/**
 * The first pages of the catalogue, which is what one sees offline; the rest comes as it is looked
 * at.
 */
const NEWEST = 200;

/**
 * Fetches the newest assets' pictures after a sync, one after another, so that the catalogue has
 * them offline although nobody scrolled there. What does not come is tried again after the next
 * sync. @returns the listener for the library's state.
 */
export function picturesAhead(
  catalogue: () => Catalogue | undefined,
  media: MediaHandler,
): (view: LibraryView) => void {
  let syncedAt: number | null = null;
  let running = false;

  async function fetchAll(): Promise<void> {
    const page = await catalogue()?.search(
      { text: '', facets: {}, publishedAfter: null, sort: 'newest' },
      { offset: 0, count: NEWEST },
    );
    for (const { id } of page?.items ?? []) {
      const { status } = await media(`thumb/${encodeURIComponent(id)}`, null);
      if (status >= 500) return;
    }
  }

  return (view) => {
    if (view.syncing || view.syncedAt === null || view.syncedAt === syncedAt || running) return;
    syncedAt = view.syncedAt;
    running = true;
    // The library may close in between; there is nothing to say about pictures nobody asked for.
    void fetchAll()
      .catch(() => undefined)
      .finally(() => {
        running = false;
      });
  };
}
