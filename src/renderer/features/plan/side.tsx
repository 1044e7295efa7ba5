import {
  Ban,
  CalendarClock,
  CircleSlash,
  FileX2,
  Globe,
  HardDriveDownload,
  Hourglass,
  PauseCircle,
  ScrollText,
  ShieldAlert,
  ShieldX,
  RotateCw,
} from 'lucide-react';
import { memo, useEffect, useId, useRef, useState } from 'react';
import type { FormatProfile } from '../../../shared/model/house-format.ts';
import { noneFits, profileName } from '../../../shared/model/format-text.ts';
import { formatMoment } from '../../i18n/format.ts';
import { barredText } from '../../state/asset-labels.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { sinceMoment } from '../../state/transfer-labels.ts';
import type { LeftOut, SortedPlan, Words } from '../../state/queue-plan.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Icon, type LucideIcon, type Tone } from '../../ui/display/icon.tsx';
import { cx } from '../../ui/styles/cx.ts';
import css from './plan.module.css';
import { useProgressive } from './use-progressive.ts';

/** Packages named under words before the rest has to be asked for. */
const NAMED = 6;

type SideProps = {
  sorted: SortedPlan;
  /** Keys of words. */
  confirmed: ReadonlySet<string>;
  /** How often the button was pressed before all was confirmed. */
  early: number;
  nowMs: number;
  profile: FormatProfile;
  onChange: (assetId: string, packageId: string) => void;
  onConfirm: (key: string, isConfirmed: boolean) => void;
  onLeave: () => void;
  onReload: () => void;
};

/** What has to be read before anything is queued, and what won't be. */
export function Side({
  sorted: { words: asked, notes, leftOut, unread },
  confirmed,
  early,
  nowMs,
  profile,
  onChange,
  onConfirm,
  onLeave,
  onReload,
}: SideProps) {
  const { plan: words } = useTexts();
  const all = asked.length + (unread.length > 0 ? 1 : 0);
  const ref = useRef<HTMLElement>(null);
  const firstOpen = asked.findIndex(({ key }) => !confirmed.has(key));
  const { shown, endRef } = useProgressive(asked.length, early > 0 ? firstOpen + 1 : 0);
  useEffect(() => {
    if (early > 0)
      ref.current?.querySelector<HTMLInputElement>('input:not(:checked):not(:disabled)')?.focus();
  }, [early]);
  if (all + notes.length + leftOut.length === 0) return null;
  return (
    <section aria-label={words.side} className={css.side} ref={ref}>
      {all > 0 && (
        <fieldset>
          <legend>
            {words.toConfirm}
            <span>
              {words.confirmed(asked.filter(({ key }) => confirmed.has(key)).length, asked.length)}
            </span>
          </legend>
          <ul className={css.groups}>
            {asked.slice(0, shown).map((group) => (
              <Group
                group={group}
                isConfirmed={confirmed.has(group.key)}
                isMissing={early > 0 && !confirmed.has(group.key)}
                key={group.key}
                onConfirm={onConfirm}
                onLeave={onLeave}
              />
            ))}
            {shown < asked.length && <li aria-hidden ref={endRef} />}
            {unread.length > 0 && (
              <li className={css.group}>
                <input disabled aria-label={words.confirm(words.unread)} type="checkbox" />
                <div>
                  <b>
                    <Icon of={ShieldX} size={14} tone="danger" />
                    {words.unread}
                  </b>
                  <p>{words.unreadText}</p>
                  <Places
                    places={unread.map((place) => ({ ...place, shots: null }))}
                    onLeave={onLeave}
                  />
                  <Button icon={RotateCw} size={28} onPress={onReload}>
                    {words.again}
                  </Button>
                </div>
              </li>
            )}
          </ul>
        </fieldset>
      )}
      {notes.length > 0 && <Notes notes={notes} onLeave={onLeave} />}
      {leftOut.length > 0 && (
        <Rest leftOut={leftOut} nowMs={nowMs} profile={profile} onChange={onChange} />
      )}
    </section>
  );
}

const Group = memo(function Group({
  group: { key, title, note, untilMs, packages },
  isConfirmed,
  isMissing,
  onConfirm,
  onLeave,
}: {
  group: Words;
  isConfirmed: boolean;
  isMissing: boolean;
  onConfirm: SideProps['onConfirm'];
  onLeave: () => void;
}) {
  const { plan: words } = useTexts();
  const id = useId();
  const isEmbargo = untilMs !== null;
  return (
    <li className={css.group}>
      <input
        aria-describedby={`${id}-note ${id}-who`}
        aria-invalid={isMissing || undefined}
        aria-label={words.confirm(title)}
        checked={isConfirmed}
        id={id}
        type="checkbox"
        onChange={(event) => onConfirm(key, event.target.checked)}
      />
      <div>
        <label htmlFor={id}>
          <b>
            <Icon
              of={isEmbargo ? CalendarClock : ShieldAlert}
              size={14}
              tone={isEmbargo ? 'embargo' : 'restricted'}
            />
            {title}
          </b>
          {note !== null && <p id={`${id}-note`}>{note}</p>}
        </label>
        <Places
          id={`${id}-who`}
          places={packages.map((place) => (isEmbargo ? { ...place, shots: null } : place))}
          onLeave={onLeave}
        />
      </div>
    </li>
  );
});

type Place = {
  assetId: string;
  title: string;
  /** Empty for all shots; null where shots make no difference. */
  shots: readonly number[] | null;
};

/** The packages that words are about, as links to their pages. */
function Places({
  id,
  places,
  onLeave,
}: {
  id?: string;
  places: readonly Place[];
  onLeave: () => void;
}) {
  const app = useApp();
  const { plan: words } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? places : places.slice(0, NAMED);
  const visit = (assetId: string): void => {
    onLeave();
    app.route.getState().go({ name: 'asset', id: assetId });
  };
  return (
    <>
      <p className={css.places} id={id}>
        {shown.map(({ assetId, title, shots }, index) => (
          <span key={assetId}>
            {index > 0 && '\u00A0· '}
            {/* Plain: thousands of React Aria's links take seconds. The page is opened here. */}
            <a
              className={css.link}
              href={`#${encodeURIComponent(assetId)}`}
              onClick={(event) => {
                event.preventDefault();
                visit(assetId);
              }}
            >
              {title}
            </a>
            {shots !== null && (
              <>
                ,{' '}
                <span className={css.shots}>
                  {shots.length === 0
                    ? words.allShots
                    : words.shots(shots.join(', '), shots.length === 1)}
                </span>
              </>
            )}
          </span>
        ))}
      </p>
      {shown.length < places.length && (
        <button className={cx(css.link, css.more)} type="button" onClick={() => setOpen(true)}>
          {words.more(places.length)}
        </button>
      )}
    </>
  );
}

/** One quiet line, which opens. */
function Notes({ notes, onLeave }: { notes: readonly Words[]; onLeave: () => void }) {
  const { plan: words } = useTexts();
  const { shown, endRef } = useProgressive(notes.length);
  return (
    <details className={css.notes}>
      <summary>{words.notForYou(notes.length)}</summary>
      <ul>
        {notes.slice(0, shown).map(({ key, title, note, packages }) => (
          <li key={key}>
            <b>{title}</b>
            {note !== null && <p>{note}</p>}
            <Places places={packages} onLeave={onLeave} />
          </li>
        ))}
        {shown < notes.length && <li aria-hidden ref={endRef} />}
      </ul>
    </details>
  );
}

const LOOKS: Record<LeftOut['because'], readonly [LucideIcon, Tone | undefined]> = {
  withdrawn: [Ban, 'danger'],
  'on-hold': [PauseCircle, 'warning'],
  expired: [Hourglass, 'warning'],
  embargoed: [CalendarClock, 'embargo'],
  territory: [Globe, 'danger'],
  platform: [CircleSlash, 'danger'],
  'no-package': [FileX2, undefined],
  'no-fit': [FileX2, undefined],
  terms: [ScrollText, 'warning'],
  here: [HardDriveDownload, 'success'],
  unread: [ShieldX, 'danger'],
  gone: [FileX2, undefined],
};

function Rest({
  leftOut,
  nowMs,
  profile,
  onChange,
}: Pick<SideProps, 'nowMs' | 'profile' | 'onChange'> & { leftOut: readonly LeftOut[] }) {
  const app = useApp();
  const texts = useTexts();
  const { plan: words, sources } = texts;
  const language = useLanguage();
  const id = useId();
  const { shown, endRef } = useProgressive(leftOut.length);
  const textOf = ({ because, rule, sinceMs, unstated }: LeftOut): string => {
    if (because === 'no-fit') return noneFits(profileName(profile, language), unstated, language);
    if ((because === 'territory' || because === 'platform') && rule)
      return barredText(rule, texts, language);
    const moment =
      rule === null || rule.untilMs === null ? null : formatMoment(rule.untilMs, nowMs, language);
    const since =
      sinceMs === null ? null : sinceMoment(sinceMs, { recalls: texts.recalls, language, nowMs });
    if (because === 'withdrawn' && since !== null) return words.withdrawnAt(since);
    if (because === 'here' && since !== null) return words.downloadedAt(since);
    if (because === 'embargoed') return words.embargoed(moment ?? '');
    if (because === 'expired' && moment !== null) return words.expiredAt(moment);
    return because === 'territory' || because === 'platform'
      ? texts.asset.barredHere
      : words.because[because];
  };
  return (
    <>
      <h3 id={id}>
        {words.leftOut}
        <span>{leftOut.length}</span>
      </h3>
      <ul aria-labelledby={id} className={css.rest}>
        {leftOut.slice(0, shown).map((one) => {
          const [icon, tone] = LOOKS[one.because];
          const { assetId, title, because, source, instead } = one;
          return (
            <li className={css.out} key={assetId}>
              <Icon of={icon} size={14} tone={tone} />
              <div>
                <b>{title ?? words.unnamed}</b>
                <span>{textOf(one)}</span>
                {instead !== null && (
                  <button
                    className={css.link}
                    type="button"
                    onClick={() => onChange(assetId, instead.packageId)}
                  >
                    {words.takeAnyway(instead.label)}
                  </button>
                )}
                {because === 'terms' && source !== null && (
                  <button
                    className={css.link}
                    type="button"
                    onClick={() =>
                      app.sourceDialogs.setState({ open: { name: 'terms', id: source } })
                    }
                  >
                    {sources.acceptTerms}
                  </button>
                )}
              </div>
            </li>
          );
        })}
        {shown < leftOut.length && <li aria-hidden ref={endRef} />}
      </ul>
    </>
  );
}
