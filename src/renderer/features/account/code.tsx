import { InputError } from '../../ui/controls/field.tsx';
import { Inbox, Mail, Pencil, Power, Timer } from 'lucide-react';
import { useId, type Ref, useEffect, useRef, useState } from 'react';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import css from './account.module.css';
import type { AppError } from '../../../shared/errors.ts';
import { formatDuration } from '../../i18n/format.ts';
import { useConnection, useApp, useNow, useTexts } from '../../state/context.tsx';
import type { AccountView } from '../../state/views.ts';
import type { AccountScreen } from '../../state/route.ts';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import { FormLayoutTitle, FormLayoutView, Form } from '../../ui/layout/form-layout.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { LiveRegion } from '../../ui/display/text.tsx';
import { Steps, useSteps } from './steps.tsx';
import { FormError } from './form-error.tsx';
import { PendingDownloadCard } from './pending-download.tsx';
import { useCall } from '../../state/projection.ts';

/**
 * Digits of any script as 0 to 9, everything else removed, so that a pasted "407 192" or a whole
 * line of the email works.
 */
export function digitsOf(text: string): string {
  return Array.from(text.normalize('NFKC'), (sign) => {
    if (/^\d$/.test(sign)) return sign;
    if (!/\p{Nd}/u.test(sign)) return '';
    // Unicode's decimal digits come in runs of ten that start at a multiple of 16, or 6 after one.
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
  /** Called when the last digit is entered, typed or pasted. */
  onComplete: (code: string) => void;
};

function CodeInput({
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
      <div className={cx(css.codes, error !== null && css.invalid)}>
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
      {error !== null && <InputError id={errorId}>{error}</InputError>}
    </div>
  );
}

type Flow = NonNullable<AccountView['pendingFlow']>;

const BEFORE: Record<Flow['purpose'], AccountScreen> = {
  registration: 'create',
  reset: 'reset',
  'email-change': 'email',
};
/** Email that has not arrived after this time counts as late. */
const MAIL_MS = 2 * 60_000;

export function Code({ flow }: { flow: Flow }) {
  const app = useApp();
  const { account } = useTexts();
  const steps = useSteps();
  const { purpose } = flow;
  const [leadBefore, leadAfter] = {
    registration: [account.codeLeadBefore, account.codeLeadAfter],
    reset: [account.resetLeadBefore, account.resetLeadAfter],
    'email-change': [account.emailCodeLeadBefore, account.emailCodeLeadAfter],
  }[purpose];
  const form = useCode(flow);
  const isClosed = form.failed?.code === 'flow-closed' || form.failed?.code === 'no-pending-flow';
  const startAgain = (): void =>
    app.route.getState().go({ name: 'account', screen: BEFORE[purpose] });
  return (
    <FormLayoutView>
      <Steps
        at={1}
        names={
          {
            registration: steps.registration,
            reset: steps.reset,
            'email-change': steps.emailChange,
          }[purpose]
        }
      />
      <FormLayoutTitle
        takesFocus={false}
        lead={
          <>
            {leadBefore}
            <b>{flow.email}</b>
            {leadAfter}
          </>
        }
      >
        {account.codeTitle}
      </FormLayoutTitle>
      {isClosed ? (
        <>
          <InlineAlert title={account.closedTitle} tone="danger" urgent>
            {account.closedText}
          </InlineAlert>
          <Button autoFocus size={40} tone="main" wide onPress={startAgain}>
            {account.startAgain}
          </Button>
        </>
      ) : (
        <Form onSubmit={() => form.send(form.code)}>
          <CodeInput
            error={form.error}
            inputRef={form.inputRef}
            isDisabled={form.isPending}
            label={account.codeLabel}
            length={flow.codeLength}
            value={form.code}
            onChange={form.setCode}
            onComplete={form.send}
          />
          <Clock flow={flow} form={form} />
          <FormError
            failed={form.failed}
            spoken={['code-invalid', 'code-expired', 'resend-too-soon']}
          />
          <Button
            isDisabled={form.code.length < flow.codeLength && !form.isPending}
            isPending={form.isPending}
            size={40}
            tone={form.code.length < flow.codeLength ? 'plain' : 'main'}
            type="submit"
            wide
          >
            {form.isPending ? account.checking : account.continue}
          </Button>
        </Form>
      )}
      <PendingDownloadCard text={account.startsAfterAccount} />
      {!isClosed && <Tips keepsDetails={purpose === 'registration'} onChangeAddress={startAgain} />}
    </FormLayoutView>
  );
}

/**
 * The code exists only here. It is cleared once the service has answered; without an answer it
 * stays, so that it can be sent again.
 */
function useCode(flow: Flow) {
  const app = useApp();
  const { account } = useTexts();
  const [code, setDigits] = useState('');
  const inputRef = useRef<HTMLInputElement>(null);
  const verify = useCall(app.account, 'account.verify', (error) => {
    if (isAnswer(error)) setDigits('');
    inputRef.current?.focus();
  });
  const resending = useCall(app.account, 'account.resend');
  useEffect(() => inputRef.current?.focus(), []);
  const send = async (digits: string): Promise<void> => {
    if (digits.length < flow.codeLength) return;
    resending.clear();
    if (!(await verify.run({ code: digits }))) return;
    setDigits('');
    if (flow.purpose === 'email-change')
      app.toasts.getState().show(account.emailChangedToast(flow.email));
  };
  const resend = async (): Promise<boolean> => {
    verify.clear();
    setDigits('');
    const sent = await resending.run();
    inputRef.current?.focus();
    return sent;
  };
  const failed = verify.error ?? resending.error;
  const error =
    failed?.code === 'code-invalid'
      ? account.wrongCode(failed.detail.attemptsLeft)
      : failed?.code === 'code-expired'
        ? account.expiredCode
        : null;
  const setCode = (next: string): void => {
    if (verify.error && next !== '') verify.clear();
    setDigits(next);
  };
  return {
    code,
    setCode,
    send: (digits: string) => void send(digits),
    resend,
    error,
    failed,
    inputRef,
    isPending: verify.isPending,
    isResending: resending.isPending,
  };
}

const isAnswer = ({ code }: AppError): boolean =>
  code === 'code-invalid' ||
  code === 'code-expired' ||
  code === 'flow-closed' ||
  code === 'no-pending-flow';

/** Minutes before expiry that are announced to screen readers. */
const SAID_MINUTES = [10, 5, 1];

function Clock({ flow, form }: { flow: Flow; form: ReturnType<typeof useCode> }) {
  const { account } = useTexts();
  const now = useNow(1000);
  const [resent, setResent] = useState(false);
  const leftMs = flow.codeExpiresAt - now;
  // A refused resend gives its own waiting time; the later of both counts.
  const coolDownMs = flow.resendAvailableAt - now;
  const said = SAID_MINUTES.toReversed().find((minutes) => leftMs <= minutes * 60_000);
  // Only a new code helps then.
  const needsNew = leftMs <= 0 || form.failed?.detail.attemptsLeft === 0;
  const resend = async (): Promise<void> => setResent(await form.resend());
  return (
    <>
      {leftMs <= 0 && form.failed === null && (
        <InlineAlert icon={Timer} title={account.expired} tone="warning">
          {account.expiredText}
        </InlineAlert>
      )}
      <div className={css.clock}>
        {leftMs > 0 && (
          <>
            <Icon of={Timer} />
            <span role="timer">
              {account.expiresIn} <b>{formatDuration(Math.ceil(leftMs / 1000))}</b>
            </span>
          </>
        )}
        <Button
          icon={Mail}
          isDisabled={coolDownMs > 0}
          isPending={form.isResending}
          size={28}
          tone={needsNew ? 'main' : 'plain'}
          onPress={() => void resend()}
        >
          {coolDownMs > 0
            ? account.resendIn(formatDuration(Math.ceil(coolDownMs / 1000)))
            : account.resend}
        </Button>
      </div>
      {resent && form.failed === null && <InlineAlert title={account.resent} tone="success" />}
      {leftMs > 0 && form.code === '' && now - flow.sentAt >= MAIL_MS && (
        <InlineAlert icon={Mail} title={account.mailDelayed}>
          {account.mailDelayedText}
        </InlineAlert>
      )}
      <LiveRegion>{said !== undefined && leftMs > 0 && account.minutesLeft(said)}</LiveRegion>
    </>
  );
}

function Tips({
  keepsDetails,
  onChangeAddress,
}: {
  keepsDetails: boolean;
  onChangeAddress: () => void;
}) {
  const app = useApp();
  const { account } = useTexts();
  const demo = useConnection()?.demo ?? false;
  return (
    <ul className={css.tips}>
      {demo && (
        <li>
          <Icon of={Mail} />
          <span>
            {account.demoMailbox}{' '}
            <LinkButton onPress={() => app.route.getState().go({ name: 'mailbox' })}>
              {account.openMailbox}
            </LinkButton>
          </span>
        </li>
      )}
      {!demo && (
        <li>
          <Icon of={Inbox} />
          <span>{account.checkSpam}</span>
        </li>
      )}
      <li>
        <Icon of={Pencil} />
        <span>
          {account.wrongAddress}{' '}
          <LinkButton onPress={onChangeAddress}>{account.changeIt}</LinkButton>.
          {keepsDetails && ` ${account.detailsKept}`}
        </span>
      </li>
      <li>
        <Icon of={Power} />
        <span>{account.canClose}</span>
      </li>
    </ul>
  );
}
