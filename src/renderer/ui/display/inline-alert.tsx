import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../styles/cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';
import css from './inline-alert.module.css';

type InlineAlertProps = {
  tone?: 'warning' | 'info' | 'danger' | 'success' | 'embargo' | 'restricted';
  /** `banner` spans the view under the header, `box` belongs to one thing. */
  shape?: 'banner' | 'box';
  icon?: LucideIcon;
  /** The fact, in bold. */
  title: ReactNode;
  /** What happens next and what to do. */
  children?: ReactNode;
  action?: ReactNode;
  /** Announced assertively: something is being lost. */
  urgent?: boolean;
};

const ICONS = {
  warning: TriangleAlert,
  info: Info,
  danger: CircleAlert,
  success: CircleCheck,
  embargo: Info,
  restricted: Info,
};

export function InlineAlert({
  tone = 'info',
  shape = 'box',
  icon,
  title,
  children,
  action,
  urgent = false,
}: InlineAlertProps) {
  return (
    <div
      className={cx(css.alert, css[tone], shape === 'banner' && css.banner)}
      role={urgent ? 'alert' : 'status'}
    >
      <Icon of={icon ?? ICONS[tone]} />
      <div className={css.text}>
        <b>{title}</b> {shape === 'banner' ? children : children !== undefined && <p>{children}</p>}
      </div>
      {action}
    </div>
  );
}
