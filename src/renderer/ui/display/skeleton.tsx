import { cx } from '../styles/cx.ts';
import css from './skeleton.module.css';

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
      className={cx(css.skeleton, className)}
      style={{ inlineSize: width, blockSize: height }}
    />
  );
}
