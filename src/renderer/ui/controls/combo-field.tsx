import { ChevronsUpDown } from 'lucide-react';
import {
  Button as AriaButton,
  ComboBox,
  Group,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import { Icon } from '../display/icon.tsx';
import popoverCss from '../overlays/popover.module.css';
import { FieldNotes } from './field.tsx';
import css from './field.module.css';

/** A field that suggests values and takes any text. */
export function ComboField({
  label,
  value,
  suggestions,
  placeholder,
  showLabel,
  help,
  error,
  onChange,
}: {
  label: string;
  value: string;
  suggestions: readonly string[];
  placeholder: string;
  /** Name of the button that opens the suggestions. */
  showLabel: string;
  help?: string;
  error?: string | null;
  onChange: (value: string) => void;
}) {
  return (
    <ComboBox
      allowsCustomValue
      className={cx(css.field)}
      inputValue={value}
      isInvalid={Boolean(error)}
      validationBehavior="aria"
      onInputChange={onChange}
    >
      <Label className={css.label}>{label}</Label>
      <Group className={cx(css.box, css.small)}>
        <Input
          className={cx(css.input)}
          maxLength={40}
          placeholder={placeholder}
          spellCheck="false"
        />
        <AriaButton aria-label={showLabel} className={cx(css.clear)}>
          <Icon of={ChevronsUpDown} size={14} />
        </AriaButton>
      </Group>
      <FieldNotes error={error} help={help} />
      <Popover className={cx(popoverCss.popover, css.choices)} offset={4}>
        <ListBox className={cx(css.list)}>
          {suggestions.map((one) => (
            <ListBoxItem className={cx(css.option)} id={one} key={one} textValue={one}>
              {one}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
