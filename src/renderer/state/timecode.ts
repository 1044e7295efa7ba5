import { pad2 } from '../../shared/api/text.ts';

/**
 * Timecode of SMPTE ST 12-1 for the preview: `base` is the nominal frames a second; `;` before the
 * frames means drop-frame.
 */
export type Clock = {
  base: number;
  isDropFrame: boolean;
  startFrame: number;
  framesPerSecond: number;
};

/**
 * Drop-frame leaves out the first numbers of every minute but each tenth; what is dropped a minute.
 */
const dropped = (base: number): number => Math.round(base / 15);

function frameNumber(timecode: string, base: number, isDropFrame: boolean): number {
  const [hours = 0, minutes = 0, seconds = 0, frames = 0] = timecode.split(/[:;]/).map(Number);
  const total = 60 * hours + minutes;
  return (
    (60 * total + seconds) * base +
    frames -
    (isDropFrame ? dropped(base) * (total - Math.floor(total / 10)) : 0)
  );
}

/** @param frameRate as a fraction: `25/1`, `30000/1001` */
export function makeClock(timecodeStart: string, frameRate: string): Clock {
  const [over = 25, under = 1] = frameRate.split('/').map(Number);
  const framesPerSecond = over / (under || 1) || 25;
  const base = Math.round(framesPerSecond);
  const isDropFrame = timecodeStart.includes(';');
  return {
    base,
    isDropFrame,
    framesPerSecond,
    startFrame: frameNumber(timecodeStart, base, isDropFrame),
  };
}

function timecodeOfFrame(frame: number, { base, isDropFrame }: Clock): string {
  let number = frame;
  if (isDropFrame) {
    const skip = dropped(base);
    const minute = 60 * base - skip;
    const tenMinutes = 10 * minute + skip;
    const rest = frame % tenMinutes;
    number +=
      skip * (9 * Math.floor(frame / tenMinutes) + Math.max(0, Math.floor((rest - skip) / minute)));
  }
  const seconds = Math.floor(number / base);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map(pad2)
    .join(':');
  return `${clock}${isDropFrame ? ';' : ':'}${pad2(number % base)}`;
}

/**
 * The frame on screen at a place in the preview. A hair is added because players stop a rounding
 * error before a frame's start.
 */
export const frameAt = (ms: number, clock: Clock): number =>
  Math.floor((ms / 1000) * clock.framesPerSecond + 0.01);
export const timecodeAt = (ms: number, clock: Clock): string =>
  timecodeOfFrame(clock.startFrame + frameAt(ms, clock), clock);
/** The middle of a frame: seeking to its very start may show the one before. */
export const msOfFrame = (frame: number, clock: Clock): number =>
  ((frame + 0.5) / clock.framesPerSecond) * 1000;
/** Where a timecode of the footage is in the preview. */
export const msOfTimecode = (
  timecode: string,
  { base, isDropFrame, startFrame, framesPerSecond }: Clock,
): number => ((frameNumber(timecode, base, isDropFrame) - startFrame) / framesPerSecond) * 1000;
