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
import { memo, useId, useState, type Ref } from 'react';
import { Link } from 'react-aria-components';
import { formatMoment } from '../../i18n/format.ts';
import { barredText } from '../../state/asset-labels.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import type { LeftOut, SortedPlan, Words } from '../../state/queue-plan.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Icon, type LucideIcon, type Tone } from '../../ui/display/icon.tsx';
import { cx } from '../../ui/styles/cx.ts';
import css from './plan.module.css';

/** Packages named under words before the rest has to be asked for. */
const NAMED = 6;

type SideProps = {
  sorted: SortedPlan;
  /** Keys of words. */
  confirmed: ReadonlySet<string>;
  /** The button was pressed before all was confirmed. */
  wasEarly: boolean;
  nowMs: number;
  ref: Ref<HTMLElement>;
  onConfirm: (key: string, isConfirmed: boolean) => void;
  onLeave: () => void;
  onReload: () => void;
};

/** What has to be read before anything is queued, and what won't be. */
export function Side({
  sorted: { words: asked, notes, leftOut, unread },
  confirmed,
  wasEarly,
  nowMs,
  ref,
  onConfirm,
  onLeave,
  onReload,
}: SideProps) {
  const { plan: words } = useTexts();
  const all = asked.length + (unread.length > 0 ? 1 : 0);
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
            {asked.map((group) => (
              <Group
                group={group}
                isConfirmed={confirmed.has(group.key)}
                isMissing={wasEarly && !confirmed.has(group.key)}
                key={group.key}
                onConfirm={onConfirm}
                onLeave={onLeave}
              />
            ))}
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
      {leftOut.length > 0 && <Rest leftOut={leftOut} nowMs={nowMs} />}
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
            {index > 0 && ' · '}
            <Link className={cx(css.link)} onPress={() => visit(assetId)}>
              {title}
            </Link>
            {shots !== null &&
              `, ${shots.length === 0 ? words.allShots : words.shots(shots.join(', '), shots.length === 1)}`}
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
  return (
    <details className={css.notes}>
      <summary>{words.notForYou(notes.length)}</summary>
      <ul>
        {notes.map(({ key, title, note, packages }) => (
          <li key={key}>
            <b>{title}</b>
            {note !== null && <p>{note}</p>}
            <Places places={packages} onLeave={onLeave} />
          </li>
        ))}
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
  terms: [ScrollText, 'warning'],
  here: [HardDriveDownload, 'success'],
  unread: [ShieldX, 'danger'],
  gone: [FileX2, undefined],
};

function Rest({ leftOut, nowMs }: { leftOut: readonly LeftOut[]; nowMs: number }) {
  const app = useApp();
  const texts = useTexts();
  const { plan: words, sources } = texts;
  const language = useLanguage();
  const id = useId();
  const textOf = ({ because, rule }: LeftOut): string => {
    if ((because === 'territory' || because === 'platform') && rule)
      return barredText(rule, texts, language);
    const moment =
      rule === null || rule.untilMs === null ? null : formatMoment(rule.untilMs, nowMs, language);
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
        {leftOut.map((one) => {
          const [icon, tone] = LOOKS[one.because];
          const { assetId, title, because, source } = one;
          return (
            <li className={css.out} key={assetId}>
              <Icon of={icon} size={14} tone={tone} />
              <div>
                <b>{title ?? words.unnamed}</b>
                <span>{textOf(one)}</span>
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
      </ul>
    </>
  );
}
