import { realpath } from 'node:fs/promises';
import nodePath from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AssetChange } from '../../catalogue/asset.ts';
import type { Capabilities, HeldAsset, SyncStep } from '../../catalogue/ports.ts';
import { requireRights } from '../../catalogue/rights.ts';
import { UNSTATED_PROFILE } from '../../../shared/api/rights.ts';
import { AppError, stopReason } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { folderAssetId, folderPathOf, mapWork } from './folder-map.ts';
import { scanFolder, worksOf, type FolderFile, type FolderWork } from './folder-scan.ts';
import { readSidecars } from './folder-sidecars.ts';
import type { PublisherFacts, PublisherSource } from './publisher.ts';

const CAPABILITIES: Capabilities = {
  accounts: 'none',
  integrity: 'recorded',
  sizes: 'exact',
  changes: 'list',
  withdrawals: 'checked',
  restrictions: 'data',
  isLocalised: false,
  minPollSeconds: 10,
};
/** A file that has been as it is for so long is taken to be whole. */
const SETTLED_MS = 10_000;
/** Between two looks where the system tells of changes. */
const REST_MS = 60_000;
const MAX_STEP = 200;

const filesOf = ({ media, captions, pictures, texts }: FolderWork): FolderFile[] => [
  ...media,
  ...captions.map(({ file }) => file),
  ...pictures,
  ...texts,
];

export type FolderSource = PublisherSource & {
  /** Path of a file by the address that its asset has, in the folder and nowhere else. */
  pathOf(address: string): Promise<string>;
};

/**
 * A folder that other programs fill. Nothing in it is ever changed.
 *
 * @param root path of the folder
 * @param held what the library has of it
 */
export function createFolderSource(
  id: SourceId,
  {
    root,
    nowMs,
    held,
    settledMs = SETTLED_MS,
  }: { root: string; nowMs(): number; held(): Promise<HeldAsset[]>; settledMs?: number },
): FolderSource {
  /** Since when each file has been as it is, as far as it was watched. */
  let seen = new Map<string, { bytes: number; changedMs: number; sinceMs: number }>();
  /** How the files of each asset were when it was mapped last. */
  const mapped = new Map<string, string>();
  /** Texts that each asset was mapped with last, and since when one of them is gone; else null. */
  const beside = new Map<string, { texts: readonly FolderFile[]; goneMs: number | null }>();
  let facts: PublisherFacts | null = null;
  const folder = nodePath.basename(root);

  /** Remembers how the files are. */
  function observe(files: readonly FolderFile[]): void {
    const now = nowMs();
    seen = new Map(
      files.map(({ path, bytes, changedMs }) => {
        const before = seen.get(path);
        const isSame = before?.bytes === bytes && before.changedMs === changedMs;
        // By the clock of the drive, which may be another computer's: what is older than the first
        // look was written before it.
        const sinceMs = isSame ? before.sinceMs : Math.min(now, Math.max(changedMs, 0));
        return [path, { bytes, changedMs, sinceMs: before && !isSame ? now : sinceMs }];
      }),
    );
  }
  const isSettled = ({ path }: FolderFile): boolean =>
    nowMs() - (seen.get(path)?.sinceMs ?? nowMs()) >= settledMs;

  /** A text that is gone may be about to be replaced, so that its absence has to last too. */
  function isComing(assetId: string, { texts }: FolderWork): boolean {
    const before = beside.get(assetId);
    if (!before) return false;
    const paths = new Set(texts.map(({ path }) => path));
    const isGone = before.texts.some(({ path }) => !paths.has(path));
    before.goneMs = isGone ? (before.goneMs ?? nowMs()) : null;
    return before.goneMs !== null && nowMs() - before.goneMs < settledMs;
  }

  /** What takes back a film that is written to without end counts all the same. */
  async function takenBack(work: FolderWork): Promise<AssetChange | null> {
    if (work.texts.length === 0 || !work.texts.every(isSettled)) return null;
    const said = await readSidecars(root, work.texts);
    return (said.status ?? 'usable') === 'usable'
      ? null
      : mapWork(work, { source: id, facts: said });
  }

  async function pathOf(address: string): Promise<string> {
    const path = nodePath.join(root, ...folderPathOf(address).split('/'));
    const [real, top] = await Promise.all([realpath(path), realpath(root)]).catch(() => [null, '']);
    if (real === null || (real !== top && !real.startsWith(`${top}${nodePath.sep}`)))
      throw new AppError('not-found', 'The file is no longer in its folder', { retryable: false });
    return real;
  }

  async function* sync(_mark: string | null, signal: AbortSignal): AsyncIterable<SyncStep> {
    if (signal.aborted) throw stopReason(signal);
    const scan = await scanFolder(root, signal);
    observe(scan.files);
    const works = worksOf(scan.files);
    const before = new Map((await held()).map((one) => [one.id, one]));
    const there = new Set<string>();
    const changes: AssetChange[] = [];
    let isResting = true;
    for (const work of works) {
      if (signal.aborted) throw stopReason(signal);
      const assetId = folderAssetId(id, work);
      there.add(assetId);
      const all = filesOf(work);
      // What is still being written counts as soon as it rests; what was here stays until then.
      if (isComing(assetId, work) || !all.every(isSettled)) {
        isResting = false;
        const known = before.get(assetId);
        const change = known && !known.isWithdrawn ? await takenBack(work) : null;
        if (change && change.stamp !== known?.stamp) changes.push(change);
        continue;
      }
      const state = JSON.stringify(all);
      if (mapped.get(assetId) === state && before.has(assetId)) continue;
      const change = mapWork(work, {
        source: id,
        facts: await readSidecars(root, work.texts),
      });
      mapped.set(assetId, state);
      beside.set(assetId, { texts: work.texts, goneMs: null });
      if (change) changes.push(change);
    }
    // A drive that isn't mounted is an empty folder.
    if (scan.isComplete && scan.files.length > 0)
      for (const assetId of before.keys())
        if (!there.has(assetId)) {
          mapped.delete(assetId);
          beside.delete(assetId);
          changes.push({ op: 'delete', id: assetId, stamp: 'gone' });
        }
    facts = { name: folder, terms: null, movedTo: null, restMs: isResting ? REST_MS : SETTLED_MS };
    for (let at = 0; at === 0 || at < changes.length; at += MAX_STEP)
      yield { changes: changes.slice(at, at + MAX_STEP), mark: 'folder', list: null };
  }

  return {
    id,
    owns: (assetId) => assetId.startsWith(`${id}/`),
    capabilities: CAPABILITIES,
    sync,
    detail: async () => null,
    async files(assetId, isAnew) {
      const scan = await scanFolder(root, AbortSignal.timeout(60_000));
      const work = worksOf(scan.files).find((one) => folderAssetId(id, one) === assetId);
      if (!work) return null;
      // What is said now, though the library may learn it only when everything rests.
      const { status = 'usable', note } = isAnew ? await readSidecars(root, work.texts) : {};
      requireRights(
        { pubStatus: status, embargoUntil: null, expiresAt: null, restrictions: [] },
        {
          use: 'queue',
          shots: null,
          nowMs: nowMs(),
          profile: UNSTATED_PROFILE,
          mayTakeEarly: false,
        },
        { slug: work.name, ...(note === undefined ? {} : { statusNote: note }) },
        [],
      );
      const change = mapWork(work, { source: id, facts: {} });
      if (change?.op !== 'upsert' || !change.detail) return null;
      return Promise.all(
        change.detail.files.flatMap((file) =>
          file.url === null
            ? []
            : [pathOf(file.url).then((path) => ({ ...file, url: pathToFileURL(path).href }))],
        ),
      );
    },
    pathOf,
    get facts() {
      return facts;
    },
  };
}
