import { Copy, Printer, X } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { Link } from 'react-aria-components';
import { formatNumber, formatPublished, languageName, type Language } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import { errorCode } from '../../state/errors.ts';
import { useRead } from '../../state/queries.ts';
import { useActions } from '../../state/transfer-actions.ts';
import type { LedgerEntryView, LedgerRowView } from '../../state/views.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { clockText, dayText, lookOf, settingText, whoOf } from './entry-labels.ts';
import css from './ledger.module.css';

/** One entry, beside the list. Esc closes it and returns the focus to its row. */
export function Drawer({
  number,
  onOpen,
  onClose,
}: {
  number: number;
  onOpen: (number: number) => void;
  onClose: () => void;
}) {
  const texts = useTexts();
  const { ledger } = texts;
  const { data, error } = useRead('ledger.entry', { number });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (
        event.key === 'Escape' &&
        !event.defaultPrevented &&
        !document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]')
      )
        onClose();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  });
  return (
    <aside aria-label={ledger.details} className={css.drawer}>
      <header className={css.drawerHead}>
        <h2>{data && lookOf(data.row, texts).label}</h2>
        <IconButton icon={X} label={ledger.close} size={28} onPress={onClose} />
      </header>
      {error && (
        <p className={css.gone}>
          {errorCode(error) === 'not-found' ? ledger.gone : texts.errors[errorCode(error)]}
        </p>
      )}
      {data && (
        <>
          <div className={css.drawerBody} tabIndex={0}>
            <Facts row={data.row} />
            {data.row.entry && <Words entry={data.row.entry} />}
            <section className={css.section}>
              {data.others.length > 0 && (
                <>
                  <h3>{ledger.others}</h3>
                  <Others others={data.others} onOpen={onOpen} />
                </>
              )}
              <h3>{ledger.chain}</h3>
              <Chain row={data.row} />
            </section>
          </div>
          <Actions row={data.row} />
        </>
      )}
    </aside>
  );
}

function Facts({ row: { number, entry } }: { row: LedgerRowView }) {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const { ledger } = texts;
  const facts: [string, ReactNode][] = [
    [ledger.entry, formatNumber(number, language)],
    ...(entry ? factsOf(entry, texts, language) : []),
  ];
  const { assetId = null, packageId = null, rev = null } = entry?.subject ?? {};
  if (packageId !== null || assetId !== null)
    facts.splice(Math.min(4, facts.length), 0, [
      ledger.package,
      <>
        {assetId === null ? (
          packageId
        ) : (
          <Link
            className={cx(css.link)}
            onPress={() => app.route.getState().go({ name: 'asset', id: assetId })}
          >
            {packageId ?? assetId}
          </Link>
        )}
        {rev !== null && ledger.packageVersion(String(rev))}
      </>,
    ]);
  return (
    <section className={css.section}>
      {entry?.subject && <p className={css.subject}>{entry.subject.title}</p>}
      <List facts={facts} />
    </section>
  );
}

function List({ facts, isNumeric = false }: { facts: [string, ReactNode][]; isNumeric?: boolean }) {
  return (
    <dl className={cx(css.facts, isNumeric && css.numeric)}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(entry: LedgerEntryView, texts: Texts, language: Language): [string, ReactNode][] {
  const { ledger } = texts;
  const { atMs, isServiceTime, kind, who, subject, what, termsVersion } = entry;
  const isConfirmation = kind === 'restriction-confirmed' || kind === 'embargo-confirmed';
  const moment = (ms: number): string => formatPublished(ms, language);
  const others = (what.count ?? 1) - 1;
  const facts: (false | [string, ReactNode])[] = [
    [ledger.when, `${dayText(atMs, language)}, ${clockText(atMs)} UTC`],
    [ledger.who, who.account ?? whoOf(entry, texts)],
    [ledger.desk, ledger.deskOf(who.desk, who.user)],
    !isServiceTime && [ledger.clock, ledger.ownClock],
    subject?.source != null && [ledger.source, subject.source],
    isConfirmation && [
      ledger.for,
      others > 0 ? ledger.queueWith(formatNumber(others, language)) : ledger.queueAlone,
    ],
    what.untilMs !== undefined && [ledger.until, moment(what.untilMs)],
    what.folder !== undefined && [ledger.folder, what.folder],
    what.completedAtMs !== undefined && [ledger.complete, moment(what.completedAtMs)],
    what.name !== undefined && [ledger.document, what.name],
    what.setting !== undefined && [ledger.setting, settingText(what, texts)],
    termsVersion !== null && [ledger.terms, ledger.version(termsVersion)],
  ];
  return facts.filter((fact) => fact !== false);
}

function Words({ entry: { words, language: shownIn } }: { entry: LedgerEntryView }) {
  const { ledger } = useTexts();
  const language = useLanguage();
  if (words.length === 0) return null;
  return (
    <section className={css.section}>
      <h3>
        {ledger.words}
        {shownIn !== null && <span>{languageName(shownIn, language)}</span>}
      </h3>
      {words.map(({ id, text }) => (
        <blockquote className={css.said} key={id} {...(shownIn !== null && { lang: shownIn })}>
          {text}
        </blockquote>
      ))}
    </section>
  );
}

type Other = { number: number; atMs: number; kind: LedgerEntryView['kind'] };

function Others({
  others,
  onOpen,
}: {
  others: readonly Other[];
  onOpen: (number: number) => void;
}) {
  const { ledger } = useTexts();
  const language = useLanguage();
  return (
    <ul className={css.trail}>
      {others.map(({ number, atMs, kind }) => (
        <li key={number}>
          <time dateTime={new Date(atMs).toISOString()}>{dayText(atMs, language)}</time>
          <Link className={cx(css.trailLink)} onPress={() => onOpen(number)}>
            {ledger.kinds[kind]}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Enough of a hash to compare by eye; copying has all of it. */
const shortHash = (hash: string | null): string =>
  hash === null ? '' : `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;

function Chain({ row: { hash, previous, isSound } }: { row: LedgerRowView }) {
  const { ledger } = useTexts();
  return (
    <>
      <List
        facts={[
          [ledger.hash, shortHash(hash)],
          [ledger.before, shortHash(previous)],
        ]}
        isNumeric
      />
      {!isSound && <p className={css.unsound}>{ledger.notAsWritten}</p>}
    </>
  );
}

function Actions({ row }: { row: LedgerRowView }) {
  const app = useApp();
  const { ledger } = useTexts();
  const { report } = useActions();
  const transferId = row.entry?.what.transferId;
  return (
    <footer className={css.actions}>
      <Button
        icon={Copy}
        onPress={() =>
          void copyText(
            app,
            JSON.stringify({ entry: row.entry, hash: row.hash, previous: row.previous }, null, 2),
            ledger.copied,
          )
        }
      >
        {ledger.copy}
      </Button>
      {transferId !== undefined && (
        <Button icon={Printer} tone="quiet" onPress={() => report({ id: transferId })}>
          {ledger.report}
        </Button>
      )}
    </footer>
  );
}
