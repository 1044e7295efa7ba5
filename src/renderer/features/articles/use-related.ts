import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useApp } from '../../state/context.tsx';
import { readQuery } from '../../state/queries.ts';
import type { ArticleView, AssetView } from '../../state/views.ts';
import { playableBites, type PlayableBite } from './quotes.ts';

/** Details of more are not asked for. */
const MOST = 8;
/** The text waits so long for who speaks in the videos beside it, by which they find their place. */
const WAIT_MS = 250;

type Speakers = ReadonlyMap<string, readonly string[]>;

/**
 * Details of the footage beside an article.
 * @returns `speakers` by the id of an asset, null while the text waits for them, and the same ever
 *   after: a video doesn't move while somebody reads. `bites` are null until all were read or could
 *   not be.
 */
export function useRelated({ relatedAssets }: ArticleView): {
  speakers: Speakers | null;
  bites: readonly PlayableBite[] | null;
} {
  const { client } = useApp();
  const results = useQueries({
    queries: relatedAssets
      .slice(0, MOST)
      .map((asset) => readQuery(client, 'catalogue.asset', { id: asset.id })),
    combine: (all) => ({
      isRead: all.every(({ isPending }) => !isPending),
      assets: all.flatMap(({ data }) => (data ? [data] : [])),
    }),
  });
  const { isRead, assets } = results;
  const [speakers, setSpeakers] = useState<Speakers | null>(null);
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), WAIT_MS);
    return () => clearTimeout(timer);
  }, []);
  if (speakers === null && (isRead || isDue)) setSpeakers(speakersOf(assets));
  const bites = useMemo(() => (isRead ? playableBites(assets) : null), [isRead, assets]);
  return { speakers, bites };
}

const speakersOf = (assets: readonly AssetView[]): Speakers =>
  new Map(assets.map(({ id, soundbites }) => [id, soundbites.map(({ speaker }) => speaker)]));
