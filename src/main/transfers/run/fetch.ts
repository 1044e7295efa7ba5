import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { redactUrl } from '../../../shared/model/url.ts';
import type { EvidenceRecorder } from '../evidence/record.ts';
import type { BodyBlock } from '../ports.ts';
import { bytesIn, missingRanges, withRange, type Range } from '../ranges.ts';
import type { RunDeps } from './deps.ts';
import { requireSpace, type PartFile } from './part-file.ts';
import { hasDigest, type PlannedFile } from './plan.ts';
import { type OpenedResponse, openRange, type RangeResponse, StallWatch } from './range-request.ts';

export type Address = {
  originId: string;
  url: string;
  headers: Record<string, string>;
  ranges: boolean;
  etag: string | null;
};
/** The addresses of one file, in the order in which they are tried. */
export type Addresses = {
  current(): Promise<Address>;
  /**
   * Replaces an address that failed; `expired` means that a fresh one of the same origin may do.
   * @returns true if there is another address to try
   */
  replace(address: Address, expired: boolean): Promise<boolean>;
};

/** One file of a run, with its part file and its addresses. */
export type FileRun = {
  deps: RunDeps;
  /** Folder that the file's path is relative to. */
  folder: string;
  file: PlannedFile;
  part: PartFile;
  addresses: Addresses;
};

/** Writes are at least this large, or this far apart. A block of the source is slightly larger. */
const BLOCK_BYTES = 480 * 1024;
const BLOCK_MS = 250;
const WRITES_AT_ONCE = 2;

const MIN_SEGMENT_BYTES = 8 * 1024 * 1024;
const OVERLAP_BYTES = 64 * 1024;
const MAX_RESTARTS = 3;
/** Minimum bytes for an immediate reconnect. */
const MIN_RECONNECT_BYTES = 256 * 1024;
const PAUSE_MS = 250;
/** Failures in a row without new bytes before the bytes of one origin are discarded for another. */
const MAX_FILE_ATTEMPTS = 3;

/**
 * Errors of an origin or of the way to it. Any other one (disk, stop, a hash that stays wrong) ends
 * the file at once.
 */
const ORIGIN_ERRORS = new Set<ErrorCode>([
  'offline',
  'timeout',
  'tls',
  'proxy-unreachable',
  'proxy-auth',
  'proxy-refused',
  'origin-refused',
  'origin-error',
  'captive-portal',
  'stalled',
  'redirect-refused',
  'short-body',
  'range-ignored',
  'not-found',
  'rate-limited',
  'hash-mismatch',
]);

/** Share of one connection; `at` advances with every byte on disk. */
type Segment = { from: number; at: number; to: number };
type Failure = { thrown: unknown };

/** Collects arriving blocks into writes. At most two writes run while the next block arrives. */
class BlockWriter {
  readonly #run: FileRun;
  readonly #segment: Segment;
  #blocks: BodyBlock[] = [];
  #bytes = 0;
  #position: number;
  #sinceMs: number;
  /** Oldest first. */
  readonly #writes: { done: Promise<Failure | null>; end: number }[] = [];

  constructor(run: FileRun, segment: Segment) {
    this.#run = run;
    this.#segment = segment;
    this.#position = segment.at;
    this.#sinceMs = run.deps.clock.nowMs();
  }

  /** Offset after the last byte handed to the disk, written or not. */
  get position(): number {
    return this.#position;
  }

  /** Takes ownership of `block`; releases it on failure too. */
  async add(block: BodyBlock): Promise<void> {
    this.#blocks.push(block);
    this.#bytes += block.bytes.byteLength;
    if (
      this.#bytes >= BLOCK_BYTES ||
      block.isAwaited?.() ||
      this.#run.deps.clock.nowMs() - this.#sinceMs >= BLOCK_MS
    )
      await this.#send();
  }

  /**
   * Resolves when everything is written.
   * @throws an error of the disk or of a piece, once no write is running
   */
  async flush(): Promise<void> {
    let failed: Failure | null = null;
    try {
      await this.#send();
    } catch (thrown) {
      failed = { thrown };
    }
    while (this.#writes.length > 0) failed = (await this.#settleOldest()) ?? failed;
    for (const { release } of this.#blocks.splice(0)) release();
    if (failed) throw failed.thrown;
  }

  async #settleOldest(): Promise<Failure | null> {
    const write = this.#writes.shift();
    const failed = (await write?.done) ?? null;
    if (write && !failed) this.#segment.at = write.end;
    return failed;
  }

  async #send(): Promise<void> {
    if (this.#writes.length >= WRITES_AT_ONCE) {
      const failed = await this.#settleOldest();
      if (failed) throw failed.thrown;
    }
    if (this.#bytes === 0) return;
    const blocks = this.#blocks;
    const at = this.#position;
    this.#position += this.#bytes;
    this.#blocks = [];
    this.#bytes = 0;
    this.#sinceMs = this.#run.deps.clock.nowMs();
    this.#writes.push({
      end: this.#position,
      done: this.#write(blocks, at).then(
        () => null,
        (thrown: unknown) => ({ thrown }),
      ),
    });
  }

  async #write(blocks: BodyBlock[], at: number): Promise<void> {
    const { deps, file, part } = this.#run;
    let wrong: number[];
    try {
      wrong = await part.write(
        blocks.map(({ bytes }) => bytes),
        at,
      );
    } finally {
      for (const { release } of blocks) release();
    }
    deps.progress.update(file.index, {
      receivedBytes: part.writtenBytes,
      totalBytes: part.totalBytes,
    });
    if (wrong.length > 0)
      throw new AppError('hash-mismatch', `Piece ${wrong.join(', ')} arrived damaged`, {
        retryable: true,
      });
  }
}

/**
 * Cuts a block down to its segment. Bytes before the resume point repeat what is on disk; if they
 * differ, the content has changed.
 */
async function trimBlock(
  part: PartFile,
  segment: Segment,
  block: Uint8Array,
  position: number,
  start: number,
): Promise<{ at: number; bytes: Uint8Array }> {
  let at = position;
  let bytes = block;
  if (at < start) {
    const repeated = bytes.subarray(0, start - at);
    const onDisk = await part.read([at, at + repeated.byteLength]);
    if (Buffer.compare(onDisk, repeated) !== 0)
      throw new AppError('source-changed', 'The bytes before the resume point have changed', {
        retryable: true,
      });
    at += repeated.byteLength;
    bytes = bytes.subarray(repeated.byteLength);
  }
  return { at, bytes: bytes.subarray(0, Math.max(0, segment.to - at)) };
}

const sourceChanged = (url: string) =>
  new AppError(
    'source-changed',
    `${redactUrl(url)}: part of the file is from another origin, and no hash shows that both have the same content`,
    { retryable: true },
  );

/** One attempt at one file: connections that share the missing ranges. */
class FileFetch {
  readonly #run: FileRun;
  readonly #evidence: EvidenceRecorder;
  readonly #hasDigest: boolean;
  readonly #segments = new Set<Segment>();
  readonly #connections = new Set<Promise<void>>();
  readonly #trustsGivenEtag: boolean;
  #areRangesProven = false;
  /** What had arrived when a connection was last given up for want of bytes. */
  #givenUpAtBytes = -1;
  #failure: { thrown: unknown } | null = null;
  readonly #stop = new AbortController();

  /** @param trustsGivenEtag false once the ETag that came with the address has proved stale */
  constructor(run: FileRun, trustsGivenEtag: boolean) {
    const { deps, file } = run;
    const signal = AbortSignal.any([deps.signal, this.#stop.signal]);
    this.#trustsGivenEtag = trustsGivenEtag;
    this.#run = { ...run, deps: { ...deps, signal } };
    this.#evidence = deps.records.evidence(file.index);
    this.#hasDigest = hasDigest(file);
  }

  /**
   * Resolves when nothing is missing.
   * @throws the first lasting error, once every connection has ended
   */
  async run(): Promise<void> {
    const { limits, signal } = this.#run.deps;
    this.#connect(await limits.slots.acquire(signal));
    while (this.#connections.size > 0) await Promise.all(this.#connections);
    if (this.#failure) throw this.#failure.thrown;
  }

  get #etag(): string | null {
    return this.#run.part.validator?.etag ?? null;
  }

  /** There are bytes on disk that only their origin can confirm. */
  get #holdsUnverifiable(): boolean {
    return !this.#hasDigest && this.#run.part.written.length > 0;
  }

  /** Several connections are safe only if mixing two versions would be noticed. */
  get #mayShare(): boolean {
    return this.#hasDigest || this.#etag !== null;
  }

  #connect(release: () => void): void {
    const connection = this.#fetchUntilDone()
      .catch((thrown: unknown) => {
        this.#failure ??= { thrown };
        this.#stop.abort(new AppError('cancelled', 'Another connection of this file failed'));
      })
      .finally(() => {
        release();
        this.#connections.delete(connection);
      });
    this.#connections.add(connection);
  }

  #connectMore(): void {
    const { slots, connectionsPerFile } = this.#run.deps.limits;
    // Two that are cut before their first byte would open one another again without end.
    while (
      this.#areRangesProven &&
      this.#mayShare &&
      this.#run.part.highWaterBytes > this.#givenUpAtBytes &&
      this.#connections.size < connectionsPerFile &&
      this.#nextRange()
    ) {
      const release = slots.tryAcquire();
      if (!release) return;
      this.#connect(release);
    }
  }

  /**
   * Next share: large at first, smaller towards the end, so that all connections finish together.
   */
  #nextRange(): Range | null {
    const { part, file, deps } = this.#run;
    const { connectionsPerFile } = deps.limits;
    // The first request learns the length. With several connections it asks for one share only, so
    // that no body is thrown away.
    if (part.totalBytes === null)
      return this.#segments.size > 0
        ? null
        : [0, connectionsPerFile > 1 ? MIN_SEGMENT_BYTES : Infinity];
    const taken = [...this.#segments].reduce<readonly Range[]>(
      (ranges, { at, to }) => withRange(ranges, [at, to]),
      part.written,
    );
    const missing = missingRanges(taken, part.totalBytes);
    const first = missing[0];
    if (!first) return null;
    const connections = this.#mayShare ? connectionsPerFile : 1;
    if (connections === 1) return first;
    const share = Math.max(MIN_SEGMENT_BYTES, Math.ceil(bytesIn(missing) / (2 * connections)));
    const unit = file.pieces?.pieceBytes ?? 1;
    const end = Math.ceil((first[0] + share) / unit) * unit;
    // A remainder too small for its own request joins its neighbour.
    return [first[0], first[1] - end < MIN_SEGMENT_BYTES / 2 ? first[1] : end];
  }

  async #fetchUntilDone(): Promise<void> {
    const { part, deps } = this.#run;
    for (;;) {
      const range = this.#nextRange();
      if (!range) return;
      const before = part.highWaterBytes;
      const segment: Segment = { from: range[0], at: range[0], to: range[1] };
      this.#segments.add(segment);
      const address = await this.#nextAddress().catch((thrown: unknown) => {
        this.#segments.delete(segment);
        throw thrown;
      });
      try {
        const leave = await deps.limits.hosts.acquire(address.url, deps.signal);
        await this.#fetchSegment(segment, address).finally(leave);
      } catch (thrown) {
        this.#segments.delete(segment);
        if (!(thrown instanceof AppError) || deps.signal.aborted) throw thrown;
        this.#evidence.failed(address, thrown.code);
        // If a hash verifies the content, an origin with another length or ETag is dropped like one
        // that fails.
        const isReplaced =
          thrown.code === 'source-changed' && this.#hasDigest && (await this.#drop(address));
        if (isReplaced) continue;
        if (!ORIGIN_ERRORS.has(thrown.code)) throw thrown;
        if (!(await this.#shouldRetry(thrown, address, part.highWaterBytes - before))) return;
      } finally {
        this.#segments.delete(segment);
      }
    }
  }

  async #nextAddress(): Promise<Address> {
    const { part, addresses } = this.#run;
    const address = await addresses.current();
    if (this.#holdsUnverifiable && part.validator?.originId !== address.originId)
      throw sourceChanged(address.url);
    return address;
  }

  /**
   * After an error: true to retry here, false to leave the rest to the other connections.
   * @throws the error if neither helps
   */
  async #shouldRetry(error: AppError, address: Address, newBytes: number): Promise<boolean> {
    const { clock, signal, transfer } = this.#run.deps;
    if (error.code === 'hash-mismatch') {
      // The part file counts failures of a piece and makes the last one final.
      if (error.detail.retryable !== true) throw error;
      await this.#drop(address);
      return true;
    }
    if (newBytes > 0 && error.detail.retryable === true) {
      if (newBytes < MIN_RECONNECT_BYTES) await clock.sleep(PAUSE_MS, signal);
      return true;
    }
    // An origin that allows fewer connections than we open refuses the newest one.
    if (this.#connections.size > 1) {
      this.#givenUpAtBytes = this.#run.part.highWaterBytes;
      return false;
    }
    // Another origin would start from the beginning.
    const isPatient = transfer.attempts < MAX_FILE_ATTEMPTS;
    if (this.#holdsUnverifiable && error.detail.retryable === true && isPatient) throw error;
    if (await this.#drop(address)) return true;
    throw error;
  }

  /** @returns true if there is another address */
  async #drop(address: Address): Promise<boolean> {
    const isReplaced = await this.#run.addresses.replace(address, false);
    if (isReplaced) this.#evidence.dropped(address);
    return isReplaced;
  }

  async #fetchSegment(segment: Segment, address: Address): Promise<void> {
    const { part, file, deps } = this.#run;
    const { bytes, clock, limits, signal } = deps;
    const etag =
      part.validator?.originId === address.originId
        ? part.validator.etag
        : this.#trustsGivenEtag
          ? address.etag
          : null;
    const overlap = this.#hasDigest || etag !== null ? 0 : Math.min(OVERLAP_BYTES, segment.from);
    const watch = new StallWatch(clock, limits.stallMs, signal);
    const request = {
      url: address.url,
      headers: address.headers,
      ranges: address.ranges,
      etag,
      expected: file.expected,
      isPublishers: file.unsigned !== null,
      totalBytes: part.totalBytes,
      signal: watch.signal,
      from: segment.from - overlap,
      to: Number.isFinite(segment.to) ? segment.to : null,
    };
    const opened = await watch.during(openRange(bytes, request, clock.nowMs()));
    if (!('answer' in opened)) return this.#withoutBytes(opened, address);
    this.#evidence.answered(address, opened);
    try {
      await this.#accept(segment, opened, address);
    } catch (thrown) {
      opened.answer.discard();
      throw thrown;
    }
    await this.#readSegment(
      segment,
      opened,
      address,
      watch,
      opened.kind === 'partial' ? overlap : 0,
    );
    if (part.totalBytes === null) await part.setTotal(segment.at);
  }

  async #withoutBytes(opened: RangeResponse, address: Address): Promise<void> {
    if (opened.kind === 'empty') return this.#run.part.setTotal(0);
    if (opened.kind !== 'expired')
      throw new AppError('bug', `No bytes in an answer of kind ${opened.kind}`);
    if (!(await this.#run.addresses.replace(address, true))) throw opened.error;
  }

  /** Takes over what the head says, before a byte of the body is read. */
  async #accept(segment: Segment, opened: OpenedResponse, address: Address): Promise<void> {
    const { part, folder, deps } = this.#run;
    if (opened.kind === 'full') {
      if (this.#segments.size > 1)
        throw new AppError('range-ignored', 'The server sent the whole file instead of a part', {
          retryable: true,
        });
      if (!opened.hasLength && !this.#hasDigest)
        throw new AppError(
          'origin-refused',
          'The server doesn’t say where the file ends, and no hash is known',
          { retryable: false },
        );
      if (part.written.length > 0) await part.restart(false);
      segment.from = 0;
      segment.at = 0;
      segment.to = opened.totalBytes ?? part.totalBytes ?? Infinity;
    }
    const servedBy = new URL(opened.finalUrl).origin;
    const before = part.validator?.originId === address.originId ? part.validator : null;
    // An address may redirect to different hosts; only a strong ETag shows that the content is the
    // same.
    if (
      this.#holdsUnverifiable &&
      before?.servedBy !== servedBy &&
      (opened.etag === null || opened.etag !== before?.etag)
    )
      throw sourceChanged(opened.finalUrl);
    part.setValidator({
      originId: address.originId,
      etag: opened.etag ?? before?.etag ?? null,
      servedBy,
    });
    if (opened.totalBytes !== null && part.totalBytes === null)
      await requireSpace(deps.disk, folder, opened.totalBytes - part.writtenBytes);
    if (opened.totalBytes !== null) await part.setTotal(opened.totalBytes);
    if (opened.kind !== 'partial') return;
    this.#areRangesProven = true;
    segment.to = Math.min(segment.to, opened.totalBytes);
    this.#connectMore();
  }

  /**
   * Reads one response into its segment. On return the whole segment is written; on an error
   * everything that arrived before it. A body longer than announced is an error, and discards all
   * of it unless a hash will verify it.
   * @param overlap bytes before the segment at the start of the response, compared instead of
   * written
   */
  async #readSegment(
    segment: Segment,
    opened: OpenedResponse,
    address: Address,
    watch: StallWatch,
    overlap: number,
  ): Promise<void> {
    const { part, file, deps } = this.#run;
    const start = segment.at;
    const promised =
      opened.kind === 'partial'
        ? start - overlap + opened.bytes
        : (opened.totalBytes ?? part.totalBytes ?? Infinity);
    const writer = new BlockWriter(this.#run, segment);
    const body = opened.answer.body[Symbol.asyncIterator]();
    let position = start - overlap;
    try {
      // One read beyond the last byte shows that the body really ends there.
      while (position < segment.to || segment.to >= promised) {
        const next = await watch.during(body.next());
        if (next.done) break;
        const block = next.value;
        const { byteLength } = block.bytes;
        let trimmed: { at: number; bytes: Uint8Array };
        try {
          this.#evidence.received(address, byteLength);
          deps.progress.received(file.index, byteLength, deps.clock.nowMs());
          await deps.limits.rate.take(byteLength, deps.signal);
          if (position + byteLength > promised)
            throw new AppError('origin-error', 'The server sent more bytes than announced', {
              retryable: true,
            });
          trimmed = await trimBlock(part, segment, block.bytes, position, start);
        } catch (thrown) {
          block.release();
          throw thrown;
        }
        const { at, bytes } = trimmed;
        if (bytes.byteLength === 0) block.release();
        else await writer.add({ ...block, bytes });
        position = at + bytes.byteLength;
      }
      await writer.flush();
      if (Number.isFinite(segment.to) && position < segment.to)
        throw new AppError(
          'short-body',
          `The response ended ${segment.to - position} bytes early`,
          {
            retryable: true,
          },
        );
    } catch (thrown) {
      // What arrived before the error counts, unless writing it fails with a worse one.
      const failure = await writer.flush().then(
        () => thrown,
        (later: unknown) => later,
      );
      const code = failure instanceof AppError ? failure.code : null;
      if (!this.#hasDigest && code === 'origin-error') part.forget([start, writer.position]);
      if (code === 'hash-mismatch') part.dropUnverified([start, writer.position]);
      throw failure;
    } finally {
      part.flushJournal();
      await body.return?.();
    }
  }
}

/** Nothing brings back what was recorded, once the publisher has replaced it. */
const lasting = ({ file }: FileRun, changed: AppError): AppError =>
  file.unsigned === null || file.sha256 === null
    ? changed
    : new AppError(
        'source-changed',
        `${file.path}: the publisher’s file has changed since this computer recorded it`,
        { retryable: false, cause: changed },
      );

/**
 * Fetches the missing ranges of a file into its part file. On an error everything that arrived is
 * recorded. A source whose content changes is restarted a few times before that is an error.
 */
export async function fetchFile(run: FileRun): Promise<void> {
  const { part } = run;
  for (let restarts = 0; !part.isComplete; restarts++) {
    try {
      await new FileFetch(run, restarts === 0).run();
    } catch (thrown) {
      const changed = thrown instanceof AppError && thrown.code === 'source-changed';
      if (!changed) throw thrown;
      if (restarts >= MAX_RESTARTS) throw lasting(run, thrown);
      await part.restart(true);
    }
  }
}
