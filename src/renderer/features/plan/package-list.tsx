import { CalendarClock, Check, ShieldAlert } from 'lucide-react';
import { memo, useCallback, useState, type KeyboardEvent, type RefObject } from 'react';
import type { FormatProfile } from '../../../shared/model/house-format.ts';
import { choiceText } from '../../../shared/model/format-text.ts';
import { formatBytes } from '../../i18n/format.ts';
import { useLanguage, useMedia, useTexts } from '../../state/context.tsx';
import type { PlanRow } from '../../state/queue-plan.ts';
import { RowMenuButton } from '../../ui/controls/button.tsx';
import { MenuAt } from '../../ui/controls/select.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import { Thumbnail } from '../../ui/display/thumbnail.tsx';
import { cx } from '../../ui/styles/cx.ts';
import css from './plan.module.css';
import { useProgressive } from './use-progressive.ts';

type OpenMenu = { row: PlanRow; anchor: RefObject<HTMLButtonElement> };

/**
 * The packages, each with its rendition. The renditions are one stop of the Tab key, and the arrows
 * move between them.
 */
export const PackageList = memo(function PackageList({
  rows,
  profile,
  onChange,
}: {
  rows: readonly PlanRow[];
  profile: FormatProfile;
  onChange: (assetId: string, packageId: string) => void;
}) {
  const { plan: words } = useTexts();
  const language = useLanguage();
  const { shown, endRef } = useProgressive(rows.length);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const open = useCallback((row: PlanRow, anchor: HTMLButtonElement): void => {
    setCurrent(row.assetId);
    setMenu({ row, anchor: { current: anchor } });
  }, []);
  const withMenu = rows.filter(({ packages }) => packages.length > 1);
  const stop = withMenu.some(({ assetId }) => assetId === current) ? current : withMenu[0]?.assetId;
  const walk = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = at < 0 ? undefined : buttons[at + (event.key === 'ArrowDown' ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    setCurrent(next.dataset['asset'] ?? null);
  };
  return (
    <section aria-label={words.packages} className={css.list}>
      <div aria-hidden className={cx(css.row, css.columns)}>
        <span />
        <span>{words.package}</span>
        <span />
        <span>{words.rendition}</span>
        <span>{words.size}</span>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the buttons in it are what takes the keys */}
      <ol onKeyDown={walk}>
        {rows.slice(0, shown).map((row) => (
          <Row
            isStop={row.assetId === stop}
            key={row.assetId}
            profile={profile}
            row={row}
            onMenu={open}
          />
        ))}
        {shown < rows.length && <li aria-hidden ref={endRef} />}
      </ol>
      {menu && (
        <MenuAt
          anchor={menu.anchor}
          entries={menu.row.packages.map(({ packageId, label, bytes, isHere }) => ({
            id: packageId,
            label: [
              isHere ? words.downloaded(label) : label,
              ...(bytes === null ? [] : [formatBytes(bytes, language)]),
            ].join(', '),
            disabled: isHere && packageId !== menu.row.chosen.packageId,
            ...(packageId === menu.row.chosen.packageId && { icon: Check }),
            onAction: () => onChange(menu.row.assetId, packageId),
          }))}
          label={words.rendition}
          onClose={() => {
            setMenu(null);
            menu.anchor.current.focus();
          }}
        />
      )}
    </section>
  );
});

const Row = memo(function Row({
  row,
  profile,
  isStop,
  onMenu,
}: {
  row: PlanRow;
  profile: FormatProfile;
  isStop: boolean;
  onMenu: (row: PlanRow, anchor: HTMLButtonElement) => void;
}) {
  const { plan: words } = useTexts();
  const language = useLanguage();
  const media = useMedia();
  const { assetId, title, chosen, packages, reason, asks } = row;
  const sizeText = (bytes: number | null): string =>
    bytes === null ? words.unknownSize : formatBytes(bytes, language);
  return (
    <li className={css.row}>
      <Thumbnail isLazy className={css.picture} src={media('thumb', assetId)} />
      <div className={css.name}>
        <b title={title}>{title}</b>
        <span className={isOrdinary(reason) ? undefined : css.odd}>
          <Reason profile={profile} reason={reason} sizeText={sizeText} />
        </span>
      </div>
      <span className={css.mark}>
        {asks !== null && (
          <>
            <Icon
              of={asks === 'embargo' ? CalendarClock : ShieldAlert}
              size={14}
              tone={asks === 'embargo' ? 'embargo' : 'restricted'}
            />
            <SrOnly>{words.asks[asks]}</SrOnly>
          </>
        )}
      </span>
      {packages.length > 1 ? (
        <RowMenuButton
          className={css.rendition}
          data-asset={assetId}
          label={words.renditionOf(chosen.label, title)}
          tabIndex={isStop ? 0 : -1}
          onClick={(event) => onMenu(row, event.currentTarget)}
        >
          {chosen.label}
        </RowMenuButton>
      ) : (
        <span className={css.only}>{chosen.label}</span>
      )}
      <span className={css.size}>{sizeText(chosen.bytes)}</span>
    </li>
  );
});

/** What nobody has to look at twice. */
const isOrdinary = (reason: PlanRow['reason']): boolean =>
  reason.kind === 'by-format' && reason.rule === 0;

function Reason({
  reason,
  profile,
  sizeText,
}: {
  reason: PlanRow['reason'];
  profile: FormatProfile;
  sizeText: (bytes: number | null) => string;
}) {
  const { plan: words } = useTexts();
  const language = useLanguage();
  if (reason.kind === 'by-format') return choiceText(reason, profile, language);
  if (reason.kind === 'asked-for' || reason.from === null) return words.askedFor;
  return words.changed(reason.from.label, sizeText(reason.from.bytes));
}
