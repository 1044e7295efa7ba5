import {
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CircleDot,
  CircleMinus,
  CirclePause,
  Clock,
  History,
  ShieldAlert,
} from 'lucide-react';
import { useState } from 'react';
import { noneFitsText, profileName } from '../../../shared/model/format-text.ts';
import {
  formatBytes,
  formatDay,
  formatMoment,
  formatTime,
  isSameDay,
  type Language,
} from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { downloadAsset } from '../../state/enqueue.ts';
import { useRead } from '../../state/queries.ts';
import type { AutoFetchLine } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { Icon, type LucideIcon, type Tone } from '../../ui/display/icon.tsx';
import type { Choice } from './choice.ts';
import css from './auto-fetch.module.css';

type Show = 'all' | 'queued' | 'not-queued';
/** Where a rule puts what it takes, and in which house format. */
type Place = Pick<Choice, 'profile' | 'destination'>;
const SHOWN = 100;
/** As many as are sent at once. */
const MAX_SHOWN = 500;

/** What it did, newest first, and why not. */
export function Log({ searchId, choice }: { searchId: string; choice: Place }) {
  const { autoFetch } = useTexts();
  const [show, setShow] = useState<Show>('all');
  const [count, setCount] = useState(SHOWN);
  const { data } = useRead(
    'auto-fetch.log',
    { id: searchId, show, range: { offset: 0, count } },
    { keepPrevious: true },
  );
  return (
    <section aria-label={autoFetch.log} className={css.log}>
      <header className={css.logHead}>
        <h2>{autoFetch.log}</h2>
        <Segmented
          label={autoFetch.log}
          segments={(['all', 'queued', 'not-queued'] as const).map((value) => ({
            value,
            label: autoFetch.show[value],
          }))}
          value={show}
          onChange={setShow}
        />
      </header>
      {data && data.items.length === 0 && (
        <div className={css.none}>
          <b>{autoFetch.empty}</b>
          <p>{autoFetch.emptyText}</p>
        </div>
      )}
      {data && data.items.length > 0 && (
        // The list scrolls, and has no row to focus in each part of it.
        <div className={css.lines} tabIndex={0}>
          <Lines choice={choice} lines={data.items} />
          {data.total > data.items.length && count < MAX_SHOWN && (
            <Button className={css.more} onPress={() => setCount(MAX_SHOWN)}>
              {autoFetch.more}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function Lines({ lines, choice }: { lines: readonly AutoFetchLine[]; choice: Place }) {
  const { autoFetch } = useTexts();
  const language = useLanguage();
  const nowMs = useNow(60_000);
  const dayOf = (ms: number): string =>
    isSameDay(ms, nowMs)
      ? autoFetch.today
      : isSameDay(ms, nowMs - 24 * 3_600_000)
        ? autoFetch.yesterday
        : formatDay(ms, language);
  const days = [...Map.groupBy(lines, ({ atMs }) => dayOf(atMs))];
  return days.map(([day, ofDay]) => (
    <section aria-label={day} key={day}>
      <h3 className={css.day}>{day}</h3>
      <ol>
        {ofDay.map((line) => (
          <Line choice={choice} key={line.number} line={line} nowMs={nowMs} />
        ))}
      </ol>
    </section>
  ));
}

function Line({ line, nowMs, choice }: { line: AutoFetchLine; nowMs: number; choice: Place }) {
  const texts = useTexts();
  const language = useLanguage();
  const moment = (ms: number): string => formatMoment(ms, nowMs, language);
  const size = (bytes: number): string => formatBytes(bytes, language);
  const { icon, tone } = lookOf(line);
  const { title, text } = wordsOf(line, texts, { moment, size, language });
  return (
    <li className={css.line}>
      <time dateTime={new Date(line.atMs).toISOString()}>{formatTime(line.atMs, language)}</time>
      <Icon className={tone ? undefined : css.faint} of={icon} size={14} tone={tone} />
      <div>
        <b>{title}</b>
        <span>{text}</span>
      </div>
      <Action choice={choice} line={line} />
    </li>
  );
}

/** What waiting for, or another rule, would not bring: somebody may queue it. */
const QUEUEABLE: ReadonlySet<AutoFetchLine['reason']> = new Set([
  'no-rendition',
  'late',
  'too-large',
  'size-unknown',
  'hours',
  'day-packages',
  'day-bytes',
] as const);

function Action({
  line: { assetId, packageId, title, reason, isOpen },
  choice: { profile, destination },
}: {
  line: AutoFetchLine;
  choice: Place;
}) {
  const app = useApp();
  const { autoFetch } = useTexts();
  if (assetId === null || !isOpen) return null;
  if (reason === 'restricted')
    return (
      <Button
        aria-label={autoFetch.viewRestrictionsOf(title)}
        size={28}
        onPress={() => app.route.getState().go({ name: 'asset', id: assetId })}
      >
        {autoFetch.viewRestrictions}
      </Button>
    );
  if (!QUEUEABLE.has(reason)) return null;
  return (
    <Button
      aria-label={autoFetch.queueAnywayOf(title)}
      size={28}
      tone="quiet"
      onPress={() =>
        void downloadAsset(app, assetId, packageId, {
          profile,
          ...(destination !== null && { destination }),
        })
      }
    >
      {autoFetch.queueAnyway}
    </Button>
  );
}

type Look = { icon: LucideIcon; tone?: Tone };
function lookOf({ kind, reason, untilMs }: AutoFetchLine): Look {
  if (kind === 'queued')
    return untilMs === null
      ? { icon: CircleCheck, tone: 'success' }
      : { icon: CalendarClock, tone: 'embargo' };
  if (kind === 'held') {
    if (reason === 'restricted') return { icon: ShieldAlert, tone: 'restricted' };
    if (reason === 'embargo') return { icon: CalendarClock, tone: 'embargo' };
    return { icon: reason === 'on-hold' ? CirclePause : Clock, tone: 'warning' };
  }
  if (kind === 'caught-up') return { icon: History, tone: 'info' };
  if (kind === 'failed') return { icon: CircleAlert, tone: 'danger' };
  return { icon: kind === 'began' ? CircleDot : CircleMinus };
}

type Figures = {
  moment(ms: number): string;
  size(bytes: number): string;
  language: Language;
};

/** Title and text of a line. */
function wordsOf(
  line: AutoFetchLine,
  texts: Texts,
  figures: Figures,
): { title: string; text: string } {
  const { lines } = texts.autoFetch;
  const { title, untilMs, label, bytes, found, queued, awayMs } = line;
  const { moment, size } = figures;
  const why = whyOf(line, texts, figures);
  if (line.kind === 'queued') {
    const text =
      untilMs === null
        ? lines.queued(label, bytes === null ? null : size(bytes))
        : lines.queuedHeld(moment(untilMs));
    return { title, text: line.confirmed.length > 0 ? `${text}, ${lines.confirmed}` : text };
  }
  if (line.kind === 'held')
    return { title, text: untilMs === null ? lines.left(why) : lines.held(moment(untilMs), why) };
  if (line.kind === 'left') return { title, text: lines.left(why) };
  if (line.kind === 'late-ones') return { title: lines.late(found), text: lines.lateText };
  if (line.kind === 'caught-up')
    return {
      title: lines.caughtUp(awayText(awayMs, texts)),
      text: lines.caughtUpText(found, queued, size(bytes ?? 0)),
    };
  if (line.kind === 'began') return { title: lines.began, text: lines.beganText(found) };
  return { title: lines.failed, text: line.code === null ? '' : texts.errors[line.code] };
}

function whyOf(
  { reason, bytes, profile, unstated }: AutoFetchLine,
  { autoFetch }: Texts,
  { size, language }: Figures,
): string {
  if (reason === null) return '';
  if (reason === 'no-rendition')
    return profile
      ? noneFitsText(profileName(profile, language), unstated, language)
      : autoFetch.noRendition;
  if (reason === 'too-large') return autoFetch.tooLarge(size(bytes ?? 0));
  return autoFetch.reasons[reason];
}

function awayText(awayMs: number, { autoFetch }: Texts): string {
  const minutes = Math.round(awayMs / 60_000);
  return autoFetch.away(Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60);
}
