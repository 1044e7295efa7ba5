import * as z from 'zod';
import { bytes, id, language, rev, sha256, time } from './common.ts';
import { componentRole } from './catalogue.ts';

/**
 * Piece sizes are powers of two; a file has at most `MAX_PIECES`, and none if it is no longer than
 * one piece.
 */
export const MIN_PIECE_BYTES = 1024 * 1024;
export const MAX_PIECE_BYTES = 64 * 1024 * 1024;
export const MAX_PIECES = 4096;

export const pieces = z
  .object({
    algorithm: z.literal('sha256'),
    pieceBytes: z
      .int()
      .min(MIN_PIECE_BYTES)
      .max(MAX_PIECE_BYTES)
      .refine((n) => Number.isInteger(Math.log2(n)), 'a power of two'),
    hashes: z.array(sha256).min(1).max(MAX_PIECES),
    /** SHA-256 over the concatenated raw digests. */
    sha256OfList: sha256,
  })
  .meta({ id: 'Pieces' });
export type Pieces = z.infer<typeof pieces>;

export const manifestFile = z
  .object({
    fileId: id,
    /**
     * Relative, NFC, `/`-separated, at most 180 characters; each component at most 120 bytes and
     * valid on Windows, macOS and Linux.
     */
    path: z.string().min(1).max(180),
    bytes,
    mediaType: z.string(),
    role: componentRole,
    renditionId: id.optional(),
    language: language.optional(),
    required: z.boolean(),
    sha256,
    pieces: pieces.optional(),
    origins: z.array(
      z.object({ originId: id, priority: z.int().positive(), region: z.string().optional() }),
    ),
    modifiedAt: time,
  })
  .meta({ id: 'ManifestFile' });
export type ManifestFile = z.infer<typeof manifestFile>;

/**
 * Immutable per revision. The signature covers the canonical JSON (RFC 8785) without `signature`.
 */
export const manifest = z
  .object({
    manifestVersion: z.literal(1),
    packageId: id,
    rev,
    assetId: id,
    createdAt: time,
    rootName: z.string().min(1).max(120),
    totalBytes: bytes,
    fileCount: z.int().nonnegative(),
    files: z.array(manifestFile),
    supersedes: rev.optional(),
    licence: z.object({ text: z.string(), url: z.string() }),
    signature: z.object({ alg: z.literal('Ed25519'), keyId: id, value: z.string() }),
  })
  .meta({ id: 'Manifest' });
export type Manifest = z.infer<typeof manifest>;
export const manifestQuery = z.strictObject({ rev: z.coerce.number().int().positive().optional() });
