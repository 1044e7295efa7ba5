import { AppError } from '../../shared/errors.ts';
import type { OpenedAnswer } from './answer.ts';
import type { Limiter } from './limiter.ts';
import type { PartFile } from './part-file.ts';
import type { Clock } from './ports.ts';

/** A block is handed to the disk when it is this large, or when this much time has passed. */
const BLOCK_BYTES = 256 * 1024;
const BLOCK_MS = 250;

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

/** Aborts what it watches when nothing has come for too long; time spent writing or held by the limit does not count. */
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
      this.#controller.abort(new AppError('stalled', `Nothing came for ${Math.round(this.#stallMs / 1000)} s`, { retryable: true }));
    });
    try {
      return await step;
    } finally {
      callOff();
    }
  }
}

/** Collects what arrives into blocks for the disk. One block is being written while the next one fills. */
class BlockWriter {
  readonly #context: SegmentContext;
  readonly #segment: Segment;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #position: number;
  #sinceMs: number;
  #writing: Promise<{ thrown: unknown } | null> = Promise.resolve(null);

  constructor(context: SegmentContext, segment: Segment) {
    this.#context = context;
    this.#segment = segment;
    this.#position = segment.at;
    this.#sinceMs = context.clock.nowMs();
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes >= BLOCK_BYTES || this.#context.clock.nowMs() - this.#sinceMs >= BLOCK_MS) await this.#send();
  }

  /** Resolves when everything is written; rejects with what the disk or the check of a piece says. */
  async flush(): Promise<void> {
    await this.#send();
    await this.#settle();
  }

  async #settle(): Promise<void> {
    const failed = await this.#writing;
    this.#writing = Promise.resolve(null);
    if (failed) throw failed.thrown;
  }

  async #send(): Promise<void> {
    await this.#settle();
    if (this.#bytes === 0) return;
    const chunks = this.#chunks;
    const at = this.#position;
    this.#position += this.#bytes;
    this.#chunks = [];
    this.#bytes = 0;
    this.#sinceMs = this.#context.clock.nowMs();
    this.#writing = this.#write(chunks, at, this.#position).then(() => null, (thrown: unknown) => ({ thrown }));
  }

  async #write(chunks: Uint8Array[], at: number, end: number): Promise<void> {
    const wrong = await this.#context.part.write(chunks, at);
    this.#segment.at = end;
    this.#context.onWritten();
    if (wrong.length > 0) throw new AppError('hash-mismatch', `Piece ${wrong.join(', ')} came wrong`, { retryable: true });
  }
}

/** The origin repeats bytes from before the resume point; they must be what is on disk, or the content is another. */
async function checkOverlap(part: PartFile, at: number, bytes: Uint8Array): Promise<void> {
  const here = await part.read([at, at + bytes.byteLength]);
  if (Buffer.compare(here, bytes) !== 0) throw new AppError('source-changed', 'The bytes before the resume point differ', { retryable: true });
}

/**
 * Reads one answer into its segment. On return all of the segment is written; on an error what had come before it is. A body that is
 * longer than it said is an error too, and then nothing of it is believed unless a hash vouches for it.
 * @param lead bytes the answer starts before the segment, to be compared instead of written
 */
export async function readSegment(context: SegmentContext, segment: Segment, opened: OpenedAnswer, watch: StallWatch, lead: number): Promise<void> {
  const { part } = context;
  const start = segment.at;
  const promised = opened.kind === 'part' ? start - lead + opened.bytes : (opened.totalBytes ?? part.totalBytes ?? Infinity);
  const writer = new BlockWriter(context, segment);
  const body = opened.answer.body[Symbol.asyncIterator]();
  let position = start - lead;
  try {
    // One step beyond the last byte shows that the body really ends there; a segment that was shortened just stops.
    while (position < segment.to || segment.to >= promised) {
      const next = await watch.during(body.next());
      if (next.done) break;
      let chunk = next.value;
      context.onReceived(chunk.byteLength);
      await context.limiter.take(chunk.byteLength, context.signal);
      if (position + chunk.byteLength > promised) throw new AppError('origin-error', 'More bytes came than were announced', { retryable: true });
      if (position < start) {
        const compared = chunk.subarray(0, start - position);
        await checkOverlap(part, position, compared);
        position += compared.byteLength;
        chunk = chunk.subarray(compared.byteLength);
      }
      chunk = chunk.subarray(0, Math.max(0, segment.to - position));
      position += chunk.byteLength;
      if (chunk.byteLength > 0) await writer.add(chunk);
    }
    await writer.flush();
    if (Number.isFinite(segment.to) && position < segment.to) throw new AppError('short-body', `The body ended ${segment.to - position} bytes early`, { retryable: true });
  } catch (thrown) {
    // What came before the fault counts, unless writing it is the worse fault.
    const failure = await writer.flush().then(() => thrown, (later: unknown) => later);
    const code = failure instanceof AppError ? failure.code : null;
    if (context.unvouched && code === 'origin-error') part.forget([start, segment.at]);
    if (code === 'hash-mismatch') part.forgetUnproved([start, segment.at]);
    throw failure;
  } finally {
    part.flushJournal();
    await body.return?.();
  }
}
