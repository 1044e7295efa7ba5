import { useEffect, useState } from 'react';
import type { TimedShot } from './copy.ts';

const [WIDTH, HEIGHT] = [192, 108];

function once(target: EventTarget, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    target.addEventListener(name, () => resolve(), { once: true, signal });
    target.addEventListener('error', () => reject(new Error('the preview cannot be read')), {
      once: true,
      signal,
    });
    signal.addEventListener('abort', () => reject(new Error('no longer wanted')), { once: true });
  });
}

async function frameAt(
  video: HTMLVideoElement,
  seconds: number,
  signal: AbortSignal,
): Promise<Blob | null> {
  const seeked = once(video, 'seeked', signal);
  video.currentTime = seconds;
  await seeked;
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  canvas.getContext('2d')?.drawImage(video, 0, 0, WIDTH, HEIGHT);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.8));
}

/**
 * A picture of every shot, drawn from the preview by seeking a second, hidden video. Shots without
 * one (no preview, no connection) are missing from the map and use the asset's own picture.
 */
export function useShotFrames(
  src: string | null,
  shots: readonly TimedShot[],
): ReadonlyMap<number, string> {
  const [frames, setFrames] = useState<ReadonlyMap<number, string>>(new Map());
  useEffect(() => {
    if (src === null || shots.length === 0) return undefined;
    const stop = new AbortController();
    const video = document.createElement('video');
    const addresses: string[] = [];
    Object.assign(video, { muted: true, preload: 'auto', src });
    const draw = async (): Promise<void> => {
      await once(video, 'loadeddata', stop.signal);
      for (const shot of shots) {
        const picture = await frameAt(
          video,
          (shot.startMs + Math.min((shot.durationMs ?? 4000) / 2, 2000)) / 1000,
          stop.signal,
        );
        if (!picture) continue;
        const address = URL.createObjectURL(picture);
        addresses.push(address);
        setFrames((before) => new Map(before).set(shot.n, address));
      }
    };
    void draw().catch(() => undefined);
    return () => {
      stop.abort();
      video.removeAttribute('src');
      video.load();
      for (const address of addresses) URL.revokeObjectURL(address);
      setFrames(new Map());
    };
  }, [src, shots]);
  return frames;
}
