/**
 * QuickTime atoms for one uncompressed video track and one timecode track (QuickTime File Format;
 * Apple TN2162).
 */

const u8 = (...values: number[]): Buffer => Buffer.from(values);
const text = (value: string): Buffer => Buffer.from(value, 'latin1');

function integers(bytesEach: 2 | 4, values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(bytesEach * values.length);
  values.forEach((value, i) => buffer.writeUIntBE(value, i * bytesEach, bytesEach));
  return buffer;
}
const u16 = (...values: number[]): Buffer => integers(2, values);
const u32 = (...values: number[]): Buffer => integers(4, values);

function u64(...values: number[]): Buffer {
  const buffer = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => buffer.writeBigUInt64BE(BigInt(value), 8 * i));
  return buffer;
}

/** A counted string, zero-filled to `size`. */
const pascal = (value: string, size = value.length + 1): Buffer =>
  Buffer.concat([u8(value.length), text(value)], size);

function atom(type: string, ...parts: Buffer[]): Buffer {
  return Buffer.concat([
    u32(8 + parts.reduce((sum, part) => sum + part.length, 0)),
    text(type),
    ...parts,
  ]);
}
/** An atom with version 0 and 24 bits of flags. */
const fullAtom = (type: string, flags: number, ...parts: Buffer[]): Buffer =>
  atom(type, u32(flags), ...parts);

const UNITY_MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const NO_LANGUAGE = 0x7fff;
const VIDEO_TRACK = 1;
const TIMECODE_TRACK = 2;

export type MovieLayout = {
  width: number;
  height: number;
  interlaced: boolean;
  frames: number;
  frameBytes: number;
  /** Units per second and per frame, of the movie and both tracks, so that durations are exact. */
  timescale: number;
  frameDuration: number;
  /** Nominal frames per second of the timecode. */
  timecodeBase: number;
  dropFrame: boolean;
  firstFrameNumber: number;
  /** Name of the source tape, stored in the timecode track. */
  reelName: string;
};

/** 32-bit sizes and offsets end at 4 GiB; leaves room for the head. */
const isLarge = (movie: MovieLayout): boolean => movie.frames * movie.frameBytes > 0xff000000;

function handler(kind: 'mhlr' | 'dhlr', subtype: string, name: string): Buffer {
  return fullAtom('hdlr', 0, text(kind + subtype), u32(0, 0, 0), pascal(name));
}

function trackHeader(
  id: number,
  flags: number,
  duration: number,
  width: number,
  height: number,
): Buffer {
  return fullAtom(
    'tkhd',
    flags,
    u32(0, 0, id, 0, duration, 0, 0),
    u16(0, 0, 0, 0),
    UNITY_MATRIX,
    u32(width * 0x10000, height * 0x10000),
  );
}

function mediaAtom(
  movie: MovieLayout,
  subtype: string,
  name: string,
  header: Buffer,
  sampleTable: Buffer,
): Buffer {
  const duration = movie.frames * movie.frameDuration;
  return atom(
    'mdia',
    fullAtom('mdhd', 0, u32(0, 0, movie.timescale, duration), u16(NO_LANGUAGE, 0)),
    handler('mhlr', subtype, name),
    atom(
      'minf',
      header,
      handler('dhlr', 'url ', 'Data'),
      atom('dinf', fullAtom('dref', 0, u32(1), fullAtom('url ', 1))), // flag 1: the data are in this file
      sampleTable,
    ),
  );
}

/**
 * One sample per chunk, all of one size: offsets are the only table that grows with the duration.
 */
function sampleTable(
  entry: Buffer,
  sampleDuration: number,
  sampleBytes: number,
  offsets: readonly number[],
  large: boolean,
): Buffer {
  return atom(
    'stbl',
    fullAtom('stsd', 0, u32(1), entry),
    fullAtom('stts', 0, u32(1, offsets.length, sampleDuration)),
    fullAtom('stsc', 0, u32(1, 1, 1, 1)),
    fullAtom('stsz', 0, u32(sampleBytes, offsets.length)),
    large
      ? fullAtom('co64', 0, u32(offsets.length), u64(...offsets))
      : fullAtom('stco', 0, u32(offsets.length), u32(...offsets)),
  );
}

function v210Entry({ width, height, interlaced }: MovieLayout): Buffer {
  return atom(
    'v210',
    u16(0, 0, 0, 1), // reserved; data reference 1
    u16(2, 0),
    u32(0), // version 2 marks uncompressed Y'CbCr
    u32(0, 1024),
    u16(width, height),
    u32(72 << 16, 72 << 16, 0), // lossless; 72 dpi
    u16(1),
    pascal('Uncompressed 10-bit 4:2:2', 32),
    u16(24, 0xffff), // one frame per sample; depth 24; no colour table
    atom('fiel', interlaced ? u8(2, 9) : u8(1, 0)), // 9: interleaved lines, the first one belongs to the earlier field
    atom('colr', text('nclc'), u16(1, 1, 1)), // BT.709 primaries, transfer, matrix
    atom('pasp', u32(1, 1)),
    atom('clap', u32(width, 1, height, 1, 0, 1, 0, 1)),
  );
}

function timecodeEntry(movie: MovieLayout): Buffer {
  const flags = movie.dropFrame ? 3 : 2; // 1: drop-frame; 2: wraps after 24 hours
  return atom(
    'tmcd',
    u16(0, 0, 0, 1),
    u32(0, flags, movie.timescale, movie.frameDuration),
    u8(movie.timecodeBase, 0),
    atom('name', u16(movie.reelName.length, 0), text(movie.reelName)),
  );
}

function timecodeMediaHeader(): Buffer {
  return atom(
    'gmhd',
    fullAtom('gmin', 0, u16(0x40, 0x8000, 0x8000, 0x8000, 0, 0)),
    atom(
      'tmcd',
      fullAtom('tcmi', 0, u16(0, 0, 12, 0, 0, 0, 0, 0xffff, 0xffff, 0xffff), pascal('Helvetica')),
    ),
  );
}

function movieAtom(movie: MovieLayout, frameZeroAt: number): Buffer {
  const { width, height, timescale, frameDuration, frames } = movie;
  const duration = frames * frameDuration;
  const large = isLarge(movie);
  const offsets = Array.from({ length: frames }, (_, n) => frameZeroAt + n * movie.frameBytes);
  return atom(
    'moov',
    fullAtom(
      'mvhd',
      0,
      u32(0, 0, timescale, duration, 0x10000),
      u16(0x100, 0, 0, 0, 0, 0),
      UNITY_MATRIX,
      u32(0, 0, 0, 0, 0, 0, 3),
    ),
    atom(
      'trak',
      trackHeader(VIDEO_TRACK, 3, duration, width, height), // enabled, in the movie
      atom('tref', atom('tmcd', u32(TIMECODE_TRACK))),
      mediaAtom(
        movie,
        'vide',
        'Video',
        fullAtom('vmhd', 1, u16(0x40, 0x8000, 0x8000, 0x8000)),
        sampleTable(v210Entry(movie), frameDuration, movie.frameBytes, offsets, large),
      ),
    ),
    atom(
      'trak',
      trackHeader(TIMECODE_TRACK, 2, duration, 0, 0), // in the movie, not shown
      mediaAtom(
        movie,
        'tmcd',
        'Timecode',
        timecodeMediaHeader(),
        sampleTable(timecodeEntry(movie), duration, 4, [frameZeroAt - 4], large),
      ),
    ),
  );
}

const PAGE_BYTES = 4096;

/**
 * All bytes before frame 0: `ftyp | moov | free | mdat header, timecode sample`. The free atom pads
 * them to a page. Frames are whole pages as well, so that every frame of a stored file is
 * page-aligned.
 */
export function movieHead(movie: MovieLayout): Buffer {
  const fileType = atom('ftyp', text('qt  '), u32(0x200), text('qt  '));
  const timecodeSample = u32(movie.firstFrameNumber);
  const mediaHeaderBytes = 16;
  // The size of moov does not depend on its offsets, so any offset serves to measure it.
  const used =
    fileType.length +
    movieAtom(movie, timecodeSample.length).length +
    8 +
    mediaHeaderBytes +
    timecodeSample.length;
  const frameZeroAt = PAGE_BYTES * Math.ceil(used / PAGE_BYTES);
  const mediaBytes = mediaHeaderBytes + timecodeSample.length + movie.frames * movie.frameBytes;
  const mediaHeader = isLarge(movie)
    ? [u32(1), text('mdat'), u64(mediaBytes)] // size field 1: a 64-bit size follows
    : [atom('wide'), u32(mediaBytes - 8), text('mdat')];
  return Buffer.concat([
    fileType,
    movieAtom(movie, frameZeroAt),
    atom('free', Buffer.alloc(frameZeroAt - used)),
    ...mediaHeader,
    timecodeSample,
  ]);
}
