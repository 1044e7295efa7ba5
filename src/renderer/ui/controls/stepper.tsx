import { Minus, Plus } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import { Icon } from '../display/icon.tsx';
import css from './stepper.module.css';

/** A number between two buttons; it is announced when it changes. */
export function Stepper({
  label,
  less,
  more,
  value,
  isLeast,
  isMost,
  onStep,
}: {
  label: string;
  /** Names of the buttons. */
  less: string;
  more: string;
  /** As it is shown. */
  value: string;
  isLeast: boolean;
  isMost: boolean;
  onStep: (direction: 1 | -1) => void;
}) {
  return (
    <div aria-label={label} className={css.stepper} role="group">
      <AriaButton
        aria-label={less}
        className={cx(css.step)}
        isDisabled={isLeast}
        onPress={() => onStep(-1)}
      >
        <Icon of={Minus} size={14} />
      </AriaButton>
      <output className={css.value}>{value}</output>
      <AriaButton
        aria-label={more}
        className={cx(css.step)}
        isDisabled={isMost}
        onPress={() => onStep(1)}
      >
        <Icon of={Plus} size={14} />
      </AriaButton>
    </div>
  );
}
