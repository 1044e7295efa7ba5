import { movieHead } from './atoms.ts';
import { BURNT_IN_LINE, pictureOf } from './picture.ts';
import { framesOf, timecodeOf } from './timecode.ts';

/** A line burnt into the frames [from, to). */
export type BurntInLine = { from: number; to: number; text: string };

export type MasterOptions = {
  /** An even number. */
  width: number;
  height: number;
  /** Frames per second as a fraction: '25/1', '50/1', '30000/1001'. */
  frameRate: string;
  scan: 'progressive' | 'interlaced-tff';
  frames: number;
  timecodeStart: string;
  /**
   * Name of the source tape, at most 255 Latin-1 characters. With `timecodeStart` it makes masters
   * of one size distinct.
   */
  reelName: string;
  dropFrame?: boolean;
  /** They don’t overlap. Texts match `BURNT_IN_LINE`. */
  lines?: readonly BurntInLine[];
};

export type Master = {
  bytes: number;
  frameZeroAt: number;
  frameBytes: number;
  /**
   * Reads at most `length` bytes from `offset`, fewer only at the end. Without `into` the caller
   * owns the buffer; otherwise the result is a view of `into`, which must hold `length` bytes.
   */
  read(offset: number, length: number, into?: Buffer): Buffer;
};

/**
 * A QuickTime master that is never stored: every byte is a function of its offset. Uncompressed
 * 10-bit 4:2:2 (v210) colour bars with a burnt-in timecode, BT.709, square pixels. All frames have
 * one size, so a division finds the frame at an offset. Frames differ only in the timecode box and
 * in the line below it, which are redrawn in one shared frame.
 */
export function createMaster(options: MasterOptions): Master {
  const { width, height, frames, reelName, dropFrame = false, lines = [] } = options;
  const [numerator = Number.NaN, denominator = 1] = options.frameRate.split('/').map(Number);
  if (!(numerator > 0) || width % 2 !== 0 || frames < 1)
    throw new RangeError('not a master: frame rate, width or number of frames');
  if (lines.some(({ text }) => !BURNT_IN_LINE.test(text)))
    throw new RangeError('not a master: a line has letters there are no dots for, or is too long');
  const timecodeBase = Math.round(numerator / denominator);
  const firstFrameNumber = framesOf(options.timecodeStart, timecodeBase, dropFrame);
  const interlaced = options.scan === 'interlaced-tff';
  const picture = pictureOf(width, height);
  const { frameBytes } = picture;
  const head = movieHead({
    width,
    height,
    interlaced,
    frames,
    frameBytes,
    timecodeBase,
    dropFrame,
    firstFrameNumber,
    reelName,
    timescale: denominator === 1 ? 1000 * numerator : numerator,
    frameDuration: denominator === 1 ? 1000 : denominator,
  });
  const frameZeroAt = head.length;
  const bytes = frameZeroAt + frames * frameBytes;

  function read(offset: number, length: number, into?: Buffer): Buffer {
    const count = Math.max(0, Math.min(bytes - offset, length));
    const target = into ?? Buffer.allocUnsafe(count);
    for (let done = 0; done < count;) {
      const at = offset + done;
      const inHead = at < frameZeroAt;
      const frame = Math.floor((at - frameZeroAt) / frameBytes);
      const from = inHead ? at : at - frameZeroAt - frame * frameBytes;
      const to = Math.min(inHead ? frameZeroAt : frameBytes, from + count - done);
      if (!inHead && picture.touchesText(from, to)) {
        picture.show(
          timecodeOf(firstFrameNumber + frame, timecodeBase, dropFrame),
          frame,
          interlaced,
          lines.find((line) => frame >= line.from && frame < line.to)?.text ?? '',
        );
      }
      done += (inHead ? head : picture.frame).copy(target, done, from, to);
    }
    return target.subarray(0, count);
  }

  return { bytes, frameZeroAt, frameBytes, read };
}
