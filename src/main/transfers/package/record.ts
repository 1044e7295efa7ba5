/*
 * The record of a package whose source signs nothing: what its files turned out to be is written
 * into its manifest, so that damage and later changes at the origin are noticed.
 */
import type { Recording } from '../../../shared/model/recording.ts';
import { sha256Of, type Digests } from '../hashing.ts';
import type { StoredFile } from '../ports.ts';
import { publishedPath } from './disk-names.ts';
import type { Manifest } from './manifest.ts';

type Json = Record<string, unknown> & { files: Record<string, unknown>[] };

/** Members that the engine doesn't know stay. */
const changed = (text: string, change: (json: Json) => Json): string =>
  JSON.stringify(change(JSON.parse(text)), null, 2);

const sumOf = (files: Json['files']): number =>
  files.reduce((sum, { bytes }) => sum + Number(bytes ?? 0), 0);

/**
 * The manifest with size and hashes of one file that has just been fetched. One that was complete
 * stays right at every moment: a repair may bring a file that was missing.
 */
export const withDigests = (text: string, fileId: string, digests: Digests): string =>
  changed(text, (json) => {
    const files = json.files.map((file) =>
      file['fileId'] === fileId ? { ...file, ...digests } : file,
    );
    return { ...json, files, totalBytes: json['totalBytes'] === null ? null : sumOf(files) };
  });

/**
 * The manifest once all required files are in it. The first time that this was so stays.
 * @param atMs now, or when it was so first
 */
export const completed = (text: string, atMs: number): string =>
  changed(text, (json) => ({
    ...json,
    totalBytes: sumOf(json.files),
    recordedAt: json['recordedAt'] ?? new Date(atMs).toISOString(),
  }));

/**
 * A manifest that was made anew, with what the home still has of the record: hashes of whole files.
 */
export const restored = (
  text: string,
  known: readonly Pick<StoredFile, 'path' | 'given' | 'bytes' | 'sha256'>[],
): string =>
  changed(text, (json) => ({
    ...json,
    files: json.files.map((file) => {
      const { bytes = null, sha256 = null } =
        known.find((one) => publishedPath(one) === file['path']) ?? {};
      const isKnown = typeof file['text'] !== 'string' && bytes !== null && sha256 !== null;
      return isKnown ? { ...file, bytes, sha256 } : file;
    }),
  }));

/** How a package is known by its manifest; null for a signed one and before it is complete. */
export function recordOf(
  { recordedAt, files }: Manifest,
  text: string,
  isOwn: boolean,
): Recording | null {
  if (recordedAt === null) return null;
  const { hash = null } = files.find((file) => file.hash !== null) ?? {};
  return {
    atMs: Date.parse(recordedAt),
    hash: hash?.algorithm ?? null,
    isOwn,
    manifest: sha256Of(Buffer.from(text, 'utf8')),
  };
}
