import * as z from 'zod';
import { bytes, id, instant, language } from './common.ts';
import { command } from './define.ts';

const count = z.number().int().nonnegative();

/** How bytes came: straight from the socket, or over node:http, with the reason for it. */
export const byteRoute = z.object({
  by: z.enum(['socket', 'node:http']),
  why: z.enum(['plain', 'proxy', 'not-plain']),
});

/**
 * How one origin took part in one file. Hosts and paths only: the rest of an address may be a
 * signature.
 */
export const originUse = z.object({
  originId: z.string(),
  host: z.string(),
  redirectedTo: z.string().nullable(),
  route: byteRoute.nullable(),
  answers: count,
  bytes,
  /** Codes of what went wrong with it, the last ones. */
  faults: z.array(z.string()),
  /** It was not asked for this file any more. */
  dropped: z.boolean(),
});

/** What is kept of how a file came, as durable as the record of its bytes. */
export const fileEvidence = z.object({
  startedAtMs: instant,
  finishedAtMs: instant.nullable(),
  verifiedBy: z.enum(['pieces', 'whole', 'pieces and whole']).nullable(),
  refetchedBytes: bytes,
  /** Path of the verified content on this machine that was copied instead of fetched. */
  copiedFrom: z.string().nullable(),
  repairedPieces: z.array(count),
  origins: z.array(originUse),
});

export const transferEvidence = z.object({
  /** Origin of the service, or `demo`; null for a plain address. */
  service: z.string().nullable(),
  /** E-mail of the account in use when it was queued. */
  account: z.string().nullable(),
  acknowledged: z.array(z.object({ id: z.string(), text: z.string(), atMs: instant })),
  /** Key that signed the manifest, which was checked before a byte was asked for. */
  keyId: z.string().nullable(),
  /** The last ones; a run without an end was cut off. */
  runs: z.array(
    z.object({ startedAtMs: instant, endedAtMs: instant.nullable(), end: z.string().nullable() }),
  ),
});

export const NO_EVIDENCE: z.infer<typeof transferEvidence> = {
  service: null,
  account: null,
  acknowledged: [],
  keyId: null,
  runs: [],
};

/**
 * The evidence report of one transfer: what came from where, how it was verified, what was accepted
 * by whom. No secret is in it.
 */
export const evidenceReport = z.object({
  format: z.literal('multimedia-desk-evidence'),
  version: z.literal(1),
  generatedAtMs: instant,
  id,
  title: z.string(),
  label: z.string(),
  kind: z.enum(['package', 'url', 'metalink']),
  state: z.string(),
  /** Without query; null for a package. */
  source: z.string().nullable(),
  packageId: z.string().nullable(),
  assetId: z.string().nullable(),
  rev: z.number().nullable(),
  folder: z.string(),
  bytes: bytes.nullable(),
  addedAtMs: instant,
  finishedAtMs: instant.nullable(),
  resumes: count,
  refetchedBytes: bytes,
  ...transferEvidence.shape,
  files: z.array(
    z.object({
      path: z.string(),
      /** The name it came with, where that is another. */ given: z.string().nullable(),
      bytes: bytes.nullable(),
      sha256: z.string().nullable(),
      state: z.enum(['verified', 'unverified', 'missing', 'failed']),
      error: z.string().nullable(),
      evidence: fileEvidence.nullable(),
    }),
  ),
});

export const evidenceArea = {
  /**
   * The report as a document of its own: JSON, or a page to print without script or anything from
   * elsewhere.
   */
  'transfers.evidence': command(
    z.strictObject({ id, format: z.enum(['json', 'html']), language }),
    z.object({ name: z.string(), text: z.string() }),
  ),
} as const;
