import type { MasterOptions } from '../media/v210-master.ts';
import type { AssetSource, MasterFormat } from './source.ts';

type Format = {
  width: number;
  height: number;
  frameRate: string;
  scan: MasterOptions['scan'];
  timecodeBase: number;
  dropFrame: boolean;
};

export const MASTER_FORMATS: Readonly<Record<MasterFormat, Format>> = {
  '1080i50': {
    width: 1920,
    height: 1080,
    frameRate: '25/1',
    scan: 'interlaced-tff',
    timecodeBase: 25,
    dropFrame: false,
  },
  '1080p25': {
    width: 1920,
    height: 1080,
    frameRate: '25/1',
    scan: 'progressive',
    timecodeBase: 25,
    dropFrame: false,
  },
  '720p25': {
    width: 1280,
    height: 720,
    frameRate: '25/1',
    scan: 'progressive',
    timecodeBase: 25,
    dropFrame: false,
  },
  '720p50': {
    width: 1280,
    height: 720,
    frameRate: '50/1',
    scan: 'progressive',
    timecodeBase: 50,
    dropFrame: false,
  },
  '1080p29.97': {
    width: 1920,
    height: 1080,
    frameRate: '30000/1001',
    scan: 'progressive',
    timecodeBase: 30,
    dropFrame: true,
  },
};

export const slugOf = (source: AssetSource): string => `AUR-26-${source.number}`;

/** Paths of the generated files, relative to the demo directory. */
export const demoFiles = {
  facts: 'facts.json',
  proxy: (slug: string): string => `video/${slug}.mp4`,
  still: (slug: string, n: number): string => `stills/${slug}-${n}.jpg`,
  thumbnail: (slug: string): string => `thumbs/${slug}.jpg`,
  articlePicture: (name: string, n: number): string => `articles/${name}-${n}.jpg`,
  hashes: (slug: string, format: MasterFormat): string => `hashes/${slug}_${format}.json`,
  laterHashes: (slug: string, format: MasterFormat): string =>
    `hashes/${slug}_${format}_later.json`,
};
