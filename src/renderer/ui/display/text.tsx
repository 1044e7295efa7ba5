import type { ReactNode } from 'react';
import { useLocale } from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import css from './text.module.css';

/** Text for screen readers only. */
export function SrOnly({ children }: { children: ReactNode }) {
  return <span className={css.srOnly}>{children}</span>;
}

/** Visually hidden live region; changes are announced politely. */
export function LiveRegion({ children }: { children: ReactNode }) {
  return (
    <span className={css.srOnly} role="status">
      {children}
    </span>
  );
}

const isMac = (): boolean =>
  document.documentElement.dataset['platform'] === 'mac' || navigator.platform.startsWith('Mac');

/** Key caps of a French keyboard. */
const FRENCH_KEYS: Record<string, string> = {
  Space: 'Espace',
  Del: 'Suppr',
  Esc: 'Échap',
  Shift: 'Maj',
};

/** One key, by its English name. `mod` is Ctrl, or ⌘ on a Mac: "mod K". */
export function Kbd({ children, onAccent = false }: { children: string; onAccent?: boolean }) {
  const { locale } = useLocale();
  const named = locale.startsWith('fr')
    ? children.replaceAll(/[A-Z][a-z]+/gu, (key) => FRENCH_KEYS[key] ?? key)
    : children;
  return (
    <kbd className={cx(css.kbd, onAccent && css.onAccent)}>
      {named.replace(/^mod\s*/, isMac() ? '⌘' : 'Ctrl ')}
    </kbd>
  );
}
