import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import { Icon, type LucideIcon } from '../display/icon.tsx';
import css from './empty-state.module.css';

export type NextStep = {
  id: string;
  icon: LucideIcon;
  text: string;
  end?: string | undefined;
  onPress: () => void;
};
type EmptyStateProps = {
  art?: 'catalogue' | 'transfers' | 'articles';
  title: string;
  text: ReactNode;
  steps?: readonly NextStep[];
  actions?: ReactNode;
};

const ART = {
  catalogue: (
    <>
      <rect height="30" rx="4" width="50" x="1" y="8" />
      <path d="M1 30l14-10 10 8 8-6 18 14" opacity=".55" />
      <rect height="30" rx="4" strokeDasharray="3 4" width="50" x="34" y="18" />
    </>
  ),
  transfers: (
    <>
      <path d="M44 4v26M34 21l10 10 10-10" />
      <path d="M6 34v10a6 6 0 0 0 6 6h64a6 6 0 0 0 6-6V34" />
      <path d="M18 40h52" strokeDasharray="3 4" />
    </>
  ),
  articles: (
    <>
      <rect height="46" rx="4" width="58" x="6" y="5" />
      <path d="M14 16h42M14 24h42M14 32h24" opacity=".55" />
      <path d="M64 15h12a6 6 0 0 1 6 6v22a8 8 0 0 1-8 8H22" strokeDasharray="3 4" />
    </>
  ),
};

/**
 * What is missing, one sentence, and up to three next steps, each with its result. Aligned with the
 * page's text, never centred.
 */
export function EmptyState({
  art = 'catalogue',
  title,
  text,
  steps = [],
  actions,
}: EmptyStateProps) {
  return (
    <div className={css.empty}>
      <svg
        aria-hidden
        className={css.art}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        viewBox="0 0 88 56"
      >
        {ART[art]}
      </svg>
      <h2 className={css.title}>{title}</h2>
      <p className={css.text}>{text}</p>
      {steps.length > 0 && (
        <ul className={css.rows}>
          {steps.map((step) => (
            <li key={step.id}>
              <AriaButton className={cx(css.row)} onPress={step.onPress}>
                <Icon of={step.icon} />
                <span>{step.text}</span>
                <span className={css.end}>{step.end}</span>
              </AriaButton>
            </li>
          ))}
        </ul>
      )}
      {actions && <div className={css.actions}>{actions}</div>}
    </div>
  );
}
