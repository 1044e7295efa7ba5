import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { MAX_DOCUMENT_BYTES } from '../../../shared/model/document-limits.ts';
import {
  isRefused,
  nameFromUrl,
  safePaths,
  type RefusedName,
  type SafeName,
} from '../../../shared/model/names.ts';
import { CredentialHider } from '../address-secrets.ts';
import { openRange, StallWatch } from './range-request.ts';
import { readPackage } from '../package/folder.ts';
import { readText } from '../hashing.ts';
import { inSteps } from '../in-steps.ts';
import { isMarker, parseManifest, verifyManifest } from '../package/manifest.ts';
import type { Disk, StoredTransfer } from '../ports.ts';
import type { RunDeps } from './deps.ts';
import type { MetalinkFile } from '../../formats/metalink.ts';

export type PlannedFile = {
  index: number;
  /** Null where there is no manifest. */
  fileId: string | null;
  path: string;
  /** The name it came with, where that is another. */
  given: string | null;
  bytes: number | null;
  sha256: string | null;
  /** The transfer is not done without it. */
  required: boolean;
  pieces: { pieceBytes: number; hashes: readonly string[] } | null;
  expected: string;
  /** Addresses that are simply given; a package's come with the authorisation. */
  urls: string[];
};
/** Something tells its content from any other. */
export const hasDigest = ({ sha256, pieces }: Pick<PlannedFile, 'sha256' | 'pieces'>): boolean =>
  sha256 !== null || pieces !== null;

export type Plan = {
  folder: string;
  files: PlannedFile[];
  /** Names of a list that lead to another place: those files alone are not fetched. */
  refused: RefusedName[];
  /** Text of the verified manifest; only a package has one. */
  manifest: string | null;
  /** Text that is kept with the transfer: the manifest, or the Metalink. */
  storedText: string | null;
  /** Key that signed it. */
  keyId: string | null;
  rev: number | null;
};

export const refusedName = ({ given, fault }: RefusedName) =>
  new AppError('unsafe-name', `Unsafe file name ${JSON.stringify(given)} (${fault})`, {
    retryable: false,
  });
/** Null for the same name, if in another normal form. */
const originalName = (given: string, name: string): string | null =>
  given.normalize('NFC') === name ? null : given;

/**
 * Of a package that is repaired: the one beside its files is as good as the service's, if it is the
 * same one and signed.
 */
async function storedManifest({ source, disk, transfer }: RunDeps): Promise<string | null> {
  const { repair, folder, packageId, rev } = transfer;
  if (!repair || folder === null) return null;
  try {
    const { text, manifest } = await readPackage(disk, source, folder);
    return manifest.packageId === packageId && manifest.rev === rev ? text : null;
  } catch (thrown) {
    if (
      thrown instanceof AppError &&
      (thrown.code === 'not-found' || thrown.code === 'manifest-invalid')
    )
      return null;
    throw thrown;
  }
}

async function planPackage(deps: RunDeps): Promise<Plan> {
  const { source, transfer } = deps;
  const { packageId, assetId, rev } = transfer;
  if (packageId === null) throw new AppError('bug', 'A package without its id');
  const storedText = transfer.manifest ?? (await storedManifest(deps));
  const text =
    storedText ??
    JSON.stringify(
      await (rev === null ? source.manifest(packageId) : source.manifest(packageId, rev)),
      null,
      2,
    );
  const json: unknown = JSON.parse(text);
  const manifest =
    storedText === null
      ? await verifyManifest(json, await source.trustedKeys(), { packageId, rev })
      : await parseManifest(json);
  // Embargo and rights are looked up by the asset; a list from elsewhere may have named another
  // one, which is free.
  if (assetId !== null && manifest.assetId !== assetId)
    throw new AppError(
      'manifest-invalid',
      `The manifest isn’t valid: it’s for asset ${manifest.assetId}, not ${assetId}`,
      { retryable: false },
    );
  const files = manifest.files.map(
    ({ fileId, path, bytes, sha256, required, pieces, mediaType }, index): PlannedFile => ({
      index,
      fileId,
      path,
      given: null,
      bytes,
      sha256,
      required,
      pieces: pieces ?? null,
      expected: mediaType,
      urls: [],
    }),
  );
  // A folder that was moved or renamed is repaired where it is.
  const folder =
    (transfer.repair ? transfer.folder : null) ??
    path.join(transfer.destination, transfer.folderName ?? manifest.rootName);
  return {
    folder,
    files,
    refused: [],
    manifest: text,
    storedText: text,
    keyId: manifest.signature.keyId,
    rev: manifest.rev,
  };
}

/** Only a verified package is marked as one. */
export const namedByUrl = (address: string): SafeName | RefusedName =>
  nameFromUrl(new URL(address), isMarker);

function planUrl({ source, sha256, destination }: StoredTransfer): Plan {
  const named = namedByUrl(source);
  if (isRefused(named)) throw refusedName(named);
  const { path: name } = named;
  const file = {
    index: 0,
    fileId: null,
    path: name,
    given: originalName(named.given, name),
    bytes: null,
    sha256,
    required: true,
    pieces: null,
    expected: name,
    urls: [source],
  };
  return {
    folder: destination,
    refused: [],
    manifest: null,
    storedText: null,
    keyId: null,
    rev: null,
    files: [file],
  };
}

const isAddress = (source: string): boolean => /^https?:\/\//iu.test(source);

/** The text of a Metalink on disk; what the user has named may be a link to it. */
export async function readList(disk: Disk, file: string): Promise<string> {
  try {
    return await readText(disk, await disk.realPath(file), MAX_DOCUMENT_BYTES);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'destination-missing')
      throw new AppError('not-found', `${file} not found`, { retryable: false, cause: thrown });
    throw thrown;
  }
}

async function metalinkText(deps: RunDeps): Promise<string> {
  const { bytes, clock, disk, secrets, limits, signal } = deps;
  const { id, source } = deps.transfer;
  if (!isAddress(source)) return readList(disk, source);
  const [url = source] = await secrets.restore(id, [source]);
  const watch = new StallWatch(clock, limits.stallMs, signal);
  const request = {
    url,
    headers: {},
    ranges: false,
    from: 0,
    to: null,
    totalBytes: null,
    etag: null,
    expected: 'application/metalink4+xml',
    signal: watch.signal,
  };
  const opened = await watch.during(openRange(bytes, request, clock.nowMs()));
  if (opened.kind === 'expired') throw opened.error;
  if (opened.kind === 'empty') throw new AppError('metalink-invalid', 'The Metalink is empty');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const block of watch.through(opened.answer.body)) {
    size += block.bytes.byteLength;
    if (size > MAX_DOCUMENT_BYTES)
      throw new AppError(
        'metalink-invalid',
        `The Metalink is larger than ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB`,
      );
    chunks.push(Uint8Array.from(block.bytes));
    block.release();
  }
  return new TextDecoder('utf-8').decode(Buffer.concat(chunks));
}

function toPlannedFile(
  { name, bytes, sha256, pieces, urls }: MetalinkFile,
  { given, path: safe }: SafeName,
  index: number,
  base: string | undefined,
): PlannedFile {
  const resolved = urls.flatMap((url) => URL.parse(url, base) ?? []);
  const usable = resolved
    .filter(({ protocol }) => protocol === 'https:' || protocol === 'http:')
    .map(({ href }) => href);
  if (usable.length === 0)
    throw new AppError('metalink-invalid', `${name} has no http or https URL`);
  // Pieces are of use only if they are pieces of a file of a known length.
  const fitting =
    pieces && bytes !== null && pieces.hashes.length === Math.ceil(bytes / pieces.pieceBytes)
      ? pieces
      : null;
  return {
    index,
    fileId: null,
    path: safe,
    given: originalName(given, safe),
    bytes,
    sha256,
    required: true,
    pieces: fitting,
    expected: safe,
    urls: usable,
  };
}

/**
 * What is fetched by a Metalink, under safe names. All of it is refused for one file without an
 * address, and for a name that leads to another place only with `strict`, or where no file is left.
 * @param base where it came from
 */
export async function planMetalinkFiles(
  parsed: readonly MetalinkFile[],
  { base, strict = false }: { base?: string | undefined; strict?: boolean } = {},
): Promise<Pick<Plan, 'files' | 'refused'>> {
  const files: PlannedFile[] = [];
  const refused: RefusedName[] = [];
  const names = await inSteps(
    safePaths(
      parsed.map(({ name }) => name),
      isMarker,
    ),
  );
  for (const [at, file] of parsed.entries()) {
    const name = names[at];
    if (!name) throw new AppError('bug', 'A file without a name');
    if (isRefused(name)) refused.push(name);
    else files.push(toPlannedFile(file, name, files.length, base));
  }
  const [first] = refused;
  if (first && (strict || files.length === 0)) throw refusedName(first);
  return { files, refused };
}

/** Where the addresses of a list are read from, and how. */
export const listContext = ({ source, strict }: StoredTransfer) => ({
  base: isAddress(source) ? source : undefined,
  strict,
});

/**
 * The list as it is storedText: with marks in place of users and passwords, which go where those are
 * kept.
 */
async function storedMetalink(deps: RunDeps): Promise<string> {
  const { transfer, secrets } = deps;
  const { id, manifest } = transfer;
  if (manifest !== null) return manifest;
  const files = await deps.parseMetalink(await metalinkText(deps));
  await planMetalinkFiles(files, listContext(transfer));
  const hider = new CredentialHider(await secrets.of(id));
  const text = hider.document(files);
  if (hider.added > 0) secrets.keep(id, hider.credentials);
  await secrets.settled();
  return text;
}

async function planMetalink(deps: RunDeps): Promise<Plan> {
  const { transfer } = deps;
  const text = await storedMetalink(deps);
  const { files, refused } = await planMetalinkFiles(
    await deps.parseMetalink(text),
    listContext(transfer),
  );
  return {
    folder: transfer.destination,
    files,
    refused,
    manifest: null,
    storedText: text,
    keyId: null,
    rev: null,
  };
}

/** Those that a repair of some looks at; otherwise all. */
export function selectedFiles({ files }: Plan, { repairOnly }: StoredTransfer): PlannedFile[] {
  const only = new Set(repairOnly);
  return repairOnly === null ? files : files.filter((file) => only.has(file.path));
}

/**
 * What a transfer consists of. Every name in it is safe to write under its folder, or all of it is
 * refused.
 */
export async function makePlan(deps: RunDeps): Promise<Plan> {
  const { transfer, secrets } = deps;
  if (transfer.kind === 'package') return planPackage(deps);
  const plan = transfer.kind === 'metalink' ? await planMetalink(deps) : planUrl(transfer);
  for (const file of plan.files) file.urls = await secrets.restore(transfer.id, file.urls);
  return plan;
}
