import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createMaster, type MasterOptions } from '../../../src/service/media/v210-master.ts';

const run = promisify(execFile);
const Streams = z.object({
  streams: z.array(z.looseObject({ tags: z.record(z.string(), z.string()).optional() })),
});
const Frames = z.object({ frames: z.array(z.looseObject({})) });
type Stream = z.output<typeof Streams>['streams'][number];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'media-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function probe(
  options: MasterOptions,
): Promise<{ file: string; video: Stream; timecode: Stream }> {
  const master = createMaster(options);
  const file = path.join(folder, `${options.reelName}.mov`);
  await writeFile(file, master.read(0, master.bytes));
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_streams', '-of', 'json', file]);
  const { streams } = Streams.parse(JSON.parse(stdout));
  const [video, timecode] = streams;
  if (!video || !timecode) throw new Error('a track is missing');
  return { file, video, timecode };
}

const hd: MasterOptions = {
  width: 1920,
  height: 1080,
  frameRate: '25/1',
  scan: 'progressive',
  frames: 5,
  timecodeStart: '10:00:00:00',
  reelName: 'AUR-26-1',
};
const common = {
  codec_name: 'v210',
  width: 1920,
  height: 1080,
  pix_fmt: 'yuv422p10le',
  color_space: 'bt709',
  color_primaries: 'bt709',
  color_transfer: 'bt709',
};

describe('ffmpeg about our masters', () => {
  it('1080p25: v210, 10-bit 4:2:2, BT.709, exact duration, timecode and reel', async () => {
    const { video, timecode } = await probe(hd);
    expect(video).toMatchObject({
      ...common,
      r_frame_rate: '25/1',
      field_order: 'progressive',
      duration: '0.200000',
      nb_frames: '5',
    });
    expect(video.tags).toMatchObject({ timecode: '10:00:00:00' });
    expect(timecode.tags).toMatchObject({ timecode: '10:00:00:00', reel_name: 'AUR-26-1' });
  });

  it('1080i50: interlaced, top field first', async () => {
    const { file, video } = await probe({
      ...hd,
      scan: 'interlaced-tff',
      reelName: 'AUR-26-2',
      timecodeStart: '06:12:00:00',
    });
    expect(video).toMatchObject({
      ...common,
      r_frame_rate: '25/1',
      duration: '0.200000',
      nb_frames: '5',
    });
    expect(video.tags).toMatchObject({ timecode: '06:12:00:00' });
    const { stdout } = await run('ffprobe', [
      '-v',
      'error',
      '-show_frames',
      '-read_intervals',
      '%+#1',
      '-select_streams',
      'v:0',
      '-of',
      'json',
      file,
    ]);
    const { frames } = Frames.parse(JSON.parse(stdout));
    expect(frames[0]).toMatchObject({ interlaced_frame: 1, top_field_first: 1 });
  });

  it('29.97 drop-frame: the rate and the timecode across the minute', async () => {
    const { video } = await probe({
      ...hd,
      frameRate: '30000/1001',
      dropFrame: true,
      timecodeStart: '01:00:59;28',
      reelName: 'AUR-26-3',
    });
    expect(video).toMatchObject({ ...common, r_frame_rate: '30000/1001', nb_frames: '5' });
    expect(video.tags).toMatchObject({ timecode: '01:00:59;28' });
  });

  it('our packing is the one of ffmpeg: encoding our frames again changes no byte', async () => {
    const options: MasterOptions = {
      ...hd,
      width: 1280,
      height: 720,
      frameRate: '50/1',
      frames: 3,
      reelName: 'AUR-26-4',
    };
    const { file } = await probe(options);
    const { stdout } = await run(
      'ffmpeg',
      ['-v', 'error', '-i', file, '-map', '0:v', '-c:v', 'v210', '-f', 'rawvideo', '-'],
      { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
    );
    const master = createMaster(options);
    expect(stdout.equals(master.read(master.frameZeroAt, master.bytes))).toBe(true);
  });
});
