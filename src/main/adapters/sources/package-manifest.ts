import { createHash } from 'node:crypto';
import type { AssetDetail } from '../../catalogue/asset.ts';
import { foreignFiles, isMadeFile, packageStem } from '../../catalogue/package-files.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { packageText, type AcceptedTerms } from './package-texts.ts';

type Package = AssetDetail['packages'][number];
type Made = { source: SourceId; nowMs: number; accepted: AcceptedTerms | null };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The manifest of a package that this program makes, since its source has none: as those of our
 * service, without a signature. What only a download will show is null.
 */
export function manifestOf(
  asset: AssetDetail,
  wanted: Package,
  { source, nowMs, accepted }: Made,
): object {
  const createdAt = new Date(nowMs).toISOString();
  const files = foreignFiles(asset, wanted).map(
    ({ fileId, role, path, mediaType, language, required, isMade }) => {
      const text =
        isMade && isMadeFile(fileId)
          ? packageText(asset, fileId, { source, readAt: createdAt, accepted })
          : null;
      return {
        fileId,
        path,
        mediaType,
        ...(language === null ? {} : { language }),
        role,
        ...(role === 'video' || role === 'audio' ? { renditionId: wanted.renditionId } : {}),
        required,
        // A size in a feed is a hint, and no reason to refuse what the origin has.
        bytes: text === null ? null : Buffer.byteLength(text),
        sha256: text === null ? null : sha256(text),
        hash: asset.files.find((file) => file.fileId === fileId)?.hash ?? null,
        text,
      };
    },
  );
  return {
    manifestVersion: 1,
    packageId: wanted.id,
    rev: wanted.rev,
    assetId: asset.id,
    source: { id: source, title: asset.source },
    createdAt,
    recordedAt: null,
    // Titles repeat; the id of the package doesn't.
    rootName: `${packageStem(asset)}_${sha256(wanted.id).slice(0, 8)}`,
    totalBytes: null,
    fileCount: files.length,
    files,
    licence: {
      text: asset.usageTerms,
      credit: asset.credits.join(', ') || asset.source,
      page: asset.sourceUrl,
      date: createdAt,
      accepted: accepted && { ...accepted, at: new Date(accepted.at).toISOString() },
    },
    signature: null,
  };
}
