import { framesOf, timecodeOf } from '../media/timecode.ts';
import { MASTER_FORMATS } from './masters.ts';
import type { AssetSource } from './source.ts';

export type Span = {
  in: string;
  out: string;
  inMs: number;
  outMs: number;
  inFrame: number;
  outFrame: number;
};

const milliseconds = (frames: number, frameRate: string): number => {
  const [numerator = 25, denominator = 1] = frameRate.split('/').map(Number);
  return Math.round((frames * denominator * 1000) / numerator);
};

export const durationMsOf = (source: AssetSource): number =>
  milliseconds(source.frames, MASTER_FORMATS[source.formats[0]].frameRate);

/** Positions of the shots; together they cover the asset’s frames without gaps. */
export function spansOf(source: AssetSource): Span[] {
  const { frameRate, timecodeBase, dropFrame } = MASTER_FORMATS[source.formats[0]];
  const first = framesOf(source.timecodeStart, timecodeBase, dropFrame);
  const totalWeight = source.shots.reduce((sum, shot) => sum + shot.weight, 0);
  let weight = 0;
  return source.shots.map((shot) => {
    const inFrame = Math.round((source.frames * weight) / totalWeight);
    weight += shot.weight;
    const outFrame = Math.round((source.frames * weight) / totalWeight);
    return {
      in: timecodeOf(first + inFrame, timecodeBase, dropFrame),
      out: timecodeOf(first + outFrame, timecodeBase, dropFrame),
      inMs: milliseconds(inFrame, frameRate),
      outMs: milliseconds(outFrame, frameRate),
      inFrame,
      outFrame,
    };
  });
}
