import { pad2 } from '../../shared/api/text.ts';

/** Timecode (SMPTE ST 12-1). `base` is the nominal frame rate: 25, 30, 50 or 60. */
/**
 * Formats a frame count as `HH:MM:SS:FF`, wrapping after 24 hours. Drop-frame (`HH:MM:SS;FF`) skips
 * the first numbers of every minute except each tenth.
 */
export function timecodeOf(count: number, base: number, dropFrame = false): string {
  let number = count;
  if (dropFrame) {
    const skip = base / 15;
    const minute = 60 * base - skip;
    const tenMinutes = 10 * minute + skip;
    const rest = count % tenMinutes;
    number +=
      skip * (9 * Math.floor(count / tenMinutes) + Math.max(0, Math.floor((rest - skip) / minute)));
  }
  const seconds = Math.floor(number / base);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map(pad2)
    .join(':');
  return `${clock}${dropFrame ? ';' : ':'}${pad2(number % base)}`;
}

/**
 * The inverse of `timecodeOf`.
 * @throws RangeError if the text is not a timecode of this base
 */
export function framesOf(text: string, base: number, dropFrame = false): number {
  const match = /^(\d\d):([0-5]\d):([0-5]\d)[:;](\d\d)$/.exec(text);
  const [hours, minutes, seconds, frames] = (match ?? []).slice(1).map(Number);
  if (
    hours === undefined ||
    minutes === undefined ||
    seconds === undefined ||
    frames === undefined ||
    frames >= base
  ) {
    throw new RangeError(`not a timecode at ${base} frames a second: ${text}`);
  }
  const skip = dropFrame ? base / 15 : 0;
  if (seconds === 0 && minutes % 10 !== 0 && frames < skip)
    throw new RangeError(`drop-frame has no ${text}`);
  const totalMinutes = 60 * hours + minutes;
  const dropped = skip * (totalMinutes - Math.floor(totalMinutes / 10));
  return (60 * totalMinutes + seconds) * base + frames - dropped;
}
