import type { PointerEvent } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTexts } from '../../state/context.tsx';
import type { AssetView } from '../../state/views.ts';
import { cx } from '../../ui/styles/cx.ts';
import { timecodeAt, type Clock } from '../../state/timecode.ts';
import type { Player } from '../../state/player.ts';
import { isTimed, withLengths, type TimedShot } from './copy.ts';
import css from './asset.module.css';

/** The player and its position. */
export type PlaybackProps = {
  asset: AssetView;
  clock: Clock;
  player: Player;
  frames: ReadonlyMap<number, string>;
  current: TimedShot | null;
};

const MARKS = [0, 0.25, 0.5, 0.75, 1];

/**
 * The shots in proportion: the current one lit, restricted ones hatched. Dragging the ruler above
 * scrubs.
 */
export function Timeline({ asset, clock, player, frames, current }: PlaybackProps) {
  const { asset: words } = useTexts();
  const duration = Math.max(1, player.durationMs);
  const shots = withLengths(asset.shotlist.filter(isTimed), duration);
  const percent = (ms: number): string =>
    `${(Math.max(0, Math.min(duration, ms)) / duration) * 100}%`;
  const scrub = (event: PointerEvent<HTMLElement>): void => {
    if (event.type === 'pointermove' && event.buttons !== 1) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    event.currentTarget.setPointerCapture(event.pointerId);
    player.seek(((event.clientX - left) / width) * duration);
  };
  const { inMs, outMs } = player.marks;
  return (
    <div className={css.timeline}>
      <div className={css.ruler}>
        {(player.durationMs > 0 ? MARKS : []).map((part) => (
          <span key={part}>{timecodeAt(part * duration, clock)}</span>
        ))}
      </div>
      <div
        aria-label={words.timeline}
        className={cx(css.strip, shots.length === 0 && css.plainStrip)}
        role="group"
        style={{
          gridTemplateColumns: shots.map((shot) => `${shot.durationMs}fr`).join(' '),
        }}
      >
        {shots.map((shot) => {
          const isRestricted = shot.restrictionIds.length > 0;
          const picture = frames.get(shot.n);
          return (
            <AriaButton
              aria-label={words.shotAt(
                shot.n,
                shot.in ?? timecodeAt(shot.startMs, clock),
                isRestricted,
              )}
              className={cx(
                css.shotThumb,
                shot.n === current?.n && css.shotThumbCurrent,
                isRestricted && css.shotThumbRestricted,
              )}
              key={shot.n}
              style={picture === undefined ? {} : { backgroundImage: `url(${picture})` }}
              onPress={() => player.seek(shot.startMs)}
            >
              <span>{shot.n}</span>
            </AriaButton>
          );
        })}
        <div aria-hidden className={css.scrub} onPointerDown={scrub} onPointerMove={scrub} />
        <span
          aria-hidden
          className={css.headerLine}
          style={{ insetInlineStart: percent(player.timeMs) }}
        />
        {(inMs !== null || outMs !== null) && (
          <span
            aria-hidden
            className={css.range}
            style={{
              insetInlineStart: percent(inMs ?? 0),
              inlineSize: percent((outMs ?? duration) - (inMs ?? 0)),
            }}
          />
        )}
      </div>
    </div>
  );
}
