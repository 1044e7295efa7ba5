import { useEffect, useRef, useState } from 'react';
import { useApp, useTexts } from '../../state/context.tsx';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import {
  FormLayoutFooter,
  FormLayoutTitle,
  FormLayoutView,
  Form,
} from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { isEmail, type ScreenProps } from './draft.ts';
import {
  passwordAdvice,
  PasswordField,
  PasswordRules,
  usePasswordFaults,
} from './password-field.tsx';
import { Steps, useSteps } from './steps.tsx';
import { FormError } from './form-error.tsx';
import { useCall } from '../../state/projection.ts';

/** The service answers alike for every address, so that nobody learns whether an account exists. */
export function Reset({ draft, setDraft }: ScreenProps) {
  const app = useApp();
  const { account } = useTexts();
  const steps = useSteps();
  const { go } = app.route.getState();
  const start = useCall(app.account, 'account.reset-start');
  const [tried, setTried] = useState(false);
  const emailRef = useRef<HTMLInputElement>(null);
  useEffect(() => emailRef.current?.focus(), []);
  const submit = async (): Promise<void> => {
    setTried(true);
    if (!isEmail(draft.email)) return;
    if (await start.run({ email: draft.email.trim() })) go({ name: 'account', screen: 'code' });
  };
  return (
    <FormLayoutView>
      <Steps at={0} names={steps.reset} />
      <FormLayoutTitle lead={account.resetLead} takesFocus={false}>
        {account.resetTitle}
      </FormLayoutTitle>
      <Form failed={start.error} onSubmit={() => void submit()}>
        <Field
          isRequired
          autoComplete="username"
          error={tried && !isEmail(draft.email) ? account.wrongEmail : null}
          inputMode="email"
          inputRef={emailRef}
          label={account.email}
          name="username"
          type="email"
          value={draft.email}
          onChange={(email) => setDraft({ email })}
        />
        <FormError failed={start.error} />
        <Button isPending={start.isPending} size={40} tone="main" type="submit" wide>
          {account.sendCode}
        </Button>
      </Form>
      <FormLayoutFooter>
        <LinkButton onPress={() => go({ name: 'account', screen: 'sign-in' })}>
          {account.backToSignIn}
        </LinkButton>
      </FormLayoutFooter>
    </FormLayoutView>
  );
}

/**
 * The name is known only if the user who resets is signed in; the service checks it in any case.
 */
export function NewPassword({ email, name }: { email: string; name: string | null }) {
  const app = useApp();
  const { account } = useTexts();
  const steps = useSteps();
  const { go } = app.route.getState();
  const complete = useCall(app.account, 'account.reset-complete');
  const failed = complete.error;
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const inputRef = useRef<HTMLInputElement>(null);
  useEffect(() => inputRef.current?.focus(), []);
  const verdict = usePasswordFaults(password, { email, name });
  const advice = passwordAdvice(verdict.faults, account);
  const remote = failed?.detail.fields?.[0]?.code;
  const isClosed = failed?.code === 'flow-closed' || failed?.code === 'no-pending-flow';
  const submit = async (): Promise<void> => {
    setTried(true);
    if (advice !== null) return;
    if (await complete.run({ password })) setPassword('');
  };
  return (
    <FormLayoutView>
      <Steps at={2} names={steps.reset} />
      <FormLayoutTitle lead={account.newLead} takesFocus={false}>
        {account.newTitle}
      </FormLayoutTitle>
      {isClosed ? (
        <>
          <InlineAlert title={account.closedTitle} tone="danger" urgent>
            {account.closedText}
          </InlineAlert>
          <Button
            autoFocus
            size={40}
            tone="main"
            wide
            onPress={() => go({ name: 'account', screen: 'reset' })}
          >
            {account.startAgain}
          </Button>
        </>
      ) : (
        <Form failed={failed} onSubmit={() => void submit()}>
          <input
            readOnly
            autoComplete="username"
            hidden
            name="username"
            type="email"
            value={email}
          />
          <div>
            <PasswordField
              autoComplete="new-password"
              error={
                (tried ? advice : null) ??
                (remote === undefined ? null : (account.faults[remote] ?? account.wrongField))
              }
              inputRef={inputRef}
              label={account.newPassword}
              value={password}
              onChange={setPassword}
            />
            <PasswordRules password={password} tried={tried} verdict={verdict} />
          </div>
          <FormError failed={failed} spoken={['validation-failed']} />
          <Button isPending={complete.isPending} size={40} tone="main" type="submit" wide>
            {account.newAction}
          </Button>
        </Form>
      )}
    </FormLayoutView>
  );
}

export function PasswordUpdated() {
  const app = useApp();
  const { account } = useTexts();
  const steps = useSteps();
  return (
    <FormLayoutView>
      <Steps at={3} names={steps.reset} />
      <FormLayoutTitle lead={account.updatedLead}>{account.updatedTitle}</FormLayoutTitle>
      <Button
        size={40}
        tone="main"
        wide
        onPress={() => app.route.getState().go({ name: 'account', screen: 'sign-in' })}
      >
        {account.signInNow}
      </Button>
    </FormLayoutView>
  );
}
