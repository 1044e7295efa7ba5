import { Fragment, useState, type ReactNode } from 'react';
import { pad2 } from '../../../shared/api/text.ts';
import { formatBytes, formatNumber } from '../../i18n/format.ts';
import { useApp, useLanguage, useSettings, useTexts } from '../../state/context.tsx';
import { chooseFolder } from '../../state/enqueue.ts';
import { useProfileOptions } from '../../state/house-format.ts';
import { useReportError } from '../../state/errors.ts';
import type { AutoFetchView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/choice.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Select, TokenButton } from '../../ui/controls/select.tsx';
import { ProgressBar } from '../../ui/display/progress.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { SettingControls, SettingRow } from '../../ui/layout/setting.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { PopoverPanel } from '../../ui/overlays/popover.tsx';
import {
  CATCH_UP,
  DAY_BYTES,
  KINDS,
  limitText,
  PACKAGE_BYTES,
  PACKAGES,
  withChosen,
  type Choice,
} from './choice.ts';
import type { Edit } from './use-edit.ts';
import css from './auto-fetch.module.css';

/** The rule: a sentence whose tokens are menus, and what isn't in it. */
export function Rules({ edit, view }: { edit: Edit; view: AutoFetchView }) {
  const { autoFetch } = useTexts();
  const { choice, isChanged } = edit;
  return (
    <section aria-label={autoFetch.rules} className={css.rule}>
      <Sentence edit={edit} />
      <div aria-live="polite">
        {isChanged && (
          <div className={css.unsaved}>
            <span>{autoFetch.changed}</span>
            <Button size={28} tone="quiet" onPress={edit.discard}>
              {autoFetch.discard}
            </Button>
            <Button size={28} tone="main" onPress={() => void edit.save(view.rule?.isOn ?? false)}>
              {autoFetch.save}
            </Button>
          </div>
        )}
      </div>
      <div className={css.settings}>
        <Today choice={choice} view={view} />
        <Restricted edit={edit} />
        <Embargo edit={edit} />
        <SettingRow text={autoFetch.catchUpText} title={autoFetch.catchUp}>
          <SettingControls>
            <Select
              hideLabel
              label={autoFetch.catchUp}
              look="button"
              options={CATCH_UP.map((days) => ({
                value: String(days),
                label: autoFetch.catchUpDays(days),
              }))}
              value={String(choice.catchUpDays)}
              onChange={(value) =>
                edit.change({ catchUpDays: CATCH_UP.find((days) => String(days) === value) ?? 3 })
              }
            />
          </SettingControls>
        </SettingRow>
      </div>
    </section>
  );
}

function Sentence({ edit: { choice, change } }: { edit: Edit }) {
  const { autoFetch } = useTexts();
  const language = useLanguage();
  const formats = useProfileOptions();
  const isGone = formats.every(({ value }) => value !== choice.profile);
  const bytes = (value: number): string => limitText(value, language);
  const tokens: Record<string, ReactNode> = {
    format: (
      <Select
        hideLabel
        label={autoFetch.format}
        look="token"
        options={formats}
        placeholder={autoFetch.noFormat}
        value={isGone ? null : choice.profile}
        onChange={(profile) => change({ profile })}
      />
    ),
    folder: <FolderToken choice={choice} onChange={(destination) => change({ destination })} />,
    hours: <HoursToken choice={choice} onChange={(hours) => change({ hours })} />,
    packages: (
      <NumberToken
        label={autoFetch.packagesADay}
        none={autoFetch.anyNumber}
        textOf={(value) => autoFetch.packages(value)}
        usual={PACKAGES}
        value={choice.maxPackages}
        onChange={(maxPackages) => change({ maxPackages })}
      />
    ),
    day: (
      <NumberToken
        label={autoFetch.bytesADay}
        none={autoFetch.anyAmount}
        textOf={bytes}
        usual={DAY_BYTES}
        value={choice.maxBytesPerDay}
        onChange={(maxBytesPerDay) => change({ maxBytesPerDay })}
      />
    ),
    each: (
      <NumberToken
        label={autoFetch.bytesEach}
        none={autoFetch.anySize}
        textOf={bytes}
        usual={PACKAGE_BYTES}
        value={choice.maxBytesPerPackage}
        onChange={(maxBytesPerPackage) => change({ maxBytesPerPackage })}
      />
    ),
  };
  return (
    <div className={css.words}>
      {autoFetch.sentence.split(/\{(\w+)\}/u).map((part, at) => (
        <Fragment key={part}>{at % 2 === 1 ? tokens[part] : part}</Fragment>
      ))}
    </div>
  );
}

const NONE = 'none';

function NumberToken({
  label,
  value,
  usual,
  none,
  textOf,
  onChange,
}: {
  label: string;
  value: number | null;
  usual: readonly number[];
  none: string;
  textOf: (value: number) => string;
  onChange: (value: number | null) => void;
}) {
  return (
    <Select
      hideLabel
      label={label}
      look="token"
      options={[
        ...withChosen(usual, value).map((one) => ({ value: String(one), label: textOf(one) })),
        { value: NONE, label: none },
      ]}
      value={value === null ? NONE : String(value)}
      onChange={(next) => onChange(next === NONE ? null : Number(next))}
    />
  );
}

function FolderToken({
  choice: { destination },
  onChange,
}: {
  choice: Choice;
  onChange: (folder: string) => void;
}) {
  const app = useApp();
  const { autoFetch } = useTexts();
  const reportError = useReportError();
  const settings = useSettings();
  const folder = destination ?? settings?.destination ?? '';
  const choose = async (): Promise<void> => {
    const chosen = await chooseFolder(app, folder);
    if (chosen !== null) onChange(chosen);
  };
  return (
    <TokenButton label={autoFetch.folder(folder)} onPress={() => void choose().catch(reportError)}>
      {folder}
    </TokenButton>
  );
}

const clockOf = (minute: number): string => `${pad2(Math.floor(minute / 60))}:${pad2(minute % 60)}`;
function minuteOf(clock: string): number | null {
  const [hours, minutes] = /^\d{1,2}:\d\d$/u.test(clock) ? clock.split(':').map(Number) : [];
  return hours === undefined || minutes === undefined || hours > 23 || minutes > 59
    ? null
    : hours * 60 + minutes;
}

function HoursToken({
  choice: { hours },
  onChange,
}: {
  choice: Choice;
  onChange: (hours: Choice['hours']) => void;
}) {
  const { autoFetch } = useTexts();
  const text =
    hours === null
      ? autoFetch.anyHour
      : autoFetch.between(clockOf(hours.fromMinute), clockOf(hours.toMinute));
  return (
    <PopoverPanel
      button={<TokenButton label={`${autoFetch.hours}, ${text}`}>{text}</TokenButton>}
      label={autoFetch.hours}
    >
      {(close) => (
        <HoursForm
          hours={hours}
          onChange={(next) => {
            onChange(next);
            close();
          }}
        />
      )}
    </PopoverPanel>
  );
}

function HoursForm({
  hours,
  onChange,
}: {
  hours: Choice['hours'];
  onChange: (hours: Choice['hours']) => void;
}) {
  const { autoFetch } = useTexts();
  const [from, setFrom] = useState(clockOf(hours?.fromMinute ?? 360));
  const [to, setTo] = useState(clockOf(hours?.toMinute ?? 1380));
  const [isWrong, setWrong] = useState(false);
  const apply = (): void => {
    const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
    if (fromMinute === null || toMinute === null) setWrong(true);
    else onChange({ fromMinute, toMinute });
  };
  return (
    <Form onSubmit={apply}>
      <div className={css.hours}>
        <Field
          error={isWrong ? autoFetch.hoursWrong : null}
          label={autoFetch.hoursFrom}
          small
          type="time"
          value={from}
          onChange={setFrom}
        />
        <Field label={autoFetch.hoursTo} small type="time" value={to} onChange={setTo} />
        <p>{autoFetch.hoursNote}</p>
        <div>
          <Button size={28} onPress={() => onChange(null)}>
            {autoFetch.clearHours}
          </Button>
          <Button size={28} tone="main" type="submit">
            {autoFetch.apply}
          </Button>
        </div>
      </div>
    </Form>
  );
}

/** What is used up of the caps. */
function Today({ choice, view: { today } }: { choice: Choice; view: AutoFetchView }) {
  const { autoFetch } = useTexts();
  const language = useLanguage();
  const { maxPackages, maxBytesPerDay } = choice;
  const caps: [label: string, used: string, of: string | null, share: number][] = [
    [
      autoFetch.packagesADay,
      formatNumber(today.packages, language),
      maxPackages === null ? null : autoFetch.packages(maxPackages),
      maxPackages === null ? 0 : today.packages / maxPackages,
    ],
    [
      autoFetch.bytesADay,
      formatBytes(today.bytes, language),
      maxBytesPerDay === null ? null : limitText(maxBytesPerDay, language),
      maxBytesPerDay === null ? 0 : today.bytes / maxBytesPerDay,
    ],
  ];
  return (
    <SettingRow text={autoFetch.resets} title={autoFetch.today}>
      <div className={css.caps}>
        {caps.map(([label, used, of, share]) => (
          <div key={label}>
            <span>{of === null ? used : autoFetch.usedOf(used, of)}</span>
            {of !== null && <ProgressBar label={label} value={Math.min(1, share)} />}
          </div>
        ))}
      </div>
    </SettingRow>
  );
}

function Restricted({ edit: { choice, change } }: { edit: Edit }) {
  const { autoFetch } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const { confirm } = choice;
  const options = [
    { value: 'wait', label: autoFetch.waitForMe },
    ...(confirm.length > 0
      ? [
          {
            value: 'confirm',
            label: autoFetch.confirms(confirm.map((kind) => autoFetch.kinds[kind]).join(', ')),
          },
        ]
      : []),
    { value: 'choose', label: autoFetch.confirmForMe },
  ];
  return (
    <SettingRow text={autoFetch.restrictedText} title={autoFetch.restricted}>
      <SettingControls>
        <Select
          hideLabel
          label={autoFetch.restricted}
          look="button"
          options={options}
          value={confirm.length === 0 ? 'wait' : 'confirm'}
          onChange={(value) => {
            if (value === 'wait') change({ confirm: [] }, []);
            if (value === 'choose') setOpen(true);
          }}
        />
      </SettingControls>
      {isOpen && (
        <ConfirmDialog
          chosen={confirm}
          onChosen={(kinds) =>
            change(
              { confirm: kinds },
              kinds.map((kind) => ({
                id: kind,
                text: `${autoFetch.confirmText} ${autoFetch.kinds[kind]}. ${autoFetch.kindTexts[kind]}`,
              })),
            )
          }
          onClose={() => setOpen(false)}
        />
      )}
    </SettingRow>
  );
}

/** What is confirmed without asking is read first. */
function ConfirmDialog({
  chosen,
  onChosen,
  onClose,
}: {
  chosen: Choice['confirm'];
  onChosen: (kinds: Choice['confirm']) => void;
  onClose: () => void;
}) {
  const { autoFetch, common } = useTexts();
  const [kinds, setKinds] = useState<ReadonlySet<string>>(new Set(chosen));
  const toggle = (kind: string, isOn: boolean): void =>
    setKinds((before) => new Set(isOn ? [...before, kind] : [...before].filter((k) => k !== kind)));
  return (
    <Dialog
      isOpen
      title={autoFetch.confirmTitle}
      tone="restricted"
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            isDisabled={kinds.size === 0}
            tone="main"
            onPress={() => {
              onChosen(KINDS.filter((kind) => kinds.has(kind)));
              onClose();
            }}
          >
            {autoFetch.confirmAction}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>{autoFetch.confirmText}</p>
      <fieldset aria-label={autoFetch.confirmKinds} className={css.kinds}>
        {KINDS.map((kind) => (
          <Checkbox
            isSelected={kinds.has(kind)}
            key={kind}
            onChange={(isSelected) => toggle(kind, isSelected)}
          >
            <span>
              <b>{autoFetch.kinds[kind]}</b>
              <span>{autoFetch.kindTexts[kind]}</span>
            </span>
          </Checkbox>
        ))}
      </fieldset>
      {kinds.size === 0 && <p className={css.hint}>{autoFetch.confirmNone}</p>}
    </Dialog>
  );
}

function Embargo({ edit: { choice, change } }: { edit: Edit }) {
  const { autoFetch } = useTexts();
  const isHeld = useSettings()?.holdUnderEmbargo ?? true;
  return (
    <SettingRow
      text={choice.embargo === 'hold' && !isHeld ? autoFetch.embargoUnheld : autoFetch.embargoText}
      title={autoFetch.embargo}
    >
      <SettingControls>
        <Select
          hideLabel
          label={autoFetch.embargo}
          look="button"
          options={(['hold', 'wait'] as const).map((value) => ({
            value,
            label: autoFetch.embargoChoices[value],
          }))}
          value={choice.embargo}
          onChange={(embargo) => change({ embargo })}
        />
      </SettingControls>
    </SettingRow>
  );
}
