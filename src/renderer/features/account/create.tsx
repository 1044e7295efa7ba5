import { ScrollText } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/choice.tsx';
import {
  FormLayoutFooter,
  FormLayoutTitle,
  FormLayoutView,
  Form,
  FormRow,
} from '../../ui/layout/form-layout.tsx';
import { Dialog, DialogList } from '../../ui/overlays/dialog.tsx';
import { Field, InputError } from '../../ui/controls/field.tsx';
import { Select } from '../../ui/controls/select.tsx';
import css from './account.module.css';
import { countries } from '../../state/countries.ts';
import { isEmail, type Draft, type ScreenProps } from './draft.ts';
import { fieldErrors, FormError } from './form-error.tsx';
import {
  passwordAdvice,
  PasswordField,
  PasswordRules,
  usePasswordFaults,
} from './password-field.tsx';
import { Steps, useSteps } from './steps.tsx';
import { useCall } from '../../state/projection.ts';

type FieldName = 'email' | 'password' | 'displayName' | 'organisation' | 'country' | 'terms';
const FIELDS: readonly FieldName[] = [
  'email',
  'password',
  'displayName',
  'country',
  'organisation',
  'terms',
];

export function Create({ draft, setDraft }: ScreenProps) {
  const app = useApp();
  const { account } = useTexts();
  const steps = useSteps();
  const { go } = app.route.getState();
  const form = useCreate(draft);
  const submit = async (): Promise<void> => {
    if (await form.submit()) go({ name: 'account', screen: 'code' });
  };
  return (
    <FormLayoutView>
      <Steps at={0} names={steps.registration} />
      <FormLayoutTitle lead={account.createLead}>{account.create}</FormLayoutTitle>
      <Form failed={form.failed} onSubmit={() => void submit()}>
        <Fields draft={draft} form={form} setDraft={setDraft} />
        <FormError failed={form.failed} spoken={['validation-failed']} />
        <Button isPending={form.isPending} size={40} tone="main" type="submit" wide>
          {account.createAction}
        </Button>
      </Form>
      <FormLayoutFooter>
        <span>{account.haveAccount}</span>
        <LinkButton onPress={() => go({ name: 'account', screen: 'sign-in' })}>
          {account.signIn}
        </LinkButton>
      </FormLayoutFooter>
    </FormLayoutView>
  );
}

function Fields({ draft, setDraft, form }: ScreenProps & { form: ReturnType<typeof useCreate> }) {
  const { account } = useTexts();
  const language = useLanguage();
  const options = useMemo(() => countries(language), [language]);
  const { wrong, password, setPassword, tried, verdict } = form;
  return (
    <>
      <Field
        isRequired
        autoComplete="email"
        error={wrong.email}
        inputMode="email"
        label={account.workEmail}
        name="email"
        type="email"
        value={draft.email}
        onChange={(email) => setDraft({ email })}
      />
      <div>
        <PasswordField
          autoComplete="new-password"
          error={wrong.password}
          label={account.password}
          value={password}
          onChange={setPassword}
        />
        <PasswordRules password={password} tried={tried} verdict={verdict} />
      </div>
      <FormRow>
        <Field
          isRequired
          autoComplete="name"
          error={wrong.displayName}
          label={account.name}
          name="name"
          value={draft.displayName}
          onChange={(displayName) => setDraft({ displayName })}
        />
        <Select
          error={wrong.country}
          label={account.country}
          name="country"
          options={options}
          placeholder={account.chooseCountry}
          value={draft.country}
          onChange={(country) => setDraft({ country })}
        />
      </FormRow>
      <Field
        isRequired
        autoComplete="organization"
        error={wrong.organisation}
        label={account.organisation}
        name="organization"
        value={draft.organisation}
        onChange={(organisation) => setDraft({ organisation })}
      />
      <Agreement
        agreed={draft.agreed}
        error={wrong.terms}
        onChange={(agreed) => setDraft({ agreed })}
      />
    </>
  );
}

function Agreement({
  agreed,
  error,
  onChange,
}: {
  agreed: boolean;
  error: string | null;
  onChange: (agreed: boolean) => void;
}) {
  const { account, common } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const errorId = useId();
  return (
    <div className={css.agree}>
      <Checkbox
        {...(error !== null && { 'aria-describedby': errorId })}
        isRequired
        isInvalid={error !== null}
        isSelected={agreed}
        validationBehavior="aria"
        onChange={onChange}
      >
        <span>
          {account.agreeBefore}
          <LinkButton onPress={() => setOpen(true)}>{account.agreeTerms}</LinkButton>
          {account.agreeAfter}
        </span>
      </Checkbox>
      {error !== null && <InputError id={errorId}>{error}</InputError>}
      <Dialog
        actions={
          <Button tone="main" onPress={() => setOpen(false)}>
            {common.close}
          </Button>
        }
        icon={ScrollText}
        isOpen={isOpen}
        title={account.termsTitle}
        onClose={() => setOpen(false)}
      >
        <DialogList items={account.terms.map((text) => ({ id: text, icon: ScrollText, text }))} />
      </Dialog>
    </div>
  );
}

function useCreate(draft: Draft) {
  const app = useApp();
  const { account } = useTexts();
  const language = useLanguage();
  const register = useCall(app.account, 'account.register');
  const failed = register.error;
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const verdict = usePasswordFaults(password, { email: draft.email, name: draft.displayName });
  const local: Record<FieldName, string | null> = {
    email: isEmail(draft.email) ? null : account.wrongEmail,
    password: passwordAdvice(verdict.faults, account),
    displayName: draft.displayName.trim() === '' ? account.wrongName : null,
    country: draft.country === null ? account.wrongCountry : null,
    organisation: draft.organisation.trim() === '' ? account.wrongOrganisation : null,
    terms: draft.agreed ? null : account.wrongTerms,
  };
  const remote = fieldErrors(failed);
  const say = (name: FieldName): string | null => {
    if (tried && local[name] !== null) return local[name];
    const code = remote[name];
    return code === undefined
      ? null
      : (account.faults[code] ?? (name === 'email' ? account.wrongEmail : account.wrongField));
  };
  const submit = async (): Promise<boolean> => {
    setTried(true);
    if (FIELDS.some((name) => local[name] !== null)) return false;
    const { email, displayName, organisation, country } = draft;
    const isSent = await register.run({
      email: email.trim(),
      password,
      displayName: displayName.trim(),
      organisation: organisation.trim(),
      country: country ?? '',
      newsletter: false,
      language,
    });
    if (isSent) setPassword('');
    return isSent;
  };
  return {
    isPending: register.isPending,
    failed,
    password,
    setPassword,
    verdict,
    tried,
    submit,
    wrong: Object.fromEntries(FIELDS.map((name) => [name, say(name)])) as Record<
      FieldName,
      string | null
    >,
  };
}
