import { Fragment, type ReactNode } from 'react';
import { cx } from '../styles/cx.ts';
import { SrOnly } from './text.tsx';
import css from './diff.module.css';

/** Lines of one change. */
export function DiffBox({
  caption = null,
  children,
}: {
  /** What the change is about, above its lines. */
  caption?: string | null;
  children: ReactNode;
}) {
  return (
    <ul className={css.box}>
      {caption !== null && (
        <li className={css.line}>
          <span aria-hidden />
          <p>{caption}</p>
        </li>
      )}
      {children}
    </ul>
  );
}

/** A text as it was, or as it is: changed words by weight too, the whole by sign and tint. */
export function DiffLine({
  sign,
  said,
  parts,
  lang,
}: {
  sign: '+' | '−';
  /** The sign in words, for screen readers. */
  said: string;
  parts: readonly { text: string; isChanged: boolean }[];
  /** Of the text; null for that of the interface. */
  lang: string | null;
}) {
  const isAdded = sign === '+';
  const Mark = isAdded ? 'ins' : 'del';
  return (
    <li className={cx(css.line, isAdded ? css.added : css.removed)}>
      <span aria-hidden>{sign}</span>
      <p dir="auto" {...(lang !== null && { lang })}>
        <SrOnly>{said} </SrOnly>
        {parts.map(({ text, isChanged }, at) =>
          // Parts have no identity but their place.
          isChanged ? <Mark key={at}>{text}</Mark> : <Fragment key={at}>{text}</Fragment>,
        )}
      </p>
    </li>
  );
}
