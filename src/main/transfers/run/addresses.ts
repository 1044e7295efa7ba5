import { createHash } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import { strongEtag } from './range-request.ts';
import type { Addresses } from './fetch.ts';
import type { FileCounters } from './progress.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { Authorisation, AuthorisedUrl, PackageSource } from '../ports.ts';
import { redactUrl } from '../../../shared/model/url.ts';

const RENEW_BEFORE_MS = 60_000;
const MAX_RENEWALS = 3;
const MAX_FILES_PER_AUTHORISATION = 1000;
const MAX_FILES_PER_RENEWAL = 100;

/**
 * Identity of the content behind an address. Two paths of one host may be two files with different
 * ETags. A query may be a signature, so only its hash is included.
 */
export function originIdOf(url: string): string {
  const { search } = new URL(url);
  return search === ''
    ? redactUrl(url)
    : `${redactUrl(url)}#${createHash('sha256').update(search).digest('hex').slice(0, 16)}`;
}

/**
 * Fixed addresses, best first: a plain one, or the mirrors of a Metalink. An address that fails, or
 * sends wrong content, is dropped for this file; the last one stays.
 * @param atOnce connections rotate over this many of the best
 * @param first preferred over all others, if it is among them
 */
export function fixedAddresses(
  urls: readonly string[],
  atOnce = 1,
  first: string | null = null,
): Addresses {
  let remaining = urls.toSorted(
    (a, b) => Number(originIdOf(b) === first) - Number(originIdOf(a) === first),
  );
  let next = 0;
  return {
    async current() {
      const url = remaining[next++ % Math.min(atOnce, remaining.length)];
      if (url === undefined) throw new AppError('metalink-invalid', 'No URL to download it from');
      return { originId: originIdOf(url), url, headers: {}, ranges: true, etag: null };
    },
    async replace(failed) {
      // Another connection may have dropped it already.
      if (!remaining.includes(failed.url)) return true;
      if (remaining.length === 1) return false;
      remaining = remaining.filter((url) => url !== failed.url);
      return true;
    },
  };
}

type Granted = { downloadId: string; url: AuthorisedUrl; renewing: Promise<void> | null };
type GrantRequest = {
  service: string | null;
  assetId: string | null;
  packageId: string;
  rev: number;
  acknowledge: string[];
};

/**
 * Addresses of a package's files: requested together at the start, or for a file that turns out to
 * be needed later. Renewed when less than a minute is left or the origin refuses them, at most
 * three times in a row without new bytes. When an origin fails a file, the service is asked for
 * another one.
 */
export class PackageGrant {
  readonly #source: PackageSource;
  readonly #clock: Clock;
  readonly #request: GrantRequest;
  readonly #granted = new Map<string, Granted>();
  #maxParallel = Infinity;

  constructor(source: PackageSource, clock: Clock, request: GrantRequest) {
    this.#source = source;
    this.#clock = clock;
    this.#request = request;
  }

  /** @param fileIds none only to learn whether the package may be had: see `SourcePackages` */
  async ask(fileIds: readonly string[]): Promise<void> {
    const { service, ...request } = this.#request;
    for (let at = 0; at === 0 || at < fileIds.length; at += MAX_FILES_PER_AUTHORISATION) {
      this.#add(
        await this.#source.authorise(service, {
          ...request,
          fileIds: fileIds.slice(at, at + MAX_FILES_PER_AUTHORISATION),
        }),
      );
    }
  }

  /** Connections the service allows at the same time. */
  get maxParallel(): number {
    return Number.isFinite(this.#maxParallel) ? this.#maxParallel : 1;
  }

  /** @param counters of the file; new bytes reset the number of renewals */
  of(fileId: string, counters: Pick<FileCounters, 'downloadedBytes'>): Addresses {
    let renewals = 0;
    let bytesAtRenewal = counters.downloadedBytes;
    /** Origins that failed this file in this run. */
    const failed = new Set<string>();
    const renewSame = async (granted: Granted): Promise<boolean> => {
      renewals = counters.downloadedBytes > bytesAtRenewal ? 1 : renewals + 1;
      bytesAtRenewal = counters.downloadedBytes;
      if (renewals > MAX_RENEWALS) return false;
      await this.#renewOnce(fileId, granted, [...failed]);
      return true;
    };
    return {
      current: async () => {
        // A file that seemed to be in place may have proved wrong.
        if (!this.#granted.has(fileId)) await this.ask([fileId]);
        const granted = this.#of(fileId);
        if (this.#isStale(fileId)) await this.#renewOnce(fileId, granted, [...failed]);
        const { originId, url, headers, ranges, etag } = granted.url;
        return { originId, url, headers, ranges, etag: strongEtag(etag) };
      },
      replace: async (address, expired) => {
        const granted = this.#of(fileId);
        // Another connection may have replaced it already.
        if (granted.url.url !== address.url) return true;
        if (expired && (await renewSame(granted))) return true;
        if (failed.has(address.originId)) return false;
        failed.add(address.originId);
        const before = granted.url;
        await this.#renewOnce(fileId, granted, [...failed]);
        if (!failed.has(granted.url.originId)) return true;
        granted.url = before;
        return false;
      },
    };
  }

  #add({ downloadId, maxParallel, urls }: Authorisation): void {
    if (urls.length === 0) return;
    this.#maxParallel = Math.min(this.#maxParallel, Math.max(1, maxParallel));
    for (const url of urls)
      if (!this.#granted.has(url.fileId))
        this.#granted.set(url.fileId, { downloadId, url, renewing: null });
  }

  #of(fileId: string): Granted {
    const granted = this.#granted.get(fileId);
    if (!granted)
      throw new AppError('service-error', `The service sent no URL for ${fileId}`, {
        retryable: true,
      });
    return granted;
  }

  #isStale(fileId: string): boolean {
    const granted = this.#granted.get(fileId);
    return granted !== undefined && granted.url.expiresAtMs - this.#clock.nowMs() < RENEW_BEFORE_MS;
  }

  /** Connections that meet the same expiry share one renewal. */
  #renewOnce(fileId: string, granted: Granted, excludeOriginIds: string[]): Promise<void> {
    granted.renewing ??= this.#renew(fileId, granted.downloadId, excludeOriginIds).finally(() => {
      granted.renewing = null;
    });
    return granted.renewing;
  }

  /** Renews other stale files too, unless an origin has failed this one. */
  async #renew(fileId: string, downloadId: string, excludeOriginIds: string[]): Promise<void> {
    const others = [...this.#granted]
      .filter(
        ([id, other]) => id !== fileId && other.downloadId === downloadId && this.#isStale(id),
      )
      .map(([id]) => id);
    const fileIds =
      excludeOriginIds.length > 0 ? [fileId] : [fileId, ...others].slice(0, MAX_FILES_PER_RENEWAL);
    const urls = await this.#source.renew(
      this.#request.service,
      downloadId,
      fileIds,
      excludeOriginIds,
    );
    if (!urls.some((url) => url.fileId === fileId))
      throw new AppError('service-error', `The service sent no URL for ${fileId}`, {
        retryable: true,
      });
    for (const url of urls) this.#of(url.fileId).url = url;
  }
}
