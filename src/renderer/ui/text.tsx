import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import css from './text.module.css';

/** Words for screen readers alone. */
export function SrOnly({ children }: { children: ReactNode }) {
  return <span className={css.srOnly}>{children}</span>;
}

/** Said politely when it changes, seen by nobody. */
export function Spoken({ children }: { children: ReactNode }) {
  return (
    <span className={css.srOnly} role="status">
      {children}
    </span>
  );
}

export const isMac = (): boolean => document.documentElement.dataset['platform'] === 'mac' || navigator.platform.startsWith('Mac');

/** One key. `mod` is Ctrl, or ⌘ on a Mac: "mod K". */
export function Kbd({ children, onAccent = false }: { children: string; onAccent?: boolean }) {
  return <kbd className={cx(css.kbd, onAccent && css.onAccent)}>{children.replace(/^mod\s*/, isMac() ? '⌘' : 'Ctrl ')}</kbd>;
}
