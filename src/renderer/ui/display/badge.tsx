import {
  Ban,
  CalendarClock,
  CirclePause,
  ExternalLink,
  GlobeX,
  HardDriveDownload,
  History,
  Hourglass,
  ListX,
  ShieldAlert,
  X,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, Tag, TagGroup, TagList } from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';
import { SrOnly } from './text.tsx';
import css from './badge.module.css';

export type BadgeTone =
  | 'embargo'
  | 'restricted'
  | 'updated'
  | 'here'
  | 'withdrawn'
  | 'held'
  | 'expired'
  | 'barred'
  | 'waiting'
  | 'unlisted'
  | 'link';
const ICONS: Partial<Record<BadgeTone, LucideIcon>> = {
  embargo: CalendarClock,
  restricted: ShieldAlert,
  updated: History,
  here: HardDriveDownload,
  withdrawn: Ban,
  held: CirclePause,
  expired: Hourglass,
  barred: GlobeX,
  unlisted: ListX,
  link: ExternalLink,
};

/** A state with its icon. `photo` draws it as a dark chip, legible on any picture. */
export function Badge({
  tone,
  children,
  photo = false,
  mini = false,
}: {
  tone?: BadgeTone | undefined;
  children: ReactNode;
  photo?: boolean;
  /** Icon only; screen readers still get the text. */ mini?: boolean;
}) {
  const drawing = tone && ICONS[tone];
  return (
    <span className={cx(css.badge, tone && css[tone], photo && css.photo, mini && css.mini)}>
      {drawing && <Icon of={drawing} size={12} />}
      {mini ? <SrOnly>{children}</SrOnly> : children}
    </span>
  );
}

export function Count({
  children,
  tone,
}: {
  children: ReactNode;
  tone?: 'danger' | 'accent' | undefined;
}) {
  return (
    <span
      className={cx(
        css.count,
        tone === 'danger' && css.countDanger,
        tone === 'accent' && css.countAccent,
      )}
    >
      {children}
    </span>
  );
}

export type Chip = { id: string; kind: string; label: string };

export function Chips({
  label,
  chips,
  removeLabel,
  onRemove,
}: {
  label: string;
  chips: readonly Chip[];
  removeLabel: string;
  onRemove: (id: string) => void;
}) {
  return (
    <TagGroup aria-label={label} onRemove={(keys) => keys.forEach((key) => onRemove(String(key)))}>
      <TagList className={cx(css.chips)}>
        {chips.map((chip) => (
          <Tag
            className={cx(css.chip)}
            id={chip.id}
            key={chip.id}
            textValue={`${chip.kind} ${chip.label}`}
          >
            <span className={css.chipKind}>{chip.kind}</span>{' '}
            <span className={css.chipLabel}>{chip.label}</span>
            <AriaButton aria-label={removeLabel} className={cx(css.remove)} slot="remove">
              <Icon of={X} size={14} />
            </AriaButton>
          </Tag>
        ))}
      </TagList>
    </TagGroup>
  );
}
