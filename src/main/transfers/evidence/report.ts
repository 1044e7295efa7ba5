import type * as z from 'zod';
import type { evidenceReport } from '../../../shared/contract/evidence.ts';
import { shownUrl } from '../run/range-request.ts';
import type { StoredFile, StoredTransfer } from '../ports.ts';

export type EvidenceDocument = { name: string; text: string };
export type EvidenceReport = z.infer<typeof evidenceReport>;

const stateOf = ({ state }: StoredTransfer): string =>
  state.phase === 'failed'
    ? `failed (${state.code})`
    : state.phase === 'waiting'
      ? `waiting (${state.reason})`
      : state.phase;

function fileOf({
  path,
  given,
  bytes,
  sha256,
  done,
  verified,
  error,
  evidence,
}: StoredFile): EvidenceReport['files'][number] {
  const state = done ? (verified ? 'verified' : 'unverified') : error ? 'failed' : 'missing';
  return { path, given, bytes, sha256, state, error: error?.code ?? null, evidence };
}

/** What can be shown of how this transfer came, from what was recorded on the way. */
export function evidenceOf(
  transfer: StoredTransfer,
  files: readonly StoredFile[],
  nowMs: number,
): EvidenceReport {
  const {
    id,
    title,
    label,
    kind,
    source,
    packageId,
    assetId,
    rev,
    folder,
    destination,
    totalBytes,
    addedAtMs,
    finishedAtMs,
    resumes,
    refetchedBytes,
    evidence,
  } = transfer;
  return {
    format: 'multimedia-desk-evidence',
    version: 1,
    generatedAtMs: nowMs,
    id,
    title,
    label,
    kind,
    state: stateOf(transfer),
    source: kind === 'package' ? null : shownUrl(source),
    packageId,
    assetId,
    rev,
    folder: folder ?? destination,
    bytes: totalBytes,
    addedAtMs,
    finishedAtMs,
    resumes,
    refetchedBytes,
    ...evidence,
    files: files.map(fileOf),
  };
}

/** Fit for a file's name on any system. */
export const evidenceName = ({ title, packageId, id }: EvidenceReport, extension: string): string =>
  `evidence-${(packageId ?? title).replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60) || id}.${extension}`;

/** A time as RFC 3339, under its name without the unit. */
function writtenTime([name, value]: [string, unknown]): [string, unknown] {
  if (name !== 'atMs' && !name.endsWith('AtMs')) return [name, value];
  return [name.slice(0, -2), typeof value === 'number' ? new Date(value).toISOString() : null];
}

const written = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(writtenTime))
    : value;

/** For other tools. */
export const evidenceJson = (report: EvidenceReport): EvidenceDocument => ({
  name: evidenceName(report, 'json'),
  text: `${JSON.stringify(report, written, 2)}\n`,
});
