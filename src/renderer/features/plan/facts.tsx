import { formatBytes, formatMoment, formatRate } from '../../i18n/format.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import type { Plan } from '../../state/enqueue-dialogs.ts';
import type { PlanFacts } from '../../state/queue-plan.ts';
import css from './plan.module.css';

const volumeOf = (path: string): string | null => /^[A-Za-z]:/.exec(path)?.[0] ?? null;

/** Size, room, time, and when it is done. */
export function Facts({ facts, plan, nowMs }: { facts: PlanFacts; plan: Plan; nowMs: number }) {
  const { plan: words, catalogue } = useTexts();
  const language = useLanguage();
  const { bytes, unknownSizes, leftBytes, seconds, finishesAtMs } = facts;
  const volume = volumeOf(plan.destination);
  const free = plan.freeBytes === null ? null : formatBytes(plan.freeBytes, language);
  const rows: [name: string, value: string, isShort?: boolean][] = [
    [
      catalogue.size,
      unknownSizes === 0
        ? formatBytes(bytes, language)
        : catalogue.atLeast(bytes === 0 ? null : formatBytes(bytes, language), unknownSizes),
    ],
    ...(free === null || leftBytes === null
      ? []
      : [
          [
            volume === null ? catalogue.free : catalogue.freeOn(volume),
            leftBytes < 0
              ? words.short(free, formatBytes(-leftBytes, language))
              : words.leaves(free, formatBytes(leftBytes, language)),
            leftBytes < 0,
          ] satisfies [string, string, boolean],
        ]),
    [
      catalogue.time,
      seconds === null || plan.bytesPerSecond === null
        ? unknownSizes > 0
          ? words.noSize
          : words.noRate
        : words.timeAt(
            catalogue.about(Math.round(seconds / 60)),
            formatRate(plan.bytesPerSecond, language),
          ),
    ],
    ...(plan.queue.isPaused
      ? [[words.finishes, words.whenResumed] satisfies [string, string]]
      : finishesAtMs === null
        ? []
        : [
            [
              words.finishes,
              words.finishesAt(formatMoment(finishesAtMs, nowMs, language), plan.queue.count),
            ] satisfies [string, string],
          ]),
  ];
  return (
    <dl aria-label={words.facts} className={css.facts}>
      {rows.map(([name, value, isShort = false]) => (
        <div className={css.fact} data-short={isShort || undefined} key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
