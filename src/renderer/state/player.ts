import { useCallback, useEffect, useMemo, useState } from 'react';
import { frameAt, msOfFrame, type Clock } from './timecode.ts';

export type Marks = { inMs: number | null; outMs: number | null };
export type Player = {
  timeMs: number;
  /** Of the footage; 0 until the video has told what the source does not. */
  durationMs: number;
  isPlaying: boolean;
  failed: boolean;
  /** No frame is available for this position: at the start, or while buffering. */
  isLoading: boolean;
  isMuted: boolean;
  marks: Marks;
  seek(ms: number): void;
  play(): void;
  toggle(): void;
  step(frames: number): void;
  /** J is -1, L is 1; pressing it again doubles the speed. */
  shuttle(direction: -1 | 1): void;
  stop(): void;
  mark(side: 'in' | 'out'): void;
  clearMarks(): void;
  toggleSound(): void;
};

const FASTEST = 8;
/** Lowest `HTMLMediaElement.readyState` with a frame for the current position. */
const HAVE_CURRENT_DATA = 2;
/** Browsers can't play backwards: reverse play seeks at this interval. */
const BACK_EVERY_MS = 80;

type Drive = Pick<Player, 'seek' | 'play' | 'toggle' | 'step' | 'shuttle' | 'stop'>;

/** Controls a video element; `onTime` gets the target of a seek before the element reaches it. */
function drive(
  video: HTMLVideoElement | null,
  clock: Clock,
  /** Null where only the video knows its length. */
  statedMs: number | null,
  onTime: (ms: number) => void,
): Drive {
  let rate = 1;
  let backwards: ReturnType<typeof setInterval> | null = null;
  const stopBackwards = (): void => {
    if (backwards !== null) clearInterval(backwards);
    backwards = null;
  };
  const forward = (speed: number): void => {
    stopBackwards();
    rate = speed;
    if (!video) return;
    video.playbackRate = speed;
    void video.play().catch(() => undefined);
  };
  const stop = (): void => {
    stopBackwards();
    rate = 1;
    video?.pause();
  };
  const endMs = (): number =>
    statedMs ?? (video && Number.isFinite(video.duration) ? video.duration * 1000 : Infinity);
  const seek = (ms: number): void => {
    const to = Math.max(0, Math.min(endMs(), ms));
    if (video) video.currentTime = to / 1000;
    onTime(to);
  };
  const back = (speed: number): void => {
    stop();
    rate = -speed;
    backwards = setInterval(() => {
      const now = (video?.currentTime ?? 0) * 1000;
      seek(now - BACK_EVERY_MS * speed);
      if (now <= 0) stop();
    }, BACK_EVERY_MS);
  };
  const isMoving = (): boolean => backwards !== null || video?.paused === false;
  return {
    seek,
    stop,
    play: () => forward(1),
    toggle: () => (isMoving() ? stop() : forward(1)),
    step(frames) {
      stop();
      seek(msOfFrame(frameAt((video?.currentTime ?? 0) * 1000, clock) + frames, clock));
    },
    shuttle(direction) {
      const speed =
        isMoving() && Math.sign(rate) === direction ? Math.min(FASTEST, Math.abs(rate) * 2) : 1;
      if (direction === 1) forward(speed);
      else back(speed);
    },
  };
}

/**
 * A video element with the transport of an edit suite. Time is that of the displayed frame, not of
 * the clock.
 */
export function usePlayer(
  clock: Clock,
  /** Null where only the video itself knows. */
  statedMs: number | null,
): [setVideo: (video: HTMLVideoElement | null) => void, Player] {
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [timeMs, setTimeMs] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const [failed, setFailed] = useState(false);
  const [isLoading, setLoading] = useState(true);
  const [isMuted, setMuted] = useState(false);
  const [marks, setMarks] = useState<Marks>({ inMs: null, outMs: null });
  const [measuredMs, setMeasured] = useState(0);
  const durationMs = statedMs ?? measuredMs;
  useEffect(() => {
    if (!video || statedMs !== null) return undefined;
    const measure = (): void =>
      setMeasured(Number.isFinite(video.duration) ? video.duration * 1000 : 0);
    measure();
    video.addEventListener('durationchange', measure);
    return () => video.removeEventListener('durationchange', measure);
  }, [video, statedMs]);
  useVideoEvents(video, setTimeMs, setPlaying, setFailed, setLoading);
  useEffect(() => silence(video, isMuted), [video, isMuted]);
  const driven = useMemo(() => drive(video, clock, statedMs, setTimeMs), [video, clock, statedMs]);
  useEffect(() => driven.stop, [driven]);
  const mark = useCallback(
    (side: 'in' | 'out') => {
      const now = (video?.currentTime ?? 0) * 1000;
      setMarks(({ inMs, outMs }) =>
        side === 'in'
          ? { inMs: now, outMs: outMs !== null && outMs > now ? outMs : null }
          : { inMs: inMs !== null && inMs < now ? inMs : null, outMs: now },
      );
    },
    [video],
  );
  const clearMarks = useCallback(() => setMarks({ inMs: null, outMs: null }), []);
  const toggleSound = useCallback(() => setMuted((before) => !before), []);
  return [
    setVideo,
    {
      timeMs,
      durationMs,
      isPlaying,
      failed,
      isLoading,
      isMuted,
      marks,
      mark,
      clearMarks,
      toggleSound,
      ...driven,
    },
  ];
}

function silence(video: HTMLVideoElement | null, isMuted: boolean): void {
  if (video) video.muted = isMuted;
}

function useVideoEvents(
  video: HTMLVideoElement | null,
  setTimeMs: (ms: number) => void,
  setPlaying: (is: boolean) => void,
  setFailed: (is: boolean) => void,
  setLoading: (is: boolean) => void,
): void {
  useEffect(() => {
    if (!video) return undefined;
    let frame = 0;
    setLoading(video.readyState < HAVE_CURRENT_DATA);
    const follow = (): void => {
      setTimeMs(video.currentTime * 1000);
      frame = video.paused ? 0 : requestAnimationFrame(follow);
    };
    const listeners: [string, () => void][] = [
      [
        'play',
        () => {
          setPlaying(true);
          if (frame === 0) follow();
        },
      ],
      ['pause', () => setPlaying(false)],
      [
        'seeked',
        () => {
          setTimeMs(video.currentTime * 1000);
          setLoading(false);
        },
      ],
      ['waiting', () => setLoading(true)],
      ['canplay', () => setLoading(false)],
      ['playing', () => setLoading(false)],
      [
        'loadeddata',
        () => {
          setFailed(false);
          setLoading(false);
        },
      ],
      ['error', () => setFailed(true)],
    ];
    for (const [name, listener] of listeners) video.addEventListener(name, listener);
    return () => {
      cancelAnimationFrame(frame);
      for (const [name, listener] of listeners) video.removeEventListener(name, listener);
    };
  }, [video, setTimeMs, setPlaying, setFailed, setLoading]);
}
