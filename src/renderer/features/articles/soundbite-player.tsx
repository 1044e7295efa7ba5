import { Film, Pause, Play, X } from 'lucide-react';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { formatDuration, languageName } from '../../i18n/format.ts';
import { useApp, useLanguage, useMedia, useTexts } from '../../state/context.tsx';
import { usePlayer } from '../../state/player.ts';
import { makeClock, msOfTimecode, timecodeAt } from '../../state/timecode.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import type { PlayableBite, QuotedBite } from './quotes.ts';
import css from './articles.module.css';

/** From where to where it plays; `endMs` is null where only the end of the film is known. */
export function spanOf({ asset, bite }: PlayableBite): { startMs: number; endMs: number | null } {
  const clock = makeClock(asset.timecodeStart, asset.frameRate);
  const startMs = bite.startMs ?? 0;
  const outMs = bite.out === null ? null : msOfTimecode(bite.out, clock);
  const nextMs = asset.shotlist
    .map((shot) => shot.startMs)
    .find((ms) => ms !== null && ms > startMs);
  return {
    startMs,
    endMs: outMs !== null && outMs > startMs ? outMs : (nextMs ?? asset.durationMs),
  };
}

/** Plays one soundbite below the text and ends with it. Dark on every paper. */
export function SoundbitePlayer({ of, onClose }: { of: QuotedBite; onClose: () => void }) {
  const app = useApp();
  const { articles, asset: words, common } = useTexts();
  const language = useLanguage();
  const media = useMedia();
  const { asset, bite, words: quoted } = of;
  const clock = useMemo(() => makeClock(asset.timecodeStart, asset.frameRate), [asset]);
  const { startMs, endMs } = useMemo(() => spanOf(of), [of]);
  const [setVideo, player] = usePlayer(clock, asset.durationMs);
  const playRef = useRef<HTMLButtonElement>(null);
  const { seek, play, stop, timeMs } = player;
  useEffect(() => {
    seek(startMs);
    play();
    playRef.current?.focus();
  }, [seek, play, startMs]);
  const isOver = endMs !== null && timeMs >= endMs;
  useEffect(() => {
    if (isOver) stop();
  }, [isOver, stop]);
  const toggle = (): void => {
    if (isOver) {
      seek(startMs);
      play();
    } else player.toggle();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onClose();
  };
  const shownMs = Math.max(startMs, timeMs);
  const part = endMs === null ? 0 : (shownMs - startMs) / (endMs - startMs);
  const who = [
    [bite.speaker, bite.role].filter(Boolean).join(', '),
    bite.language === 'und' ? '' : languageName(bite.language, language),
  ];
  return (
    <aside aria-label={articles.soundbite} className={css.bite} data-theme="dark" onKeyDown={keys}>
      <video
        className={css.bitePicture}
        crossOrigin="anonymous"
        playsInline
        poster={media('thumb', asset.id)}
        preload="auto"
        ref={setVideo}
        src={media('proxy', asset.id)}
      />
      <div className={css.biteBody}>
        <p className={css.biteWords}>{player.failed ? words.previewFailed : quoted}</p>
        <p className={css.biteWho}>{who.filter(Boolean).join(' · ')}</p>
        <div className={css.biteBar}>
          <Button
            ref={playRef}
            aria-label={player.isPlaying ? words.pause : words.play}
            className={css.bitePlay}
            filled
            icon={player.isPlaying ? Pause : Play}
            size={28}
            onPress={toggle}
          >
            {null}
          </Button>
          <span>{timecodeAt(shownMs, clock)}</span>
          <progress
            aria-label={articles.soundbite}
            className={css.biteProgress}
            max={1}
            value={Math.min(1, Math.max(0, part))}
          />
          {endMs !== null && <span>{formatDuration((endMs - startMs) / 1000)}</span>}
          <IconButton
            icon={Film}
            label={articles.openPackage}
            size={28}
            onPress={() => app.route.getState().go({ name: 'asset', id: asset.id })}
          />
          <IconButton icon={X} keys="Esc" label={common.close} size={28} onPress={onClose} />
        </div>
      </div>
    </aside>
  );
}
