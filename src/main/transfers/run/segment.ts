import { AppError } from '../../../shared/errors.ts';
import type { OpenedAnswer } from './range-request.ts';
import type { Limiter } from '../limiter.ts';
import type { PartFile } from './part-file.ts';
import type { BodyBlock, Clock } from '../ports.ts';

/**
 * What came is handed to the disk when it is this large, or when this much time has passed. A block
 * of the source is a little more.
 */
const BLOCK_BYTES = 480 * 1024;
const BLOCK_MS = 250;
const WRITES_AT_ONCE = 2;

/** What one connection is to fetch; `at` moves on with every byte that is on disk. */
export type Segment = { from: number; at: number; to: number };

export type SegmentContext = {
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

/**
 * Aborts what it watches when nothing has come for too long; time spent writing or held by the
 * limit does not count.
 */
export class StallWatch {
  readonly #clock: Clock;
  readonly #stallMs: number;
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;

  constructor(clock: Clock, stallMs: number, signal: AbortSignal) {
    this.#clock = clock;
    this.#stallMs = stallMs;
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  async during<T>(step: Promise<T>): Promise<T> {
    const callOff = this.#clock.after(this.#stallMs, () => {
      this.#controller.abort(
        new AppError('stalled', `Nothing came for ${Math.round(this.#stallMs / 1000)} s`, {
          retryable: true,
        }),
      );
    });
    try {
      return await step;
    } finally {
      callOff();
    }
  }

  /** The blocks of a body, none awaited for longer. */
  async *through(body: AsyncIterable<BodyBlock>): AsyncGenerator<BodyBlock> {
    const blocks = body[Symbol.asyncIterator]();
    try {
      for (
        let next = await this.during(blocks.next());
        !next.done;
        next = await this.during(blocks.next())
      )
        yield next.value;
    } finally {
      await blocks.return?.();
    }
  }
}

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
      throw new AppError('hash-mismatch', `Piece ${wrong.join(', ')} came wrong`, {
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
    throw new AppError('source-changed', 'The bytes before the resume point differ', {
      retryable: true,
    });
}

/** Where the segment starts, and what the answer says is its end. */
type Bounds = { start: number; promised: number };

/** Checks and trims one block and hands it to the writer; returns the position after it. */
async function place(
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
      throw new AppError('origin-error', 'More bytes came than were announced', {
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
export async function readSegment(
  context: SegmentContext,
  segment: Segment,
  opened: OpenedAnswer,
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
      position = await place(context, segment, next.value, position, { start, promised }, writer);
    }
    await writer.flush();
    if (Number.isFinite(segment.to) && position < segment.to)
      throw new AppError('short-body', `The body ended ${segment.to - position} bytes early`, {
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
    if (code === 'hash-mismatch') part.forgetUnproved([start, writer.position]);
    throw failure;
  } finally {
    part.flushJournal();
    await body.return?.();
  }
}
