import path from 'node:path';
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { MAX_DOCUMENT_BYTES } from '../../../shared/model/document-limits.ts';
import {
  numbered,
  isRefused,
  nameFromUrl,
  safePaths,
  type RefusedName,
  type SafeName,
} from '../../../shared/model/names.ts';
import { hasPlainCredentials, httpAddress, withoutCredentials } from '../address-secrets.ts';
import { openRange, StallWatch } from './range-request.ts';
import type { FileHash, Recording } from '../../../shared/model/recording.ts';
import { knownPackage, readPackage, type KnownPackage } from '../package/folder.ts';
import { readText } from '../hashing.ts';
import { inSteps } from '../in-steps.ts';
import { isMarker, parseManifest, verifyManifest, type Manifest } from '../package/manifest.ts';
import {
  asPublished,
  namesBy,
  namesIn,
  namesOfRecords,
  namesText,
  type DiskNames,
} from '../package/disk-names.ts';
import { recordOf, restored } from '../package/record.ts';
import { isPackageIn } from '../recall/marks.ts';
import type { Disk, ServiceKey, StoredTransfer } from '../ports.ts';
import type { RunDeps } from './deps.ts';
import type { MetalinkFile } from '../../formats/metalink.ts';

export type PlannedFile = {
  index: number;
  /** Null without a manifest. */
  fileId: string | null;
  /** Its name on the disk. */
  path: string;
  /** Original name, if the file has another one: of a package its path in the manifest. */
  given: string | null;
  bytes: number | null;
  sha256: string | null;
  /** The transfer isn't done without it. */
  required: boolean;
  pieces: { pieceBytes: number; hashes: readonly string[] } | null;
  /**
   * Of a package whose source signs nothing, else null: the publisher's hash, or the content that
   * is written here. Its own hashes are recorded when it is fetched.
   */
  unsigned: { hash: FileHash | null; text: string | null } | null;
  expected: string;
  /** Fixed addresses; those of a package come with the authorisation. */
  urls: string[];
};
/** True if its content can be verified. */
export const hasDigest = ({ sha256, pieces }: Pick<PlannedFile, 'sha256' | 'pieces'>): boolean =>
  sha256 !== null || pieces !== null;
/** True if more than this computer's record says what its content should be. */
export const isVouched = (planned: PlannedFile): boolean =>
  planned.unsigned === null
    ? hasDigest(planned)
    : planned.unsigned.hash !== null || planned.unsigned.text !== null;

export type Plan = {
  folder: string;
  files: PlannedFile[];
  /** Names in a list that lead out of the folder; only those files are not fetched. */
  refused: RefusedName[];
  /** Text of the verified manifest; packages only. */
  manifest: string | null;
  /** Text that says how the files of a package are named; null for the names of its manifest. */
  names: string | null;
  /** Text stored with the transfer: the manifest or the Metalink. */
  storedText: string | null;
  /** Key that signed the manifest. */
  keyId: string | null;
  /** The package's service; null for files without one. */
  service: string | null;
  rev: number | null;
  /** How an unsigned package is known already; null for others. */
  record: Recording | null;
};

export const refusedName = ({ given, fault }: RefusedName) =>
  new AppError('unsafe-name', `Unsafe file name ${JSON.stringify(given)} (${fault})`, {
    retryable: false,
  });
/** Null if the names differ only in Unicode normalisation. */
const originalName = (given: string, name: string): string | null =>
  given.normalize('NFC') === name ? null : given;

/** With a manifest like this the service is asked for it again. */
const UNUSABLE = new Set<ErrorCode>([
  'not-found',
  'manifest-invalid',
  'untrusted-key',
  'other-package',
]);

/** The manifest in a folder, if it is the one wanted there. */
async function manifestIn(
  { source, disk }: RunDeps,
  folder: string,
  known: KnownPackage,
): Promise<string | null> {
  try {
    return (await readPackage(disk, source, folder, known)).text;
  } catch (thrown) {
    if (thrown instanceof AppError && UNUSABLE.has(thrown.code)) return null;
    throw thrown;
  }
}

/** For a repair, the manifest beside the files, if it is that of the transfer. */
async function storedManifest(deps: RunDeps): Promise<string | null> {
  const { repair, folder } = deps.transfer;
  return repair && folder !== null ? manifestIn(deps, folder, knownPackage(deps.transfer)) : null;
}

const folderFor = ({ destination, folderName }: StoredTransfer, rootName: string): string =>
  path.join(destination, folderName ?? rootName);

/** Beside another version of the package, which stays as it is: by the number of this one. */
function versionFolder(
  { transfer, versions }: RunDeps,
  { rootName, rev }: Pick<Manifest, 'rootName' | 'rev'>,
): string {
  const folder = folderFor(transfer, rootName);
  const isTaken = versions().some((other) => other.folder === folder && other.rev !== rev);
  return isTaken ? path.join(path.dirname(folder), numbered(path.basename(folder), rev)) : folder;
}

/**
 * A manifest made here is made anew for each transfer: where this home has recorded the package in
 * the same place, that record counts, and its files are recognised by it.
 */
async function recordedHere(deps: RunDeps, made: Manifest): Promise<string | null> {
  const { recorded, transfer } = deps;
  if (recorded === null || made.signature !== null) return null;
  const { packageId, rev } = made;
  const known = { packageId, rev, service: transfer.evidence.service, recorded };
  const text = await manifestIn(deps, versionFolder(deps, made), known);
  if (text === null) return null;
  // Versions are counted here, and from one again where a source was removed and added anew: the
  // same number may be that of other files, or of other rights.
  const before = await parseManifest(JSON.parse(text));
  return statedIn(before) === statedIn(withoutLater(made, before)) ? text : null;
}

/** Without texts that an earlier version of this program didn't write yet. */
function withoutLater<T extends Pick<Manifest, 'files'>>(made: T, before: Manifest): T {
  const known = new Set(before.files.map(({ fileId }) => fileId));
  return {
    ...made,
    files: made.files.filter(({ fileId, text }) => text === null || known.has(fileId)),
  };
}

/** What the publisher states of a package: all but the rights sheet, which has the day on it. */
const statedIn = ({ files }: Manifest): string =>
  JSON.stringify(
    files
      .filter(({ fileId }) => fileId !== 'licence')
      .map(({ fileId, path, mediaType, hash, text }) => [fileId, path, mediaType, hash, text]),
  );

type Read = Pick<Plan, 'record'> & { text: string; manifest: Manifest; signer: ServiceKey | null };

async function parsed(text: string, isOwn: boolean): Promise<Read> {
  const manifest = await parseManifest(JSON.parse(text));
  return { text, manifest, signer: null, record: recordOf(manifest, text, isOwn) };
}

/** The manifest that is stored with the transfer or in its folder, else that of the source. */
async function readManifest(deps: RunDeps, packageId: string): Promise<Read> {
  const { source, transfer } = deps;
  const { rev, evidence } = transfer;
  const { service } = evidence;
  if (transfer.manifest !== null)
    return parsed(transfer.manifest, evidence.recorded?.isOwn ?? true);
  const stored = await storedManifest(deps);
  if (stored !== null) return parsed(stored, evidence.recorded?.isOwn ?? false);
  const json = await (rev === null
    ? source.manifest(service, packageId)
    : source.manifest(service, packageId, rev));
  const asked = { packageId, rev, service };
  const verified = await verifyManifest(json, await source.trustedKeys(service), asked);
  const recorded = await recordedHere(deps, verified.manifest);
  if (recorded !== null) return parsed(recorded, true);
  const text = JSON.stringify(json, null, 2);
  // Its manifest.json is gone or changed, and what was recorded still counts.
  return verified.signer === null && evidence.recorded !== null
    ? parsed(restored(text, deps.records.stored()), evidence.recorded.isOwn)
    : { ...verified, text, record: null };
}

/**
 * Decided once: an earlier run of the transfer has recorded the names, or the folder has the package
 * already. Only then the template counts.
 */
async function namesFor(deps: RunDeps, folder: string, manifest: Manifest): Promise<DiskNames> {
  const { disk, records, transfer } = deps;
  const { fileNaming, repair } = transfer;
  const recorded = namesOfRecords(records.stored(), manifest);
  if (recorded) return recorded;
  const there = await namesIn(disk, folder, manifest).catch((thrown: unknown) => {
    // Those of something else in the same folder, which the run finds out about.
    if (thrown instanceof AppError && thrown.code === 'other-package' && !repair) return null;
    throw thrown;
  });
  if (there) return there;
  const byTemplate = fileNaming && (await namesBy(fileNaming, manifest));
  const published = asPublished(manifest);
  if (!(await isPackageIn(disk, folder, manifest))) return byTemplate ?? published;
  // What says the names has gone: they are as its files are called.
  for (const names of [namesOfRecords(records.earlierFiles(), manifest), byTemplate])
    if (names && (await isAnyIn(disk, folder, names))) return names;
  return published;
}

async function isAnyIn(disk: Disk, folder: string, names: DiskNames): Promise<boolean> {
  for (const name of names) if (await disk.entry(path.join(folder, name))) return true;
  return false;
}

async function planPackage(deps: RunDeps): Promise<Plan> {
  const { transfer } = deps;
  const { packageId, assetId, evidence } = transfer;
  if (packageId === null) throw new AppError('bug', 'A package without its id');
  const { text, manifest, signer, record } = await readManifest(deps, packageId);
  // Embargo and rights are looked up by asset: an imported list may name another, unrestricted one.
  if (assetId !== null && manifest.assetId !== assetId)
    throw new AppError(
      'manifest-invalid',
      `The manifest isn’t valid: it’s for asset ${manifest.assetId}, not ${assetId}`,
      { retryable: false },
    );
  // A moved or renamed folder is repaired where it is.
  const folder = (transfer.repair ? transfer.folder : null) ?? versionFolder(deps, manifest);
  const names = await namesFor(deps, folder, manifest);
  const files = manifest.files.map(
    (
      { fileId, path: published, bytes, sha256, required, pieces, mediaType, hash, text: content },
      index,
    ): PlannedFile => ({
      index,
      fileId,
      path: names[index] ?? published,
      given: names[index] === published ? null : published,
      bytes,
      sha256,
      required,
      pieces: pieces ?? null,
      unsigned: manifest.signature === null ? { hash, text: content } : null,
      // What a publisher says of the type is often wrong.
      expected: manifest.signature === null ? published : mediaType,
      urls: [],
    }),
  );
  return {
    folder,
    files,
    refused: [],
    manifest: text,
    names: namesText(manifest, names),
    storedText: text,
    keyId: manifest.signature?.keyId ?? null,
    service: evidence.service ?? signer?.service ?? null,
    rev: manifest.rev,
    record,
  };
}

/** Only a verified package may have the marker's name. */
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
    unsigned: null,
    expected: name,
    urls: [source],
  };
  return {
    folder: destination,
    refused: [],
    manifest: null,
    names: null,
    storedText: null,
    keyId: null,
    service: null,
    rev: null,
    record: null,
    files: [file],
  };
}

const isAddress = (source: string): boolean => /^https?:\/\//iu.test(source);

/** Text of a Metalink on disk; the path may be a symbolic link. */
export async function readList(disk: Disk, file: string): Promise<string> {
  try {
    return await readText(disk, await disk.realPath(file), MAX_DOCUMENT_BYTES);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'destination-missing')
      throw new AppError('not-found', `${file} not found`, { retryable: false, cause: thrown });
    throw thrown;
  }
}

async function fetchList(deps: RunDeps, url: string): Promise<string> {
  const { bytes, clock, limits, signal } = deps;
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
    isPublishers: false,
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
  const usable = urls.flatMap((url) => httpAddress(url, base) ?? []);
  if (usable.length === 0)
    throw new AppError('metalink-invalid', `${name} has no http or https URL`);
  // Pieces need a known length.
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
    unsigned: null,
    expected: safe,
    urls: usable,
  };
}

/**
 * Files of a Metalink under safe names.
 * @param base address of the list, for relative addresses
 * @throws `metalink-invalid` for a file without a usable address; `unsafe-name` if no name is safe,
 * or with `strict` for the first unsafe one
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

/** Base address of a list, and whether one unsafe name refuses all of it. */
export const listContext = ({ source, strict }: StoredTransfer) => ({
  base: isAddress(source) ? source : undefined,
  strict,
});

/** The list as stored: with marks in place of credentials, which go to the keychain. */
async function storedMetalink(deps: RunDeps): Promise<string> {
  const { transfer, disk, secrets, parseMetalink } = deps;
  const { id, source, strict } = transfer;
  const before =
    transfer.manifest !== null && hasPlainCredentials(transfer)
      ? (await withoutCredentials(transfer, deps)).manifest
      : transfer.manifest;
  if (before !== null) return before;
  const [base] = isAddress(source) ? await secrets.restore(id, [source]) : [];
  const files = await parseMetalink(
    await (base === undefined ? readList(disk, source) : fetchList(deps, base)),
  );
  await planMetalinkFiles(files, { base, strict });
  const hider = await secrets.hiderOf(transfer, false);
  const text = hider.document(files, base);
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
    names: null,
    storedText: text,
    keyId: null,
    service: null,
    rev: null,
    record: null,
  };
}

/** The files a partial repair is limited to; otherwise all. */
export function selectedFiles({ files }: Plan, { repairOnly }: StoredTransfer): PlannedFile[] {
  const only = new Set(repairOnly);
  return repairOnly === null ? files : files.filter((file) => only.has(file.path));
}

/** Plans the files of a transfer. Every planned name is safe to write under its folder. */
export async function makePlan(deps: RunDeps): Promise<Plan> {
  const { transfer, secrets } = deps;
  if (transfer.kind === 'package') return planPackage(deps);
  const plan = transfer.kind === 'metalink' ? await planMetalink(deps) : planUrl(transfer);
  for (const file of plan.files) file.urls = await secrets.restore(transfer.id, file.urls);
  return plan;
}
