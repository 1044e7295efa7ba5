import type { LucideIcon } from 'lucide-react';
import { cx } from '../styles/cx.ts';
import css from './icon.module.css';

export type { LucideIcon };
export type Tone = 'success' | 'warning' | 'danger' | 'info' | 'embargo' | 'restricted' | 'accent';
type IconProps = {
  of: LucideIcon;
  size?: 12 | 14 | 16 | 18 | 20;
  tone?: Tone | undefined;
  filled?: boolean;
  className?: string | undefined;
};

const STROKE = { 12: 2.25, 14: 2, 16: 1.75, 18: 1.75, 20: 1.75 };

/** Decorative icon beside text; hidden from screen readers. */
export function Icon({ of: Drawing, size = 16, tone, filled = false, className }: IconProps) {
  return (
    <Drawing
      aria-hidden
      className={cx(css.icon, tone && css[tone], filled && css.filled, className)}
      size={size}
      strokeWidth={filled ? 0.75 : STROKE[size]}
    />
  );
}
