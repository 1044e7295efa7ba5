import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import { Icon, type LucideIcon } from '../display/icon.tsx';
import css from './dialog.module.css';

type DialogProps = {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  icon?: LucideIcon;
  tone?: 'danger' | 'restricted' | 'warning' | 'accent';
  wide?: boolean;
  /** Destructive: only a button closes it, not a click outside. */
  urgent?: boolean;
  children?: ReactNode;
  /** Buttons, the primary one last. */
  actions?: ReactNode;
};

export function Dialog({
  isOpen,
  onClose,
  title,
  icon,
  tone,
  wide = false,
  urgent = false,
  children,
  actions,
}: DialogProps) {
  return (
    <Overlay isOpen={isOpen} onClose={onClose}>
      <AriaDialog
        className={cx(css.dialog, wide && css.wide)}
        role={urgent ? 'alertdialog' : 'dialog'}
      >
        <Heading className={cx(css.title)} slot="title">
          {icon && <Icon of={icon} size={18} tone={tone} />}
          {title}
        </Heading>
        {children}
        {actions && <div className={css.actions}>{actions}</div>}
      </AriaDialog>
    </Overlay>
  );
}

/** Modal backdrop; Esc and a click outside close it. */
export function Overlay({
  isOpen,
  onClose,
  tall = false,
  fills = false,
  children,
}: {
  isOpen: boolean;
  onClose: () => void;
  /** Begins further up, for what needs the window's height. */
  tall?: boolean;
  /** Takes all of a narrow window. */
  fills?: boolean;
  children: ReactNode;
}) {
  return (
    <ModalOverlay
      isDismissable
      className={cx(css.scrim, (tall || fills) && css.tall, fills && css.fills)}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
    >
      <Modal className={cx(css.modal, fills && css.filling)}>{children}</Modal>
    </ModalOverlay>
  );
}

/** List of facts to confirm, each with an icon. */
export function DialogList({
  items,
}: {
  items: readonly {
    id: string;
    icon: LucideIcon;
    tone?: 'restricted' | 'embargo' | 'danger' | undefined;
    text: ReactNode;
  }[];
}) {
  return (
    <ul className={css.list}>
      {items.map((item) => (
        <li className={css.item} key={item.id}>
          <Icon of={item.icon} tone={item.tone} />
          <span>{item.text}</span>
        </li>
      ))}
    </ul>
  );
}
