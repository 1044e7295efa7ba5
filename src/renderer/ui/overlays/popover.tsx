import type { ReactNode } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import css from './popover.module.css';

/** A popover with a few choices. `button` opens it; Esc and a click outside close it. */
export function PopoverPanel({
  label,
  button,
  isSheet = false,
  children,
}: {
  label: string;
  button: ReactNode;
  /** In a narrow window it lies along the lower edge. */
  isSheet?: boolean;
  /** With a function that closes it. */
  children: ReactNode | ((close: () => void) => ReactNode);
}) {
  return (
    <DialogTrigger>
      {button}
      <Popover className={cx(css.popover, isSheet && css.sheet)} offset={4} placement="bottom end">
        <Dialog aria-label={label} className={cx(css.panel)}>
          {({ close }) => (typeof children === 'function' ? children(close) : children)}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

export function PopoverRow({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={css.row}>
      <span>{name}</span>
      {children}
    </div>
  );
}
