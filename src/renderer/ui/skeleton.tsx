import { cx } from './cx.ts';
import css from './skeleton.module.css';

/** The exact shape of what is coming: give it the size, or a class that has one. */
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
      className={cx(css.skeleton, className)}
      style={{ inlineSize: width, blockSize: height }}
    />
  );
}
