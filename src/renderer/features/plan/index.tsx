import { CircleAlert, FolderOpen, Info } from 'lucide-react';
import {
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
} from 'react';
import { Dialog as AriaDialog, Heading } from 'react-aria-components';
import { useStore } from 'zustand';
import { houseProfile, profileOf, type FormatProfile } from '../../../shared/model/house-format.ts';
import type { AppError } from '../../../shared/errors.ts';
import { formatMoment, formatTime, shortPath } from '../../i18n/format.ts';
import { restrictionParts } from '../../state/asset-labels.ts';
import { useApp, useLanguage, useNow, useSettings, useTexts } from '../../state/context.tsx';
import { chooseFolder, endPlan, enqueue } from '../../state/enqueue.ts';
import type { Plan, Target, Wanted } from '../../state/enqueue-dialogs.ts';
import { errorCode, errorText } from '../../state/errors.ts';
import { useProfileOptions } from '../../state/house-format.ts';
import { useRead } from '../../state/queries.ts';
import { planFacts, sortPlan, type SortedPlan, type Wording } from '../../state/queue-plan.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { Kbd } from '../../ui/display/text.tsx';
import { Overlay } from '../../ui/overlays/dialog.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Facts } from './facts.tsx';
import { PackageList } from './package-list.tsx';
import { Side } from './side.tsx';
import css from './plan.module.css';

/** Refusals that another plan would have foreseen. */
const CHANGED = new Set([
  'restriction-unacknowledged',
  'embargoed',
  'withdrawn',
  'on-hold',
  'expired',
  'territory-restricted',
  'platform-restricted',
  'terms-not-accepted',
  'not-found',
]);

/**
 * What will be queued, how long it takes, what has to be confirmed first and what is left out. The
 * one place where restrictions and embargoes are confirmed.
 */
export function PlanDialog({ wanted, target }: { wanted: readonly Wanted[]; target: Target }) {
  const app = useApp();
  const { plan: words, common } = useTexts();
  const [destination, setDestination] = useState(target.destination ?? null);
  const assetIds = useMemo(() => [...new Set(wanted.map(({ assetId }) => assetId))], [wanted]);
  const { data, error, refetch } = useRead(
    'transfers.plan',
    { assetIds, ...(destination !== null && { destination }) },
    // What is confirmed has to be what holds now, not what an earlier plan said.
    { keepPrevious: true, isForgotten: true },
  );
  const close = (): void => endPlan(app, false);
  return (
    <Overlay fills isOpen onClose={close}>
      <AriaDialog className={cx(css.dialog)}>
        {data ? (
          <Planned
            formatId={target.profile ?? null}
            plan={data}
            wanted={wanted}
            onClose={close}
            onDestination={setDestination}
            onReload={() => void refetch()}
          />
        ) : (
          <div className={css.unread}>
            <Heading className={cx(css.title)} slot="title">
              {error ? words.failed : words.loading}
            </Heading>
            {error && <InlineAlert urgent title={errorText(app, error)} tone="danger" />}
            <div className={css.actions}>
              <Button onPress={close}>{common.cancel}</Button>
              {error && (
                <Button autoFocus tone="main" onPress={() => void refetch()}>
                  {words.again}
                </Button>
              )}
            </div>
          </div>
        )}
      </AriaDialog>
    </Overlay>
  );
}

/** What the dialog calls restrictions and embargoes; these words are recorded. */
function useWording(nowMs: number): Wording {
  const texts = useTexts();
  const language = useLanguage();
  const isHeld = useSettings()?.holdUnderEmbargo ?? true;
  // By the minute, so that groups are made again only when a word could change.
  const day = new Date(nowMs).toDateString();
  return useMemo(
    () => ({
      restriction: (one) => restrictionParts(one, texts, language),
      embargo: (untilMs) => ({
        title:
          new Date(untilMs).toDateString() === day
            ? texts.plan.embargoToday(formatTime(untilMs, language))
            : texts.plan.embargoUntil(formatMoment(untilMs, Date.parse(day), language)),
        note: isHeld ? texts.plan.embargoHeld : texts.plan.embargoOpen,
      }),
    }),
    [texts, language, isHeld, day],
  );
}

function Planned({
  plan,
  wanted,
  formatId,
  onClose,
  onDestination,
  onReload,
}: {
  plan: Plan;
  wanted: readonly Wanted[];
  /** Of the house format that it begins with; null for that of the settings. */
  formatId: string | null;
  onClose: () => void;
  onDestination: (folder: string) => void;
  onReload: () => void;
}) {
  const app = useApp();
  const now = useNow(60_000);
  const wording = useWording(now);
  const { busy } = useStore(app.downloads);
  const settings = useSettings();
  /** Null until somebody asks for one format for all. */
  const [askedId, setAskedId] = useState<string | null>(null);
  const profile = useMemo(() => {
    const wantedId = askedId ?? formatId;
    return (
      (settings && wantedId !== null && profileOf(settings, wantedId)) || houseProfile(settings)
    );
  }, [settings, askedId, formatId]);
  const [changed, setChanged] = useState<ReadonlyMap<string, string>>(new Map());
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set());
  const [early, setEarly] = useState(0);
  const [refused, setRefused] = useState<AppError | null>(null);
  const sorted = useMemo(
    () =>
      sortPlan(
        plan,
        {
          wanted: askedId === null ? wanted : wanted.map((one) => ({ ...one, packageId: null })),
          profile,
          changed,
        },
        wording,
      ),
    [plan, wanted, askedId, profile, changed, wording],
  );
  const facts = planFacts(sorted.rows, plan, now);
  const missing = sorted.words.filter(({ key }) => !confirmed.has(key)).length;
  // Stable, as is what changes a rendition: there may be thousands of groups and rows.
  const confirm = useCallback((key: string, isConfirmed: boolean): void => {
    setConfirmed((before) => {
      const after = new Set(before);
      if (isConfirmed) after.add(key);
      else after.delete(key);
      return after;
    });
  }, []);
  const change = useCallback(
    (assetId: string, packageId: string): void =>
      setChanged((before) => new Map(before).set(assetId, packageId)),
    [],
  );
  const submit = async (): Promise<void> => {
    if (busy || sorted.rows.length === 0) return;
    if (missing > 0) {
      setEarly(early + 1);
      return;
    }
    setRefused(null);
    try {
      await enqueue(app, {
        packages: sorted.rows.map(({ assetId, chosen }) => ({
          assetId,
          packageId: chosen.packageId,
        })),
        acknowledge: [...new Set(sorted.words.flatMap(({ shown }) => shown.map(({ id }) => id)))],
        words: sorted.words.flatMap(({ shown }) => shown),
        ...(plan.destination !== app.settings.getState().value?.destination && {
          destination: plan.destination,
        }),
      });
      endPlan(app, true);
    } catch (thrown) {
      setRefused(thrown as AppError);
      if (CHANGED.has(errorCode(thrown))) onReload();
    }
  };
  const listen = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void submit();
  };
  const changeFolder = async (): Promise<void> => {
    const folder = await chooseFolder(app, plan.destination);
    if (folder !== null) onDestination(folder);
  };
  return (
    // Keys of all that is in it.
    <div className={css.content} role="presentation" onKeyDown={listen}>
      <Head
        count={sorted.rows.length}
        destination={plan.destination}
        of={wanted.length}
        profile={profile}
        onFolder={() => void changeFolder()}
        onProfile={(next) => {
          setAskedId(next);
          setChanged(new Map());
        }}
      />
      <Facts facts={facts} nowMs={now} plan={plan} />
      <div className={css.body}>
        <Side
          confirmed={confirmed}
          early={early}
          nowMs={now}
          profile={profile}
          sorted={sorted}
          onChange={change}
          onConfirm={confirm}
          onLeave={onClose}
          onReload={onReload}
        />
        <PackageList profile={profile} rows={sorted.rows} onChange={change} />
      </div>
      <Foot
        missing={missing}
        refused={refused}
        sorted={sorted}
        wasEarly={early > 0}
        onClose={onClose}
        onSubmit={() => void submit()}
      />
    </div>
  );
}

function Head({
  count,
  of,
  profile,
  destination,
  onProfile,
  onFolder,
}: {
  count: number;
  of: number;
  profile: FormatProfile;
  destination: string;
  onProfile: (id: string) => void;
  onFolder: () => void;
}) {
  const { plan: words } = useTexts();
  const options = useProfileOptions();
  return (
    <header className={css.head}>
      <Heading className={cx(css.title)} slot="title">
        {words.title(count, of)}
      </Heading>
      <div className={css.forAll}>
        <span>{words.format}</span>
        <Select
          hideLabel
          label={words.format}
          look="button"
          options={options}
          value={profile.id}
          onChange={onProfile}
        />
        <span>{words.savesTo}</span>
        <Button
          aria-label={words.changeFolder(destination)}
          className={css.folder}
          icon={FolderOpen}
          size={28}
          onPress={onFolder}
        >
          {shortPath(destination)}
        </Button>
      </div>
    </header>
  );
}

/** What is missing, or what was refused, and the two ways on. */
function Foot({
  sorted,
  missing,
  wasEarly,
  refused,
  onClose,
  onSubmit,
}: {
  sorted: SortedPlan;
  missing: number;
  wasEarly: boolean;
  refused: AppError | null;
  onClose: () => void;
  onSubmit: () => void;
}) {
  const app = useApp();
  const { plan: words, common } = useTexts();
  const { busy } = useStore(app.downloads);
  const needId = useId();
  const asks = sorted.words.length > 0;
  const count = sorted.rows.length;
  const buttonRef = useRef<HTMLButtonElement>(null);
  useEffect(() => buttonRef.current?.focus(), []);
  return (
    <footer className={css.foot}>
      {refused && (
        <InlineAlert
          urgent
          title={CHANGED.has(refused.code) ? words.rightsChanged : errorText(app, refused)}
          tone="danger"
        />
      )}
      <p className={cx(css.need, wasEarly && missing > 0 && css.early)} id={needId} role="status">
        {count === 0 ? (
          <b>{words.nothing}</b>
        ) : (
          asks && (
            <>
              <Icon of={missing > 0 && wasEarly ? CircleAlert : Info} size={14} />
              <span>
                <b>{missing > 0 ? words.missing(missing) : words.allConfirmed}</b> {words.recorded}
              </span>
            </>
          )
        )}
      </p>
      <Button onPress={onClose}>{common.cancel}</Button>
      <Button
        aria-describedby={needId}
        isPending={busy}
        ref={buttonRef}
        tone="main"
        onPress={onSubmit}
      >
        {words.queue(count, asks)}
        <Kbd onAccent>mod ↵</Kbd>
      </Button>
    </footer>
  );
}
