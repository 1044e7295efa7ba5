import { Check, ChevronDown, ChevronsUpDown } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import {
  Button as AriaButton,
  Label,
  ListBox,
  ListBoxItem,
  Menu as AriaMenu,
  MenuItem,
  MenuTrigger,
  Popover,
  Select as AriaSelect,
  SelectValue,
  type ButtonProps as AriaButtonProps,
} from 'react-aria-components';
import buttonCss from './button.module.css';
import { cx } from '../styles/cx.ts';
import { Icon, type LucideIcon } from '../display/icon.tsx';
import { Kbd } from '../display/text.tsx';
import popoverCss from '../overlays/popover.module.css';
import { FieldNotes } from './field.tsx';
import css from './field.module.css';

export type Option<V extends string> = { value: V; label: string };
type SelectProps<V extends string> = {
  label: string;
  /** The label is for screen readers only; the value says enough. */
  hideLabel?: boolean;
  value: V | null;
  options: readonly Option<V>[];
  onChange: (value: V) => void;
  help?: string;
  error?: string | null | undefined;
  placeholder?: string;
  /** `field` in a form, `button` in a toolbar, `token` in a sentence. */
  look?: 'field' | 'button' | 'token';
  icon?: LucideIcon;
  small?: boolean;
  isDisabled?: boolean;
  name?: string;
  className?: string;
};

export function Select<V extends string>({
  label,
  hideLabel = false,
  value,
  options,
  onChange,
  help,
  error,
  placeholder,
  look = 'field',
  icon,
  small = false,
  isDisabled = false,
  name,
  className,
}: SelectProps<V>) {
  const box =
    look === 'field'
      ? cx(css.box, small && css.small)
      : look === 'token'
        ? cx(css.token)
        : cx(buttonCss.button, buttonCss.s28);
  return (
    <AriaSelect
      {...(hideLabel && { 'aria-label': label })}
      {...(name !== undefined && { name })}
      className={cx(look === 'token' ? css.inSentence : css.field, className)}
      isDisabled={isDisabled}
      isInvalid={Boolean(error)}
      placeholder={placeholder ?? ''}
      validationBehavior="aria"
      value={value}
      onChange={(key) => onChange(key as V)}
    >
      {!hideLabel && <Label className={css.label}>{label}</Label>}
      <AriaButton className={box}>
        {icon && <Icon of={icon} />}
        <SelectValue className={cx(css.value)}>
          {({ isPlaceholder, selectedText, defaultChildren }) =>
            isPlaceholder ? defaultChildren : selectedText
          }
        </SelectValue>
        <Icon
          of={look === 'field' ? ChevronsUpDown : ChevronDown}
          size={look === 'token' ? 12 : 14}
        />
      </AriaButton>
      <FieldNotes error={error} help={help} />
      <Popover className={cx(popoverCss.popover, css.choices)} offset={4}>
        <ListBox className={cx(css.list)}>
          {options.map((option) => (
            <ListBoxItem
              className={cx(css.option)}
              id={option.value}
              key={option.value}
              textValue={option.label}
            >
              {({ isSelected }) => (
                <>
                  <span className={css.tick}>{isSelected && <Icon of={Check} size={14} />}</span>
                  {option.label}
                </>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** A button that looks like a token of a sentence, for what isn't chosen from a list. */
export function TokenButton({
  label,
  children,
  ...rest
}: Omit<AriaButtonProps, 'className' | 'style' | 'children' | 'aria-label'> & {
  label: string;
  children: ReactNode;
}) {
  return (
    <AriaButton {...rest} aria-label={label} className={cx(css.token)}>
      <span className={css.value}>{children}</span>
      <Icon of={ChevronDown} size={12} />
    </AriaButton>
  );
}

export type MenuEntry = {
  id: string;
  label: string;
  icon?: LucideIcon;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  onAction: () => void;
};

/** An open menu anchored to an element; `onClose` is called when it closes. */
export function MenuAt({
  anchor,
  entries,
  label,
  onClose,
}: {
  anchor: RefObject<Element | null>;
  entries: readonly MenuEntry[];
  label: string;
  onClose: () => void;
}) {
  return (
    <Popover
      isOpen
      aria-label={label}
      className={cx(popoverCss.popover, css.choices, css.free)}
      offset={2}
      placement="bottom end"
      triggerRef={anchor}
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      <Entries autoFocus entries={entries} label={label} onClose={onClose} />
    </Popover>
  );
}

function Entries({
  entries,
  label,
  autoFocus = false,
  onClose,
}: {
  entries: readonly MenuEntry[];
  label: string;
  autoFocus?: boolean;
  onClose?: () => void;
}) {
  return (
    <AriaMenu
      aria-label={label}
      autoFocus={autoFocus}
      className={cx(css.list)}
      disabledKeys={entries.filter((entry) => entry.disabled).map((entry) => entry.id)}
      {...(onClose && { onClose })}
    >
      {entries.map((entry) => (
        <MenuItem
          className={cx(css.option, entry.danger && css.dangerous)}
          id={entry.id}
          key={entry.id}
          textValue={entry.label}
          onAction={entry.onAction}
        >
          {entry.icon && <Icon of={entry.icon} size={14} />}
          {entry.label}
          {entry.keys && <Kbd>{entry.keys}</Kbd>}
        </MenuItem>
      ))}
    </AriaMenu>
  );
}

/** A menu behind a button; `children` is the button. */
export function Menu({
  entries,
  label,
  children,
}: {
  entries: readonly MenuEntry[];
  label: string;
  children: ReactNode;
}) {
  return (
    <MenuTrigger>
      {children}
      <Popover className={cx(popoverCss.popover, css.choices)} offset={4} placement="bottom end">
        <Entries entries={entries} label={label} />
      </Popover>
    </MenuTrigger>
  );
}
