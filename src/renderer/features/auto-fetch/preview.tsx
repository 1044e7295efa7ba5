import { useMemo } from 'react';
import { profileName } from '../../../shared/model/format-text.ts';
import { profileOf } from '../../../shared/model/house-format.ts';
import { formatBytes, type Language } from '../../i18n/format.ts';
import { useLanguage, useSettings, useTexts } from '../../state/context.tsx';
import { useRead, useRested } from '../../state/queries.ts';
import type { AutoFetchPreview } from '../../state/views.ts';
import { Skeleton } from '../../ui/display/progress.tsx';
import type { Choice } from './choice.ts';
import css from './auto-fetch.module.css';

const REST_MS = 150;

/** What these rules would have done in the last 7 days, before anything is saved. */
export function Preview({ text, choice, isOn }: { text: string; choice: Choice; isOn: boolean }) {
  const { autoFetch } = useTexts();
  const language = useLanguage();
  const asked = useMemo(() => ({ ...choice, isOn: true }), [choice]);
  const { data } = useRead(
    'auto-fetch.preview',
    { text, choice: useRested(asked, REST_MS) },
    { keepPrevious: true },
  );
  return (
    <section aria-label={autoFetch.preview} className={css.preview}>
      <header>
        <h2>{autoFetch.preview}</h2>
        <span role="status">
          {data && autoFetch.previewSum(data.total.count, formatBytes(data.total.bytes, language))}
        </span>
      </header>
      {data ? <Chart days={data.days} /> : <Skeleton className={css.chart} height="8.875rem" />}
      {data && <Legend preview={data} profile={choice.profile} />}
      {!isOn && <p className={css.hint}>{autoFetch.wouldHave}</p>}
      {data?.isPartial === true && <p className={css.hint}>{autoFetch.previewPartial}</p>}
    </section>
  );
}

const WIDTH = 544;
const STEP = 76;
const BAR = 44;
const BASE = 122;
const HIGHEST = 98;
/** Of one package, so that a few don't fill the height. */
const MAX_UNIT = 14;

const weekday = (ms: number, language: Language): string =>
  new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { weekday: 'short' }).format(ms);

function Chart({ days }: { days: AutoFetchPreview['days'] }) {
  const { autoFetch } = useTexts();
  const language = useLanguage();
  const most = Math.max(1, ...days.map(({ queued, left }) => queued.count + left));
  const unit = Math.min(MAX_UNIT, HIGHEST / most);
  const labelOf = ({ startMs, queued, left }: (typeof days)[number]): string =>
    autoFetch.dayBar(weekday(startMs, language), queued.count, left);
  return (
    <svg
      aria-label={`${autoFetch.chart}. ${days.map(labelOf).join('. ')}`}
      className={css.chart}
      role="img"
      viewBox={`0 0 ${WIDTH} 142`}
    >
      <path className={css.base} d={`M0 ${BASE}.5H${WIDTH}`} />
      {days.map((day, at) => {
        const x = 8 + at * STEP;
        const queued = day.queued.count * unit;
        const left = day.left * unit;
        const top = BASE - queued - left;
        return (
          <g key={day.startMs}>
            {queued > 0 && (
              <rect
                className={css.taken}
                height={queued}
                rx={Math.min(2, queued / 2)}
                width={BAR}
                x={x}
                y={BASE - queued}
              />
            )}
            {left > 0 && (
              <rect
                className={css.left}
                height={Math.max(1, left - 1.5)}
                rx={Math.min(2, left / 2)}
                width={BAR - 1.5}
                x={x + 0.75}
                y={top + 0.75}
              />
            )}
            {queued + left > 0 && (
              <text textAnchor="middle" x={x + BAR / 2} y={top - 7}>
                {day.queued.count + day.left}
              </text>
            )}
            <text textAnchor="middle" x={x + BAR / 2} y={138}>
              {weekday(day.startMs, language)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function Legend({
  preview: { queued, left },
  profile,
}: {
  preview: AutoFetchPreview;
  /** Id of the house format. */
  profile: string;
}) {
  const { autoFetch } = useTexts();
  const language = useLanguage();
  const settings = useSettings();
  const format = settings && profileOf(settings, profile);
  const textOf = (reason: string, count: number): string =>
    reason === 'no-rendition'
      ? `${count} ${autoFetch.unfit(format ? profileName(format, language) : autoFetch.format)}`
      : autoFetch.leftReasons[reason as keyof typeof autoFetch.leftReasons](count);
  const reasons = Object.entries(left).toSorted(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  return (
    <ul className={css.legend}>
      <li>
        <svg aria-hidden viewBox="0 0 9 9">
          <rect className={css.taken} height="9" rx="2" width="9" />
        </svg>
        {autoFetch.queuedSum(queued.count, formatBytes(queued.bytes, language))}
      </li>
      {total > 0 && (
        <li>
          <svg aria-hidden viewBox="0 0 9 9">
            <rect className={css.left} height="7.5" rx="2" width="7.5" x=".75" y=".75" />
          </svg>
          {autoFetch.leftSum(
            total,
            reasons.map(([reason, count]) => textOf(reason, count)).join(', '),
          )}
        </li>
      )}
    </ul>
  );
}
