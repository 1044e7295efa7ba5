import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Received, Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import { systemClock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { forUse } from '../../shared/api/rights.ts';
import { readBounded } from '../adapters/fs/file-source.ts';
import type { AssetView } from '../catalogue/catalogue.ts';
import { forbiddance, refusalOf, type RightsViewer } from '../catalogue/rights.ts';
import { decodedText } from '../formats/decode-text.ts';
import type { TransfersApi } from '../transfers/api.ts';
import { verifyManifest, type Manifest } from '../transfers/package/manifest.ts';
import type { ClosableSource } from '../adapters/http/byte-source.ts';
import type { AuthorisedUrl, PackageSource } from '../transfers/ports.ts';
import { openRange } from '../transfers/run/range-request.ts';
import { acknowledgedTerms, confirmedTexts, supplierOf } from './enqueue.ts';
import { confirmationsOf, type Ledger } from './ledger.ts';
import type { Services } from './services.ts';

type Request = Received<AppContract, 'catalogue.file-text'>;
type FileText = Returned<AppContract, 'catalogue.file-text'>;
type ManifestFile = Manifest['files'][number];
type Offer = AssetView['packageContents'][number];

/** What is longer isn't read in place: it is for an editor, with the whole package. */
const MAX_TEXT_BYTES = 512 * 1024;
/** Until a text is whole. */
const MAX_MS = 20_000;

type Deps = Pick<Services, 'library' | 'session' | 'sources'> & {
  transfers: Pick<TransfersApi, 'find' | 'packageFile'>;
  source: PackageSource;
  bytes: ClosableSource;
  ledger: Pick<Ledger, 'append'>;
  viewer(): RightsViewer;
};

/**
 * Texts of packages, to be read in the app: from the disk where the package is here, as it was made
 * here, or from where a download would have it, by the same rules. Each is compared with its hash
 * where one is known, and has a limit; none is stored.
 */
export class FileTexts {
  readonly #deps: Deps;
  /** What was confirmed in this run, which is recorded once. */
  readonly #confirmed = new Set<string>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @throws the codes of rights; `restriction-unacknowledged` with the ids to confirm; those of
   * account, network and integrity; `not-found`
   */
  async read(request: Request): Promise<FileText> {
    const { library, viewer } = this.#deps;
    const asset = await library.catalogue.asset(request.assetId);
    const { profile, nowMs } = viewer();
    const forbidden = forbiddance(forUse(asset.verdict, { use: 'play', profile }), asset, nowMs);
    if (forbidden) throw forbidden;
    const offer = asset.packageContents.find(({ packageId }) => packageId === request.packageId);
    const file = offer?.components.find(({ fileId }) => fileId === request.fileId);
    if (!offer || !file) {
      // What may no longer be used has no packages.
      throw (
        forbiddance(asset.verdict, asset, nowMs) ??
        new AppError('not-found', `${asset.slug} has no such file`, { retryable: false })
      );
    }
    if (!file.isText) return { kind: 'not-text' };
    if ((file.bytes ?? 0) > MAX_TEXT_BYTES) return { kind: 'too-large', bytes: file.bytes };
    return (
      (await this.#onDisk(asset, offer, request.fileId)) ?? this.#fetched(asset, offer, request)
    );
  }

  close(): void {
    this.#deps.bytes.close();
  }

  /** Null where this version of the package isn't here, or not this file of it. */
  async #onDisk(asset: AssetView, offer: Offer, fileId: string): Promise<FileText | null> {
    const { transfers } = this.#deps;
    const { packageId, rev } = offer;
    const transfer = await transfers.find(asset.id, packageId);
    if (transfer?.state.phase !== 'done') return null;
    const here = await transfers.packageFile(transfer.id, rev, fileId);
    const place = here && (await placeIn(here.folder, here.name));
    if (here === null || place === null) return null;
    const { file, isSigned } = here;
    const bytes = await readBounded(place, MAX_TEXT_BYTES);
    if (bytes === null) return { kind: 'too-large', bytes: file.bytes };
    return textOf(bytes, file, 'disk', isSigned ? 'signed' : 'recorded');
  }

  async #fetched(asset: AssetView, offer: Offer, request: Request): Promise<FileText> {
    const { source, viewer } = this.#deps;
    const { assetId, packageId, fileId, confirmed } = request;
    const { profile, nowMs } = viewer();
    const verdict = forUse(asset.verdict, { use: 'read', profile });
    const texts = confirmedTexts(asset, confirmed);
    const refusal = refusalOf(verdict, asset, [...texts.keys()], nowMs);
    if (refusal) throw refusal;
    const supplier = supplierOf(this.#deps, asset.source);
    if (supplier.refusal) throw supplier.refusal;
    const service = asset.source;
    const json = await source.manifest(service, packageId, offer.rev);
    const asked = { packageId, rev: offer.rev, service };
    const { manifest } = await verifyManifest(json, await source.trustedKeys(service), asked);
    const file = manifest.files.find((one) => one.fileId === fileId);
    if (!file || manifest.assetId !== assetId)
      throw new AppError('not-found', `${asset.slug} has no such file`, { retryable: false });
    if (file.text !== null) return textOf(Buffer.from(file.text, 'utf8'), file, 'program', 'none');
    if ((file.bytes ?? 0) > MAX_TEXT_BYTES) return { kind: 'too-large', bytes: file.bytes };
    await this.#record(asset, offer, texts);
    const { urls } = await source.authorise(service, {
      assetId,
      packageId,
      rev: offer.rev,
      fileIds: [fileId],
      acknowledge: [...texts.keys()],
    });
    const [url] = urls.filter((one) => one.fileId === fileId);
    if (!url) throw new AppError('not-found', `${file.path} has no address`, { retryable: false });
    const bytes = await this.#fetch(url, file, !isSigned(manifest));
    if (bytes === null) return { kind: 'too-large', bytes: null };
    const vouched = isSigned(manifest) ? 'signed' : file.hash === null ? 'none' : 'published';
    return textOf(bytes, file, 'source', vouched);
  }

  /** What is confirmed is in the ledger before anything is asked for, once in a run. */
  async #record(asset: AssetView, offer: Offer, texts: ReadonlyMap<string, string>): Promise<void> {
    const { packageId, rev } = offer;
    const key = JSON.stringify([packageId, rev, ...texts]);
    if (texts.size === 0 || this.#confirmed.has(key)) return;
    const { restrictions, verdict, id: assetId, headline: title } = asset;
    const supplier = supplierOf(this.#deps, asset.source);
    const terms = acknowledgedTerms(supplier, restrictions, verdict, texts);
    const acknowledge = [...texts.keys()];
    await this.#deps.ledger.append(
      confirmationsOf([{ assetId, packageId, rev, title, acknowledge, terms }]),
    );
    this.#confirmed.add(key);
  }

  /** Null for more than a text may have. */
  async #fetch(
    url: AuthorisedUrl,
    file: ManifestFile,
    isPublishers: boolean,
  ): Promise<Buffer | null> {
    const stop = new AbortController();
    const cancelTimer = systemClock.after(MAX_MS, () =>
      stop.abort(new AppError('timeout', `${file.path} didn’t come in time`, { retryable: true })),
    );
    try {
      const opened = await openRange(
        this.#deps.bytes,
        {
          url: url.url,
          headers: url.headers,
          ranges: false,
          from: 0,
          to: null,
          totalBytes: file.bytes,
          etag: null,
          expected: file.path,
          isPublishers,
          signal: stop.signal,
        },
        systemClock.nowMs(),
      );
      if (opened.kind === 'expired') throw opened.error;
      if (opened.kind === 'empty') return Buffer.alloc(0);
      return await bounded(opened.answer.body);
    } finally {
      cancelTimer();
      // Also what is left of a body that is too long.
      stop.abort();
    }
  }
}

const isSigned = ({ signature }: Manifest): boolean => signature !== null;

/** Where a file of a package really is; null outside its folder, and for none. */
async function placeIn(folder: string, name: string): Promise<string | null> {
  const [top, real] = await Promise.all([
    realpath(folder),
    realpath(path.join(folder, name)),
  ]).catch(() => [null, null]);
  return top !== null && real?.startsWith(top + path.sep) ? real : null;
}

async function bounded(
  body: AsyncIterable<{ bytes: Uint8Array; release(): void }>,
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const { bytes, release } of body) {
    size += bytes.byteLength;
    // The block is used again.
    chunks.push(Buffer.from(bytes));
    release();
    if (size > MAX_TEXT_BYTES) return null;
  }
  return Buffer.concat(chunks);
}

const digestOf = (algorithm: string, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

/** @throws `hash-mismatch` */
function textOf(
  bytes: Uint8Array,
  { path: name, bytes: size, sha256, hash }: ManifestFile,
  from: Extract<FileText, { kind: 'text' }>['from'],
  vouched: Extract<FileText, { kind: 'text' }>['vouched'],
): FileText {
  const isRight =
    (size === null || size === bytes.byteLength) &&
    (sha256 === null || digestOf('sha256', bytes) === sha256) &&
    (hash === null || digestOf(hash.algorithm, bytes) === hash.hex);
  if (!isRight)
    throw new AppError(
      'hash-mismatch',
      from === 'disk'
        ? `${name} isn’t what was downloaded: repair the package`
        : `${name} isn’t what its source says it is`,
      { retryable: false },
    );
  const text = decodedText(bytes);
  if (text.includes('\0')) return { kind: 'not-text' };
  return {
    kind: 'text',
    bytes: bytes.byteLength,
    from,
    vouched,
    text: text
      .replaceAll(/\r\n?/gu, '\n')
      // Overrides too, which show letters in another order; Arabic and Hebrew need other marks only.
      .replaceAll(/[^\P{Cc}\n\t]|[\u202d\u202e]/gu, '\ufffd')
      .toWellFormed(),
  };
}
