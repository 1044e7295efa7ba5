import { CircleCheck, CircleMinus, LoaderCircle } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { formatDay, formatDuration, formatMoment, formatNumber } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { openExternal } from '../../state/open-external.ts';
import { feedAddressError } from '../../state/source-labels.ts';
import type { AppError } from '../../../shared/errors.ts';
import { LinkButton } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/choice.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { LiveRegion } from '../../ui/display/text.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import type { SourceInput } from '../../../shared/contract/sources.ts';
import { withScheme } from '../../state/service-address.ts';
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

/** Worth looking at without being asked to; half an address is not. */
function isWhole(text: string): boolean {
  const address = withScheme(text);
  if (text.trim() === '' || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return /\.[^.]{2,}$|^localhost$|^\[/u.test(hostname) || /^[\d.]+$/u.test(hostname);
}

/**
 * Field for the address of a feed, with what is there. `reason` says what is missing before it can
 * be used.
 *
 * @param refuse why the source that was found can't be used here; null if it can
 * @param failed why it could not be used after all
 * @param onSubmit called by Enter on an address that can be used
 */
export function useAddressForm({
  first = '',
  of = null,
  refuse,
  failed,
  onChange,
  onSubmit,
}: {
  first?: string;
  /** Id of the source whose address it is. */
  of?: string | null;
  refuse: (probe: Probe) => string | null;
  failed: AppError | null;
  onChange: () => void;
  onSubmit: () => void;
}): SourceForm {
  const texts = useTexts();
  const { sources: words } = texts;
  const [typed, setTyped] = useState(first);
  const address = typed.trim();
  const input = address === '' ? null : ({ kind: 'feed', address } as const);
  const isReady = typed !== first && isWhole(typed);
  const { looked, look, renew } = useLook(input, { of, isReady });
  const [agreedTo, agree] = useState<string | null>(null);
  const terms = looked.phase === 'found' ? looked.probe.terms : null;
  const reason =
    looked.phase === 'looking'
      ? words.looking
      : looked.phase === 'found'
        ? (refuse(looked.probe) ??
          (looked.probe.count === 0 ? words.nothingToShow : null) ??
          (terms !== null && terms.version !== agreedTo ? words.agreeFirst : null))
        : looked.phase === 'failed'
          ? words.correctAddress
          : first === ''
            ? words.enterAddress
            : words.enterNewAddress;
  const error = failed ?? (looked.phase === 'failed' ? looked.error : null);
  const submit = (): void => {
    if (failed?.code === 'terms-not-accepted') renew();
    else if (reason === null) onSubmit();
    else look();
  };
  const form = (
    // A failed look moves no focus: the user may have gone on meanwhile.
    <Form failed={failed} onSubmit={submit}>
      <Field
        // The dialog is for this field.
        autoFocus
        autoComplete="url"
        end={<FieldState looked={looked} />}
        error={error && feedAddressError(error, texts)}
        help={<Offer looked={looked} />}
        inputMode="url"
        label={words.address}
        placeholder={words.placeholder}
        spellCheck="false"
        value={typed}
        onBlur={look}
        onChange={(text) => {
          onChange();
          setTyped(text);
        }}
      />
      <LiveRegion>{looked.phase === 'found' && <Offer looked={looked} />}</LiveRegion>
      {looked.phase === 'looking' && <ResultsSkeleton />}
      {looked.phase === 'found' && looked.probe.count > 0 && (
        <>
          <Results probe={looked.probe} />
          <Promises probe={looked.probe} />
          <Terms
            isAgreed={terms !== null && terms.version === agreedTo}
            terms={terms}
            onAgree={(isAgreed) => agree(isAgreed ? (terms?.version ?? null) : null)}
          />
        </>
      )}
    </Form>
  );
  return { input, looked, reason, accepted: terms?.version ?? null, form };
}

function FieldState({ looked }: { looked: Looked }) {
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

/** The line under the field: what is at the address, or what an address may be. */
function Offer({ looked }: { looked: Looked }) {
  const { sources: words } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  if (looked.phase === 'failed') return null;
  if (looked.phase !== 'found') return words.addressHelp;
  const { format, name, count, articles, changedAt, isKeyed } = looked.probe;
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
        format === null ? '' : FORMATS[format],
        name,
        items,
        changedAt === null ? null : formatMoment(changedAt, now, language),
      )}
      {isKeyed && ` ${words.isKeyed}`}
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
  const { sources: words } = texts;
  const language = useLanguage();
  return (
    <section aria-label={words.first} className={css.first}>
      <h3>
        {words.first}
        <span>
          {words.firstOf(
            formatNumber(probe.items.length, language),
            formatNumber(probe.count, language),
          )}
        </span>
      </h3>
      <ul aria-label={words.first} tabIndex={0}>
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
            <Skeleton height="12px" width="45%" />
          </div>
        </div>
      ))}
    </div>
  );
}

/** What this source promises and what it doesn’t, in words. */
function Promises({ probe: { isResumable, integrity, rights } }: { probe: Probe }) {
  const { sources: words } = useTexts();
  const promises: [isKept: boolean, text: string][] = [
    ...(isResumable === null
      ? []
      : [[isResumable, isResumable ? words.resumes : words.restarts] as [boolean, string]]),
    [integrity === 'signed' || integrity === 'published', words.promisedIntegrity[integrity]],
    [rights === 'stated', words.promisedRights[rights]],
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
      <h3>{words.termsOfUse}</h3>
      <TermsText terms={terms} />
      <Checkbox isSelected={isAgreed} onChange={onAgree}>
        {words.agree}
      </Checkbox>
    </div>
  );
}

/** In the publisher’s own words, which may be long. */
export function TermsText({ terms }: { terms: NonNullable<Probe['terms']> }) {
  const app = useApp();
  const { sources: words } = useTexts();
  const { url } = terms;
  return (
    <>
      <blockquote aria-label={words.termsOfUse} tabIndex={0}>
        {terms.text}
      </blockquote>
      {url !== null && (
        <LinkButton onPress={() => void openExternal(app, url)}>{words.termsPage}</LinkButton>
      )}
    </>
  );
}
