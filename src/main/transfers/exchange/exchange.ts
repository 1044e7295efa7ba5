import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { MAX_ADDRESSES, MAX_DOCUMENT_BYTES, MAX_ENTRIES, MAX_FILES } from '../../../shared/model/document-limits.ts';
import { isRefused } from '../../../shared/model/safe-name.ts';
import type { Exported, ExportFormat } from '../client.ts';
import { readPackage } from '../folder-package.ts';
import { parseManifest } from '../manifest.ts';
import type { Manifest } from '../manifest.ts';
import { namedByUrl } from '../plan.ts';
import type { MetalinkFile, StoredTransfer, TransferPorts } from '../ports.ts';
import { aria2List, metalinkDocument } from './documents.ts';
import { isOpenAddress, queueDocumentOf } from './queue-document.ts';

const NAMES: Record<ExportFormat, string> = { queue: 'queue.json', metalink: 'queue.meta4', aria2: 'queue.txt' };

async function manifestOf({ disk, source }: TransferPorts, { manifest, folder }: StoredTransfer): Promise<Manifest | null> {
  if (manifest !== null) return await parseManifest(JSON.parse(manifest));
  if (folder === null) return null;
  try {
    return (await readPackage(disk, source, folder)).manifest;
  } catch (thrown) {
    if (thrown instanceof AppError) return null;
    throw thrown;
  }
}

/** A package's addresses are made for one account and an hour: what goes out are its names, sizes and hashes. */
async function ofPackage(ports: TransferPorts, transfer: StoredTransfer): Promise<MetalinkFile[]> {
  const manifest = await manifestOf(ports, transfer);
  const root = transfer.folder === null ? (manifest?.rootName ?? '') : path.basename(transfer.folder);
  const named = (name: string) => path.posix.join(root, name);
  if (manifest) return manifest.files.map(({ path: name, bytes, sha256, pieces }) => ({ name: named(name), bytes, sha256, pieces: pieces ?? null, urls: [] }));
  return ports.store.files(transfer.id).map(({ path: name, bytes, sha256 }) => ({ name: named(name), bytes, sha256, pieces: null, urls: [] }));
}

/** The name it is saved under; null where that is refused: such a name would lead another tool out of its folder. */
function nameOf(source: string): string | null {
  const named = namedByUrl(source);
  return isRefused(named) ? null : named.path;
}

async function filesOf(ports: TransferPorts, transfer: StoredTransfer): Promise<MetalinkFile[]> {
  const { kind, source, manifest, sha256 } = transfer;
  if (kind === 'package') return ofPackage(ports, transfer);
  if (kind === 'metalink') {
    const base = URL.canParse(source) ? source : undefined;
    const urlsOf = (urls: readonly string[]) => urls.flatMap((url) => (URL.canParse(url, base) ? [new URL(url, base).href] : [])).filter(isOpenAddress);
    return manifest === null ? [] : (await ports.parseMetalink(manifest)).map((file) => ({ ...file, urls: urlsOf(file.urls) }));
  }
  const [stored] = ports.store.files(transfer.id);
  const name = nameOf(source);
  return name === null ? [] : [{ name, bytes: stored?.bytes ?? null, sha256: sha256 ?? stored?.sha256 ?? null, pieces: null, urls: isOpenAddress(source) ? [source] : [] }];
}

/** What would be too much to come in does not go out. */
function mustFit(text: string, counts: readonly [number, number, string][]): void {
  const found = [...counts, [Buffer.byteLength(text), MAX_DOCUMENT_BYTES, 'bytes'] as const].find(([count, most]) => count > most);
  if (found) throw new AppError('usage', `The document would have ${found[0]} ${found[2]} and may have ${found[1]}; export the queue in parts: desk queue export ID… --to FILE`);
}

/** Documents for other tools and other machines. Addresses that may be secrets are left out and counted. `usage` for more than a document may have. */
export async function exported(ports: TransferPorts, transfers: readonly StoredTransfer[], format: ExportFormat): Promise<Exported> {
  const nowMs = ports.clock.nowMs();
  if (format === 'queue') {
    const document = queueDocumentOf(transfers, nowMs);
    mustFit(document.text, [[document.count, MAX_ENTRIES, 'entries']]);
    return { name: NAMES.queue, ...document };
  }
  const files: MetalinkFile[] = [];
  const names = new Set<string>();
  let unknown = 0;
  for (const transfer of transfers) {
    const own = await filesOf(ports, transfer);
    // Its name is refused, or what it consists of is not known before it has run.
    if (own.length === 0) unknown++;
    for (const file of own) {
      // One document names a file once; a package that is in the queue twice is in it once.
      if (!names.has(file.name)) files.push(file);
      names.add(file.name);
    }
  }
  const count = files.filter(({ urls }) => urls.length > 0).length;
  const text = format === 'aria2' ? aria2List(files) : metalinkDocument(files, new Date(nowMs).toISOString());
  if (format === 'metalink') mustFit(text, [[files.length, MAX_FILES, 'files'], [files.reduce((sum, { urls }) => sum + urls.length, 0), MAX_ADDRESSES, 'addresses']]);
  return { name: NAMES[format], text, count: format === 'aria2' ? count : files.length, leftOut: files.length - count + unknown };
}
