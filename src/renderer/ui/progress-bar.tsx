import { ProgressBar as AriaProgressBar } from 'react-aria-components';
import { cx } from './cx.ts';
import css from './progress-bar.module.css';

export type BarTone = 'running' | 'verifying' | 'waiting' | 'failed' | 'ready';

/** @param value fraction done, 0 to 1; null when the size is not known yet. */
export function ProgressBar({ label, value, tone = 'running', className }: { label: string; value: number | null; tone?: BarTone; className?: string | undefined }) {
  const percent = Math.max(0, Math.min(100, (value ?? 0) * 100));
  return (
    <AriaProgressBar aria-label={label} className={cx(css.bar, className)} isIndeterminate={value === null} value={percent}>
      <div className={cx(css.value, tone !== 'running' && css[tone])} style={{ inlineSize: `${percent}%` }} />
    </AriaProgressBar>
  );
}
