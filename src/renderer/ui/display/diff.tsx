import { Fragment } from 'react';
import { cx } from '../styles/cx.ts';
import { SrOnly } from './text.tsx';
import css from './diff.module.css';

type Parts = readonly { text: string; isChanged: boolean }[];

/** One change: the text as it was, and below it as it is. */
export function DiffBox({
  before,
  after,
  said,
  lang,
  caption = null,
}: {
  /** Null for a text that is new. */
  before: Parts | null;
  /** Null for one that is gone. */
  after: Parts | null;
  /** The signs in words, for screen readers. */
  said: { removedLine: string; addedLine: string };
  /** Of the text; null for that of the interface. */
  lang: string | null;
  /** What the change is about, above its lines. */
  caption?: string | null;
}) {
  return (
    <ul className={css.box}>
      {caption !== null && (
        <li className={css.line}>
          <span aria-hidden />
          <p>{caption}</p>
        </li>
      )}
      {before && <DiffLine lang={lang} parts={before} said={said.removedLine} sign="−" />}
      {after && <DiffLine lang={lang} parts={after} said={said.addedLine} sign="+" />}
    </ul>
  );
}

/** A text as it was, or as it is: changed words by weight too, the whole by sign and tint. */
function DiffLine({
  sign,
  said,
  parts,
  lang,
}: {
  sign: '+' | '−';
  said: string;
  parts: Parts;
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
