import { profileName } from '../../../shared/model/format-text.ts';
import { CalendarClock, HardDrive, Info, ListPlus, ShieldAlert } from 'lucide-react';
import { useCallback, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { formatBytes, formatNumber } from '../../i18n/format.ts';
import { useCriteria, useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { useHouseProfile } from '../../state/house-format.ts';
import { download, queueable } from '../../state/enqueue.ts';
import { type Plan } from '../../state/enqueue-dialogs.ts';
import { usePlan } from '../../state/queries.ts';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { Kbd } from '../../ui/display/text.tsx';
import { selectWholeResult } from './use-grid-keys.ts';
import css from './catalogue.module.css';

/** Debounce: selecting many in a row plans once. */
const PLAN_AFTER_MS = 120;

/** Ids that main names at once. */
const MAX_SELECTED = 10_000;

const volumeOf = (path: string): string | null => /^[A-Za-z]:/.exec(path)?.[0] ?? null;

export function SelectionBar() {
  const app = useApp();
  const { catalogue } = useTexts();
  const language = useLanguage();
  const selected = useCriteria((state) => state.selected);
  const total = useStore(app.results, (state) => state.total);
  const plan = usePlan(selected, null, PLAN_AFTER_MS);
  const { busy } = useStore(app.downloads);
  const items = queueable(plan?.items.filter((item) => selected.has(item.assetId)) ?? []);
  const isKnown = plan !== null && plan.items.length === selected.size;
  const count = isKnown ? items.length : selected.size;
  // A press before the plan is there counts once it is, unless something else is selected by then.
  const awaited = useRef<ReadonlySet<string> | null>(null);
  const queue = useCallback(async (): Promise<void> => {
    awaited.current = isKnown ? null : selected;
    if (!isKnown || items.length === 0) return;
    const queued = await download(
      app,
      [...selected].map((assetId) => ({ assetId, packageId: null })),
      plan?.items ?? [],
    );
    if (queued) app.criteria.getState().select(new Set());
  }, [app, isKnown, items.length, plan, selected]);
  useEffect(() => {
    if (isKnown && awaited.current === selected) void queue();
  }, [isKnown, queue, selected]);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (
        event.key !== 'Enter' ||
        !(event.ctrlKey || event.metaKey) ||
        document.querySelector('[role="dialog"]')
      )
        return;
      event.preventDefault();
      void queue();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [queue]);
  if (selected.size === 0) return null;
  return (
    <section data-docked="bar" aria-label={catalogue.selection} className={css.dock}>
      <div className={css.pick}>
        <b aria-live="polite">{catalogue.selected(selected.size)}</b>
        {total > selected.size && selected.size < MAX_SELECTED && (
          <LinkButton onPress={() => void selectWholeResult(app)}>
            {total > MAX_SELECTED
              ? catalogue.selectFirst(formatNumber(MAX_SELECTED, language))
              : catalogue.selectAll(formatNumber(total, language))}
          </LinkButton>
        )}
        <LinkButton onPress={() => app.criteria.getState().select(new Set())}>
          {catalogue.clearSelection}
        </LinkButton>
      </div>
      {plan && (
        <Facts
          bytes={items.reduce((sum, item) => sum + (item.bytes ?? 0), 0)}
          plan={plan}
          unknownSizes={items.filter((item) => item.bytes === null).length}
        />
      )}
      <div className={css.dockEnd}>
        {isKnown && plan && <Notes plan={plan} />}
        <Button
          icon={ListPlus}
          isDisabled={count === 0}
          isPending={busy}
          size={40}
          tone="main"
          onPress={() => void queue()}
        >
          {catalogue.queue(count)}
          <Kbd onAccent>mod ↵</Kbd>
        </Button>
      </div>
    </section>
  );
}

function Facts({ bytes, plan, unknownSizes }: { bytes: number; plan: Plan; unknownSizes: number }) {
  const { catalogue } = useTexts();
  const language = useLanguage();
  const house = profileName(useHouseProfile(), language);
  const volume = volumeOf(plan.destination);
  const facts: [string, string, boolean][] = [
    [
      catalogue.size,
      unknownSizes === 0
        ? formatBytes(bytes, language)
        : catalogue.atLeast(bytes === 0 ? null : formatBytes(bytes, language), unknownSizes),
      false,
    ],
  ];
  if (plan.freeBytes !== null)
    facts.push([
      volume === null ? catalogue.free : catalogue.freeOn(volume),
      formatBytes(plan.freeBytes, language),
      false,
    ]);
  if (plan.etaSeconds !== null)
    facts.push([catalogue.time, catalogue.about(Math.round(plan.etaSeconds / 60)), false]);
  facts.push([catalogue.house, house, true]);
  return facts.map(([name, value, isExtra]) => (
    <dl className={cx(css.fact, isExtra && css.onlyWide)} key={name}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </dl>
  ));
}

const BLOCKS = [
  'withdrawn',
  'on-hold',
  'expired',
  'embargoed',
  'territory',
  'platform',
  'no-package',
  'no-fit',
  'terms',
] as const satisfies readonly Plan['items'][number]['blocked'][];

/**
 * What to know before queuing: missing space or restrictions to acknowledge, and what is left out
 * and why, so that the two counts are clear.
 */
function Notes({ plan }: { plan: Plan }) {
  const { catalogue } = useTexts();
  const language = useLanguage();
  const short = plan.freeBytes === null ? 0 : plan.totalBytes - plan.freeBytes;
  const open = queueable(plan.items);
  const embargoed = open.filter((item) => item.embargoUntil !== null).length;
  const restricted = open.filter((item) => item.restrictionIds.length > 0).length;
  const either = open.filter(
    (item) => item.embargoUntil !== null || item.restrictionIds.length > 0,
  ).length;
  const blocked = BLOCKS.flatMap((reason) => {
    const count = plan.items.filter((item) => item.blocked === reason).length;
    return count === 0 ? [] : [catalogue.blocked[reason](count)];
  });
  const here = plan.items.filter((item) => item.alreadyHere).length;
  const out = [
    blocked.length > 0 ? catalogue.blockedNote(blocked.join(', ')) : '',
    here > 0 ? catalogue.downloadedNote(here) : '',
  ]
    .filter(Boolean)
    .join(' ');
  return (
    <div className={css.notes}>
      {short > 0 ? (
        <p className={cx(css.note, css.noteShort)}>
          <Icon of={HardDrive} size={14} />
          <span>{catalogue.spaceNote(formatBytes(short, language))}</span>
        </p>
      ) : embargoed > 0 ? (
        <p className={cx(css.note, css.noteRestricted)}>
          <Icon of={CalendarClock} size={14} />
          <span>
            {restricted > 0 ? catalogue.bothNote(either) : catalogue.embargoNote(embargoed)}
          </span>
        </p>
      ) : (
        restricted > 0 && (
          <p className={cx(css.note, css.noteRestricted)}>
            <Icon of={ShieldAlert} size={14} />
            <span>{catalogue.restrictedNote(restricted)}</span>
          </p>
        )
      )}
      {out !== '' && (
        <p className={css.note}>
          <Icon of={Info} size={14} />
          <span>{out}</span>
        </p>
      )}
    </div>
  );
}
