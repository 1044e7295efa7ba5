import path from 'node:path';
import { foldedName, numbered } from '../../../shared/model/names.ts';
import type { EnqueueItem, PackageItem, AddressItem } from '../api.ts';
import { readText } from '../hashing.ts';
import { MANIFEST_NAME, parseManifest } from '../package/manifest.ts';
import type { Disk, StoredTransfer, TransferPorts } from '../ports.ts';
import { createHash } from 'node:crypto';
import { NO_EVIDENCE } from '../../../shared/contract/transfers.ts';
import { AppError } from '../../../shared/errors.ts';
import { isUnavailable } from '../../../shared/api/rights.ts';
import { isEnded } from '../../../shared/model/transfer.ts';
import { CredentialHider, httpAddress, isMarkedList, type Credential } from '../address-secrets.ts';
import { withTerms } from '../evidence/record.ts';
import { planMetalinkFiles } from '../run/plan.ts';
import { foreignSourceOf } from '../../../shared/model/source.ts';
import { redactUrl } from '../../../shared/model/url.ts';

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

const placeOf = (destination: string, name: string): string =>
  foldedName(path.join(destination, name));

/** True if the manifest in the folder names this package. */
async function isOf(disk: Disk, folder: string, packageId: string): Promise<boolean> {
  try {
    return (
      (
        await parseManifest(
          JSON.parse(await readText(disk, path.join(folder, MANIFEST_NAME), MAX_MANIFEST_BYTES)),
        )
      ).packageId === packageId
    );
  } catch {
    // Missing or unreadable: not this package's folder.
    return false;
  }
}

/** What a folder's name depends on. */
type Placed = EnqueueItem | Pick<PackageItem, 'packageId' | 'destination' | 'folderName'>;

/**
 * Gives each package with a folder template a folder of its own: distinct on every file system, and
 * not in use on the disk by anything else. The same package to the same place keeps its folder.
 * `rootName` stays in manifest.json.
 */
export async function assignFolders<T extends Placed>(
  items: readonly T[],
  known: readonly StoredTransfer[],
  disk: Disk,
): Promise<T[]> {
  if (!items.some((item) => 'packageId' in item && item.folderName !== undefined))
    return [...items];
  const taken = new Map(
    known.flatMap(({ folderName, destination, packageId }) =>
      folderName === null ? [] : [[placeOf(destination, folderName), packageId] as const],
    ),
  );
  const own = new Map(
    known.flatMap(({ folderName, destination, packageId }) =>
      folderName === null ? [] : [[`${packageId} ${destination}`, folderName] as const],
    ),
  );
  /** Last number tried for a name, so that n packages of one name take n lookups, not n². */
  const numbers = new Map<string, number>();
  const nameFor = async (
    { packageId, destination }: Pick<PackageItem, 'packageId' | 'destination'>,
    wanted: string,
  ): Promise<string> => {
    const before = own.get(`${packageId} ${destination}`);
    if (before !== undefined) return before;
    const place = placeOf(destination, wanted);
    for (let n = numbers.get(place) ?? 1; ; n++) {
      numbers.set(place, n);
      const name = n === 1 ? wanted : numbered(wanted, n);
      if (taken.has(placeOf(destination, name))) continue;
      const folder = path.join(destination, name);
      if ((await disk.entry(folder)) && !(await isOf(disk, folder, packageId))) continue;
      taken.set(placeOf(destination, name), packageId);
      own.set(`${packageId} ${destination}`, name);
      return name;
    }
  };
  const named: T[] = [];
  for (const item of items)
    named.push(
      'packageId' in item && item.folderName !== undefined
        ? { ...item, folderName: await nameFor(item, item.folderName) }
        : item,
    );
  return named;
}

/**
 * Normalised address of an item. A Metalink may also be a path, or a name with part of the hash of
 * its text.
 * @throws `usage` for anything else
 */
export function addressOf({ url, metalink, sha256, metalinkText }: AddressItem): string {
  if (sha256 !== null && !/^[0-9a-f]{64}$/iu.test(sha256))
    throw new AppError('usage', 'A SHA-256 needs 64 hexadecimal digits');
  if (metalinkText !== undefined)
    return `${url} (${createHash('sha256').update(metalinkText).digest('hex').slice(0, 16)})`;
  const address = httpAddress(url);
  if (address !== null) return address;
  if (metalink && !/^\s*(?:https?:|[a-z][a-z\d+.-]+:[/\\]{2})/iu.test(url))
    return path.resolve(url);
  // What can't be parsed may contain a password anywhere before an @.
  throw new AppError(
    'usage',
    `${redactUrl(URL.parse(url)?.href ?? url.replace(/^(\w*:)?.*@/su, '$1//'))} isn’t an http or https URL`,
  );
}

/**
 * True for the same thing to the same place. An unknown revision matches any, except one known to
 * be outdated.
 */
export function isSameTarget(one: StoredTransfer, other: StoredTransfer): boolean {
  if (
    one.kind !== other.kind ||
    one.source !== other.source ||
    one.destination !== other.destination
  )
    return false;
  return (
    one.rev === other.rev ||
    ((one.rev === null || other.rev === null) && ![one, other].some(isPast))
  );
}

/** Its revision is no longer available. */
const isPast = ({ state }: StoredTransfer): boolean =>
  (state.phase === 'waiting' && state.reason === 'superseded') ||
  (state.phase === 'failed' &&
    (state.code === 'superseded' || state.code === 'not-found' || isUnavailable(state.code)));

/** Readable last segment of an address or path; without one the address without its secrets. */
function titleOf(source: string): string {
  const name = path.posix.basename(
    URL.canParse(source) ? new URL(source).pathname : source.replaceAll('\\', '/'),
  );
  try {
    return decodeURIComponent(name) || redactUrl(source);
  } catch (thrown) {
    if (thrown instanceof URIError) return name;
    throw thrown;
  }
}

/** With the credentials of its addresses, which are marks by now. */
export type CheckedItem = EnqueueItem & { credentials: readonly Credential[] };

async function checked(
  item: EnqueueItem,
  { parseMetalink }: Pick<TransferPorts, 'parseMetalink'>,
): Promise<CheckedItem> {
  const hider = new CredentialHider();
  if (!('url' in item)) return { ...item, credentials: [] };
  const address = addressOf(item);
  const { metalinkText } = item;
  if (metalinkText === undefined)
    return { ...item, url: hider.hide(address) ?? address, credentials: hider.credentials };
  const files = await parseMetalink(metalinkText);
  await planMetalinkFiles(files, { strict: item.strict ?? false });
  return { ...item, metalinkText: hider.document(files), credentials: hider.credentials };
}

/**
 * Checks all items before any is queued.
 * @throws for the first one that can't be queued
 */
export async function checkItems(
  items: readonly EnqueueItem[],
  ports: Pick<TransferPorts, 'parseMetalink'>,
): Promise<CheckedItem[]> {
  const all: CheckedItem[] = [];
  for (const item of items) all.push(await checked(item, ports));
  return all;
}

export function newTransfer(
  item: EnqueueItem,
  { id, position, nowMs }: { id: string; position: number; nowMs: number },
): StoredTransfer {
  const common = {
    id,
    position,
    destination: item.destination,
    folder: null,
    state: { phase: 'queued' as const },
    attempts: 0,
    urgent: false,
    receivedBytes: 0,
    filesDone: 0,
    deadlineMs: item.deadlineMs ?? null,
    limitBytesPerSecond: item.limitBytesPerSecond ?? null,
    folderName: null,
    fileNaming: null,
    cleared: false,
    rights: null,
    embargo: null,
    addedAtMs: nowMs,
    finishedAtMs: null,
    resumes: 0,
    refetchedBytes: 0,
    manifest: null,
    repair: item.repair ?? false,
    repairOnly: null,
    evidence: NO_EVIDENCE,
    importKey: item.importKey,
  };
  if ('url' in item) {
    const source = addressOf(item);
    return {
      ...common,
      kind: item.metalink ? 'metalink' : 'url',
      assetId: null,
      packageId: null,
      rev: null,
      purpose: null,
      title: titleOf(item.metalinkText === undefined ? source : item.url),
      label: '',
      source,
      manifest: item.metalinkText ?? null,
      acknowledge: [],
      sha256: item.sha256?.toLowerCase() ?? null,
      hashAnyway: item.hashAnyway,
      strict: item.strict ?? false,
      totalBytes: null,
      filesTotal: 1,
    };
  }
  const { assetId, packageId, rev, purpose, title, label, acknowledge, terms, bytes, fileCount } =
    item;
  const acknowledged = (terms?.texts ?? [])
    .filter(({ id: term }) => acknowledge.includes(term))
    .map((term) => ({ ...term, atMs: nowMs }));
  return {
    ...common,
    kind: 'package',
    assetId,
    packageId,
    rev,
    purpose,
    title,
    label,
    source: packageId,
    acknowledge,
    sha256: null,
    hashAnyway: false,
    strict: false,
    totalBytes: bytes ?? null,
    filesTotal: fileCount ?? 0,
    folderName: item.folderName ?? null,
    fileNaming: item.fileNaming ?? null,
    evidence: {
      ...NO_EVIDENCE,
      // Of a foreign package the id says it, however it was queued.
      service: foreignSourceOf(packageId) ?? terms?.service ?? null,
      account: terms?.account ?? null,
      acknowledged,
    },
  };
}

/**
 * Merges a repeated request into the transfer. A request without a hash or without acknowledgements
 * removes none; after an end, only the new request's hash counts.
 */
export function mergeRequest(
  same: StoredTransfer,
  {
    acknowledge,
    sha256,
    hashAnyway,
    strict,
    repair,
    evidence,
    deadlineMs,
    limitBytesPerSecond,
    manifest,
    importKey,
  }: StoredTransfer,
): StoredTransfer {
  return {
    ...same,
    manifest: isMarkedList(same) ? manifest : same.manifest,
    acknowledge: [...new Set([...same.acknowledge, ...acknowledge])],
    sha256: sha256 ?? (isEnded(same.state) ? null : same.sha256),
    hashAnyway: hashAnyway || same.hashAnyway,
    strict,
    repair: repair || same.repair,
    repairOnly: null,
    evidence: withTerms(same.evidence, evidence),
    deadlineMs: deadlineMs ?? same.deadlineMs,
    limitBytesPerSecond: limitBytesPerSecond ?? same.limitBytesPerSecond,
    importKey: importKey ?? same.importKey,
  };
}
