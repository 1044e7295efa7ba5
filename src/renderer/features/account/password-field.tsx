import {
  type PasswordFault,
  loadEstimator,
  passwordFaults,
  type PasswordEstimator,
  type PasswordOwner,
  GUESS_FAULTS,
} from '../../../shared/api/password.ts';
import type { Texts } from '../../i18n/index.ts';
import { useEffect, useMemo, useState, useRef, type RefObject, type Ref } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { useTexts } from '../../state/context.tsx';
import type { Task } from '../../state/use-task.ts';
import { CircleAlert, CircleCheck, CircleDashed, Eye, EyeOff } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SrOnly } from '../../ui/text.tsx';
import css from './account.module.css';

/** The first thing to mend, in words; null when the password is good. */
export function passwordAdvice(
  [first]: readonly PasswordFault[],
  words: Texts['account'],
): string | null {
  return first === undefined ? null : (words.faults[first] ?? words.wrongField);
}

/**
 * `isEstimated` is false until the estimator has been loaded: how hard the password is to guess is
 * not known yet.
 */
type PasswordVerdict = { faults: PasswordFault[]; isEstimated: boolean };

/** What the service will find wrong with a new password, as it is typed. */
export function usePasswordFaults(
  password: string,
  { email, name }: PasswordOwner,
): PasswordVerdict {
  const [estimate, setEstimate] = useState<PasswordEstimator | null>(null);
  useEffect(() => {
    // Where it cannot be loaded the service alone decides.
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
  /** What is wrong with it, in words, to stand at its field. */
  wrong: string | null;
  inputRef: RefObject<HTMLInputElement | null>;
  clear: () => void;
  /**
   * @param isReady false when another field is wrong: that is said, and nothing sent. @returns true
   * when `work` was done
   */
  send: (work: (password: string) => Promise<void>, isReady?: boolean) => Promise<boolean>;
};

/**
 * The password of the account as a form asks for it. It lives here alone and goes once the service
 * has answered; only when no answer came may it be sent again as it stands.
 * @param refused what is said of one that the service does not take; otherwise that it is not the
 * account's
 */
export function usePassword({ busy, failed, run }: Task, refused?: string): GivenPassword {
  const { account } = useTexts();
  const [value, change] = useState('');
  const [tried, setTried] = useState(false);
  const inputRef = useRef<HTMLInputElement>(null);
  const clear = (): void => {
    change('');
    setTried(false);
  };
  const send = async (
    work: (password: string) => Promise<void>,
    isReady = true,
  ): Promise<boolean> => {
    setTried(true);
    if (!isReady || value === '') return false;
    return run(async () => {
      try {
        await work(value);
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'invalid-credentials') change('');
        throw thrown;
      }
      clear();
    });
  };
  const wrong =
    value !== '' || !tried || busy
      ? null
      : failed?.code === 'invalid-credentials'
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

/** Paste and password managers work as in any field; what is typed can be looked at. */
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

/** The password that is asked for again before a change; a password manager is told whose it is. */
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
 * Always shown, in this order; the faults that break each. How hard it is to guess is known once it
 * is long enough.
 */
const RULES: [RuleName, readonly PasswordFault[]][] = [
  ['length', ['too-short']],
  ['spaces', ['has-space']],
  ['cases', ['no-upper', 'no-lower']],
  ['digit', ['no-digit']],
  ['symbol', ['no-symbol']],
  ['guess', ['too-short', 'too-long', ...GUESS_FAULTS]],
];
/** Shown only when broken. */
const RARE: [RuleName, readonly PasswordFault[]][] = [
  ['long', ['too-long']],
  ['own', ['contains-email']],
  ['service', ['contains-service-name']],
];

/**
 * The rules of the service, checked as one types. After a try to go on, what is missing stands out.
 */
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
  // After a try the field itself gives this advice, where it is the first thing to mend.
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
