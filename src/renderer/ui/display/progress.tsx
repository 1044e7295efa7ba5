import { cx } from '../styles/cx.ts';
import css from './progress.module.css';

export type BarTone = 'running' | 'verifying' | 'waiting' | 'failed' | 'ready';

/**
 * Plain elements, because virtualised lists draw many of them. Progress is a transform rather than
 * a width, so that it causes no layout.
 * @param value fraction done, 0 to 1; null while the total is unknown
 */
export function ProgressBar({
  label,
  value,
  tone = 'running',
  className,
}: {
  label: string;
  value: number | null;
  tone?: BarTone;
  className?: string | undefined;
}) {
  const percent = Math.max(0, Math.min(100, (value ?? 0) * 100));
  return (
    <div
      aria-label={label}
      aria-valuemax={100}
      aria-valuemin={0}
      className={cx(css.bar, className)}
      role="progressbar"
      {...(value !== null && { 'aria-valuenow': Math.round(percent) })}
    >
      <div
        className={cx(css.value, tone !== 'running' && css[tone])}
        style={{ transform: `translateX(${percent - 100}%)` }}
      />
    </div>
  );
}

/** Placeholder of the same size as the content to come: give it a size or a class that has one. */
export function Skeleton({
  width,
  height,
  className,
}: {
  width?: string;
  height?: string;
  className?: string | undefined;
}) {
  return (
    <span
      aria-hidden
      data-skeleton
      className={cx(css.skeleton, className)}
      style={{ inlineSize: width, blockSize: height }}
    />
  );
}
