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

/** The product's logo. */
export function Logo({ className }: { className?: string | undefined }) {
  return (
    <svg
      aria-hidden
      className={cx(css.logo, className)}
      fill="none"
      stroke="currentColor"
      strokeLinejoin="round"
      strokeWidth="2"
      viewBox="0 0 24 24"
    >
      <rect height="13" rx="2.5" width="19" x="2.5" y="4.5" />
      <path d="M7 21h10" strokeLinecap="round" />
      <path d="M10 8.2v5.6l4.8-2.8z" fill="currentColor" strokeWidth="1" />
    </svg>
  );
}
