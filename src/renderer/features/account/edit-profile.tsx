import { useEffect, useMemo, useState } from 'react';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import type { AccountView } from '../../state/views.ts';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import {
  FormLayoutFooter,
  FormLayoutTitle,
  FormLayoutView,
  Form,
} from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { countries } from '../../state/countries.ts';
import { FormError } from './form-error.tsx';
import { useCall } from '../../state/projection.ts';

type Profile = NonNullable<AccountView['profile']>;
const fieldsOf = ({ displayName, organisation, country }: Profile) => ({
  displayName: displayName ?? '',
  organisation: organisation ?? '',
  country,
});

export function EditProfile({ profile }: { profile: Profile }) {
  const app = useApp();
  const { account } = useTexts();
  const language = useLanguage();
  const options = useMemo(() => countries(language), [language]);
  const { go } = app.route.getState();
  const form = useEdit(profile);
  const { fields, change, wrong } = form;
  const submit = async (): Promise<void> => {
    if (!(await form.submit())) return;
    app.toasts.getState().show(account.savedToast);
    go({ name: 'account', screen: 'profile' });
  };
  return (
    <FormLayoutView>
      <FormLayoutTitle lead={account.editLead}>{account.editTitle}</FormLayoutTitle>
      <Form failed={form.failed} onSubmit={() => void submit()}>
        <Field
          isRequired
          autoComplete="name"
          error={wrong.displayName}
          label={account.name}
          maxLength={120}
          name="name"
          value={fields.displayName}
          onChange={(displayName) => change({ displayName })}
        />
        <Field
          isRequired
          autoComplete="organization"
          error={wrong.organisation}
          label={account.organisation}
          maxLength={120}
          name="organization"
          value={fields.organisation}
          onChange={(organisation) => change({ organisation })}
        />
        <Select
          error={wrong.country}
          label={account.country}
          name="country"
          options={options}
          placeholder={account.chooseCountry}
          value={fields.country}
          onChange={(country) => change({ country })}
        />
        <FormError failed={form.failed} />
        <Button isPending={form.isPending} size={40} tone="main" type="submit" wide>
          {account.save}
        </Button>
      </Form>
      <FormLayoutFooter>
        <LinkButton onPress={() => go({ name: 'account', screen: 'profile' })}>
          {account.cancelEdit}
        </LinkButton>
      </FormLayoutFooter>
    </FormLayoutView>
  );
}

/**
 * Starts with the service's current values. After a change elsewhere the fields show that change,
 * so that nothing is overwritten unseen.
 */
function useEdit(profile: Profile) {
  const app = useApp();
  const { account } = useTexts();
  /** What has been typed; null until something is. */
  const [typed, setTyped] = useState<Partial<ReturnType<typeof fieldsOf>> | null>(null);
  /** What it was typed over. */
  const [base, setBase] = useState(profile);
  const {
    run,
    isPending,
    error: failed,
  } = useCall(app.account, 'account.edit', ({ code }) => {
    if (code === 'edit-conflict') setTyped(null);
  });
  const [tried, setTried] = useState(false);
  // The form follows the account until something is typed.
  if (typed === null && base !== profile) setBase(profile);
  const fields = { ...fieldsOf(base), ...typed };
  useEffect(() => {
    // Offline, the form shows the last known values; saving reports the error.
    app.account.call('account.refresh').catch(() => undefined);
  }, [app]);
  const change = (part: Partial<typeof fields>): void => setTyped({ ...typed, ...part });
  const wrong = {
    displayName: tried && fields.displayName.trim() === '' ? account.wrongName : null,
    organisation: tried && fields.organisation.trim() === '' ? account.wrongOrganisation : null,
    country: tried && fields.country === null ? account.wrongCountry : null,
  };
  const submit = async (): Promise<boolean> => {
    setTried(true);
    const { displayName, organisation, country } = fields;
    if (displayName.trim() === '' || organisation.trim() === '' || country === null) return false;
    return run({
      displayName: displayName.trim(),
      organisation: organisation.trim(),
      country,
      base: {
        displayName: base.displayName,
        organisation: base.organisation,
        country: base.country,
      },
    });
  };
  return { isPending, failed, fields, change, wrong, submit };
}
