import { ChevronDown } from 'lucide-react';
import type { ComponentProps, ReactNode, Ref } from 'react';
import {
  Button as AriaButton,
  Tooltip as AriaTooltip,
  TooltipTrigger,
  type ButtonProps as AriaButtonProps,
} from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import { Icon, type LucideIcon } from '../display/icon.tsx';
import { Kbd } from '../display/text.tsx';
import css from './button.module.css';

type Look = {
  tone?: 'plain' | 'main' | 'quiet' | 'danger';
  size?: 28 | 32 | 36 | 40;
  className?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
};
export type ButtonProps = Omit<AriaButtonProps, 'className' | 'style' | 'children'> &
  Look & {
    icon?: LucideIcon | undefined;
    filled?: boolean | undefined;
    iconAfter?: LucideIcon;
    wide?: boolean;
    children: ReactNode;
  };

const classes = ({ tone = 'plain', size = 32, className }: Look): string =>
  cx(css.button, tone !== 'plain' && css[tone], size !== 32 && css[`s${size}`], className);

export function Button({
  tone,
  size,
  className,
  icon,
  filled = false,
  iconAfter,
  wide = false,
  children,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      className={cx(
        classes({ ...(tone && { tone }), ...(size && { size }), className }),
        wide && css.wide,
      )}
    >
      {icon && <Icon filled={filled} of={icon} size={size === 28 ? 14 : 16} />}
      {children}
      {iconAfter && <Icon of={iconAfter} size={14} />}
    </AriaButton>
  );
}

/**
 * `Button` as a plain element, for virtualised lists: React Aria's press handling would be most of
 * the cost of a row.
 */
export function RowButton({
  tone,
  className,
  icon,
  filled = false,
  label,
  children,
  onPress,
}: Pick<Look, 'tone' | 'className'> & {
  icon: LucideIcon;
  filled?: boolean | undefined;
  label: string;
  children: ReactNode;
  onPress: () => void;
}) {
  return (
    <button
      aria-label={label}
      className={cx(classes({ ...(tone && { tone }), size: 28, className }), css.native)}
      type="button"
      onClick={onPress}
    >
      <Icon filled={filled} of={icon} size={14} />
      {children}
    </button>
  );
}

/** A plain button that shows what is chosen and opens a menu with the other choices. */
export function RowMenuButton({
  label,
  className,
  children,
  ...rest
}: Pick<ComponentProps<'button'>, 'tabIndex' | 'onClick' | 'className'> & {
  label: string;
  'data-asset'?: string;
  children: string;
}) {
  return (
    <button
      {...rest}
      aria-haspopup="menu"
      aria-label={label}
      className={cx(classes({ size: 28, className }), css.native)}
      type="button"
    >
      <span className={css.cut}>{children}</span>
      <Icon of={ChevronDown} size={14} />
    </button>
  );
}

type IconButtonProps = Omit<AriaButtonProps, 'className' | 'style' | 'children' | 'aria-label'> &
  Look & {
    icon: LucideIcon;
    label: string;
    iconSize?: 14 | 16 | 18 | 20;
    filled?: boolean;
    /** Keys shown in the tooltip: "mod K". */ keys?: string | undefined;
  };

/**
 * Icon button. The label is shown as a tooltip, with the shortcut if there is one. Quiet by
 * default.
 */
export function IconButton({
  tone = 'quiet',
  size = 32,
  className,
  icon,
  iconSize = 16,
  filled = false,
  label,
  keys,
  ...rest
}: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={cx(classes({ tone, size, className }), css.icon)}
      >
        <Icon of={icon} size={iconSize} filled={filled} />
      </AriaButton>
      <Tooltip>
        {label}
        {keys && <Kbd>{keys}</Kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}

export function Tooltip({
  children,
  placement = 'bottom',
}: {
  children: ReactNode;
  placement?: 'bottom' | 'top' | 'end';
}) {
  return (
    <AriaTooltip className={cx(css.tooltip)} offset={6} placement={placement}>
      {children}
    </AriaTooltip>
  );
}

/** Looks like a link but acts on this page. */
export function LinkButton({
  className,
  children,
  ...rest
}: Omit<AriaButtonProps, 'className' | 'style' | 'children'> & {
  className?: string;
  children: ReactNode;
}) {
  return (
    <AriaButton {...rest} className={cx(css.link, className)}>
      {children}
    </AriaButton>
  );
}
