import type { SourceKind } from '../../shared/contract/sources.ts';
import { AppError } from '../../shared/errors.ts';

/** What of `SourceOpener` looks at sources. */
type Looks<Source, Offer> = {
  probe(source: Source, signal: AbortSignal): Promise<Offer>;
  feedOf(source: Source, signal: AbortSignal): Promise<Source | null>;
};

/**
 * What a source offers, as it was described; where that is a web page, its one feed.
 *
 * @returns the source whose address is to be stored, with what it offers
 * @throws what its server answers, `feed-invalid`; of a web page `several-feeds` with what it names,
 * and `no-feed`
 */
export async function lookAt<Source extends { kind: SourceKind }, Offer>(
  opener: Looks<Source, Offer>,
  read: Source,
  signal: AbortSignal,
): Promise<{ read: Source; found: Offer }> {
  try {
    return { read, found: await opener.probe(read, signal) };
  } catch (thrown) {
    if (read.kind !== 'feed' || !(thrown instanceof AppError) || thrown.code !== 'feed-invalid')
      throw thrown;
    const feed = await opener.feedOf(read, signal);
    if (feed === null) throw thrown;
    return { read: feed, found: await opener.probe(feed, signal) };
  }
}
