import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';

// File format: https://www.sqlite.org/fileformat2.html#walformat
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE = 0x377f0682;
const MAGIC_BIG = 0x377f0683;
const FORMAT_VERSION = 3_007_000;
const PAGE_BYTES = 4096;

type Sum = [number, number];

/**
 * The checksum of section 4.2 ("Checksum Algorithm") over [from, to), a multiple of 8 bytes,
 * continued from `seed`.
 */
function sumOf(log: DataView, from: number, to: number, seed: Sum, littleEndian: boolean): Sum {
  let [a, b] = seed;
  for (let at = from; at < to; at += 8) {
    a = (a + log.getUint32(at, littleEndian) + b) >>> 0;
    b = (b + log.getUint32(at + 4, littleEndian) + a) >>> 0;
  }
  return [a, b];
}

const sumAt = (log: DataView, at: number): Sum => [log.getUint32(at), log.getUint32(at + 4)];
const isSame = (a: Sum, b: Sum): boolean => a[0] === b[0] && a[1] === b[1];

function put(log: DataView, at: number, [a, b]: Sum): void {
  log.setUint32(at, a);
  log.setUint32(at + 4, b);
}

type Frame = { at: number; isCommit: boolean };

/**
 * Frames of the current generation of the log; frames behind them are from an earlier one with
 * other salts.
 */
function framesOf(log: DataView, [salt1, salt2]: Sum): Frame[] {
  const frames: Frame[] = [];
  let count = 0;
  for (
    let at = HEADER_BYTES;
    at + FRAME_HEADER_BYTES + PAGE_BYTES <= log.byteLength;
    at += FRAME_HEADER_BYTES + PAGE_BYTES
  ) {
    frames.push({ at, isCommit: log.getUint32(at + 4) !== 0 });
    // Both salts change with each generation, so one match suffices.
    const [a, b] = sumAt(log, at + 8);
    if (a === salt1 || b === salt2) count = frames.length;
  }
  return frames.slice(0, count);
}

/**
 * Finds frames with a wrong checksum. Each is checked against the stored sum of the frame before,
 * so that one damaged frame does not condemn those after it.
 */
function findDamaged(
  log: DataView,
  frames: readonly Frame[],
  salts: Sum,
  seed: Sum,
  littleEndian: boolean,
): Set<Frame> {
  const damaged = new Set<Frame>();
  let before: Sum[] = [seed];
  for (const frame of frames) {
    const stored = sumAt(log, frame.at + 16);
    const sums = before.map((one) =>
      sumOf(
        log,
        frame.at + FRAME_HEADER_BYTES,
        frame.at + FRAME_HEADER_BYTES + PAGE_BYTES,
        sumOf(log, frame.at, frame.at + 8, one, littleEndian),
        littleEndian,
      ),
    );
    const isValid =
      sums.some((sum) => isSame(sum, stored)) && isSame(sumAt(log, frame.at + 8), salts);
    if (!isValid) damaged.add(frame);
    before = isValid ? [stored] : [stored, ...sums];
  }
  return damaged;
}

/**
 * The index of the log, `-shm`, in native byte order:
 * https://www.sqlite.org/walformat.html#the_wal_index_header
 */
const INDEX_HEADER_BYTES = 48;
const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * True if the log was truncated since its index was written, so that acknowledged commits are
 * missing. The index left by a killed process has the log's length and how much of it is
 * checkpointed.
 */
export function isLogCutShort(database: string): boolean {
  const file = `${database}-shm`;
  if (!existsSync(file)) return false;
  const bytes = readFileSync(file).subarray(0, 2 * INDEX_HEADER_BYTES + 4);
  const [first, second] = [
    bytes.subarray(0, INDEX_HEADER_BYTES),
    bytes.subarray(INDEX_HEADER_BYTES, 2 * INDEX_HEADER_BYTES),
  ];
  if (bytes.length < 2 * INDEX_HEADER_BYTES + 4 || !first.equals(second)) return false;
  const index = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u32 = (at: number): number => index.getUint32(at, isLittleEndian);
  if (
    u32(0) !== FORMAT_VERSION ||
    !isSame(sumOf(index, 0, 40, [0, 0], isLittleEndian), [u32(40), u32(44)])
  )
    return false;
  const [frames, inDatabase] = [u32(16), u32(2 * INDEX_HEADER_BYTES)];
  const length = statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return inDatabase < frames && length < HEADER_BYTES + frames * (FRAME_HEADER_BYTES + PAGE_BYTES);
}

/**
 * Replaces damaged copies of page 1 with an earlier copy. It holds the schema, without which
 * nothing is readable and which ordinary commits do not change.
 */
function restoreSchema(
  log: Buffer,
  frames: readonly Frame[],
  damaged: ReadonlySet<Frame>,
  database: string,
): void {
  const page = ({ at }: Frame): Buffer =>
    log.subarray(at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + PAGE_BYTES);
  let intact: Buffer = existsSync(database)
    ? readFileSync(database).subarray(0, PAGE_BYTES)
    : Buffer.alloc(0);
  for (const frame of frames.filter(({ at }) => log.readUInt32BE(at) === 1)) {
    if (!damaged.has(frame)) intact = page(frame);
    else if (intact.length === PAGE_BYTES) intact.copy(page(frame));
  }
}

/**
 * Repairs the checksums of a damaged write-ahead log. SQLite applies a log up to the first frame
 * with a wrong checksum and silently drops all later commits, so one bit flip would cost every
 * later transaction. With new checksums SQLite reads all of it; damage to pages is found by
 * verifying the database and its rows. An uncommitted end, as a crash leaves it, is no damage.
 *
 * @param preserve called before any change, to copy the log: after a power loss the damage may be
 * an unfinished commit, which SQLite rightly leaves out
 * @returns true if the log was damaged
 */
export function repairLog(database: string, preserve: () => void): boolean {
  const file = `${database}-wal`;
  if (!existsSync(file)) return false;
  const bytes = readFileSync(file);
  if (bytes.length < HEADER_BYTES + FRAME_HEADER_BYTES + PAGE_BYTES) return false;
  const log = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const littleEndian = log.getUint32(0) !== MAGIC_BIG;
  let seed = sumOf(log, 0, 24, [0, 0], littleEndian);
  const isHeaderValid =
    [MAGIC_LITTLE, MAGIC_BIG].includes(log.getUint32(0)) &&
    log.getUint32(8) === PAGE_BYTES &&
    isSame(seed, sumAt(log, 24));
  // The first frame repeats the salts.
  const salts = isHeaderValid ? sumAt(log, 16) : sumAt(log, HEADER_BYTES + 8);
  const frames = framesOf(log, salts);
  const damaged = findDamaged(
    log,
    frames,
    salts,
    isHeaderValid ? seed : sumAt(log, 24),
    littleEndian,
  );
  const last = frames.findLastIndex(({ isCommit }) => isCommit);
  const committed = frames.slice(0, last + 1);
  if (isHeaderValid && !committed.some((frame) => damaged.has(frame))) return false;
  preserve();
  restoreSchema(bytes, committed, damaged, database);
  log.setUint32(0, littleEndian ? MAGIC_LITTLE : MAGIC_BIG);
  log.setUint32(4, FORMAT_VERSION);
  log.setUint32(8, PAGE_BYTES);
  put(log, 16, salts);
  seed = sumOf(log, 0, 24, [0, 0], littleEndian);
  put(log, 24, seed);
  for (const { at } of committed) {
    put(log, at + 8, salts);
    seed = sumOf(
      log,
      at + FRAME_HEADER_BYTES,
      at + FRAME_HEADER_BYTES + PAGE_BYTES,
      sumOf(log, at, at + 8, seed, littleEndian),
      littleEndian,
    );
    put(log, at + 16, seed);
  }
  const end = HEADER_BYTES + committed.length * (FRAME_HEADER_BYTES + PAGE_BYTES);
  writeFileSync(`${file}.mended`, bytes.subarray(0, end), { mode: 0o600, flush: true });
  renameSync(`${file}.mended`, file);
  return true;
}
