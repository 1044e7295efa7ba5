import type { AssetFeed } from '../catalogue/handlers.ts';
import type { Context } from '../context.ts';
import type { ContentAsset, Library } from '../content/library.ts';
import type { Manifests } from '../downloads/manifest.ts';
import type { EditRecord } from '../store/ports.ts';
import { editionOf, type Edition } from './acts.ts';
import { EditRefused, parseEdit, type EditRequest } from './request.ts';

/** An edit as it is told to editors. */
export type EditMade = {
  asset: string;
  slug: string;
  act: EditRequest['act'];
  rev: number;
  /** RFC 3339. */
  at: string;
  packages: { id: string; rev: number }[];
};

export type Editor = {
  /**
   * Makes an edit. Once this resolves it is stored, served and announced; if it throws, nothing has
   * changed.
   * @param asset ID or slug
   * @param request of any shape; it is parsed here
   * @throws EditRefused with what is wrong, for the editor
   */
  edit(asset: string, request: unknown, plan?: string): Promise<EditMade>;
  list(): Promise<Omit<EditMade, 'packages'>[]>;
  /** Whether an edit of the demo’s day was made. */
  isDone(plan: string): boolean;
};

type Deps = Pick<Context, 'clock' | 'store' | 'log'> & {
  library: Library;
  feed: AssetFeed;
  manifests: Manifests;
};

/**
 * Does the stored edits again, in their order. One that no longer fits, because the content under it
 * is another, is reported and left out.
 */
async function repeat(record: EditRecord, { library, feed, log }: Deps): Promise<void> {
  const asset = library.asset(record.assetId);
  if (!asset) return log('edit-without-asset', { edit: record.number, asset: record.assetId });
  let made: Edition;
  try {
    const about = { madeAt: record.madeAt, time: library.time, file: library.file };
    made = await editionOf(asset, parseEdit(record.request), about, record.masters);
  } catch (error) {
    if (!(error instanceof EditRefused)) throw error;
    return log('edit-left-out', { edit: record.number, asset: asset.id, message: error.message });
  }
  // Clients have seen this revision; a lower one would not reach them.
  const rev = Math.max(made.asset.rev, record.rev);
  library.revise({ ...made.asset, rev }, made.files);
  feed.announce(asset, record.at);
}

/** Opens the content for edits, with all that were made before. */
export async function openEditor(deps: Deps): Promise<Editor> {
  const { clock, store, library, feed, manifests } = deps;
  const records = await store.transaction((tx) => tx.edits.all());
  for (const record of records) await repeat(record, deps);
  const bySlug = new Map(library.assets.map((asset) => [asset.slug.toUpperCase(), asset]));
  const slugOf = (id: string) => library.asset(id)?.slug ?? id;
  let last: Promise<unknown> = Promise.resolve();

  function make(asset: ContentAsset, request: EditRequest, plan: string | null): Promise<EditMade> {
    const madeAt = clock.now();
    return feed.announcing(madeAt, async (at) => {
      const { time, file } = library;
      const edition = await editionOf(asset, request, { madeAt, time, file });
      // Whoever has the earlier revision on disk may ask for its manifest.
      for (const entry of asset.packages) await manifests.current({ asset, package: entry });
      const record: EditRecord = {
        number: (records.at(-1)?.number ?? 0) + 1,
        assetId: asset.id,
        madeAt,
        at,
        rev: edition.asset.rev,
        request,
        masters: edition.masters,
        plan,
      };
      await store.transaction((tx) => tx.edits.put(record));
      records.push(record);
      library.revise(edition.asset, edition.files);
      feed.announce(asset, at);
      return { ...madeOf(record), packages: asset.packages.map(({ id, rev }) => ({ id, rev })) };
    });
  }

  const madeOf = ({ assetId, madeAt, rev, request }: EditRecord): Omit<EditMade, 'packages'> => ({
    asset: assetId,
    slug: slugOf(assetId),
    act: parseEdit(request).act,
    rev,
    at: new Date(madeAt).toISOString(),
  });

  return {
    async edit(wanted, request, plan) {
      const asset = library.asset(wanted) ?? bySlug.get(wanted.toUpperCase());
      if (!asset) throw new EditRefused(`There is no asset ${wanted}`);
      const parsed = parseEdit(request);
      const turn = last.then(() => make(asset, parsed, plan ?? null));
      last = turn.catch(() => undefined);
      return turn;
    },
    list: async () => records.map(madeOf),
    isDone: (plan) => records.some((record) => record.plan === plan),
  };
}
