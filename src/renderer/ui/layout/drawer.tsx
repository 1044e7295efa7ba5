import { X } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { IconButton } from '../controls/button.tsx';
import { cx } from '../styles/cx.ts';
import css from './drawer.module.css';

/** A list and the details of one of its rows: beside it, in narrow windows in its place. */
export function WithDrawer({
  drawer,
  className,
  children,
}: {
  /** Null while nothing is open. */
  drawer: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    <div className={cx(css.layout, drawer !== null && css.isOpen, className)}>
      {children}
      {drawer}
    </div>
  );
}

/** Details beside a list, never over it. Esc closes them, unless something else is open above. */
export function Drawer({
  label,
  title,
  closeLabel,
  onClose,
  children,
}: {
  label: string;
  title: ReactNode;
  closeLabel: string;
  /** Returns the focus to the row too. */
  onClose: () => void;
  children: ReactNode;
}) {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (
        event.key === 'Escape' &&
        !event.defaultPrevented &&
        !document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]')
      )
        onClose();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  });
  return (
    <aside aria-label={label} className={css.drawer}>
      <header className={css.head}>
        <h2>{title}</h2>
        <IconButton icon={X} label={closeLabel} size={28} onPress={onClose} />
      </header>
      {children}
    </aside>
  );
}

/** What scrolls between a drawer's head and its actions. */
export const DrawerBody = ({ children }: { children: ReactNode }) => (
  <div className={css.body} tabIndex={0}>
    {children}
  </div>
);

export const DrawerSection = ({ children }: { children: ReactNode }) => (
  <section className={css.section}>{children}</section>
);

/** Names and values, one pair a line. */
export function Facts({
  facts,
  className,
}: {
  facts: readonly (readonly [name: string, value: ReactNode])[];
  className?: string | undefined;
}) {
  return (
    <dl className={cx(css.facts, className)}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={typeof value === 'string' ? value : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** At a drawer's foot, always in view. */
export const DrawerActions = ({ children }: { children: ReactNode }) => (
  <footer data-docked="narrow" className={css.actions}>
    {children}
  </footer>
);
