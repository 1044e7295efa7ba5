import { Ellipsis, SquareTerminal, Webhook } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { EventKind } from '../../../shared/contract/events.ts';
import { formatNumber } from '../../i18n/format.ts';
import { targetState } from '../../state/automation-labels.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { errorText, useReportError } from '../../state/errors.ts';
import { useCall } from '../../state/projection.ts';
import { useTask } from '../../state/use-task.ts';
import type { DeliveryTargetView } from '../../state/views.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/choice.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Menu } from '../../ui/controls/select.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { SettingBlock } from '../../ui/layout/setting.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { ManagedMark } from './managed.tsx';
import { useMatches } from './parts.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import css from './settings.module.css';

/** All of them while the search matches the section, else those that it names. */
export function Webhooks() {
  const app = useApp();
  const { automation: words, settings } = useTexts();
  const items = useStore(app.webhooks, ({ value }) => value?.items) ?? [];
  const matches = useMatches();
  const isWhole = matches(`${settings.sections.automation} ${words.text} ${words.webhooks}`);
  const shown = items.filter(({ name, where }) => isWhole || matches(`${name} ${where}`));
  if (shown.length === 0 && !isWhole) return null;
  return (
    <SettingBlock>
      {shown.length === 0 ? (
        <p className={css.help}>{words.none}</p>
      ) : (
        <ul aria-label={words.webhooks} className={css.sources}>
          {shown.map((target) => (
            <Target key={target.id} target={target} />
          ))}
        </ul>
      )}
    </SettingBlock>
  );
}

function Target({ target }: { target: DeliveryTargetView }) {
  const texts = useTexts();
  const language = useLanguage();
  const now = useNow(30_000);
  const { kind, name, where, isManaged } = target;
  const state = targetState(target, texts, language, now);
  return (
    <li className={css.source}>
      <Icon of={kind === 'command' ? SquareTerminal : Webhook} size={20} />
      <div>
        <h3>
          {name}
          <span>{kind === 'command' ? texts.automation.kinds.command : where}</span>
          {isManaged && <ManagedMark />}
        </h3>
        <p className={cx(css.sourceState, state.tone && css[state.tone])}>
          <Icon of={state.icon} size={14} />
          <span>{state.text}</span>
        </p>
        <p className={css.sourceFacts}>{state.facts.join('. ')}</p>
      </div>
      <Actions target={target} />
    </li>
  );
}

function Actions({ target }: { target: DeliveryTargetView }) {
  const app = useApp();
  const { automation: words } = useTexts();
  const reportError = useReportError();
  const { run, isPending } = useTask(reportError);
  const resume = useCall(app.webhooks, 'webhooks.resume', reportError);
  const [isRemoving, setRemoving] = useState(false);
  const { id, name, off, failingSince, isManaged } = target;
  const test = (): void =>
    void run(async () => {
      const { status, ms } = await app.client.call('webhooks.test', { id });
      app.toasts
        .getState()
        .show(
          status === null
            ? words.testedCommand(name)
            : words.tested(name, String(status), String(Math.round(ms))),
        );
    });
  const again = off !== null ? words.resume : failingSince !== null ? words.retry : null;
  const testEntry = { id: 'test', label: words.test, onAction: test };
  return (
    <div className={css.sourceActions}>
      {again === null ? (
        <Button
          aria-label={words.of(words.test, name)}
          isPending={isPending}
          size={28}
          onPress={test}
        >
          {words.test}
        </Button>
      ) : (
        <Button
          aria-label={words.of(again, name)}
          isPending={resume.isPending}
          size={28}
          onPress={() => void resume.run({ id })}
        >
          {again}
        </Button>
      )}
      {(!isManaged || again !== null) && (
        <Menu
          entries={[
            ...(again === null ? [] : [testEntry]),
            ...(isManaged
              ? []
              : [
                  {
                    id: 'remove',
                    label: words.remove,
                    danger: true,
                    onAction: () => setRemoving(true),
                  },
                ]),
          ]}
          label={words.more(name)}
        >
          <IconButton icon={Ellipsis} label={words.more(name)} size={28} />
        </Menu>
      )}
      {isRemoving && <RemoveDialog target={target} onClose={() => setRemoving(false)} />}
    </div>
  );
}

function RemoveDialog({
  target: { id, name, waiting },
  onClose,
}: {
  target: DeliveryTargetView;
  onClose: () => void;
}) {
  const app = useApp();
  const { automation: words, common } = useTexts();
  const language = useLanguage();
  const remove = useCall(app.webhooks, 'webhooks.remove', useReportError());
  const confirm = async (): Promise<void> => {
    if (!(await remove.run({ id }))) return;
    app.toasts.getState().show(words.removed(name));
    onClose();
  };
  return (
    <Dialog
      isOpen
      urgent
      title={words.removeTitle(name)}
      actions={
        <>
          <Button tone="quiet" onPress={onClose}>
            {common.cancel}
          </Button>
          <Button isPending={remove.isPending} tone="danger" onPress={() => void confirm()}>
            {words.remove}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>{words.removeText(formatNumber(waiting, language))}</p>
    </Dialog>
  );
}

/** Asks for an address and its events; then shows the signing key, once. */
export function AddWebhook({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { automation: words, common } = useTexts();
  const { run, isPending, error } = useTask();
  const kinds = Object.keys(words.events) as EventKind[];
  const [typed, setTyped] = useState({ address: '', name: '' });
  const [events, setEvents] = useState<readonly EventKind[]>(kinds);
  const [isEarly, setEarly] = useState(false);
  /** What is said of an address goes once another one is typed. */
  const [asked, setAsked] = useState('');
  const [key, setKey] = useState<string | null>(null);
  const address = typed.address.trim();
  const isOfAddress = error?.code === 'usage' || error?.code === 'https-required';
  const wrong =
    isOfAddress && asked === address
      ? error.code === 'usage'
        ? words.addressWrong
        : (words.webhookFaults[error.code] ?? null)
      : null;
  const add = async (): Promise<void> => {
    if (address === '' || events.length === 0) return setEarly(true);
    setAsked(address);
    await run(async () => {
      const { signingKey } = await app.client.call('webhooks.add', {
        address,
        name: typed.name.trim() === '' ? null : typed.name.trim(),
        events: [...events],
      });
      setKey(signingKey);
    });
  };
  if (key !== null)
    return (
      <SecretDialog
        label={words.key}
        said={words.copied}
        text={words.keyText}
        title={words.keyTitle}
        value={key}
        onClose={onClose}
      />
    );
  return (
    <Dialog
      isOpen
      title={words.addTitle}
      actions={
        <>
          <Button tone="quiet" onPress={onClose}>
            {common.cancel}
          </Button>
          <Button form={FORM} isPending={isPending} tone="main" type="submit">
            {words.addButton}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <Form failed={error} id={FORM} onSubmit={() => void add()}>
        <p>{words.addText}</p>
        {error && !isOfAddress && (
          <InlineAlert
            title={words.webhookFaults[error.code] ?? errorText(app, error)}
            tone="danger"
          />
        )}
        <Field
          autoFocus
          autoComplete="off"
          error={isEarly && address === '' ? words.addressMissing : wrong}
          help={words.addressHelp}
          label={words.address}
          placeholder="https://mam.example/desk"
          spellCheck="false"
          value={typed.address}
          onChange={(next) => setTyped((before) => ({ ...before, address: next }))}
        />
        <Field
          autoComplete="off"
          help={words.nameHelp}
          label={words.name}
          maxLength={80}
          value={typed.name}
          onChange={(next) => setTyped((before) => ({ ...before, name: next }))}
        />
        <fieldset className={css.platforms}>
          <legend className={css.legend}>{words.which}</legend>
          {kinds.map((kind) => (
            <Checkbox
              isSelected={events.includes(kind)}
              key={kind}
              onChange={(isSelected) =>
                setEvents((before) =>
                  kinds.filter((one) => (one === kind ? isSelected : before.includes(one))),
                )
              }
            >
              {words.events[kind]}
            </Checkbox>
          ))}
        </fieldset>
        {isEarly && events.length === 0 && (
          <p className={css.warning} role="alert">
            {words.noEvents}
          </p>
        )}
      </Form>
    </Dialog>
  );
}

const FORM = 'add-webhook';
