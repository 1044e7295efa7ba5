import { Copy, Printer } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-aria-components';
import { formatNumber, formatPublished, languageName, type Language } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { useApp, useLanguage, useSources, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import { errorCode } from '../../state/errors.ts';
import { useRead } from '../../state/queries.ts';
import { sourceName } from '../../state/source-labels.ts';
import { useActions } from '../../state/transfer-actions.ts';
import type { LedgerEntryView, LedgerRowView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import {
  Drawer as Details,
  DrawerActions,
  DrawerBody,
  DrawerSection,
  Facts as FactList,
} from '../../ui/layout/drawer.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { clockText, dayText, lookOf, settingText, whoOf } from './ledger-labels.ts';
import css from './history.module.css';

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
  return (
    <Details
      closeLabel={ledger.close}
      label={ledger.details}
      title={data && lookOf(data.row, texts).label}
      onClose={onClose}
    >
      {error && (
        <p className={css.gone}>
          {errorCode(error) === 'not-found' ? ledger.gone : texts.errors[errorCode(error)]}
        </p>
      )}
      {data && (
        <>
          <DrawerBody>
            <Facts row={data.row} />
            {data.row.entry && <Words entry={data.row.entry} />}
            <DrawerSection>
              {data.others.length > 0 && (
                <>
                  <h3>{ledger.others}</h3>
                  <Others others={data.others} onOpen={onOpen} />
                </>
              )}
              <h3>{ledger.chain}</h3>
              <Chain row={data.row} />
            </DrawerSection>
          </DrawerBody>
          <Actions row={data.row} />
        </>
      )}
    </Details>
  );
}

function Facts({ row: { number, entry } }: { row: LedgerRowView }) {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const { ledger } = texts;
  const sources = useSources();
  const nameOf = (id: string): string => {
    const source = sources.find((one) => one.id === id);
    return source ? sourceName(source, texts) : id;
  };
  const facts: [string, ReactNode][] = [
    [ledger.entry, formatNumber(number, language)],
    ...(entry ? factsOf(entry, texts, language, nameOf) : []),
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
    <DrawerSection>
      {entry?.subject && <p className={css.subject}>{entry.subject.title}</p>}
      <FactList facts={facts} />
    </DrawerSection>
  );
}

/** @param nameOf name of a source, or its id where it isn't known any more */
function factsOf(
  entry: LedgerEntryView,
  texts: Texts,
  language: Language,
  nameOf: (id: string) => string,
): [string, ReactNode][] {
  const { ledger } = texts;
  const { atMs, isServiceTime, kind, who, subject, what, termsVersion } = entry;
  const isConfirmation = kind === 'restriction-confirmed' || kind === 'embargo-confirmed';
  const moment = (ms: number): string => formatPublished(ms, language);
  const others = (what.count ?? 1) - 1;
  const facts: (false | [string, ReactNode])[] = [
    [ledger.when, `${dayText(atMs, language)}, ${clockText(atMs)} UTC`],
    [ledger.who, who.account ?? whoOf(entry, texts)],
    what.system !== undefined && [ledger.system, what.system],
    [ledger.desk, ledger.deskOf(who.desk, who.user)],
    !isServiceTime && [ledger.clock, ledger.ownClock],
    subject?.source != null && [ledger.source, nameOf(subject.source)],
    isConfirmation && [
      ledger.for,
      others > 0 ? ledger.queueWith(formatNumber(others, language)) : ledger.queueAlone,
    ],
    what.untilMs !== undefined && [ledger.until, moment(what.untilMs)],
    what.folder !== undefined && [ledger.folder, what.folder],
    what.completedAtMs !== undefined && [ledger.complete, moment(what.completedAtMs)],
    what.name !== undefined && [ledger.document, what.name],
    what.rule !== undefined && [
      ledger.rule,
      ledger.ruleOf(what.rule, what.chosenBy ?? whoOf(entry, texts)),
    ],
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
    <DrawerSection>
      <h3>
        {ledger.words}
        {shownIn !== null && <span>{languageName(shownIn, language)}</span>}
      </h3>
      {words.map(({ id, text }) => (
        <blockquote className={css.said} key={id} {...(shownIn !== null && { lang: shownIn })}>
          {text}
        </blockquote>
      ))}
    </DrawerSection>
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
      <FactList
        className={css.numeric}
        facts={[
          [ledger.hash, shortHash(hash)],
          [ledger.before, shortHash(previous)],
        ]}
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
    <DrawerActions>
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
    </DrawerActions>
  );
}
