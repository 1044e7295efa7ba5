import {
  type PasswordFault,
  passwordFaults,
  type PasswordEstimator,
  type PasswordOwner,
  GUESS_FAULTS,
} from '../../../shared/api/password.ts';
import type { Texts } from '../../i18n/index.ts';
import { useEffect, useMemo, useState, useRef, type RefObject, type Ref } from 'react';
import { useTexts } from '../../state/context.tsx';
import type { Task } from '../../state/use-task.ts';
import { CircleAlert, CircleCheck, CircleDashed, Eye, EyeOff } from 'lucide-react';
import { Button } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Field } from '../../ui/controls/field.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import css from './account.module.css';
import { loadEstimator } from '../../../shared/api/password-estimator.ts';

/** The first fault in words; null if the password is good. */
export function passwordAdvice(
  [first]: readonly PasswordFault[],
  words: Texts['account'],
): string | null {
  return first === undefined ? null : (words.faults[first] ?? words.wrongField);
}

/** `isEstimated` is false until the estimator has loaded and the strength is known. */
type PasswordVerdict = { faults: PasswordFault[]; isEstimated: boolean };

/** Faults of a new password by the service's rules, as it is typed. */
export function usePasswordFaults(
  password: string,
  { email, name }: PasswordOwner,
): PasswordVerdict {
  const [estimate, setEstimate] = useState<PasswordEstimator | null>(null);
  useEffect(() => {
    // If it can't be loaded, the service alone decides.
    loadEstimator().then(
      (loaded) => setEstimate(() => loaded),
      () => undefined,
    );
  }, []);
  return useMemo(
    () => ({
      faults: passwordFaults(password, { email, name }, estimate),
      isEstimated: estimate !== null,
    }),
    [password, email, name, estimate],
  );
}

type GivenPassword = {
  value: string;
  change: (value: string) => void;
  /** Error text for the field. */
  wrong: string | null;
  inputRef: RefObject<HTMLInputElement | null>;
  clear: () => void;
  /**
   * @param isReady false if another field is invalid: errors are shown and nothing is sent
   * @returns true if `work` succeeded
   */
  send: (work: (password: string) => Promise<boolean>, isReady?: boolean) => Promise<boolean>;
};

/**
 * The current password, as a form asks for it. It exists only here and is cleared once the service
 * has answered; without an answer it stays, so that it can be sent again.
 * @param call the command that it is sent with
 * @param refused error text for a password that the service does not accept; the default says that
 * it is not the account's
 */
export function usePassword(
  { isPending, error }: Pick<Task, 'isPending' | 'error'>,
  refused?: string,
): GivenPassword {
  const { account } = useTexts();
  const [value, change] = useState('');
  const [tried, setTried] = useState(false);
  const inputRef = useRef<HTMLInputElement>(null);
  const [lastError, setLastError] = useState(error);
  if (error !== lastError) {
    setLastError(error);
    if (error?.code === 'invalid-credentials') change('');
  }
  const clear = (): void => {
    change('');
    setTried(false);
  };
  const send = async (
    work: (password: string) => Promise<boolean>,
    isReady = true,
  ): Promise<boolean> => {
    setTried(true);
    if (!isReady || value === '') return false;
    const isDone = await work(value);
    if (isDone) clear();
    return isDone;
  };
  const wrong =
    value !== '' || !tried || isPending
      ? null
      : error?.code === 'invalid-credentials'
        ? (refused ?? account.wrongPassword)
        : account.enterPassword;
  return { value, change, wrong, inputRef, clear, send };
}

type PasswordFieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: 'current-password' | 'new-password';
  error?: string | null;
  aside?: React.ReactNode;
  inputRef?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
};

/** Pasting and password managers work as in any field; the value can be revealed. */
export function PasswordField({ inputRef, ...rest }: PasswordFieldProps) {
  const { account } = useTexts();
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...rest}
      {...(inputRef !== undefined && { inputRef })}
      isRequired
      name={rest.autoComplete}
      type={shown ? 'text' : 'password'}
      end={
        <Button
          excludeFromTabOrder={false}
          icon={shown ? EyeOff : Eye}
          size={28}
          tone="quiet"
          onPress={() => setShown(!shown)}
        >
          {shown ? account.hide : account.show}
        </Button>
      }
    />
  );
}

/**
 * The current password, asked for before a change. A hidden field tells password managers the user
 * name.
 */
export function CurrentPassword({
  email,
  password,
  label,
  aside,
  autoFocus,
}: { email: string; password: GivenPassword; label?: string } & Pick<
  PasswordFieldProps,
  'aside' | 'autoFocus'
>) {
  const { account } = useTexts();
  const { value, change, wrong, inputRef } = password;
  return (
    <>
      <input readOnly autoComplete="username" hidden name="username" type="email" value={email} />
      <PasswordField
        aside={aside}
        autoComplete="current-password"
        error={wrong}
        inputRef={inputRef}
        label={label ?? account.currentPassword}
        value={value}
        onChange={change}
        {...(autoFocus && { autoFocus })}
      />
    </>
  );
}

type RuleName = keyof Texts['account']['rules'];
/**
 * Rules that are always shown, in this order, with the faults that break each. The strength is
 * known once the password is long enough.
 */
const RULES: [RuleName, readonly PasswordFault[]][] = [
  ['length', ['too-short']],
  ['spaces', ['has-space']],
  ['cases', ['no-upper', 'no-lower']],
  ['digit', ['no-digit']],
  ['symbol', ['no-symbol']],
  ['guess', ['too-short', 'too-long', ...GUESS_FAULTS]],
];
/** Rules shown only when broken. */
const RARE: [RuleName, readonly PasswordFault[]][] = [
  ['long', ['too-long']],
  ['own', ['contains-email']],
  ['service', ['contains-service-name']],
];

/** The service's rules, checked while typing. After an attempt to submit, unmet ones stand out. */
export function PasswordRules({
  password,
  verdict,
  tried,
}: {
  password: string;
  verdict: PasswordVerdict;
  tried: boolean;
}) {
  const { account } = useTexts();
  const broken = new Set(verdict.faults);
  const rare = RARE.filter(([, faults]) => faults.some((fault) => broken.has(fault)));
  const guess = GUESS_FAULTS.find((fault) => broken.has(fault));
  // After an attempt to submit, the field shows this advice if it is the first fault.
  const advice =
    guess === undefined || (tried && verdict.faults[0] === guess)
      ? undefined
      : account.faults[guess];
  return (
    <ul aria-label={account.rulesLabel} aria-live="polite" className={css.rules}>
      {[...RULES, ...rare].map(([name, faults]) => {
        const met =
          password !== '' &&
          !faults.some((fault) => broken.has(fault)) &&
          (name !== 'guess' || verdict.isEstimated);
        return (
          <li
            aria-atomic
            className={cx(
              met ? css.met : tried && css.missing,
              name === 'guess' && advice !== undefined && css.advice,
            )}
            key={name}
          >
            <Icon of={met ? CircleCheck : tried ? CircleAlert : CircleDashed} size={14} />
            <span>
              {name === 'guess' && advice !== undefined ? advice : account.rules[name]}
              <SrOnly>, {met ? account.met : account.notYet}</SrOnly>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
