import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ASSET_SOURCES } from '../../../src/service/demo/assets/index.ts';
import { demoFiles, MASTER_FORMATS, slugOf } from '../../../src/service/demo/masters.ts';
import { durationMsOf } from '../../../src/service/demo/timeline.ts';

const run = promisify(execFile);
const demoDir = path.resolve(import.meta.dirname, '../../../assets/demo');
const Probed = z.object({
  streams: z.array(z.looseObject({ nb_frames: z.string(), duration: z.string() })).length(1),
});

describe('the proxies of the demo', () => {
  it.each(ASSET_SOURCES.map((source) => [slugOf(source), source] as const))(
    '%s: H.264, BT.709, as long as its master',
    async (slug, source) => {
      const file = path.join(demoDir, demoFiles.proxy(slug));
      const { stdout } = await run('ffprobe', [
        '-v',
        'error',
        '-show_streams',
        '-of',
        'json',
        file,
      ]);
      const [video] = Probed.parse(JSON.parse(stdout)).streams;
      expect(video).toMatchObject({
        codec_name: 'h264',
        profile: 'High',
        pix_fmt: 'yuv420p',
        width: 640,
        height: 360,
        r_frame_rate: MASTER_FORMATS[source.formats[0]].frameRate,
        color_range: 'tv',
        color_space: 'bt709',
        color_primaries: 'bt709',
        color_transfer: 'bt709',
        nb_frames: String(source.frames),
      });
      expect(Math.abs(Number(video?.duration) * 1000 - durationMsOf(source))).toBeLessThan(1);
    },
  );

  it('can be played before they are whole: the index comes first', async () => {
    for (const source of ASSET_SOURCES) {
      const handle = await open(path.join(demoDir, demoFiles.proxy(slugOf(source))));
      const { buffer } = await handle.read(Buffer.alloc(64), 0, 64, 0);
      await handle.close();
      expect(
        buffer.toString('latin1', buffer.readUInt32BE(0) + 4, buffer.readUInt32BE(0) + 8),
      ).toBe('moov');
    }
  });
});
