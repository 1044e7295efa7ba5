import { expect, test } from 'vitest';
import {
  assetOf,
  changeOf,
  type OfferedMedia,
} from '../../../src/main/adapters/sources/asset-parts.ts';

const MEDIA: OfferedMedia = {
  id: 'm1',
  kind: 'video',
  name: '1080p MP4',
  container: 'mp4',
  width: 1920,
  height: 1080,
  frameRate: '25/1',
  bitrate: null,
  durationMs: 60_000,
  bytes: 5,
  purpose: 'broadcast',
};
const asset = (...media: OfferedMedia[]) =>
  assetOf(
    {
      id: 'feed:0/1',
      type: 'video',
      headline: 'Tide gauge room',
      descriptionText: '',
      publishedAt: '2026-11-24T09:00:00.000Z',
      updatedAt: '2026-11-24T09:00:00.000Z',
      isDateStated: true,
      durationMs: 60_000,
      source: 'Harbour Notes',
      integrity: 'recorded',
      rights: 'unknown',
      files: [],
    },
    media,
    [],
  );

test('a package says what is stated of its film; a container that isn’t known is none', () => {
  const { packageSizes } = asset(MEDIA, { ...MEDIA, id: 'm2', container: 'bin', frameRate: null });
  expect(packageSizes.map(({ rendition }) => rendition)).toEqual([
    {
      container: 'mp4',
      videoCodec: null,
      width: 1920,
      height: 1080,
      frameRate: '25/1',
      scan: null,
    },
    {
      container: null,
      videoCodec: null,
      width: 1920,
      height: 1080,
      frameRate: null,
      scan: null,
    },
  ]);
});

test('that rows say it makes no new version of what was read before they did', () => {
  const now = asset(MEDIA);
  const before = {
    ...now,
    packageSizes: now.packageSizes.map(({ rendition: _rendition, ...size }) => size),
  };
  expect(changeOf(now, [])?.stamp).toMatch(/^[\da-f]{32}$/u);
  expect(changeOf(now, [])?.stamp).toBe(changeOf(before, [])?.stamp);
});
