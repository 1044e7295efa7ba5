import type { ContentAsset, ContentBytes, LocalText } from '../content/library.ts';
import { isEmbargoed, type Timeline } from '../content/view.ts';
import { MINUTE } from '../clock.ts';
import { spacedText } from '../french.ts';
import { corrected, type MasterHashes } from './correct.ts';
import { EditRefused, type EditRequest } from './request.ts';

/** The next revision of an asset, with the files that are new in it. */
export type Edition = { asset: ContentAsset; files: ContentBytes[]; masters: MasterHashes[] };

const PUBLISHED: LocalText = { en: 'Published.', fr: 'Publié.' };
const RELEASED: LocalText = { en: 'Released from hold.', fr: 'Suspension levée.' };
const EMBARGO_LIFTED: LocalText = { en: 'Embargo lifted.', fr: 'Embargo levé.' };

const local = ({ en, fr }: { en: string; fr?: string | undefined }): LocalText =>
  spacedText(fr === undefined ? { en } : { en, fr });

type Change = { fields: Partial<ContentAsset>; note: LocalText };

/** @param now minutes of the content’s time */
function changeOf(
  asset: ContentAsset,
  request: Exclude<EditRequest, { act: 'correct' }>,
  { now, time, madeAt }: { now: number; time: Timeline; madeAt: number },
): Change {
  if (request.act === 'publish') {
    if (time.at(asset.publishedMin) <= madeAt) throw new EditRefused('It is published already');
    return { fields: { publishedMin: now }, note: PUBLISHED };
  }
  if (request.act === 'lift') {
    // Someone who releases an asset from hold doesn’t mean its embargo.
    if (asset.pubStatus === 'withheld') return { fields: { pubStatus: 'usable' }, note: RELEASED };
    if (!isEmbargoed(asset, time, madeAt))
      throw new EditRefused('It is neither on hold nor under embargo');
    return { fields: { embargoUntilMin: now }, note: EMBARGO_LIFTED };
  }
  const pubStatus = request.act === 'hold' ? 'withheld' : 'canceled';
  if (asset.pubStatus === pubStatus) throw new EditRefused('It is on hold already');
  const reason = local(request.reason);
  return { fields: { pubStatus, statusReason: reason }, note: reason };
}

/** Packages with a newer version than before. */
const newVersions = (
  before: Pick<ContentAsset, 'packages'>,
  { packages }: Pick<ContentAsset, 'packages'>,
): { packageId: string; rev: number }[] =>
  packages
    .filter(({ id, rev }) => before.packages.some((one) => one.id === id && one.rev < rev))
    .map(({ id, rev }) => ({ packageId: id, rev }));

/**
 * What an edit makes of an asset. Nothing is changed in place.
 * @param madeAt milliseconds since 1970
 * @param known hashes of masters that an earlier run computed
 * @throws EditRefused if it can’t be made, as after a withdrawal, which is final
 */
export async function editionOf(
  asset: ContentAsset,
  request: EditRequest,
  {
    madeAt,
    time,
    file,
  }: { madeAt: number; time: Timeline; file(id: string): ContentBytes | undefined },
  known: readonly MasterHashes[] = [],
): Promise<Edition> {
  if (asset.pubStatus === 'canceled') throw new EditRefused('It is withdrawn, and that is final');
  const epoch = time.at(0);
  const now = (madeAt - epoch) / MINUTE;
  const rev = asset.rev + 1;
  const made: Edition & { note: LocalText } =
    request.act === 'correct'
      ? {
          ...(await corrected(asset, request.patch, { rev, epoch, file }, known)),
          note: local(request.note),
        }
      : (() => {
          const { fields, note } = changeOf(asset, request, { now, time, madeAt });
          return { asset: { ...asset, ...fields }, files: [], masters: [], note };
        })();
  const { asset: edited, files, masters } = made;
  const note = request.note === undefined ? made.note : local(request.note);
  const { statusReason, ...rest } = edited;
  return {
    files,
    masters,
    asset: {
      ...rest,
      ...(edited.pubStatus === 'usable' || statusReason === undefined ? {} : { statusReason }),
      rev,
      updatedMin: now,
      history: [
        // Revisions of an asset that is published before its time were made by then.
        ...edited.history.map((entry) => ({ ...entry, atMin: Math.min(entry.atMin, now) })),
        { rev, atMin: now, note, packages: newVersions(asset, edited) },
      ],
    },
  };
}
