import {
  ArrowRightFromLine,
  ArrowRightToLine,
  Maximize,
  Pause,
  Play,
  SkipBack,
  SkipForward,
  StepBack,
  StepForward,
  Volume2,
  VolumeX,
  X,
} from 'lucide-react';
import 'media-chrome/dist/media-controller.js';
import { useRef, type RefObject } from 'react';
import { useMedia, useTexts } from '../../state/context.tsx';
import { formatDuration } from '../../i18n/format.ts';
import { Badge } from '../../ui/display/badge.tsx';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { isTimed } from './copy.ts';
import { timecodeAt, type Clock } from '../../state/timecode.ts';
import { Timeline, type PlaybackProps } from './timeline.tsx';
import type { Player } from '../../state/player.ts';
import css from './asset.module.css';

/** Video, transport controls and timeline. Dark in both themes. */
export function Stage({
  asset,
  clock,
  player,
  frames,
  current,
  setVideo,
}: PlaybackProps & { setVideo: (video: HTMLVideoElement | null) => void }) {
  const { asset: words } = useTexts();
  const media = useMedia();
  const frameRef = useRef<HTMLDivElement>(null);
  const preview = asset.renditions
    .filter((rendition) => rendition.videoCodec === 'h264')
    .toSorted((a, b) => (a.height ?? 0) - (b.height ?? 0))[0];
  return (
    <section aria-label={words.preview} className={css.stage} data-theme="dark">
      <div className={cx(css.frame, !asset.hasPreview && css.still)} ref={frameRef}>
        <media-controller nohotkeys className={css.controller}>
          {/* Captions come with the package; the preview has none to show. */}
          <video
            className={css.video}
            crossOrigin="anonymous"
            playsInline
            poster={media('thumb', asset.id)}
            preload="auto"
            ref={setVideo}
            slot="media"
            src={asset.hasPreview ? media('proxy', asset.id) : undefined}
          />
        </media-controller>
        <div className={css.tags}>
          {asset.hasPreview && (
            <Badge photo>
              {preview && preview.height !== null
                ? words.previewSize(preview.height)
                : words.preview}
            </Badge>
          )}
        </div>
        {!asset.hasPreview || player.failed ? (
          <p className={css.stageNote}>
            {asset.hasPreview ? words.previewFailed : words.noPreview}
          </p>
        ) : (
          player.isLoading && (
            <p className={cx(css.stageNote, css.stageLoading)}>{words.previewLoading}</p>
          )
        )}
      </div>
      {(asset.hasPreview || asset.shotlist.length > 0) && (
        <>
          <Transport
            asset={asset}
            clock={clock}
            current={current}
            frameRef={frameRef}
            player={player}
          />
          <Timeline asset={asset} clock={clock} current={current} frames={frames} player={player} />
        </>
      )}
    </section>
  );
}

function Transport({
  asset,
  clock,
  player,
  current,
  frameRef,
}: Omit<PlaybackProps, 'frames'> & { frameRef: RefObject<HTMLDivElement | null> }) {
  const { asset: words } = useTexts();
  const shots = asset.shotlist.filter(isTimed);
  const place = current ? shots.indexOf(current) : -1;
  const fullScreen = (): void => void frameRef.current?.requestFullscreen().catch(() => undefined);
  return (
    <div className={css.transport}>
      <span className={css.timecode}>{timecodeAt(player.timeMs, clock)}</span>
      {player.durationMs > 0 && (
        <span className={css.total}>{words.of(timecodeAt(player.durationMs, clock))}</span>
      )}
      <span className={css.space} />
      <IconButton
        icon={SkipBack}
        keys="↑"
        label={words.previousShot}
        size={28}
        onPress={() => player.seek(shots[Math.max(0, place - 1)]?.startMs ?? 0)}
      />
      <IconButton
        icon={StepBack}
        keys="←"
        label={words.previousFrame}
        size={28}
        onPress={() => player.step(-1)}
      />
      <IconButton
        className={css.play}
        filled
        icon={player.isPlaying ? Pause : Play}
        iconSize={18}
        keys="K"
        label={player.isPlaying ? words.pause : words.play}
        onPress={player.toggle}
      />
      <IconButton
        icon={StepForward}
        keys="→"
        label={words.nextFrame}
        size={28}
        onPress={() => player.step(1)}
      />
      <IconButton
        icon={SkipForward}
        isDisabled={place >= shots.length - 1}
        keys="↓"
        label={words.nextShot}
        size={28}
        onPress={() => player.seek(shots[place + 1]?.startMs ?? 0)}
      />
      <span className={css.space} />
      <MarksView clock={clock} player={player} />
      <Button className={css.onlyWide} size={28} tone="quiet" onPress={() => player.mark('in')}>
        {words.markIn}
      </Button>
      <Button className={css.onlyWide} size={28} tone="quiet" onPress={() => player.mark('out')}>
        {words.markOut}
      </Button>
      <IconButton
        className={css.onlyNarrow}
        icon={ArrowRightFromLine}
        keys="I"
        label={words.markIn}
        size={28}
        onPress={() => player.mark('in')}
      />
      <IconButton
        className={css.onlyNarrow}
        icon={ArrowRightToLine}
        keys="O"
        label={words.markOut}
        size={28}
        onPress={() => player.mark('out')}
      />
      <IconButton
        aria-pressed={player.isMuted}
        icon={player.isMuted ? VolumeX : Volume2}
        keys="M"
        label={words.mute}
        size={28}
        onPress={player.toggleSound}
      />
      <IconButton icon={Maximize} label={words.fullScreen} size={28} onPress={fullScreen} />
    </div>
  );
}

function MarksView({ clock, player }: { clock: Clock; player: Player }) {
  const { asset: words } = useTexts();
  const { inMs, outMs } = player.marks;
  if (inMs === null && outMs === null) return null;
  const length = inMs !== null && outMs !== null ? formatDuration((outMs - inMs) / 1000) : '';
  const whole =
    inMs !== null && outMs !== null
      ? words.marks(timecodeAt(inMs, clock), timecodeAt(outMs, clock), length)
      : timecodeAt(inMs ?? outMs ?? 0, clock);
  return (
    <span className={css.marks}>
      <span className={css.onlyWide}>{whole}</span>
      <span className={css.onlyNarrow}>{length}</span>
      <IconButton
        icon={X}
        iconSize={14}
        label={words.clearMarks}
        size={28}
        onPress={player.clearMarks}
      />
    </span>
  );
}
