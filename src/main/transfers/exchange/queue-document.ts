import * as z from 'zod';
import { AppError } from '../../../shared/errors.ts';
import {
  MAX_DOCUMENT_BYTES,
  MAX_ENTRIES,
  MAX_REVISIONS,
} from '../../../shared/model/document-limits.ts';
import { notImportable } from '../../formats/aria2-list.ts';
import type { EnqueueItem, LeftOut } from '../api.ts';
import type { StoredTransfer } from '../ports.ts';

const MAX_TEXT = 2_000;
const text = z.string().max(MAX_TEXT);

const packageEntry = z.object({
  kind: z.literal('package'),
  packageId: text.min(1),
  assetId: text.min(1),
  rev: z.int().positive().nullable(),
  purpose: text,
  title: text,
  label: text,
  bytes: z.int().nonnegative().nullable(),
  fileCount: z.int().nonnegative(),
});
const urlEntry = z.object({
  kind: z.literal('url'),
  url: z.url({ protocol: /^https?$/u }),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/u)
    .nullable(),
});
const metalinkEntry = z.object({
  kind: z.literal('metalink'),
  url: z.url({ protocol: /^https?$/u }),
});
/**
 * A queue to continue on another machine. It contains no secret and no acknowledgement: each user
 * accepts restrictions personally.
 */
const queueDocument = z.object({
  format: z.literal('multimedia-desk-queue'),
  version: z.literal(1),
  exportedAt: z.string(),
  items: z
    .array(z.discriminatedUnion('kind', [packageEntry, urlEntry, metalinkEntry]))
    .max(MAX_ENTRIES),
});
type Entry = z.infer<typeof queueDocument>['items'][number];

/** False for an address with a query, user or password, which may be a secret. */
export function isOpenAddress(source: string): boolean {
  if (!URL.canParse(source)) return false;
  const { protocol, search, username, password } = new URL(source);
  return (
    (protocol === 'https:' || protocol === 'http:') &&
    search === '' &&
    username === '' &&
    password === ''
  );
}

function entryOf({
  kind,
  packageId,
  assetId,
  rev,
  purpose,
  title,
  label,
  totalBytes,
  filesTotal,
  source,
  sha256,
}: StoredTransfer): Entry | null {
  if (kind === 'package') {
    return packageId === null || assetId === null
      ? null
      : {
          kind,
          packageId,
          assetId,
          rev,
          purpose: purpose ?? 'broadcast',
          title: title.slice(0, MAX_TEXT),
          label: label.slice(0, MAX_TEXT),
          bytes: totalBytes,
          fileCount: filesTotal,
        };
  }
  if (!isOpenAddress(source)) return null;
  return kind === 'url' ? { kind, url: source, sha256 } : { kind, url: source };
}

/** Largest number of entries for one package. */
function revisionsOf(packageIds: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const id of packageIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  return Math.max(0, ...new Set(counts.values()));
}

/** Leaves out addresses that may be secrets, files of this machine, and duplicates. */
export function queueDocumentOf(
  transfers: readonly StoredTransfer[],
  nowMs: number,
): { text: string; count: number; revisions: number; leftOut: LeftOut[] } {
  const lines = new Set<string>();
  const packageIds: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const transfer of transfers) {
    const entry = entryOf(transfer);
    const line = entry && JSON.stringify(entry);
    if (line === null)
      leftOut.push({
        name: transfer.title,
        reason: URL.canParse(transfer.source) ? 'secret' : 'local',
      });
    else if (lines.has(line)) leftOut.push({ name: transfer.title, reason: 'same' });
    else {
      lines.add(line);
      if (entry?.kind === 'package') packageIds.push(entry.packageId);
    }
  }
  const document: z.infer<typeof queueDocument> = {
    format: 'multimedia-desk-queue',
    version: 1,
    exportedAt: new Date(nowMs).toISOString(),
    items: [],
  };
  // One entry per line.
  const [head = '', tail = ''] = JSON.stringify(document).split('[]');
  const text = `${head}[\n${[...lines].join(',\n')}\n]${tail}\n`;
  return { text, count: lines.size, revisions: revisionsOf(packageIds), leftOut };
}

function itemOf(entry: Entry, destination: string): EnqueueItem {
  if (entry.kind !== 'package')
    return {
      url: entry.url,
      metalink: entry.kind === 'metalink',
      destination,
      sha256: entry.kind === 'url' ? entry.sha256 : null,
      hashAnyway: false,
    };
  const { packageId, assetId, rev, purpose, title, label, bytes, fileCount } = entry;
  return {
    packageId,
    assetId,
    rev,
    purpose,
    title,
    label,
    destination,
    acknowledge: [],
    ...(bytes === null ? {} : { bytes }),
    fileCount,
  };
}

const invalid = (why: string) => new AppError('usage', `The exported queue isn’t valid: ${why}`);

/**
 * Items of such a document.
 * @throws `usage` for anything else
 */
export function itemsOf(document: string, destination: string): EnqueueItem[] {
  if (Buffer.byteLength(document) > MAX_DOCUMENT_BYTES)
    throw invalid(`it’s larger than ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB`);
  let json: unknown;
  try {
    json = JSON.parse(document);
  } catch (thrown) {
    throw notImportable(thrown);
  }
  const parsed = queueDocument.safeParse(json);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.') ?? '';
    if (at === '' || at === 'format') throw notImportable();
    throw invalid(
      at === 'version' ? 'it’s from another version of the app' : `${at} is missing or isn’t valid`,
    );
  }
  const { items } = parsed.data;
  if (
    revisionsOf(items.flatMap((entry) => (entry.kind === 'package' ? entry.packageId : []))) >
    MAX_REVISIONS
  )
    throw invalid(`it has more than ${MAX_REVISIONS} entries for one package`);
  return items.map((entry) => itemOf(entry, destination));
}
