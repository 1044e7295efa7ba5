import { Search, CircleAlert, X } from 'lucide-react';
import type { HTMLInputTypeAttribute, ReactNode, Ref } from 'react';
import {
  Button as AriaButton,
  FieldError,
  Group,
  Input,
  Label,
  SearchField as AriaSearchField,
  Text,
  TextField,
  type SearchFieldProps as AriaSearchFieldProps,
  type TextFieldProps,
} from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import { Icon, type LucideIcon } from '../display/icon.tsx';
import css from './field.module.css';

type FieldProps = Omit<TextFieldProps, 'className' | 'style' | 'children' | 'type'> & {
  label: string;
  /** The label is for screen readers only; what is beside it says enough. */
  hideLabel?: boolean;
  /** At the end of the label's line, e.g. "Forgot it?". */
  aside?: ReactNode;
  help?: ReactNode;
  /** What is wrong and what to do; marks the field as invalid. */
  error?: string | null | undefined;
  icon?: LucideIcon;
  /** Inside the box at its end, e.g. a Show button. */
  end?: ReactNode;
  type?: HTMLInputTypeAttribute;
  placeholder?: string;
  small?: boolean;
  inputRef?: Ref<HTMLInputElement>;
};

export function Field({
  label,
  hideLabel = false,
  aside,
  help,
  error,
  icon,
  end,
  type = 'text',
  placeholder,
  small = false,
  inputRef,
  ...rest
}: FieldProps) {
  return (
    <TextField
      validationBehavior="aria"
      {...(hideLabel && { 'aria-label': label })}
      {...rest}
      className={cx(css.field)}
      isInvalid={Boolean(error)}
      type={type}
    >
      {!hideLabel && (
        <div className={css.header}>
          <Label className={css.label}>{label}</Label>
          {aside}
        </div>
      )}
      <Group className={cx(css.box, small && css.small)}>
        {icon && <Icon of={icon} />}
        <Input className={cx(css.input)} ref={inputRef ?? null} placeholder={placeholder ?? ''} />
        {end}
      </Group>
      <FieldNotes error={error} help={help} />
    </TextField>
  );
}

type Notes = { help?: ReactNode; error?: ReactNode };

/** Help and error of one of the library's fields. */
export const FieldNotes = ({ help, error }: Notes) => (
  <>
    {help !== undefined && (
      <Text className={css.help} slot="description">
        {help}
      </Text>
    )}
    <FieldError className={cx(css.error)}>
      <Icon of={CircleAlert} size={14} />
      <span role="alert">{error}</span>
    </FieldError>
  </>
);

/** The error of an input that is none of those; its `aria-describedby` is `id`. */
export const InputError = ({ id, children }: { id: string; children: ReactNode }) => (
  <p className={css.error} id={id} role="alert">
    <Icon of={CircleAlert} size={14} />
    <span>{children}</span>
  </p>
);

export type SearchFieldProps = Omit<AriaSearchFieldProps, 'className' | 'style' | 'children'> & {
  label: string;
  clearLabel: string;
  placeholder?: string;
  /** Shown at the end while the field is empty, e.g. its shortcut. */
  hint?: ReactNode;
  className?: string | undefined;
  inputRef?: Ref<HTMLInputElement>;
};

export function SearchField({
  label,
  clearLabel,
  placeholder,
  hint,
  className,
  inputRef,
  ...rest
}: SearchFieldProps) {
  return (
    <AriaSearchField {...rest} aria-label={label} className={cx(css.search, className)}>
      {({ isEmpty }) => (
        <>
          <Icon of={Search} />
          <Input className={cx(css.input)} ref={inputRef ?? null} placeholder={placeholder ?? ''} />
          {isEmpty ? (
            hint
          ) : (
            <AriaButton aria-label={clearLabel} className={cx(css.clear)}>
              <Icon of={X} size={14} />
            </AriaButton>
          )}
        </>
      )}
    </AriaSearchField>
  );
}
