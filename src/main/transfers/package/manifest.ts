import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as z from 'zod';
import { pieces } from '../../../shared/api/packages.ts';
import { fileHash } from '../../../shared/model/recording.ts';
import { AppError } from '../../../shared/errors.ts';
import { nameFault, pathsFault } from '../../../shared/model/names.ts';
import { foreignSourceOf, isForeignId } from '../../../shared/model/source.ts';
import { sha256Of } from '../hashing.ts';
import { inSteps } from '../in-steps.ts';
import type { ServiceKey, TrustedKey } from '../ports.ts';

/** Files that the program writes beside those of a package. */
export const MANIFEST_NAME = 'manifest.json';
/** Under which names the files are, where they aren't those of the manifest; see `disk-names.ts`. */
export const NAMES_NAME = 'manifest.names.json';
export const DONE_NAME = '.done';
/** The marker of a package that is withdrawn or on hold, so that nothing takes it for usable. */
export const RECALLED_NAME = '.recalled';
const OWN_NAMES = [MANIFEST_NAME, NAMES_NAME, DONE_NAME, RECALLED_NAME].flatMap((name) => [
  name,
  `${name}.part`,
]);
/**
 * 8.3 short names that Windows may generate for the marker and the manifest: they open the same
 * file.
 */
const SHORT_MARKER = /^(?:done|do[0-9a-f]{4})~\d+$/u;
const SHORT_RECALLED = /^(?:recall|re[0-9a-f]{4})~\d+$/u;
const SHORT_MANIFEST = /^(?:manife|ma[0-9a-f]{4})~\d+\.jso$/u;

/** True for a folded name that some system resolves to a file the program writes itself. */
export const isOwnName = (folded: string, depth: number): boolean =>
  depth === 0 &&
  (OWN_NAMES.includes(folded) ||
    [SHORT_MARKER, SHORT_RECALLED, SHORT_MANIFEST].some((short) => short.test(folded)));

/** True for a folded name that would mark its folder as a finished package. */
export const isMarker = (folded: string): boolean =>
  folded === DONE_NAME || SHORT_MARKER.test(folded);

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const size = z.int().nonnegative();

const packageMembers = {
  manifestVersion: z.literal(1),
  packageId: z.string(),
  assetId: z.string(),
  rev: z.int(),
  rootName: z.string(),
};
const fileMembers = {
  fileId: z.string().min(1),
  path: z.string(),
  mediaType: z.string(),
  required: z.boolean().default(true),
  pieces: pieces.optional(),
  // For names only: a manifest isn't refused for them.
  role: z.string().optional().catch(undefined),
  language: z.string().optional().catch(undefined),
  renditionId: z.string().optional().catch(undefined),
};
const filesOf = <T extends z.ZodType>(file: T) => z.array(file).min(1).max(100_000);

/** Members the engine uses; others pass, and are covered by the signature. */
const signedManifest = z.object({
  ...packageMembers,
  totalBytes: size,
  files: filesOf(z.object({ ...fileMembers, bytes: size, sha256 })),
  signature: z.object({ alg: z.literal('Ed25519'), keyId: z.string(), value: z.string() }),
});

/**
 * Of a package whose source signs nothing, as this program makes it: a size and a hash are null
 * until the first complete download has recorded them.
 */
const recordedManifest = z.object({
  ...packageMembers,
  totalBytes: size.nullable(),
  /** When all required files had been recorded. */
  recordedAt: z.iso.datetime().nullable(),
  files: filesOf(
    z.object({
      ...fileMembers,
      bytes: size.nullable(),
      sha256: sha256.nullable(),
      /** As the publisher gives it. */
      hash: fileHash.nullable().default(null),
      /** The whole content of a file that this program writes. */
      text: z.string().nullable().default(null),
    }),
  ),
  signature: z.null(),
});
/** A manifest of either kind: `signature` is null exactly for those of foreign packages. */
export type Manifest = Omit<z.infer<typeof recordedManifest>, 'signature'> & {
  signature: z.infer<typeof signedManifest>['signature'] | null;
};

const invalid = (why: string, cause?: unknown) =>
  new AppError('manifest-invalid', `The manifest isn’t valid: ${why}`, {
    retryable: false,
    cause,
  });

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

function keyOf({ keyId, publicKey }: TrustedKey): KeyObject {
  const bytes = Buffer.from(publicKey, 'base64');
  const der = bytes.byteLength === 32 ? Buffer.concat([SPKI_ED25519, bytes]) : bytes;
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (thrown) {
    throw new AppError('untrusted-key', `Key ${keyId} can’t be read`, {
      retryable: false,
      cause: thrown,
    });
  }
  throw new AppError('untrusted-key', `Key ${keyId} isn’t an Ed25519 key`, { retryable: false });
}

/** Canonical JSON (RFC 8785); lone surrogates and infinite numbers have none. */
function canonicalForm(json: object): string | undefined {
  try {
    return canonicalize(json);
  } catch (thrown) {
    throw invalid('it has no canonical form', thrown);
  }
}

/**
 * Verifies Ed25519 over the RFC 8785 form without `signature`. Two services may name a key alike.
 * @param service the only one whose keys these are, for the message
 * @returns the key that signed it
 * @throws `untrusted-key` without one of this name, `manifest-invalid` if none of them signed it
 */
export function signerOf(
  json: object,
  { keyId, value }: NonNullable<Manifest['signature']>,
  keys: readonly ServiceKey[],
  service: string | null = null,
): ServiceKey {
  const named = keys.filter((key) => key.keyId === keyId);
  if (named.length === 0)
    throw new AppError(
      'untrusted-key',
      `The manifest is signed with ${keyId}, which isn’t a trusted key${service === null ? '' : ` of ${service}`}`,
      { retryable: false },
    );
  const signed = canonicalForm({ ...json, signature: undefined });
  let unusable: unknown = null;
  for (const key of named) {
    try {
      const isBy = verify(
        null,
        Buffer.from(signed ?? '', 'utf8'),
        keyOf(key),
        Buffer.from(value, 'base64'),
      );
      if (isBy && signed !== undefined) return key;
    } catch (thrown) {
      unusable = thrown;
    }
  }
  throw unusable ?? invalid('its signature doesn’t match its content');
}

async function checkFiles({
  files,
  totalBytes,
  rootName,
}: z.infer<typeof signedManifest> | z.infer<typeof recordedManifest>): Promise<void> {
  const root = nameFault(rootName);
  if (root)
    throw new AppError('unsafe-name', `Unsafe folder name ${JSON.stringify(rootName)} (${root})`, {
      retryable: false,
    });
  const path = await inSteps(
    pathsFault(
      files.map((file) => file.path),
      isOwnName,
    ),
  );
  if (path)
    throw new AppError(
      'unsafe-name',
      `Unsafe file name ${JSON.stringify(path.path)} (${path.fault})`,
      { retryable: false },
    );
  if (new Set(files.map((file) => file.fileId)).size !== files.length)
    throw invalid('two files have the same ID');
  const sizes = files.map((file) => file.bytes ?? 0);
  if (totalBytes !== null && sizes.reduce((sum, bytes) => sum + bytes, 0) !== totalBytes)
    throw invalid('the sizes don’t add up');
  for (const { path, bytes, pieces } of files) {
    if (pieces && (bytes === null || pieces.hashes.length !== Math.ceil(bytes / pieces.pieceBytes)))
      throw invalid(`${path} has the wrong number of pieces`);
  }
}

/** What a manifest made here says must agree with itself: nothing else vouches for it. */
function checkRecord({
  packageId,
  assetId,
  files,
  totalBytes,
  recordedAt,
}: z.infer<typeof recordedManifest>): void {
  if (foreignSourceOf(packageId) !== foreignSourceOf(assetId))
    throw invalid('its asset is of another source');
  for (const { path, bytes, sha256, text, required } of files) {
    if ((bytes === null) !== (sha256 === null)) throw invalid(`${path} is half recorded`);
    if (required && sha256 === null && (recordedAt !== null || totalBytes !== null))
      throw invalid(`${path} isn’t recorded`);
    if (text === null) continue;
    const content = Buffer.from(text, 'utf8');
    if (content.byteLength !== bytes || sha256Of(content) !== sha256)
      throw invalid(`${path} isn’t the text in it`);
  }
}

/**
 * Checks schema and names; a signature was verified before storing. The id of the package decides
 * whether there has to be one: those of our services always have.
 */
export async function parseManifest(json: unknown): Promise<Manifest> {
  const isForeign = isForeignId(String(Object(json).packageId));
  const parsed = (isForeign ? recordedManifest : signedManifest).safeParse(json);
  if (!parsed.success) throw invalid(parsed.error.issues[0]?.path.join('.') ?? 'shape');
  const { data } = parsed;
  await checkFiles(data);
  if (!('recordedAt' in data))
    return {
      ...data,
      recordedAt: null,
      files: data.files.map((file) => ({ ...file, hash: null, text: null })),
    };
  checkRecord(data);
  return data;
}

/** @throws `manifest-invalid` unless the package is of this source, which signs nothing */
export function requireUnsigned({ packageId }: Manifest, service: string | null): void {
  if (service === null || foreignSourceOf(packageId) !== service)
    throw invalid('it isn’t signed, and it’s not from a source that signs nothing');
}

/**
 * Verifies the manifest of a package (any revision if `rev` is null): a trusted key must have
 * signed it, and every name in it must be safe on every system.
 * @param keys null if the source signs nothing
 * @throws `manifest-invalid`, `untrusted-key`, `unsafe-name`
 */
export async function verifyManifest(
  json: unknown,
  keys: readonly ServiceKey[] | null,
  asked: { packageId: string; rev: number | null; service: string | null },
): Promise<{ manifest: Manifest; signer: ServiceKey | null }> {
  const manifest = await parseManifest(json);
  if (typeof json !== 'object' || json === null) throw invalid('shape');
  const { signature } = manifest;
  const signer = signature === null ? null : signerOf(json, signature, keys ?? []);
  if (signature === null) requireUnsigned(manifest, keys === null ? asked.service : null);
  if (manifest.packageId !== asked.packageId || (asked.rev !== null && manifest.rev !== asked.rev))
    throw invalid('it’s for another package or revision');
  return { manifest, signer };
}
