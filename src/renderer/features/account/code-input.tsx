import { CircleAlert } from 'lucide-react';
import { useId, type Ref } from 'react';
import { cx } from '../../ui/cx.ts';
import { Icon } from '../../ui/icon.tsx';
import css from './account.module.css';

/**
 * Digits of any script as 0 to 9; spaces, hyphens and all else go, so that a pasted "407 192" or a
 * whole mail's line works.
 */
export function digitsOf(text: string): string {
  return Array.from(text.normalize('NFKC'), (sign) => {
    if (/^\d$/.test(sign)) return sign;
    if (!/\p{Nd}/u.test(sign)) return '';
    // Decimal digits stand in runs of ten from zero up, and each run begins at a multiple of 16 or
    // 6 after one.
    const code = sign.codePointAt(0) ?? 0;
    const row = code - (code % 16);
    const zero = /\p{Nd}/u.test(String.fromCodePoint(row)) ? row : row + 6;
    return String(code - zero);
  }).join('');
}

type Props = {
  label: string;
  length: number;
  value: string;
  error: string | null;
  isDisabled: boolean;
  inputRef?: Ref<HTMLInputElement>;
  onChange: (value: string) => void;
  /** Called once the last digit is there, however it came. */
  onComplete: (code: string) => void;
};

export function CodeInput({
  label,
  length,
  value,
  error,
  isDisabled,
  inputRef,
  onChange,
  onComplete,
}: Props) {
  const errorId = useId();
  const take = (text: string): void => {
    const digits = digitsOf(text).slice(0, length);
    onChange(digits);
    if (digits.length === length && digits !== value) onComplete(digits);
  };
  const cells = Array.from({ length }, (_, index) => {
    const digit = value[index];
    const isNext = index === Math.min(value.length, length - 1);
    return (
      <span
        aria-hidden
        className={cx(css.code, digit !== undefined && css.filled, isNext && css.next)}
        key={index}
      >
        {digit}
      </span>
    );
  });
  cells.splice(Math.floor(length / 2), 0, <span aria-hidden className={css.gap} key="gap" />);
  return (
    <div className={css.codeGroup}>
      <div className={cx(css.codes, error !== null && css.bad)}>
        {cells}
        <input
          {...(error !== null && { 'aria-describedby': errorId })}
          aria-invalid={error !== null}
          aria-label={label}
          autoComplete="one-time-code"
          className={css.input}
          enterKeyHint="done"
          inputMode="numeric"
          name="one-time-code"
          readOnly={isDisabled}
          ref={inputRef}
          spellCheck={false}
          type="text"
          value={value}
          onChange={(event) => take(event.target.value)}
        />
      </div>
      {error !== null && (
        <p className={css.fault} id={errorId} role="alert">
          <Icon of={CircleAlert} size={14} />
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}
