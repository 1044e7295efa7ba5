import { Minus, Plus } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { Icon } from '../display/icon.tsx';
import { cx } from '../styles/cx.ts';
import { usePendingValue } from './choice.tsx';
import css from './stepper.module.css';

export type StepperProps = {
  label: string;
  /** Names of the buttons. */
  less: string;
  more: string;
  least: number;
  most: number;
  /** The value that a press leads to. */
  next: (value: number, direction: 1 | -1) => number;
  /** The saved value. */
  value: number;
  /** As it is shown. */
  format: (value: number) => string;
  /** Saves the value; must not reject. Presses count from the last one, saved or not. */
  onChange: (value: number) => Promise<unknown>;
};

/** A number between two buttons; it is announced when it changes. */
export function Stepper({
  label,
  less,
  more,
  least,
  most,
  next,
  value: saved,
  format,
  onChange,
}: StepperProps) {
  const [value, choose] = usePendingValue(saved, onChange);
  return (
    <div aria-label={label} className={css.stepper} role="group">
      <AriaButton
        aria-label={less}
        className={cx(css.step)}
        isDisabled={value <= least}
        onPress={() => choose(next(value, -1))}
      >
        <Icon of={Minus} size={14} />
      </AriaButton>
      <output className={css.value}>{format(value)}</output>
      <AriaButton
        aria-label={more}
        className={cx(css.step)}
        isDisabled={value >= most}
        onPress={() => choose(next(value, 1))}
      >
        <Icon of={Plus} size={14} />
      </AriaButton>
    </div>
  );
}
