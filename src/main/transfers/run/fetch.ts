import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { type OpenedResponse, openRange, type RangeResponse, StallWatch } from './range-request.ts';
import { type Limiter, waitFor, type HostSlots, type Slots } from '../limits.ts';
import type { PartFile } from './part-file.ts';
import type { BodyBlock, Clock, ByteSource } from '../ports.ts';
import type { EvidenceRecorder } from '../evidence/record.ts';
import { bytesIn, missingRanges, withRange, type Range } from '../ranges.ts';
import { redactUrl } from '../../../shared/model/url.ts';

/**
 * What came is handed to the disk when it is this large, or when this much time has passed. A block
 * of the source is a little more.
 */
const BLOCK_BYTES = 480 * 1024;
const BLOCK_MS = 250;
const WRITES_AT_ONCE = 2;

/** What one connection is to fetch; `at` moves on with every byte that is on disk. */
type Segment = { from: number; at: number; to: number };

type SegmentContext = {
  part: PartFile;
  limiter: Limiter;
  clock: Clock;
  signal: AbortSignal;
  stallMs: number;
  /** Nothing but the origin's word vouches for the bytes. */
  unvouched: boolean;
  /** Body bytes as they arrive. */
  onReceived(bytes: number): void;
  /** More is on disk. */
  onWritten(): void;
};
type Failure = { thrown: unknown };

/**
 * Collects what arrives for the disk. Two writes are under way at most while the next block comes
 * in.
 */
class BlockWriter {
  readonly #context: SegmentContext;
  readonly #segment: Segment;
  #blocks: BodyBlock[] = [];
  #bytes = 0;
  #position: number;
  #sinceMs: number;
  /** Oldest first. */
  readonly #writes: { done: Promise<Failure | null>; end: number }[] = [];

  constructor(context: SegmentContext, segment: Segment) {
    this.#context = context;
    this.#segment = segment;
    this.#position = segment.at;
    this.#sinceMs = context.clock.nowMs();
  }

  /** Before this byte something was handed to the disk, written or not. */
  get position(): number {
    return this.#position;
  }

  /** The block is released by this one, whatever happens. */
  async add(block: BodyBlock): Promise<void> {
    this.#blocks.push(block);
    this.#bytes += block.bytes.byteLength;
    if (
      this.#bytes >= BLOCK_BYTES ||
      block.isAwaited?.() ||
      this.#context.clock.nowMs() - this.#sinceMs >= BLOCK_MS
    )
      await this.#send();
  }

  /**
   * Resolves when everything is written; rejects with what the disk or the check of a piece says,
   * once nothing is under way any more.
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
    this.#sinceMs = this.#context.clock.nowMs();
    this.#writes.push({
      end: this.#position,
      done: this.#write(blocks, at).then(
        () => null,
        (thrown: unknown) => ({ thrown }),
      ),
    });
  }

  async #write(blocks: BodyBlock[], at: number): Promise<void> {
    let wrong: number[];
    try {
      wrong = await this.#context.part.write(
        blocks.map(({ bytes }) => bytes),
        at,
      );
    } finally {
      for (const { release } of blocks) release();
    }
    this.#context.onWritten();
    if (wrong.length > 0)
      throw new AppError('hash-mismatch', `Piece ${wrong.join(', ')} arrived damaged`, {
        retryable: true,
      });
  }
}

/**
 * The origin repeats bytes from before the resume point; they must be what is on disk, or the
 * content is another.
 */
async function checkOverlap(part: PartFile, at: number, bytes: Uint8Array): Promise<void> {
  const here = await part.read([at, at + bytes.byteLength]);
  if (Buffer.compare(here, bytes) !== 0)
    throw new AppError('source-changed', 'The bytes before the resume point have changed', {
      retryable: true,
    });
}

/** Where the segment starts, and what the answer says is its end. */
type Bounds = { start: number; promised: number };

/** Checks and trims one block and hands it to the writer; returns the position after it. */
async function trimBlock(
  context: SegmentContext,
  segment: Segment,
  block: BodyBlock,
  position: number,
  { start, promised }: Bounds,
  writer: BlockWriter,
): Promise<number> {
  let { bytes } = block;
  let at = position;
  try {
    context.onReceived(bytes.byteLength);
    await context.limiter.take(bytes.byteLength, context.signal);
    if (at + bytes.byteLength > promised)
      throw new AppError('origin-error', 'The server sent more bytes than announced', {
        retryable: true,
      });
    if (at < start) {
      const compared = bytes.subarray(0, start - at);
      await checkOverlap(context.part, at, compared);
      at += compared.byteLength;
      bytes = bytes.subarray(compared.byteLength);
    }
  } catch (thrown) {
    block.release();
    throw thrown;
  }
  bytes = bytes.subarray(0, Math.max(0, segment.to - at));
  if (bytes.byteLength === 0) block.release();
  else await writer.add({ ...block, bytes });
  return at + bytes.byteLength;
}

/**
 * Reads one answer into its segment. On return all of the segment is written; on an error what had
 * come before it is. A body that is longer than it said is an error too, and then nothing of it is
 * believed unless a hash vouches for it.
 * @param lead bytes the answer starts before the segment, to be compared instead of written
 */
async function readSegment(
  context: SegmentContext,
  segment: Segment,
  opened: OpenedResponse,
  watch: StallWatch,
  lead: number,
): Promise<void> {
  const { part } = context;
  const start = segment.at;
  const promised =
    opened.kind === 'part'
      ? start - lead + opened.bytes
      : (opened.totalBytes ?? part.totalBytes ?? Infinity);
  const writer = new BlockWriter(context, segment);
  const body = opened.answer.body[Symbol.asyncIterator]();
  let position = start - lead;
  try {
    // One step beyond the last byte shows that the body really ends there; a segment that was
    // shortened just stops.
    while (position < segment.to || segment.to >= promised) {
      const next = await watch.during(body.next());
      if (next.done) break;
      position = await trimBlock(
        context,
        segment,
        next.value,
        position,
        { start, promised },
        writer,
      );
    }
    await writer.flush();
    if (Number.isFinite(segment.to) && position < segment.to)
      throw new AppError('short-body', `The response ended ${segment.to - position} bytes early`, {
        retryable: true,
      });
  } catch (thrown) {
    // What came before the fault counts, unless writing it is the worse fault.
    const failure = await writer.flush().then(
      () => thrown,
      (later: unknown) => later,
    );
    const code = failure instanceof AppError ? failure.code : null;
    if (context.unvouched && code === 'origin-error') part.forget([start, writer.position]);
    if (code === 'hash-mismatch') part.dropUnverified([start, writer.position]);
    throw failure;
  } finally {
    part.flushJournal();
    await body.return?.();
  }
}

export type Address = {
  originId: string;
  url: string;
  headers: Record<string, string>;
  ranges: boolean;
  etag: string | null;
};
/** Where a file may be fetched from, one address at a time. */
export type Addresses = {
  current(): Promise<Address>;
  /**
   * This address did not work; true if there is another to try now. `expired`: a fresh one of the
   * same origin may do.
   */
  replace(address: Address, expired: boolean): Promise<boolean>;
};

export type FetchContext = {
  bytes: ByteSource;
  clock: Clock;
  limiter: Limiter;
  slots: Slots;
  hosts: HostSlots;
  signal: AbortSignal;
  connections: number;
  stallMs: number;
  /** What came is not given up yet for an origin that may do better. */
  patient: boolean;
  evidence: EvidenceRecorder;
  onReceived(bytes: number): void;
  onWritten(): void;
};
type FetchTask = {
  part: PartFile;
  addresses: Addresses;
  /** Media type or name, to tell the file from a web page. */
  expected: string;
  /** A hash of the whole or of its pieces will be compared: anything wrong will be found. */
  vouched: boolean;
  pieceBytes: number | null;
  /** The length was not known before; throws if there is no room for it. */
  onLength(totalBytes: number): Promise<void>;
};

const MIN_SEGMENT_BYTES = 8 * 1024 * 1024;
const OVERLAP_BYTES = 64 * 1024;
const MAX_RESTARTS = 3;
/** A connection that brought less than this before it broke is not opened again at once. */
const MIN_RECONNECT_BYTES = 256 * 1024;
const PAUSE_MS = 250;

/**
 * Faults of an origin or the way to it; everything else (disk, stop, a hash that stays wrong) ends
 * the file at once.
 */
const ORIGIN_ERRORS = new Set<ErrorCode>([
  'offline',
  'timeout',
  'tls',
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

const sourceChanged = (url: string) =>
  new AppError(
    'source-changed',
    `${redactUrl(url)}: part of the file is from another origin, and no hash shows that both have the same content`,
    { retryable: true },
  );

/** One try at one file: some connections that share what is missing. */
class FileFetch {
  readonly #task: FetchTask;
  readonly #context: FetchContext;
  readonly #signal: AbortSignal;
  readonly #segments = new Set<Segment>();
  readonly #loops = new Set<Promise<void>>();
  readonly #trustGivenTag: boolean;
  #rangesProven = false;
  #failure: { thrown: unknown } | null = null;
  readonly #stop = new AbortController();

  /** @param trustGivenTag false once the tag that came with the address has proved stale */
  constructor(task: FetchTask, context: FetchContext, trustGivenTag: boolean) {
    this.#trustGivenTag = trustGivenTag;
    this.#task = task;
    this.#context = context;
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
  }

  /**
   * Resolves when nothing is missing; rejects with the first lasting failure, once every connection
   * has ended.
   */
  async run(): Promise<void> {
    this.#startLoop(await this.#context.slots.acquire(this.#signal));
    while (this.#loops.size > 0) await Promise.all(this.#loops);
    if (this.#failure) throw this.#failure.thrown;
  }

  get #tag(): string | null {
    const { validator } = this.#task.part;
    return validator?.etag ?? null;
  }

  /** Bytes are there that nothing but their origin's word vouches for. */
  get #holdsUnvouched(): boolean {
    return !this.#task.vouched && this.#task.part.written.length > 0;
  }

  /** Several connections only if a splice of two versions would be noticed. */
  get #mayShare(): boolean {
    return this.#task.vouched || this.#tag !== null;
  }

  #startLoop(release: () => void): void {
    const loop = this.#fetchUntilDone()
      .catch((thrown: unknown) => {
        this.#failure ??= { thrown };
        this.#stop.abort(new AppError('cancelled', 'Another connection of this file failed'));
      })
      .finally(() => {
        release();
        this.#loops.delete(loop);
      });
    this.#loops.add(loop);
  }

  #startMore(): void {
    while (
      this.#rangesProven &&
      this.#mayShare &&
      this.#loops.size < this.#context.connections &&
      this.#nextRange()
    ) {
      const release = this.#context.slots.tryAcquire();
      if (!release) return;
      this.#startLoop(release);
    }
  }

  /**
   * The next share: large at first and smaller towards the end, so that all connections finish
   * together.
   */
  #nextRange(): Range | null {
    const { part, pieceBytes } = this.#task;
    // The first request finds out how long it is. With several connections it asks for one share,
    // so that nothing is sent in vain.
    if (part.totalBytes === null)
      return this.#segments.size > 0
        ? null
        : [0, this.#context.connections > 1 ? MIN_SEGMENT_BYTES : Infinity];
    const taken = [...this.#segments].reduce<readonly Range[]>(
      (ranges, { at, to }) => withRange(ranges, [at, to]),
      part.written,
    );
    const missing = missingRanges(taken, part.totalBytes);
    const first = missing[0];
    if (!first) return null;
    const connections = this.#mayShare ? this.#context.connections : 1;
    if (connections === 1) return first;
    const share = Math.max(MIN_SEGMENT_BYTES, Math.ceil(bytesIn(missing) / (2 * connections)));
    const unit = pieceBytes ?? 1;
    const end = Math.ceil((first[0] + share) / unit) * unit;
    // A rest too small for a request of its own goes with its neighbour.
    return [first[0], first[1] - end < MIN_SEGMENT_BYTES / 2 ? first[1] : end];
  }

  async #fetchUntilDone(): Promise<void> {
    const { part } = this.#task;
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
        const leave = await this.#context.hosts.acquire(address.url, this.#signal);
        await this.#fetchSegment(segment, address).finally(leave);
      } catch (thrown) {
        this.#segments.delete(segment);
        if (!(thrown instanceof AppError) || this.#signal.aborted) throw thrown;
        this.#context.evidence.failed(address, thrown.code);
        // Where a hash vouches for the content, an origin that has another length or tag is passed
        // by like one that fails.
        const isOther =
          thrown.code === 'source-changed' && this.#task.vouched && (await this.#drop(address));
        if (isOther) continue;
        if (!ORIGIN_ERRORS.has(thrown.code)) throw thrown;
        if (!(await this.#goOn(thrown, address, part.highWaterBytes - before))) return;
      } finally {
        this.#segments.delete(segment);
      }
    }
  }

  async #nextAddress(): Promise<Address> {
    const { part, addresses } = this.#task;
    const address = await addresses.current();
    if (this.#holdsUnvouched && part.validator?.originId !== address.originId)
      throw sourceChanged(address.url);
    return address;
  }

  /**
   * After a fault: true to try the rest again here, false to leave it to the other connections;
   * throws when neither helps.
   */
  async #goOn(error: AppError, address: Address, gainedBytes: number): Promise<boolean> {
    if (error.code === 'hash-mismatch') {
      // The part file counts how often a piece may come wrong, and then says that another try is of
      // no use.
      if (error.detail.retryable !== true) throw error;
      await this.#drop(address);
      return true;
    }
    if (gainedBytes > 0 && error.detail.retryable === true) {
      if (gainedBytes < MIN_RECONNECT_BYTES)
        await waitFor(this.#context.clock, PAUSE_MS, this.#signal);
      return true;
    }
    // An origin that allows fewer connections than we want says so to the newest one.
    if (this.#loops.size > 1) return false;
    // Another one would begin anew.
    if (this.#holdsUnvouched && error.detail.retryable === true && this.#context.patient)
      throw error;
    if (await this.#drop(address)) return true;
    throw error;
  }

  /** True if another address takes its place. */
  async #drop(address: Address): Promise<boolean> {
    const isReplaced = await this.#task.addresses.replace(address, false);
    if (isReplaced) this.#context.evidence.dropped(address);
    return isReplaced;
  }

  async #fetchSegment(segment: Segment, address: Address): Promise<void> {
    const { part, expected, vouched } = this.#task;
    const { bytes, clock, limiter, stallMs } = this.#context;
    const onReceived = (received: number) => {
      this.#context.evidence.received(address, received);
      this.#context.onReceived(received);
    };
    const onWritten = () => this.#context.onWritten();
    const etag =
      part.validator?.originId === address.originId
        ? part.validator.etag
        : this.#trustGivenTag
          ? address.etag
          : null;
    const lead = vouched || etag !== null ? 0 : Math.min(OVERLAP_BYTES, segment.from);
    const watch = new StallWatch(clock, stallMs, this.#signal);
    const request = {
      url: address.url,
      headers: address.headers,
      ranges: address.ranges,
      etag,
      expected,
      totalBytes: part.totalBytes,
      signal: watch.signal,
      from: segment.from - lead,
      to: Number.isFinite(segment.to) ? segment.to : null,
    };
    const opened = await watch.during(openRange(bytes, request, clock.nowMs()));
    if (!('answer' in opened)) return this.#withoutBytes(opened, address);
    this.#context.evidence.answered(address, opened);
    try {
      await this.#accept(segment, opened, address);
    } catch (thrown) {
      opened.answer.discard();
      throw thrown;
    }
    await readSegment(
      {
        part,
        limiter,
        clock,
        signal: this.#signal,
        stallMs,
        unvouched: !vouched,
        onReceived,
        onWritten,
      },
      segment,
      opened,
      watch,
      opened.kind === 'part' ? lead : 0,
    );
    if (part.totalBytes === null) await part.setTotal(segment.at);
  }

  async #withoutBytes(opened: RangeResponse, address: Address): Promise<void> {
    if (opened.kind === 'empty') return this.#task.part.setTotal(0);
    if (opened.kind !== 'expired')
      throw new AppError('bug', `No bytes in an answer of kind ${opened.kind}`);
    if (!(await this.#task.addresses.replace(address, true))) throw opened.error;
  }

  /** Takes in what the head of the answer says before a byte of it is read. */
  async #accept(segment: Segment, opened: OpenedResponse, address: Address): Promise<void> {
    const { part, vouched } = this.#task;
    if (opened.kind === 'whole') {
      if (this.#segments.size > 1)
        throw new AppError('range-ignored', 'The server sent the whole file instead of a part', {
          retryable: true,
        });
      if (!opened.framed && !vouched)
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
    // An address may lead here and there; only a strong tag tells that it is the same content.
    if (
      this.#holdsUnvouched &&
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
      await this.#task.onLength(opened.totalBytes);
    if (opened.totalBytes !== null) await part.setTotal(opened.totalBytes);
    if (opened.kind !== 'part') return;
    this.#rangesProven = true;
    segment.to = Math.min(segment.to, opened.totalBytes);
    this.#startMore();
  }
}

/**
 * Fetches what is missing of a file into its part file. Resolves when all of it is written; rejects
 * with the code of what stopped it, and then everything that came is recorded. A source whose
 * content changes is started over a few times before that is an error.
 */
export async function fetchFile(task: FetchTask, context: FetchContext): Promise<void> {
  for (let restarts = 0; !task.part.isComplete; restarts++) {
    try {
      await new FileFetch(task, context, restarts === 0).run();
    } catch (thrown) {
      const changed = thrown instanceof AppError && thrown.code === 'source-changed';
      if (!changed || restarts >= MAX_RESTARTS) throw thrown;
      await task.part.restart(true);
    }
  }
}
