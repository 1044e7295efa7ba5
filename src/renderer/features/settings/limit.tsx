import { pad2 } from '../../../shared/api/text.ts';
import { useState } from 'react';
import type { BandwidthSchedule } from '../../../shared/model/schedule.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import type { SettingsView } from '../../state/views.ts';
import { Segmented } from '../../ui/controls/choice.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import css from './settings.module.css';
import { useUpdateSettings } from './parts.tsx';

const MEGABYTE = 1_000_000;
const FIRST_LIMIT = 10 * MEGABYTE;
const FIRST_HOURS: BandwidthSchedule = {
  days: [1, 2, 3, 4, 5],
  fromMinute: 8 * 60,
  toMinute: 18 * 60,
  pauses: false,
};
const DAYS = { week: [1, 2, 3, 4, 5], weekend: [6, 7], every: [1, 2, 3, 4, 5, 6, 7] } as const;
type Days = keyof typeof DAYS;

const clockOf = (minute: number): string => `${pad2(Math.floor(minute / 60))}:${pad2(minute % 60)}`;
const minuteOf = (clock: string): number | null => {
  const [hours, minutes] = clock.split(':').map(Number);
  return hours === undefined || minutes === undefined || Number.isNaN(hours + minutes)
    ? null
    : hours * 60 + minutes;
};
const daysOf = ({ days }: BandwidthSchedule): Days =>
  (Object.keys(DAYS) as Days[]).find(
    (name) => DAYS[name].join() === days.toSorted((a, b) => a - b).join(),
  ) ?? 'every';

/** Bandwidth limit: none, always, or on a weekly schedule, which can also pause downloads. */
export function Limit({ settings }: { settings: SettingsView }) {
  const { settings: words } = useTexts();
  const set = useUpdateSettings();
  const { limitBytesPerSecond: limit, schedule: hours } = settings;
  const kind = hours !== null ? 'hours' : limit !== null ? 'fixed' : 'off';
  const choose = (next: typeof kind): void =>
    void set({
      limitBytesPerSecond: next === 'off' ? null : (limit ?? FIRST_LIMIT),
      schedule: next === 'hours' ? (hours ?? FIRST_HOURS) : null,
    });
  return (
    <>
      <SettingControls>
        <Segmented
          label={words.limit}
          segments={[
            { value: 'off', label: words.off },
            { value: 'fixed', label: words.always },
            { value: 'hours', label: words.scheduled },
          ]}
          value={kind}
          onChange={choose}
        />
        {kind !== 'off' && !hours?.pauses && <Rate key={limit ?? 0} limit={limit ?? FIRST_LIMIT} />}
      </SettingControls>
      {hours && <Hours hours={hours} key={`${hours.fromMinute} ${hours.toMinute}`} />}
    </>
  );
}

function Rate({ limit }: { limit: number }) {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const set = useUpdateSettings();
  const [typed, setTyped] = useState(
    new Intl.NumberFormat(language, { maximumFractionDigits: 2, useGrouping: false }).format(
      limit / MEGABYTE,
    ),
  );
  const value = Number(typed.replace(',', '.'));
  const isWrong = !(value > 0 && Number.isFinite(value));
  const save = (): void => {
    if (!isWrong) void set({ limitBytesPerSecond: Math.max(1, Math.round(value * MEGABYTE)) });
  };
  return (
    <Form onSubmit={save}>
      <div className={css.limit}>
        <Field
          error={isWrong ? words.limitWrong : null}
          hideLabel
          inputMode="decimal"
          label={words.limitLabel}
          small
          value={typed}
          onBlur={save}
          onChange={setTyped}
        />
        <span>{words.megabytes}</span>
      </div>
    </Form>
  );
}

function Hours({ hours }: { hours: BandwidthSchedule }) {
  const { settings: words } = useTexts();
  const set = useUpdateSettings();
  const [from, setFrom] = useState(clockOf(hours.fromMinute));
  const [to, setTo] = useState(clockOf(hours.toMinute));
  const put = (patch: Partial<BandwidthSchedule>): void =>
    void set({ schedule: { ...hours, ...patch } });
  const save = (): void => {
    const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
    if (
      fromMinute !== null &&
      toMinute !== null &&
      (fromMinute !== hours.fromMinute || toMinute !== hours.toMinute)
    )
      put({ fromMinute, toMinute });
  };
  return (
    <>
      <SettingControls>
        <Select
          hideLabel
          label={words.hoursDays}
          look="button"
          options={(Object.keys(DAYS) as Days[]).map((value) => ({
            value,
            label: words.days[value],
          }))}
          value={daysOf(hours)}
          onChange={(days) => put({ days: [...DAYS[days]] })}
        />
        <div className={css.clock}>
          <Field
            hideLabel
            label={words.hoursFrom}
            small
            type="time"
            value={from}
            onBlur={save}
            onChange={setFrom}
          />
        </div>
        <span className={css.to}>{words.hoursTo}</span>
        <div className={css.clock}>
          <Field
            hideLabel
            label={words.hoursUntil}
            small
            type="time"
            value={to}
            onBlur={save}
            onChange={setTo}
          />
        </div>
      </SettingControls>
      <SettingControls>
        <Segmented
          label={words.hoursKind}
          segments={[
            { value: 'limit', label: words.hoursLimit },
            { value: 'still', label: words.hoursPause },
          ]}
          value={hours.pauses ? 'still' : 'limit'}
          onChange={(kind) => put({ pauses: kind === 'still' })}
        />
      </SettingControls>
      <p className={css.help}>{hours.pauses ? words.hoursPauseHelp : words.hoursLimitHelp}</p>
    </>
  );
}
