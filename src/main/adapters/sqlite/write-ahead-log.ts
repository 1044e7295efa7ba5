import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';

// The file format: https://www.sqlite.org/fileformat2.html#walformat
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE = 0x377f0682;
const MAGIC_BIG = 0x377f0683;
const FORMAT_VERSION = 3_007_000;
const PAGE_BYTES = 4096;

type Sum = [number, number];

/**
 * The checksum of section 4.2 over `from`..`to`, a multiple of eight bytes, continued from `seed`.
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
 * Frames of this generation of the log; those behind them are left from an earlier one, whose salts
 * are others.
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
    // Both salts change from one generation to the next: one that is right is enough.
    const [a, b] = sumAt(log, at + 8);
    if (a === salt1 || b === salt2) count = frames.length;
  }
  return frames.slice(0, count);
}

/**
 * The checksum that each frame should have, given what the one before says of itself; damage in one
 * does not condemn those after it.
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
    const isRight =
      sums.some((sum) => isSame(sum, stored)) && isSame(sumAt(log, frame.at + 8), salts);
    if (!isRight) damaged.add(frame);
    before = isRight ? [stored] : [stored, ...sums];
  }
  return damaged;
}

/**
 * The index of the log, which lies beside it:
 * https://www.sqlite.org/walformat.html#the_wal_index_header, in the byte order of the machine.
 */
const INDEX_HEADER_BYTES = 48;
const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Whether the log has lost its end since its index was written: commits that were acknowledged are
 * not in it any more. The index of a program that was killed knows how long the log was, and how
 * much of it is in the database already.
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
 * The first page holds the schema, without which nothing can be read, and which no commit changes:
 * an earlier copy of it does as well.
 */
function restoreSchema(
  log: Buffer,
  frames: readonly Frame[],
  damaged: ReadonlySet<Frame>,
  database: string,
): void {
  const page = ({ at }: Frame): Buffer =>
    log.subarray(at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + PAGE_BYTES);
  let sound: Buffer = existsSync(database)
    ? readFileSync(database).subarray(0, PAGE_BYTES)
    : Buffer.alloc(0);
  for (const frame of frames.filter(({ at }) => log.readUInt32BE(at) === 1)) {
    if (!damaged.has(frame)) sound = page(frame);
    else if (sound.length === PAGE_BYTES) sound.copy(page(frame));
  }
}

/**
 * SQLite takes a write-ahead log up to the first frame whose checksum is wrong, and forgets without
 * a word all that was committed after it: one flipped bit costs every later transaction. Such a log
 * gets its checksums anew, so that SQLite reads all of it; what the damage did to a page is found
 * by checking the database and its rows. An end that was never committed, as a crash leaves it, is
 * no damage.
 * @param keep called first where there is something to mend, to keep the log as it was: after a
 * loss of power the damage may be a commit that was never finished, which SQLite is right to leave
 * out
 * @returns true if the log was damaged
 */
export function mendLog(database: string, keep: () => void): boolean {
  const file = `${database}-wal`;
  if (!existsSync(file)) return false;
  const bytes = readFileSync(file);
  if (bytes.length < HEADER_BYTES + FRAME_HEADER_BYTES + PAGE_BYTES) return false;
  const log = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const littleEndian = log.getUint32(0) !== MAGIC_BIG;
  let seed = sumOf(log, 0, 24, [0, 0], littleEndian);
  const isHeaderSound =
    [MAGIC_LITTLE, MAGIC_BIG].includes(log.getUint32(0)) &&
    log.getUint32(8) === PAGE_BYTES &&
    isSame(seed, sumAt(log, 24));
  // The first frame knows the salts too.
  const salts = isHeaderSound ? sumAt(log, 16) : sumAt(log, HEADER_BYTES + 8);
  const frames = framesOf(log, salts);
  const damaged = findDamaged(
    log,
    frames,
    salts,
    isHeaderSound ? seed : sumAt(log, 24),
    littleEndian,
  );
  const last = frames.findLastIndex(({ isCommit }) => isCommit);
  const committed = frames.slice(0, last + 1);
  if (isHeaderSound && !committed.some((frame) => damaged.has(frame))) return false;
  keep();
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
