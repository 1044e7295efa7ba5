import type { MasterOptions } from '../media/v210-master.ts';
import { MASTER_FORMATS, slugOf } from './masters.ts';
import type { AssetSource, MasterFormat } from './source.ts';
import { spansOf } from './timeline.ts';

/**
 * Options of one master: it has the frames and timecode of all renditions and the proxy of the
 * asset.
 */
export function masterOptionsOf(source: AssetSource, format: MasterFormat): MasterOptions {
  const { width, height, frameRate, scan, dropFrame } = MASTER_FORMATS[format];
  const spans = spansOf(source);
  const lines = source.shots.flatMap(({ line: text }, i) => {
    const span = spans[i];
    return text === undefined || !span ? [] : [{ from: span.inFrame, to: span.outFrame, text }];
  });
  return {
    width,
    height,
    frameRate,
    scan,
    dropFrame,
    frames: source.frames,
    timecodeStart: source.timecodeStart,
    reelName: slugOf(source),
    ...(lines.length === 0 ? {} : { lines }),
  };
}
