import { AppError } from '../../shared/errors.ts';
import { openDvids } from './source-kinds/dvids.ts';
import { openFeeds, readFeedSource } from './source-kinds/feed.ts';
import { openFolders } from './source-kinds/folder.ts';
import type { KindOptions } from './source-kinds/kind.ts';
import { openNasa } from './source-kinds/nasa.ts';
import type { ReadSource, SourceOpener } from './sources.ts';

/** Opens sources of every kind. */
export function createSourceOpener(options: KindOptions): SourceOpener {
  const kinds = {
    feed: openFeeds(options),
    dvids: openDvids(options),
    nasa: openNasa(options),
    folder: openFolders(options),
  };
  return {
    read(input, secret) {
      switch (input.kind) {
        case 'feed':
          return kinds.feed.read(input, secret);
        case 'dvids':
          return kinds.dvids.read(input, secret);
        case 'nasa':
          return kinds.nasa.read(input, secret);
        case 'folder':
          return kinds.folder.read(input, secret);
      }
      return input satisfies never;
    },
    open: (added, ...more) => kinds[added.kind].open(added, ...more),
    probe: (source, signal) => kinds[source.kind].probe(source, signal),
    feedOf: (source, signal) => kinds.feed.feedOf(source, signal),
    readPage: (typed, signal) => kinds.feed.readPage(typed, signal),
    pages: kinds.feed.pages,
    moved: (address) => readable(address),
    findUnits: (source, text, signal) => kinds.dvids.findUnits(source, text, signal),
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
