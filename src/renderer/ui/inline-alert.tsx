import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';
import css from './inline-alert.module.css';

type InlineAlertProps = {
  tone?: 'warning' | 'info' | 'danger' | 'success' | 'embargo' | 'restricted';
  /** `strip` under the header for the whole view, `box` for one thing. */
  shape?: 'banner' | 'box';
  icon?: LucideIcon;
  /** The fact, in bold. */
  title: ReactNode;
  /** What happens now, what to do. */
  children?: ReactNode;
  action?: ReactNode;
  /** Something is lost: said at once. */
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
