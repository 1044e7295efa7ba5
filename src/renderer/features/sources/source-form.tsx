import { CircleCheck, CircleMinus, LoaderCircle } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { formatDay, formatDuration, formatMoment, formatNumber } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { useSecretStore } from '../../state/keychain.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { openExternal } from '../../state/open-external.ts';
import type { AppError } from '../../../shared/errors.ts';
import { LinkButton } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/choice.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { LiveRegion } from '../../ui/display/text.tsx';
import type { SourceInput } from '../../../shared/contract/sources.ts';
import type { SourceView } from '../../state/views.ts';
import { useLook, type Looked, type Probe } from './use-look.ts';
import css from './sources.module.css';

/** What a form about a source gives its dialog. */
export type SourceForm = {
  /** As it is described by now; null where something is missing. */
  input: SourceInput | null;
  looked: Looked;
  /** Why it can't be taken; null if it can. */
  reason: string | null;
  /** Version of the terms that the user has accepted; null where there are none. */
  accepted: string | null;
  form: ReactNode;
};
/** What every form is told by its dialog. */
export type SourceFormProps = {
  /** The source that is changed; none for a new one. */
  source?: SourceView;
  /** Why the source that was found can't be used here; null if it can. */
  refuse: (probe: Probe) => string | null;
  /** Why it could not be used after all. */
  failed: AppError | null;
  onChange: () => void;
  /** Called by Enter on what can be used. */
  onSubmit: () => void;
};

type Offered = Omit<SourceForm, 'form'> & {
  look(): void;
  /** Of the look, or of what came after it. */
  error: AppError | null;
  submit(): void;
  /** What comes below the fields. */
  rest: ReactNode;
};

/**
 * What a source offers, as it is described by now, with its terms to accept.
 *
 * @param missing what is needed before there is something to look at, or to change
 * @param isReady worth looking at without being asked to
 */
export function useOffer(
  input: SourceInput | null,
  { source, refuse, failed, onSubmit }: SourceFormProps,
  { missing, isReady }: { missing: string; isReady: boolean },
): Offered {
  const { sources: words } = useTexts();
  const { looked, look, renew } = useLook(input, { of: source?.id ?? null, isReady });
  const [agreedTo, agree] = useState<string | null>(null);
  const terms = looked.phase === 'found' ? looked.probe.terms : null;
  // What was accepted before isn't asked for again.
  const known = source && source.acceptedAt !== null ? source.terms?.version : null;
  const isAgreed = terms === null || terms.version === agreedTo || terms.version === known;
  const reasons: Record<Looked['phase'], string | null> = {
    // It begins as soon as the keys rest.
    idle: isReady ? words.looking : missing,
    looking: words.looking,
    failed:
      looked.phase === 'failed' && looked.error.code === 'several-feeds'
        ? words.chooseFeedFirst
        : words.correct,
    found:
      looked.phase !== 'found'
        ? null
        : (refuse(looked.probe) ??
          (isEmpty(looked.probe) && looked.probe.kind !== 'feed' ? words.nothingToShow : null) ??
          (isAgreed ? null : words.agreeFirst)),
  };
  const reason = reasons[looked.phase];
  return {
    input,
    looked,
    look,
    reason,
    error: failed ?? (looked.phase === 'failed' ? looked.error : null),
    accepted: terms?.version ?? null,
    submit() {
      if (failed?.code === 'terms-not-accepted') renew();
      else if (reason === null) onSubmit();
      else look();
    },
    rest: (
      <>
        <LiveRegion>{looked.phase === 'found' && <Offer probe={looked.probe} />}</LiveRegion>
        {looked.phase === 'looking' && <ResultsSkeleton />}
        {looked.phase === 'found' && (looked.probe.kind === 'feed' || !isEmpty(looked.probe)) && (
          <>
            {isEmpty(looked.probe) ? (
              <p className={css.quiet}>{words.emptyFeed}</p>
            ) : looked.probe.count > 0 ? (
              <>
                <Results probe={looked.probe} />
                <Promises probe={looked.probe} />
              </>
            ) : (
              <News probe={looked.probe} />
            )}
            {looked.probe.kind !== 'folder' && (
              <Terms
                isAgreed={isAgreed}
                terms={terms}
                onAgree={(isOn) => agree(isOn ? (terms?.version ?? null) : null)}
              />
            )}
          </>
        )}
      </>
    ),
  };
}

/** A feed may have nothing yet; what else has nothing was described wrongly. */
const isEmpty = ({ count, news }: Probe): boolean => count === 0 && news.length === 0;

export function FieldState({ looked }: { looked: Looked }) {
  if (looked.phase === 'looking') return <Icon className={css.turning} of={LoaderCircle} />;
  if (looked.phase === 'found') return <Icon className={css.found} of={CircleCheck} />;
  return null;
}

/** Names of formats, the same in every language. */
const FORMATS: Record<NonNullable<Probe['format']>, string> = {
  rss: 'RSS',
  atom: 'Atom',
  rdf: 'RSS 1.0',
  json: 'JSON Feed',
};

/** The line under the field: what is there. */
export function Offer({ probe }: { probe: Probe }) {
  const store = useSecretStore();
  const { sources: words } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const { format, name, count, articles, changedAt, isKeyed } = probe;
  const number = (n: number): string => formatNumber(n, language);
  const items =
    articles === 0
      ? words.items(number(count))
      : count === 0
        ? words.items(number(articles))
        : words.itemsBeside(number(count), number(articles));
  return (
    <>
      {words.offers(
        format === null ? null : FORMATS[format],
        name,
        items,
        changedAt === null ? null : formatMoment(changedAt, now, language),
      )}
      {isKeyed && format !== null && ` ${words.isKeyed[store]}`}
    </>
  );
}

type Item = Probe['items'][number];
function itemFacts(item: Item, { sources: words }: Texts, language: 'en' | 'fr'): string {
  const date = item.publishedAt === null ? words.noDate : formatDay(item.publishedAt, language);
  return [
    [date, item.location].filter(Boolean).join(', '),
    item.files.length === 0 ? words.noFile : item.files.join(', '),
    item.hasCaptions ? words.captions : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** As they will be in the catalogue, without pictures: nothing of the publisher's is loaded yet. */
function Results({ probe }: { probe: Probe }) {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <First count={probe.count} shown={probe.items.length}>
      {probe.items.map((item) => (
        <li className={css.result} key={item.id}>
          <div>
            <b>{item.headline}</b>
            <span>{itemFacts(item, texts, language)}</span>
          </div>
          <span className={css.length}>
            {item.durationMs !== null && formatDuration(item.durationMs / 1000)}
          </span>
        </li>
      ))}
    </First>
  );
}

/** Of a feed that has words alone. */
function News({ probe }: { probe: Probe }) {
  const { sources: words } = useTexts();
  const language = useLanguage();
  return (
    <First count={probe.articles} shown={probe.news.length}>
      {probe.news.map(({ id, headline, publishedAt }) => (
        <li className={css.result} key={id}>
          <div>
            <b>{headline}</b>
            <span>{publishedAt === null ? words.noDate : formatDay(publishedAt, language)}</span>
          </div>
        </li>
      ))}
    </First>
  );
}

function First({ shown, count, children }: { shown: number; count: number; children: ReactNode }) {
  const { sources: words } = useTexts();
  const language = useLanguage();
  return (
    <section aria-label={words.first} className={css.first}>
      <h3>
        {words.first}
        <span>{words.firstOf(formatNumber(shown, language), formatNumber(count, language))}</span>
      </h3>
      <ul aria-label={words.first} tabIndex={0}>
        {children}
      </ul>
    </section>
  );
}

function ResultsSkeleton() {
  return (
    <div aria-hidden className={css.first}>
      <Skeleton height="12px" width="6rem" />
      {[0, 1, 2, 3].map((n) => (
        <div className={css.result} key={n}>
          <div>
            <Skeleton height="13px" width="70%" />
            <Skeleton height="11px" width="45%" />
          </div>
        </div>
      ))}
    </div>
  );
}

/** What this source promises and what it doesn’t, in words. */
function Promises({ probe: { kind, isResumable, integrity, rights } }: { probe: Probe }) {
  const { sources: words } = useTexts();
  const promises: [isKept: boolean, text: string][] = [
    ...(isResumable === null
      ? []
      : [[isResumable, isResumable ? words.resumes : words.restarts] as [boolean, string]]),
    [integrity === 'signed' || integrity === 'published', words.promisedIntegrity[integrity]],
    kind === 'folder'
      ? [false, words.promisedInTexts]
      : [rights === 'stated', words.promisedRights[rights]],
  ];
  return (
    <ul aria-label={words.promises} className={css.promises}>
      {promises.map(([isKept, text]) => (
        <li key={text}>
          {isKept ? (
            <Icon of={CircleCheck} size={14} tone="success" />
          ) : (
            <Icon className={css.unkept} of={CircleMinus} size={14} />
          )}
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}

function Terms({
  terms,
  isAgreed,
  onAgree,
}: {
  terms: Probe['terms'];
  isAgreed: boolean;
  onAgree: (isAgreed: boolean) => void;
}) {
  const { sources: words } = useTexts();
  if (terms === null) return <p className={css.quiet}>{words.noTerms}</p>;
  return (
    <div className={css.terms}>
      <h3>{terms.url === null ? words.termsOfUse : words.termsInShort}</h3>
      <TermsText terms={terms} />
      <Checkbox isSelected={isAgreed} onChange={onAgree}>
        {words.agree}
      </Checkbox>
    </div>
  );
}

/** In the publisher’s own words, which may be long, or a summary of a page of its own. */
export function TermsText({ terms }: { terms: NonNullable<Probe['terms']> }) {
  const app = useApp();
  const { sources: words } = useTexts();
  const { url } = terms;
  return (
    <>
      <blockquote aria-label={url === null ? words.termsOfUse : words.termsInShort} tabIndex={0}>
        {terms.text}
      </blockquote>
      {url !== null && (
        <LinkButton onPress={() => void openExternal(app, url)}>{words.termsPage}</LinkButton>
      )}
    </>
  );
}
