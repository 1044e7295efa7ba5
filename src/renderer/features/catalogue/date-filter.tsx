import { CalendarDate, endOfMonth, startOfMonth, type DateValue } from '@internationalized/date';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import {
  Button as AriaButton,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  DateField,
  DateInput,
  DateSegment,
  Heading,
  Label,
  RangeCalendar,
} from 'react-aria-components';
import { datesIn } from '../../../shared/api/query/edit.ts';
import { pad2 } from '../../../shared/api/text.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { periodOf, setFilter, setPeriod, useCatalogueQuery } from '../../state/filters.ts';
import { useRead } from '../../state/queries.ts';
import { Segmented } from '../../ui/controls/choice.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { cx } from '../../ui/styles/cx.ts';
import css from './date-filter.module.css';

const dayOf = (ms: number): CalendarDate => {
  const date = new Date(ms);
  return new CalendarDate(date.getFullYear(), date.getMonth() + 1, date.getDate());
};
/** Midnight at its beginning, by this computer's time zone. */
const msOf = ({ year, month, day }: DateValue): number => new Date(year, month - 1, day).getTime();
const written = ({ year, month, day }: DateValue): string => `${year}-${pad2(month)}-${pad2(day)}`;

/** Both ends are part of it; null is open. */
type Span = { from: CalendarDate | null; to: CalendarDate | null };
const spanWritten = ({ from, to }: Span): string[] =>
  from === null && to === null
    ? []
    : from !== null && to !== null && from.compare(to) === 0
      ? [written(from)]
      : [`${from === null ? '' : written(from)}..${to === null ? '' : written(to)}`];

/** When it was published: today, the last days, or a span of days from a calendar. */
export function DateFilter() {
  const app = useApp();
  const { catalogue } = useTexts();
  const { query, todayMs } = useCatalogueQuery();
  const period = periodOf(query, todayMs);
  const [isOpen, setOpen] = useState(false);
  const showsRange = period === 'range' || (isOpen && period === null);
  const choose = (next: 'today' | 'week' | 'range' | 'any'): void => {
    setOpen(next === 'range');
    if (next !== 'range') setPeriod(app, next === 'any' ? null : next);
    else if (period !== 'range') setPeriod(app, null);
  };
  return (
    <>
      <Segmented
        wide
        label={catalogue.date}
        value={showsRange ? 'range' : (period ?? 'any')}
        onChange={choose}
        segments={[
          { value: 'any', label: catalogue.periods.any },
          { value: 'today', label: catalogue.periods.today },
          { value: 'week', label: catalogue.periods.week },
          { value: 'range', label: catalogue.periods.range },
        ]}
      />
      {showsRange && <Range todayMs={todayMs} />}
    </>
  );
}

function Range({ todayMs }: { todayMs: number }) {
  const app = useApp();
  const { catalogue } = useTexts();
  const { query } = useCatalogueQuery();
  const asked = datesIn(query);
  const span: Span = {
    from: asked.from === null ? null : dayOf(asked.from),
    to: asked.below === null ? null : dayOf(asked.below - 1),
  };
  const today = dayOf(todayMs);
  const set = (next: Span): void => setFilter(app, 'date', spanWritten(next));
  const end = (name: 'from' | 'to') => (value: DateValue | null) => {
    // A year of one letter is still being typed.
    if (value && value.year < 1000) return;
    const day = value && new CalendarDate(value.year, value.month, value.day);
    const next = { ...span, [name]: day };
    if (next.from && next.to && next.from.compare(next.to) > 0)
      next[name === 'from' ? 'to' : 'from'] = day;
    set(next);
  };
  return (
    <div className={css.range}>
      <div className={css.ends}>
        <Day label={catalogue.from} value={span.from} onChange={end('from')} />
        <Day label={catalogue.to} value={span.to} onChange={end('to')} />
      </div>
      <Month span={span} today={today} onChange={set} />
    </div>
  );
}

function Day({
  label,
  value,
  onChange,
}: {
  label: string;
  value: CalendarDate | null;
  onChange: (value: DateValue | null) => void;
}) {
  return (
    <DateField className={cx(css.day)} value={value} onChange={onChange}>
      <Label>{label}</Label>
      <DateInput className={cx(css.input)}>
        {(segment) => <DateSegment className={cx(css.segment)} segment={segment} />}
      </DateInput>
    </DateField>
  );
}

/** One month; days with footage stand out. */
function Month({
  span,
  today,
  onChange,
}: {
  span: Span;
  today: CalendarDate;
  onChange: (span: Span) => void;
}) {
  const { text } = useCatalogueQuery();
  const [shown, setShown] = useState(span.to ?? span.from ?? today);
  const first = startOfMonth(shown);
  const count = endOfMonth(shown).day;
  const spans = Array.from({ length: count }, (_, index) => {
    const day = first.add({ days: index });
    return { from: msOf(day), below: msOf(day.add({ days: 1 })) };
  });
  const counts = useRead(
    'catalogue.published-counts',
    { text, spans },
    { keepPrevious: true },
  ).data;
  const hasFootage = (day: CalendarDate): boolean =>
    day.month === shown.month && day.year === shown.year && (counts?.[day.day - 1] ?? 0) > 0;
  return (
    <RangeCalendar
      className={cx(css.calendar)}
      focusedValue={shown}
      maxValue={today}
      value={{ start: span.from ?? span.to ?? today, end: span.to ?? span.from ?? today }}
      onChange={({ start, end }) =>
        onChange({
          from: new CalendarDate(start.year, start.month, start.day),
          to: new CalendarDate(end.year, end.month, end.day),
        })
      }
      onFocusChange={(day) => setShown(new CalendarDate(day.year, day.month, day.day))}
    >
      <header>
        <AriaButton className={cx(css.turn)} slot="previous">
          <Icon of={ChevronLeft} size={14} />
        </AriaButton>
        <Heading />
        <AriaButton className={cx(css.turn)} slot="next">
          <Icon of={ChevronRight} size={14} />
        </AriaButton>
      </header>
      <CalendarGrid className={css.grid ?? ''} weekdayStyle="narrow">
        <CalendarGridHeader>
          {(name) => <CalendarHeaderCell>{name}</CalendarHeaderCell>}
        </CalendarGridHeader>
        <CalendarGridBody>
          {(day) => (
            <CalendarCell
              className={cx(
                css.cell,
                hasFootage(day) && css.has,
                day.compare(today) === 0 && css.today,
                span.from === null && span.to === null && css.none,
              )}
              date={day}
            />
          )}
        </CalendarGridBody>
      </CalendarGrid>
    </RangeCalendar>
  );
}
