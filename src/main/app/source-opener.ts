import { AppError } from '../../shared/errors.ts';
import { openFeeds, readFeedSource } from './source-kinds/feed.ts';
import type { KindOptions } from './source-kinds/kind.ts';
import type { ReadSource, SourceOpener } from './sources.ts';

/** Opens sources of every kind. */
export function createSourceOpener(options: KindOptions): SourceOpener {
  const kinds = { feed: openFeeds(options) };
  return {
    read: (input, secret) => kinds[input.kind].read(input, secret),
    open: (added, secret) => kinds[added.kind].open(added, secret),
    probe: (source, signal) => kinds[source.kind].probe(source, signal),
    moved: (address) => readable(address),
    close() {
      for (const kind of Object.values(kinds)) kind.close();
    },
  };
}

/** Null for an address that nobody may add. */
function readable(address: string): ReadSource | null {
  try {
    return readFeedSource(address);
  } catch (thrown) {
    if (thrown instanceof AppError) return null;
    throw thrown;
  }
}
