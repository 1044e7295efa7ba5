import { Film } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { cx } from '../styles/cx.ts';
import { Icon } from './icon.tsx';
import css from './thumbnail.module.css';

/** A 16:9 picture, or a hatched film icon if there is none. Children are drawn on top. */
export function Thumbnail({
  src,
  grey = false,
  isLazy = false,
  className,
  children,
}: {
  src: string | null;
  grey?: boolean;
  /** Loaded when it comes into view, in long lists that are in the page as a whole. */
  isLazy?: boolean;
  className?: string | undefined;
  children?: ReactNode;
}) {
  const [failed, setFailed] = useState<string | null>(null);
  const shown = src !== null && failed !== src;
  return (
    <span className={cx(css.thumbnail, !shown && css.none, grey && css.grey, className)}>
      {shown ? (
        <img
          alt=""
          decoding="async"
          draggable={false}
          loading={isLazy ? 'lazy' : 'eager'}
          src={src}
          onError={() => setFailed(src)}
        />
      ) : (
        <Icon of={Film} size={20} />
      )}
      {children}
    </span>
  );
}
