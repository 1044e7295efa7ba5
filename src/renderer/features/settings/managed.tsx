import { Lock, ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import type { ManagedSetting } from '../../../shared/contract/policy.ts';
import { useLanguage, useSettings, useTexts } from '../../state/context.tsx';
import { allowedText, settingText } from '../../state/policy-labels.ts';
import { useOrganisation, usePolicy } from '../../state/policy.ts';
import type { SettingsView } from '../../state/views.ts';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import css from './managed.module.css';

type Of = ManagedSetting | readonly ManagedSetting[];

/** Stands beside what an administrator has fixed. */
export function ManagedMark() {
  const { policy: words } = useTexts();
  const organisation = useOrganisation();
  return (
    <span className={css.mark}>
      <Icon of={Lock} size={14} />
      <span>
        {words.managed}
        <SrOnly> {words.by(organisation)}</SrOnly>
      </span>
    </span>
  );
}

/** What is in force in place of controls: a value for each of the settings of a row. */
export function ManagedValues({ of }: { of: Of }) {
  const texts = useTexts();
  const language = useLanguage();
  const settings = useSettings();
  if (!settings) return null;
  return (
    <SettingControls>
      <span className={css.values}>
        {shownOf([of].flat(), settings).map((name) => (
          <span className={css.value} key={name}>
            {name === 'demo'
              ? texts.policy.names.demo
              : name === 'proxyExceptions'
                ? texts.policy.without(settingText(name, settings[name], texts, language))
                : settingText(name, settings[name], texts, language)}
          </span>
        ))}
      </span>
      <ManagedMark />
    </SettingControls>
  );
}

/**
 * Hours without a limit say nothing, nor does a limit beside hours in which all pauses; the service
 * in use is the demo or an address, and a proxy is told by its kind.
 */
const shownOf = (
  names: readonly ManagedSetting[],
  { limitBytesPerSecond, schedule, demo, proxyMode, proxyExceptions, updates }: SettingsView,
): readonly ManagedSetting[] =>
  names.filter((name) => {
    if (name === 'demo' || name === 'serviceUrl') return demo === (name === 'demo');
    if (names.length === 1) return true;
    if (name === 'updateChannel') return updates === 'on';
    if (name === 'pacAddress') return proxyMode === 'pac';
    if (name === 'proxyAddress') return proxyMode === 'manual';
    if (name === 'proxyExceptions') return proxyMode === 'manual' && proxyExceptions.length > 0;
    const pauses = schedule?.pauses === true;
    if (name === 'limitBytesPerSecond') return !pauses;
    return name !== 'schedule' || pauses || (schedule !== null && limitBytesPerSecond !== null);
  });

/** How many rows of a section are managed, and by whom; nothing if none is. */
export function ManagedNote({ rows }: { rows: readonly Of[] }) {
  const { policy: words } = useTexts();
  const managed = usePolicy()?.managed ?? [];
  const organisation = useOrganisation();
  const count = rows.filter((of) => [of].flat().some((name) => managed.includes(name))).length;
  if (count === 0) return null;
  return (
    <p className={css.note}>
      <Icon of={Lock} size={14} />
      <span>
        {words.here(count, organisation)} <ViewPolicy />
      </span>
    </p>
  );
}

/** In place of what adds something. */
export function AddingOff() {
  const { policy: words } = useTexts();
  const organisation = useOrganisation();
  return (
    <span className={css.mark}>
      <Icon of={Lock} size={14} />
      <span>{words.addingOff(organisation)}</span>
    </span>
  );
}

/** In place of what is switched off. @param text of `useSwitchedOff` */
export function SwitchedOff({ text }: { text: string }) {
  return (
    <span className={css.mark}>
      <Icon of={Lock} size={14} />
      <span>{text}</span>
    </span>
  );
}

export function ViewPolicy() {
  const { policy: words } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <LinkButton onPress={() => setOpen(true)}>{words.view}</LinkButton>
      {isOpen && <PolicyDialog onClose={() => setOpen(false)} />}
    </>
  );
}

/** What of the policy isn't understood, at the top of the settings. */
export function PolicyFaults() {
  const { policy: words } = useTexts();
  const faults = usePolicy()?.faults ?? [];
  if (faults.length === 0) return null;
  const isClosed = faults.some(({ at }) => at === '');
  return (
    <InlineAlert
      action={<ViewPolicy />}
      icon={ShieldAlert}
      title={isClosed ? words.closedTitle : words.faultsTitle}
      tone="warning"
    >
      {isClosed ? words.closedText : words.faultsText}
    </InlineAlert>
  );
}

function PolicyDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const { policy: words, common } = texts;
  const language = useLanguage();
  const settings = useSettings();
  const policy = usePolicy();
  const organisation = useOrganisation();
  if (!settings || !policy) return null;
  const { file, managed, disabled, sources, faults } = policy;
  const isClosed = faults.some(({ at }) => at === '');
  return (
    <Dialog
      isOpen
      wide
      actions={
        <Button tone="main" onPress={onClose}>
          {common.close}
        </Button>
      }
      icon={Lock}
      title={words.title}
      onClose={onClose}
    >
      <div className={css.policy} tabIndex={0}>
        <p>{words.text(organisation)}</p>
        <Part title={words.file}>
          <code className={css.file}>{file}</code>
        </Part>
        {faults.length > 0 && (
          <Part title={words.faults}>
            <ul>
              {faults.map(({ kind, at }) => (
                <li className={css.fault} key={`${at} ${kind}`}>
                  {at === '' ? (
                    words.faultKinds[kind]
                  ) : (
                    <>
                      <code>{at}</code> {words.faultKinds[kind]}
                    </>
                  )}
                </li>
              ))}
            </ul>
          </Part>
        )}
        {isClosed && <p>{words.closedText}</p>}
        {!isClosed && managed.length > 0 && (
          <Part title={words.fixed}>
            <dl className={css.fixed}>
              {managed.map((name) => (
                <div key={name}>
                  <dt>{words.names[name]}</dt>
                  <dd>
                    {name in policy.settings
                      ? settingText(name, settings[name], texts, language)
                      : words.asItIs}
                  </dd>
                </div>
              ))}
            </dl>
          </Part>
        )}
        {!isClosed && sources.allowed !== null && (
          <Part title={words.allowed}>
            <List items={sources.allowed.map((one) => allowedText(one, texts))} />
          </Part>
        )}
        {sources.fixed.length > 0 && (
          <Part title={words.always}>
            <List items={sources.fixed.map(({ name }) => name)} />
          </Part>
        )}
        {policy.webhooks.length > 0 && (
          <Part title={words.told}>
            <List items={policy.webhooks.map(({ name }) => name)} />
          </Part>
        )}
        {policy.hook !== null && (
          <Part title={words.runs}>
            <List items={[policy.hook.command.join(' ')]} />
          </Part>
        )}
        {!isClosed && disabled.length > 0 && (
          <Part title={words.off}>
            <List items={disabled.map((feature) => words.features[feature])} />
          </Part>
        )}
      </div>
    </Dialog>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function List({ items }: { items: readonly string[] }) {
  const { policy: words } = useTexts();
  if (items.length === 0) return <p>{words.none}</p>;
  return (
    <ul>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}
