import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { API_SCOPES, MAX_SYSTEM_NAME, type ApiScope } from '../../../shared/desk-api/scopes.ts';
import { formatDate, formatWhen } from '../../i18n/format.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { errorText } from '../../state/errors.ts';
import { useSwitchedOff } from '../../state/policy.ts';
import { useRead } from '../../state/queries.ts';
import { useTask } from '../../state/use-task.ts';
import type { ApiTokensView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/choice.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { EntryList, SettingControls } from '../../ui/layout/setting.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { FormDialog } from './form-dialog.tsx';
import { SwitchedOff } from './managed.tsx';
import { Row } from './parts.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import css from './api-tokens.module.css';

type System = ApiTokensView['items'][number];
type Made = { name: string; token: string };

/** Which systems of the newsroom may use the station's API. */
export function ApiTokens() {
  const { apiTokens: words } = useTexts();
  const isOff = useSwitchedOff('api');
  const systems = useRead('api-tokens.list', undefined).data?.items ?? [];
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const [revoked, setRevoked] = useState<System | null>(null);
  return (
    <Row text={words.text} title={words.title}>
      <SettingControls>
        {isOff === null ? (
          <Button onPress={() => setAdding(true)}>{words.add}</Button>
        ) : (
          <SwitchedOff text={isOff} />
        )}
        {systems.length === 0 && isOff === null && <span className={css.muted}>{words.none}</span>}
      </SettingControls>
      {systems.length > 0 && (
        <EntryList
          label={words.list}
          entries={systems.map((system) => ({
            id: system.id,
            icon: KeyRound,
            text: <SystemText system={system} />,
            end: (
              <Button
                aria-label={words.revokeOf(system.name)}
                size={28}
                tone="quiet"
                onPress={() => setRevoked(system)}
              >
                {words.revoke}
              </Button>
            ),
          }))}
        />
      )}
      {isAdding && (
        <AddDialog
          onClose={() => setAdding(false)}
          onMade={(token) => {
            setAdding(false);
            setMade(token);
          }}
        />
      )}
      {made && (
        <SecretDialog
          label={words.token}
          said={words.copied}
          text={words.madeText}
          title={words.madeTitle(made.name)}
          value={made.token}
          onClose={() => setMade(null)}
        />
      )}
      {revoked && <RevokeDialog system={revoked} onClose={() => setRevoked(null)} />}
    </Row>
  );
}

/** Names as one sentence. */
const listed = ([first = '', ...others]: readonly string[]): string =>
  [first, ...others.map((name) => name.charAt(0).toLowerCase() + name.slice(1))].join(', ');

function SystemText({
  system: { name, scopes, createdAt, expiresAt, lastUsedAt },
}: {
  system: System;
}) {
  const { apiTokens: words } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const expiry = expiresAt === null ? null : formatDate(expiresAt, language);
  const isExpired = expiresAt !== null && expiresAt <= now;
  return (
    <span className={css.system}>
      <b>{name}</b>
      <span>{listed(scopes.map((scope) => words.scopeNames[scope]))}</span>
      <span className={css.muted}>
        {[
          words.made(formatDate(createdAt, language)),
          lastUsedAt === null ? words.neverUsed : words.used(formatWhen(lastUsedAt, now, language)),
        ].join(', ')}
        {expiry !== null && ', '}
        {expiry !== null && (
          <span {...(isExpired && { className: css.expired })}>
            {isExpired ? words.expired(expiry) : words.expires(expiry)}
          </span>
        )}
      </span>
    </span>
  );
}

const DAY_MS = 24 * 60 * 60_000;
const ENDS = ['never', 'quarter', 'year'] as const;
type End = (typeof ENDS)[number];
const END_DAYS: Record<End, number | null> = { never: null, quarter: 90, year: 365 };
/** What every system needs. */
const USUAL: readonly ApiScope[] = ['catalogue:read', 'downloads:read', 'downloads:write'];

function AddDialog({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const app = useApp();
  const { apiTokens: words } = useTexts();
  const { run, isPending, error } = useTask();
  const [typed, setTyped] = useState('');
  const [scopes, setScopes] = useState<readonly ApiScope[]>(USUAL);
  const [end, setEnd] = useState<End>('never');
  const [isEarly, setEarly] = useState(false);
  const name = typed.trim();
  const save = async (): Promise<void> => {
    if (name === '' || scopes.length === 0) return setEarly(true);
    const days = END_DAYS[end];
    await run(async () => {
      const { token } = await app.client.call('api-tokens.add', {
        name,
        scopes: [...scopes],
        expiresAt: days === null ? null : Date.now() + days * DAY_MS,
      });
      onMade({ name, token });
    });
  };
  return (
    <FormDialog
      failed={error}
      fault={error && (error.code === 'exists' ? words.nameTaken : errorText(app, error))}
      isPending={isPending}
      submit={words.give}
      title={words.addTitle}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <Field
        autoFocus
        autoComplete="off"
        error={isEarly && name === '' ? words.nameMissing : null}
        help={words.nameHelp}
        label={words.name}
        maxLength={MAX_SYSTEM_NAME}
        placeholder={words.namePlaceholder}
        spellCheck="false"
        value={typed}
        onChange={setTyped}
      />
      <fieldset className={css.scopes}>
        <legend>{words.scopes}</legend>
        {API_SCOPES.map((scope) => (
          <Checkbox
            isSelected={scopes.includes(scope)}
            key={scope}
            onChange={(isSelected) =>
              setScopes(
                API_SCOPES.filter((one) => (one === scope ? isSelected : scopes.includes(one))),
              )
            }
          >
            {words.scopeNames[scope]}
          </Checkbox>
        ))}
        {isEarly && scopes.length === 0 && (
          <p className={css.expired} role="alert">
            {words.scopesMissing}
          </p>
        )}
        {scopes.includes('downloads:confirm') && <p className={css.muted}>{words.confirmHelp}</p>}
      </fieldset>
      <Select
        label={words.ends}
        options={ENDS.map((value) => ({ value, label: words.endChoices[value] }))}
        value={end}
        onChange={setEnd}
      />
    </FormDialog>
  );
}

function RevokeDialog({
  system: { id, name },
  onClose,
}: {
  system: Pick<System, 'id' | 'name'>;
  onClose: () => void;
}) {
  const app = useApp();
  const { apiTokens: words, common } = useTexts();
  const { run, isPending, error } = useTask();
  const revoke = async (): Promise<void> => {
    const isRevoked = await run(() => app.client.call('api-tokens.revoke', { id }));
    if (!isRevoked) return;
    app.toasts.getState().show(words.revoked(name));
    onClose();
  };
  return (
    <Dialog
      isOpen
      urgent
      actions={
        <>
          <Button autoFocus tone="quiet" onPress={onClose}>
            {common.cancel}
          </Button>
          <Button isPending={isPending} tone="danger" onPress={() => void revoke()}>
            {words.revoke}
          </Button>
        </>
      }
      title={words.revokeTitle(name)}
      onClose={onClose}
    >
      {error && <InlineAlert title={errorText(app, error)} tone="danger" />}
      <p>{words.revokeText}</p>
    </Dialog>
  );
}
