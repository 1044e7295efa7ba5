import * as z from 'zod';
import { bytes, country, id, rev, sha256, signedUrl, time } from './common.ts';
import { PLATFORMS } from './rights.ts';

const fileIds = z.array(id).min(1).max(100);

/**
 * What the newsroom says of itself, by which restrictions apply to it. Absent: the country of the
 * account, and all platforms.
 */
export const newsroom = z.strictObject({
  territory: country.nullable(),
  platforms: z.array(z.enum(PLATFORMS)).min(1).max(PLATFORMS.length),
});
export type Newsroom = z.infer<typeof newsroom>;

export const downloadRequest = z.strictObject({
  packageId: id,
  rev,
  /** Absent: all files of the package. */
  fileIds: z.array(id).min(1).max(1000).optional(),
  /**
   * Ids of the restrictions the user has read and accepted; of an embargo that is taken early
   * `embargo:` and its end.
   */
  acknowledge: z.array(id).max(200).optional(),
  newsroom: newsroom.optional(),
});
export type DownloadRequest = z.infer<typeof downloadRequest>;
export const download = z
  .object({
    downloadId: id,
    packageId: id,
    rev,
    expiresAt: time,
    maxParallel: z.int().positive(),
    urls: z.array(signedUrl),
  })
  .meta({ id: 'Download' });
export type Download = z.infer<typeof download>;

export const urlsRequest = z.strictObject({
  fileIds,
  excludeOriginIds: z.array(id).max(20).optional(),
  newsroom: newsroom.optional(),
});
export const urlsAnswer = z.object({ urls: z.array(signedUrl) });

export const downloadState = z
  .object({
    downloadId: id,
    packageId: id,
    rev,
    state: z.enum(['open', 'finished', 'failed', 'cancelled']),
    createdAt: time,
    expiresAt: time,
    acknowledged: z.array(id),
  })
  .meta({ id: 'DownloadState' });
export type DownloadState = z.infer<typeof downloadState>;

export const receipt = z.strictObject({
  files: z
    .array(
      z.strictObject({
        fileId: id,
        bytes,
        sha256: sha256.nullable(),
        originId: id,
        seconds: z.number().nonnegative(),
        outcome: z.enum(['verified', 'unverified', 'failed', 'skipped']),
      }),
    )
    .max(1000),
  outcome: z.enum(['finished', 'failed', 'cancelled']),
});
export type Receipt = z.infer<typeof receipt>;
