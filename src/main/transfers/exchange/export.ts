import { AppError } from '../../../shared/errors.ts';
import {
  MAX_ADDRESSES,
  MAX_ADDRESS_CHARACTERS,
  MAX_DOCUMENT_BYTES,
  MAX_ELEMENTS,
  MAX_ENTRIES,
  MAX_FILES,
  MAX_REVISIONS,
} from '../../../shared/model/document-limits.ts';
import { isRefused, safePaths } from '../../../shared/model/names.ts';
import type { Exported, ExportFormat, LeftOut } from '../api.ts';
import { inSteps } from '../in-steps.ts';
import { namedByUrl, listContext, planMetalinkFiles } from '../run/plan.ts';
import type { StoredTransfer, TransferPorts, TransferStore } from '../ports.ts';
import { aria2List } from '../../formats/aria2-list.ts';
import { metalinkDocument, type MetalinkFile } from '../../formats/metalink.ts';
import { isOpenAddress, queueDocumentOf } from './queue-document.ts';

type ExportPorts = Pick<TransferPorts, 'parseMetalink'> & {
  clock: Pick<TransferPorts['clock'], 'nowMs'>;
  store: Pick<TransferStore, 'files'>;
};

const NAMES: Record<ExportFormat, string> = {
  queue: 'queue.json',
  metalink: 'queue.meta4',
  aria2: 'queue.txt',
};

/** Files of an export, and entries left out of it with their reason. */
type Gathered = { files: MetalinkFile[]; leftOut: LeftOut[] };

/** Adds a file with its open addresses; without any, the file is left out. */
function addFile({ files, leftOut }: Gathered, file: MetalinkFile): void {
  const open = file.urls.filter(isOpenAddress);
  const urls = open.filter((url) => url.length <= MAX_ADDRESS_CHARACTERS);
  const reason = open.length < file.urls.length ? 'secret' : 'too-long';
  if (urls.length > 0) files.push({ ...file, urls });
  if (urls.length === 0) leftOut.push({ name: file.name, reason });
  // A file that keeps an address still reports each one left out.
  else
    for (let missing = file.urls.length - urls.length; missing > 0; missing--)
      leftOut.push({ name: file.name, reason: 'address' });
}

async function addMetalink(
  ports: ExportPorts,
  transfer: StoredTransfer,
  gathered: Gathered,
): Promise<void> {
  const { manifest, title } = transfer;
  // A list that has not run yet is unread.
  if (manifest === null) return void gathered.leftOut.push({ name: title, reason: 'unread' });
  const parsed = await ports.parseMetalink(manifest);
  const { files, refused } = await planMetalinkFiles(parsed, listContext(transfer));
  for (const { path: name, bytes, sha256, pieces, urls } of files)
    addFile(gathered, {
      name,
      bytes,
      sha256,
      pieces: pieces && { pieceBytes: pieces.pieceBytes, hashes: [...pieces.hashes] },
      urls,
    });
  for (const { given } of refused) gathered.leftOut.push({ name: given, reason: 'name' });
}

function addAddress(
  ports: ExportPorts,
  { id, source, sha256 }: StoredTransfer,
  gathered: Gathered,
): void {
  const [stored] = ports.store.files(id);
  const named = namedByUrl(source);
  if (isRefused(named)) gathered.leftOut.push({ name: named.given, reason: 'name' });
  else
    addFile(gathered, {
      name: named.path,
      bytes: stored?.bytes ?? null,
      sha256: sha256 ?? stored?.sha256 ?? null,
      pieces: null,
      urls: [source],
    });
}

async function gather(ports: ExportPorts, transfers: readonly StoredTransfer[]): Promise<Gathered> {
  const gathered: Gathered = { files: [], leftOut: [] };
  for (const transfer of transfers) {
    if (transfer.kind === 'metalink') await addMetalink(ports, transfer, gathered);
    else if (transfer.kind === 'url') addAddress(ports, transfer, gathered);
    // The addresses of a package are valid for one account and an hour. Our own format carries
    // packages.
    else gathered.leftOut.push({ name: transfer.title, reason: 'package' });
  }
  return gathered;
}

/** Removes duplicates and makes names unique, as documents and folders need it. */
async function deduplicate({ files, leftOut }: Gathered): Promise<Gathered> {
  const seen = new Set<string>();
  const once = files.filter((file) => {
    const text = JSON.stringify(file);
    const isNew = !seen.has(text);
    if (!isNew) leftOut.push({ name: file.name, reason: 'same' });
    seen.add(text);
    return isNew;
  });
  const names = await inSteps(safePaths(once.map(({ name }) => name)));
  return {
    files: once.flatMap((file, at) =>
      names[at] && !isRefused(names[at]) ? [{ ...file, name: names[at].path }] : [],
    ),
    leftOut,
  };
}

/** Number of XML elements the Metalink will have. */
const elementsOf = (files: readonly MetalinkFile[]): number =>
  files.reduce(
    (sum, { pieces, urls }) => sum + 3 + urls.length + (pieces ? 1 + pieces.hashes.length : 0),
    3,
  );

/** @throws `usage` if the document is larger than an import accepts */
function requireFit(text: string, counts: readonly [number, number, string][]): void {
  const found = [...counts, [Buffer.byteLength(text), MAX_DOCUMENT_BYTES, 'bytes'] as const].find(
    ([count, most]) => count > most,
  );
  if (found)
    throw new AppError(
      'usage',
      `The file would have ${found[0]} ${found[2]}, ${found[1]} at most. Export the queue in parts: desk queue export ID… --to FILE`,
    );
}

/**
 * Exports a document for other tools and machines, which can be imported here too. Entries left out
 * are named with their reason.
 * @throws `usage` if the document is larger than an import accepts
 */
export async function exportDocument(
  ports: ExportPorts,
  transfers: readonly StoredTransfer[],
  format: ExportFormat,
): Promise<Exported> {
  const nowMs = ports.clock.nowMs();
  if (format === 'queue') {
    const { revisions, ...document } = queueDocumentOf(transfers, nowMs);
    requireFit(document.text, [
      [document.count, MAX_ENTRIES, 'entries'],
      [revisions, MAX_REVISIONS, 'entries for one package'],
    ]);
    return { name: NAMES.queue, ...document };
  }
  const { files, leftOut } = await deduplicate(await gather(ports, transfers));
  const text =
    format === 'aria2' ? aria2List(files) : metalinkDocument(files, new Date(nowMs).toISOString());
  requireFit(text, [
    [files.length, MAX_FILES, 'files'],
    [files.reduce((sum, { urls }) => sum + urls.length, 0), MAX_ADDRESSES, 'URLs'],
    [elementsOf(files), MAX_ELEMENTS, 'elements'],
  ]);
  return { name: NAMES[format], text, count: files.length, leftOut };
}
