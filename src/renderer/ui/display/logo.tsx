import { cx } from '../styles/cx.ts';
import css from './logo.module.css';

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
