import type { ReactNode, Ref } from 'react';
import { Icon, type LucideIcon, type Tone } from '../display/icon.tsx';
import css from './setting.module.css';

/** Centred page of sections, with a rule between rows. */
export function SettingPage({
  title,
  onScroll,
  children,
}: {
  title?: string;
  onScroll?: (page: HTMLElement) => void;
  children: ReactNode;
}) {
  return (
    <div className={css.page} onScroll={(event) => onScroll?.(event.currentTarget)}>
      <div className={css.cols}>
        {title !== undefined && <h1>{title}</h1>}
        {children}
      </div>
    </div>
  );
}

export function SettingSection({
  title,
  text,
  note,
  action,
  id,
  ref,
  children,
}: {
  title: string;
  text?: string | undefined;
  /** Under the text, such as who decides here. */
  note?: ReactNode;
  /** At the end of the title's line. */
  action?: ReactNode;
  id?: string;
  ref?: Ref<HTMLElement>;
  children: ReactNode;
}) {
  const heading = <h2 tabIndex={-1}>{title}</h2>;
  return (
    <section className={css.section} id={id} ref={ref}>
      {text === undefined ? (
        <>
          {heading}
          {note}
        </>
      ) : (
        <header className={css.head}>
          <span>
            {heading}
            <p>{text}</p>
            {note}
          </span>
          {action}
        </header>
      )}
      {children}
    </section>
  );
}

/** A part of a section that is no row. */
export function SettingBlock({ children }: { children: ReactNode }) {
  return <div className={css.block}>{children}</div>;
}

/** One setting: title and text at the side, its controls beside them. */
export function SettingRow({
  title,
  text,
  children,
}: {
  title: string;
  text?: ReactNode | undefined;
  children: ReactNode;
}) {
  return (
    <div className={css.row}>
      <div className={css.header}>
        <b>{title}</b>
        {text !== undefined && <p>{text}</p>}
      </div>
      <div className={css.control}>{children}</div>
    </div>
  );
}

export function SettingControls({ children }: { children: ReactNode }) {
  return <div className={css.line}>{children}</div>;
}

type Entry = {
  id: string;
  icon: LucideIcon;
  tone?: Tone | undefined;
  text: ReactNode;
  end: ReactNode;
};

export function EntryList({ label, entries }: { label: string; entries: readonly Entry[] }) {
  return (
    <ul aria-label={label} className={css.list}>
      {entries.map((entry) => (
        <li className={css.entry} key={entry.id}>
          <Icon of={entry.icon} size={14} tone={entry.tone} />
          <span>{entry.text}</span>
          <span className={css.end}>{entry.end}</span>
        </li>
      ))}
    </ul>
  );
}
