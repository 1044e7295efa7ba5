import { CircleAlert, History, Search, X } from 'lucide-react';
import {
  Fragment,
  useLayoutEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { withoutSpan } from '../../shared/api/query/edit.ts';
import { fieldName, QUERY_FIELDS } from '../../shared/api/query/fields.ts';
import type { Fault, FieldToken, Query } from '../../shared/api/query/parse.ts';
import { formatNumber } from '../i18n/format.ts';
import { useApp, useLanguage, useSettings, useTexts } from '../state/context.tsx';
import { MAX_LINK_CHARACTERS, readAppLink } from '../../shared/model/app-link.ts';
import { openLink } from '../state/opened-link.ts';
import { useCatalogueQuery } from '../state/filters.ts';
import { useRead, useRested } from '../state/queries.ts';
import { remember } from '../state/recent-searches.ts';
import {
  completed,
  completionsAt,
  type Completion,
  type Completions,
} from '../state/query-completion.ts';
import { LinkButton } from '../ui/controls/button.tsx';
import { Icon } from '../ui/display/icon.tsx';
import { Kbd } from '../ui/display/text.tsx';
import { cx } from '../ui/styles/cx.ts';
import css from './query-field.module.css';

/** Recent searches beside other suggestions. */
const SHOWN_RECENT = 3;
/** Debounce of counts while typing, ms. */
const REST_MS = 150;

type Option =
  | { kind: 'completion'; of: Completions; completion: Completion }
  | { kind: 'recent'; text: string };

/** The parts of the text that are drawn as tokens; the one that is being typed is plain text. */
type Part = { text: string; token: FieldToken | null; fault: Fault | null; start: number };
function partsOf(text: string, { fields, faults }: Query, caret: number | null): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const token of fields) {
    const isTyped = caret !== null && caret >= token.start && caret <= token.end;
    const fault = faults.find(({ start, end }) => start >= token.start && end <= token.end) ?? null;
    if (isTyped) continue;
    parts.push({ text: text.slice(at, token.start), token: null, fault: null, start: at });
    parts.push({ text: text.slice(token.start, token.end), token, fault, start: token.start });
    at = token.end;
  }
  parts.push({ text: text.slice(at), token: null, fault: null, start: at });
  return parts.filter((part) => part.text !== '');
}

/** The first fault that isn't still being typed. */
const faultOf = ({ faults }: Query, caret: number): Fault | null =>
  faults.find(({ start, end }) => caret < start || caret > end) ?? null;

/**
 * The search field of the catalogue: one text in the query language, whose fields are drawn as
 * tokens. The drawing lies behind a plain input, so that editing, selecting, undo and screen readers
 * are the system's own.
 */
export function QueryField({
  searchRef,
  placeholder,
  hint,
  onChange,
  onSubmit,
}: {
  searchRef: RefObject<HTMLInputElement | null>;
  placeholder: string;
  hint: ReactNode;
  onChange: (text: string) => void;
  /** Leads into the results. */
  onSubmit: () => void;
}) {
  const app = useApp();
  const { shell } = useTexts();
  const language = useLanguage();
  const { text, query } = useCatalogueQuery();
  const [isFocused, setFocused] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const [showsAll, setShowsAll] = useState(false);
  const [caret, setCaret] = useState(0);
  /** Index of the option chosen by the arrows; null while none was. */
  const [active, setActive] = useState<number | null>(null);
  /** Where the caret is put with the next drawing; null leaves it. */
  const moved = useRef<number | null>(null);
  const mirrorRef = useRef<HTMLDivElement>(null);
  const listId = useId();
  const faultId = useId();
  const counts = useRead(
    'catalogue.facets',
    { text: useRested(text, REST_MS), sort: 'newest' },
    { enabled: isFocused, keepPrevious: true },
  ).data;
  const found = useMemo(
    () =>
      isFocused ? completionsAt(text, query, caret, { language, counts: counts ?? {} }) : null,
    [isFocused, text, query, caret, language, counts],
  );
  const recent = useRecent(text);
  const fault = isFocused ? faultOf(query, caret) : null;
  const showsRecent = text.trim() === '' || found !== null || fault !== null;
  const options: Option[] = [
    ...(found?.items.map((completion): Option => ({ kind: 'completion', of: found, completion })) ??
      []),
    ...(showsRecent ? recent : []).map((one): Option => ({ kind: 'recent', text: one })),
  ];
  const isShown = isFocused && isOpen && (options.length > 0 || fault !== null || showsAll);
  // The first completion is what Tab takes; a recent search is taken only if it was chosen.
  const marked = active ?? (found && isShown ? 0 : null);

  const put = (next: string, at: number): void => {
    onChange(next);
    setCaret(at);
    setActive(null);
    searchRef.current?.focus();
    moved.current = at;
  };
  const take = (option: Option | undefined): void => {
    if (!option) return;
    if (option.kind === 'recent') {
      put(option.text, option.text.length);
      setOpen(false);
      return;
    }
    const next = completed(text, option.of, option.completion);
    put(next.text, next.caret);
  };
  const mend = (): void => {
    if (!fault?.suggestion) return;
    const next = `${text.slice(0, fault.start)}${fault.suggestion}${text.slice(fault.end)}`;
    put(next, fault.start + fault.suggestion.length);
  };
  const submit = (): void => {
    remember(app, text);
    setOpen(false);
    onSubmit();
  };
  const follow = (): void => {
    const input = searchRef.current;
    if (!input) return;
    setCaret(input.selectionStart ?? input.value.length);
    if (mirrorRef.current) mirrorRef.current.scrollLeft = input.scrollLeft;
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    const handled = keyOf(event, {
      text,
      query,
      isShown,
      count: options.length,
      marked,
      hasCompletions: found !== null,
    });
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
    if (handled.do === 'mark') {
      setOpen(true);
      setActive(handled.index);
    } else if (handled.do === 'take') take(options[handled.index]);
    else if (handled.do === 'caret') put(text, handled.at);
    else if (handled.do === 'mend') mend();
    else if (handled.do === 'submit') submit();
    else if (handled.do === 'close') {
      setOpen(false);
      setShowsAll(false);
    } else searchRef.current?.blur();
  };
  useLayoutEffect(() => {
    const input = searchRef.current;
    if (!input) return;
    // Once React has written the value, before the next key.
    if (moved.current !== null) input.setSelectionRange(moved.current, moved.current);
    moved.current = null;
    if (mirrorRef.current) mirrorRef.current.scrollLeft = input.scrollLeft;
  });

  return (
    <div
      className={cx(css.field, isShown && css.open)}
      role="search"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (currentTarget.contains(relatedTarget)) return;
        setFocused(false);
        setShowsAll(false);
      }}
    >
      <Icon of={Search} />
      <div className={css.text}>
        <div aria-hidden className={css.mirror} ref={mirrorRef}>
          {partsOf(text, query, isFocused ? caret : null).map(({ start, ...part }) => (
            <Part key={start} {...part} />
          ))}
        </div>
        <input
          aria-activedescendant={isShown && marked !== null ? `${listId}-${marked}` : undefined}
          aria-autocomplete="list"
          aria-controls={isShown ? listId : undefined}
          aria-describedby={fault ? faultId : undefined}
          aria-expanded={isShown}
          aria-invalid={fault !== null}
          aria-label={placeholder}
          autoComplete="off"
          className={css.input}
          maxLength={MAX_LINK_CHARACTERS}
          placeholder={placeholder}
          ref={searchRef}
          role="combobox"
          spellCheck={false}
          type="text"
          value={text}
          onChange={({ currentTarget }) => {
            setOpen(true);
            setActive(null);
            setCaret(currentTarget.selectionStart ?? currentTarget.value.length);
            const link = readAppLink(currentTarget.value);
            if (link) openLink(app, link);
            else onChange(currentTarget.value);
          }}
          onFocus={() => {
            setFocused(true);
            setOpen(true);
            follow();
          }}
          onKeyDown={press}
          onScroll={follow}
          onSelect={follow}
        />
      </div>
      {text === '' ? (
        hint
      ) : (
        <AriaButton
          aria-label={shell.clearSearch}
          className={cx(css.clear)}

          onPress={() => put('', 0)}
        >
          <Icon of={X} size={14} />
        </AriaButton>
      )}
      {isShown && (
        // Presses leave the focus in the field.
        <div
          className={css.list}
          role="presentation"
          onMouseDown={(event) => event.preventDefault()}
        >
          {fault && (
            <FaultLine
              fault={fault}
              id={faultId}
              onLeave={() => put(withoutSpan(text, fault), fault.start)}
              onMend={mend}
            />
          )}
          {showsAll && (
            <AllFields
              onTake={(written) => put(joined(text, written), joined(text, written).length)}
            />
          )}
          <Options found={found} id={listId} marked={marked} options={options} onTake={take} />
          <Foot showsAll={showsAll} onToggle={() => setShowsAll(!showsAll)} />
        </div>
      )}
    </div>
  );
}

const joined = (text: string, written: string): string =>
  text.trim() === '' ? written : `${text.trimEnd()} ${written}`;

function Part({ text, token, fault }: Omit<Part, 'start'>) {
  if (!token) return <span>{text}</span>;
  const nameEnd = token.valuesAt - token.start;
  const isUnknown = token.field === null;
  return (
    <span className={cx(css.token, fault && css.bad)}>
      <span className={cx(css.name, isUnknown && css.wavy)}>{text.slice(0, nameEnd)}</span>
      <span className={cx(fault && !isUnknown && css.wavy)}>{text.slice(nameEnd)}</span>
    </span>
  );
}

type Act =
  | { do: 'mark' | 'take'; index: number }
  | { do: 'caret'; at: number }
  | { do: 'mend' | 'submit' | 'close' | 'leave' };
type Pressed = {
  text: string;
  query: Query;
  isShown: boolean;
  count: number;
  marked: number | null;
  hasCompletions: boolean;
};

/** What a key does in the field; null leaves it to the system. */
export function keyOf(
  event: Pick<
    KeyboardEvent<HTMLInputElement>,
    'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'currentTarget'
  > & {
    nativeEvent: { isComposing: boolean };
  },
  { query, isShown, count, marked, hasCompletions }: Pressed,
): Act | null {
  const { key, altKey, ctrlKey, metaKey, shiftKey, currentTarget, nativeEvent } = event;
  if (nativeEvent.isComposing) return null;
  if (key === 'Enter' && altKey) return { do: 'mend' };
  if (ctrlKey || metaKey || altKey) return null;
  if (key === 'ArrowDown' && !shiftKey) {
    if (!isShown || count === 0) return { do: 'submit' };
    return { do: 'mark', index: marked === null ? 0 : (marked + 1) % count };
  }
  if (key === 'ArrowUp' && !shiftKey && isShown && count > 0)
    return { do: 'mark', index: marked === null ? count - 1 : (marked - 1 + count) % count };
  if (key === 'Tab' && !shiftKey && isShown && hasCompletions && marked !== null)
    return { do: 'take', index: marked };
  if (key === 'Enter') return { do: 'submit' };
  if (key === 'Escape') return { do: isShown ? 'close' : 'leave' };
  const { selectionStart: at, selectionEnd } = currentTarget;
  if (shiftKey || at === null || at !== selectionEnd) return null;
  // A token is stepped over whole.
  const over =
    key === 'ArrowLeft'
      ? query.fields.find(({ end }) => end === at)?.start
      : key === 'ArrowRight'
        ? query.fields.find(({ start }) => start === at)?.end
        : undefined;
  return over === undefined ? null : { do: 'caret', at: over };
}

function FaultLine({
  fault: { field, reason, value, suggestion },
  id,
  onMend,
  onLeave,
}: {
  fault: Fault;
  id: string;
  onMend: () => void;
  onLeave: () => void;
}) {
  const { query, catalogue } = useTexts();
  const name = reason === 'unknown-field' || reason === 'no-value' ? field : value;
  return (
    <p className={css.fault} id={id}>
      <Icon of={CircleAlert} size={14} />
      <span>
        <b>{name}</b> {query.faults[reason]}
      </span>
      {suggestion === null ? (
        <LinkButton onPress={onLeave}>{catalogue.removeFilter}</LinkButton>
      ) : (
        <>
          <LinkButton onPress={onMend}>{query.use(suggestion)}</LinkButton>
          <Kbd>Alt</Kbd>
          <Kbd>↵</Kbd>
        </>
      )}
    </p>
  );
}

/** The typed beginning of a word is marked. */
function Marked({ text, typed }: { text: string; typed: string }) {
  const isBeginning = text.toLowerCase().startsWith(typed.toLowerCase());
  if (typed === '' || !isBeginning) return text;
  return (
    <>
      <mark>{text.slice(0, typed.length)}</mark>
      {text.slice(typed.length)}
    </>
  );
}

function Options({
  id,
  found,
  options,
  marked,
  onTake,
}: {
  id: string;
  found: Completions | null;
  options: readonly Option[];
  marked: number | null;
  onTake: (option: Option) => void;
}) {
  const { catalogue, query } = useTexts();
  const language = useLanguage();
  const firstRecent = options.findIndex(({ kind }) => kind === 'recent');
  const heading =
    found?.field == null
      ? query.fields
      : found.field in catalogue.facets
        ? catalogue.facets[found.field as keyof typeof catalogue.facets]
        : fieldName(found.field, language);
  return (
    <div aria-label={query.suggestions} className={css.options} id={id} role="listbox">
      {options.map((option, index) => (
        <Fragment key={`${option.kind}-${index}`}>
          {index === 0 && option.kind === 'completion' && <h3 aria-hidden>{heading}</h3>}
          {index === firstRecent && <h3 aria-hidden>{query.recent}</h3>}
          <div
            aria-selected={index === marked}
            className={css.row}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            onClick={() => onTake(option)}
          >
            {option.kind === 'recent' ? (
              <>
                <Icon of={History} size={14} />
                <span>{option.text}</span>
              </>
            ) : (
              <Offered of={option.of} {...option.completion} />
            )}
          </div>
        </Fragment>
      ))}
    </div>
  );
}

function Offered({ of, written, label, count }: Completion & { of: Completions }) {
  const { query } = useTexts();
  const language = useLanguage();
  const field = QUERY_FIELDS.find((one) => `${fieldName(one, language)}:` === written);
  return (
    <>
      <span className={css.written}>
        <Marked text={written} typed={of.typed} />
      </span>
      {of.field === null
        ? field && <small>{query.help[field]}</small>
        : label !== null && (
            <small>
              <Marked text={label} typed={of.typed} />
            </small>
          )}
      {count !== null && <span className={css.count}>{formatNumber(count, language)}</span>}
    </>
  );
}

/** Written alike in both languages. */
const WORDS = [
  ['“tide gauge”', 'phrase'],
  ['-night', 'without'],
  ['rain OR snow', 'either'],
] as const;

/** Every field with what it is for; pressed it is written into the query. */
function AllFields({ onTake }: { onTake: (written: string) => void }) {
  const { query } = useTexts();
  const language = useLanguage();
  return (
    <dl className={css.all}>
      {QUERY_FIELDS.map((field) => (
        <div key={field}>
          <dt>
            <LinkButton onPress={() => onTake(`${fieldName(field, language)}:`)}>
              {fieldName(field, language)}:
            </LinkButton>
          </dt>
          <dd>{query.help[field]}</dd>
        </div>
      ))}
      {WORDS.map(([written, meaning]) => (
        <div key={written}>
          <dt>{written}</dt>
          <dd>{query.words[meaning]}</dd>
        </div>
      ))}
    </dl>
  );
}

function Foot({ showsAll, onToggle }: { showsAll: boolean; onToggle: () => void }) {
  const { query } = useTexts();
  return (
    <footer className={css.foot}>
      <span>
        <Kbd>↑</Kbd>
        <Kbd>↓</Kbd>
        {query.choose}
      </span>
      <span>
        <Kbd>Tab</Kbd>
        {query.complete}
      </span>
      <span>
        <Kbd>↵</Kbd>
        {query.search}
      </span>
      <LinkButton onPress={onToggle}>{showsAll ? query.fewer : query.allFields}</LinkButton>
    </footer>
  );
}

/** Recent searches that begin as the text does, without itself. */
function useRecent(text: string): string[] {
  const kept = useSettings()?.recentSearches ?? [];
  const typed = text.trim();
  return kept.filter((one) => one !== typed).slice(0, SHOWN_RECENT);
}
