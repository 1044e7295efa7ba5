import { useRef, useState, type ReactNode } from 'react';
import {
  Checkbox as AriaCheckbox,
  Radio,
  RadioGroup,
  Switch as AriaSwitch,
  ToggleButton,
  ToggleButtonGroup,
  TooltipTrigger,
  type CheckboxProps as AriaCheckboxProps,
  type SwitchProps as AriaSwitchProps,
} from 'react-aria-components';
import { Tooltip } from './button.tsx';
import { cx } from '../styles/cx.ts';
import { Icon, type LucideIcon } from '../display/icon.tsx';
import css from './choice.module.css';

export type CheckboxProps = Omit<AriaCheckboxProps, 'className' | 'style' | 'children'> & {
  children?: ReactNode;
  className?: string | undefined;
};

export function Checkbox({ children, className, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} className={cx(css.checkbox, className)}>
      <span aria-hidden className={css.box} />
      {children}
    </AriaCheckbox>
  );
}

/**
 * A value that is saved elsewhere. The last choice is shown at once; one is sent at a time, and the
 * last one wins.
 * @param send never rejects; after the last call the saved value is shown again
 */
export function usePendingValue<T>(
  saved: T,
  send: (value: T) => Promise<unknown>,
): [shown: T, choose: (value: T) => void] {
  const [chosen, setChosen] = useState<{ value: T } | null>(null);
  const last = useRef<{ value: T } | null>(null);
  const isSending = useRef(false);
  const sendAll = async (): Promise<void> => {
    isSending.current = true;
    // A choice made meanwhile is sent even when the one before it failed.
    for (let sent = last.current; sent; sent = last.current) {
      await send(sent.value);
      if (last.current === sent) last.current = null;
    }
    isSending.current = false;
    setChosen(null);
  };
  const choose = (value: T): void => {
    last.current = { value };
    setChosen(last.current);
    if (!isSending.current) void sendAll();
  };
  return [chosen ? chosen.value : saved, choose];
}

export type SwitchProps = Omit<
  AriaSwitchProps,
  'className' | 'style' | 'children' | 'isSelected' | 'onChange'
> & {
  children?: ReactNode | ((isOn: boolean) => ReactNode);
  className?: string | undefined;
  /** The saved value. */
  isSelected: boolean;
  /** Saves the value; must not reject. While a save is pending the last press wins. */
  onChange: (isOn: boolean) => Promise<unknown>;
};

export function Switch({ children, className, isSelected, onChange, ...rest }: SwitchProps) {
  const [isOn, choose] = usePendingValue(isSelected, onChange);
  return (
    <AriaSwitch {...rest} className={cx(css.switch, className)} isSelected={isOn} onChange={choose}>
      <span aria-hidden className={css.track} />
      {typeof children === 'function' ? children(isOn) : children}
    </AriaSwitch>
  );
}

type RadioCard<V extends string> = { value: V; name: string; end?: string; note?: string };

/** Radio group whose options have a line of explanation each. */
export function RadioCards<V extends string>({
  label,
  value,
  cards,
  onChange,
}: {
  label: string;
  value: V;
  cards: readonly RadioCard<V>[];
  onChange: (value: V) => void;
}) {
  return (
    <RadioGroup
      aria-label={label}
      className={cx(css.cards)}
      value={value}
      onChange={(next) => onChange(next as V)}
    >
      {cards.map((card) => (
        <Radio className={cx(css.card)} key={card.value} value={card.value}>
          <span aria-hidden className={css.dot} />
          <span className={css.cardName}>{card.name}</span>
          <span className={css.cardEnd}>{card.end}</span>
          {card.note !== undefined && <span className={css.cardNote}>{card.note}</span>}
        </Radio>
      ))}
    </RadioGroup>
  );
}

type Segment<V extends string> = {
  value: V;
  label: string;
  /** Shown instead of the label, which becomes the accessible name. */ icon?: LucideIcon;
};
type SegmentedProps<V extends string> = {
  label: string;
  value: V;
  segments: readonly Segment<V>[];
  onChange: (value: V) => void;
  wide?: boolean;
  className?: string | undefined;
};

export function Segmented<V extends string>({
  label,
  value,
  segments,
  onChange,
  wide = false,
  className,
}: SegmentedProps<V>) {
  return (
    <ToggleButtonGroup
      disallowEmptySelection
      aria-label={label}
      className={cx(css.segmented, wide && css.segmentedWide, className)}
      selectedKeys={[value]}
      selectionMode="single"
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onChange(key as V);
      }}
    >
      {segments.map((segment) =>
        segment.icon ? (
          <TooltipTrigger delay={500} key={segment.value}>
            <ToggleButton aria-label={segment.label} className={cx(css.segment)} id={segment.value}>
              <Icon of={segment.icon} />
            </ToggleButton>
            <Tooltip>{segment.label}</Tooltip>
          </TooltipTrigger>
        ) : (
          <ToggleButton className={cx(css.segment)} id={segment.value} key={segment.value}>
            {segment.label}
          </ToggleButton>
        ),
      )}
    </ToggleButtonGroup>
  );
}
