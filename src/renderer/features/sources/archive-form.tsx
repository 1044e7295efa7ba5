import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Plus } from 'lucide-react';
import type { SourceFollow, SourceUnit } from '../../../shared/contract/sources.ts';
import { MAX_FOLLOWS } from '../../../shared/model/source.ts';
import { useSecretStore } from '../../state/keychain.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { openExternal } from '../../state/open-external.ts';
import { followLabel, sourceInputError } from '../../state/source-labels.ts';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Chips } from '../../ui/display/badge.tsx';
import { LiveRegion } from '../../ui/display/text.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import {
  FieldState,
  Offer,
  useOffer,
  type SourceForm,
  type SourceFormProps,
} from './source-form.tsx';
import css from './sources.module.css';

/** Keys of DVIDS are longer; shorter text is still being typed. */
const MIN_KEY = 16;
const KEY_PAGE = 'https://api.dvidshub.net/';
/** NATO publishes there under this name. */
const NATO: SourceFollow = { by: 'unit', value: 'Natochannel' };

const isSame = (a: SourceFollow, b: SourceFollow): boolean =>
  a.by === b.by && a.value.toLowerCase() === b.value.toLowerCase();
const isEqual = (a: readonly SourceFollow[], b: readonly SourceFollow[]): boolean =>
  a.length === b.length && a.every((one, at) => isSame(one, b[at] ?? one));

/** DVIDS, by a key of the user's own. */
export function useDvidsForm(props: SourceFormProps): SourceForm {
  const app = useApp();
  const texts = useTexts();
  const { sources: words } = texts;
  const { source, failed, onChange } = props;
  const [typed, setTyped] = useState('');
  const [follows, setFollows] = useState<SourceFollow[]>(source?.follows ?? []);
  const store = useSecretStore();
  const key = typed.trim() === '' ? null : typed.trim();
  const hasKey = key === null ? source !== undefined : key.length >= MIN_KEY;
  const isChanged = source === undefined || key !== null || !isEqual(follows, source.follows);
  const isWhole = hasKey && follows.length > 0;
  const offered = useOffer(isWhole ? { kind: 'dvids', key, follows } : null, props, {
    missing: !hasKey
      ? words.enterKey
      : follows.length === 0
        ? words.followFirst.dvids
        : words.changeSomething,
    isReady: isWhole && isChanged,
  });
  const { looked, look, error, submit, rest } = offered;
  const isOfKey = error?.code === 'key-refused' || error?.code === 'origin-refused';
  const form = (
    <Form failed={failed} onSubmit={submit}>
      <Field
        aside={
          <LinkButton onPress={() => void openExternal(app, KEY_PAGE)}>{words.getKey}</LinkButton>
        }
        // A dialog of its own is for this field first.
        autoFocus={source !== undefined}
        autoComplete="off"
        error={isOfKey ? sourceInputError('dvids', error, texts) : null}
        help={source ? words.keyKept(source.keyEnding ?? '') : words.keyHelp[store]}
        label={words.key}
        spellCheck="false"
        type="password"
        value={typed}
        onBlur={look}
        onChange={(text) => {
          onChange();
          setTyped(text);
        }}
      />
      <Follows
        error={error && !isOfKey ? sourceInputError('dvids', error, texts) : null}
        follows={follows}
        help={words.dvidsFollowHelp}
        label={words.dvidsFollow}
        line={looked.phase === 'found' ? <Offer probe={looked.probe} /> : null}
        presets={[{ follow: NATO, label: words.followNato }]}
        state={<FieldState looked={looked} />}
        suggest={(text, units) => [
          { by: 'keyword', value: text },
          ...units.map(({ name }): SourceFollow => ({ by: 'unit', value: name })),
        ]}
        unitsOf={hasKey ? { id: source?.id ?? null, key } : null}
        onChange={(next) => {
          onChange();
          setFollows(next);
        }}
      />
      {rest}
    </Form>
  );
  return { ...offered, form };
}

/** The NASA Image and Video Library. */
export function useNasaForm(props: SourceFormProps): SourceForm {
  const texts = useTexts();
  const { sources: words } = texts;
  const { source, failed, onChange } = props;
  const [follows, setFollows] = useState<SourceFollow[]>(source?.follows ?? []);
  const isWhole = follows.length > 0;
  const offered = useOffer(isWhole ? { kind: 'nasa', follows } : null, props, {
    missing: isWhole ? words.changeSomething : words.followFirst.nasa,
    isReady: isWhole && (source === undefined || !isEqual(follows, source.follows)),
  });
  const { looked, error, submit, rest } = offered;
  const form = (
    <Form failed={failed} onSubmit={submit}>
      <Follows
        isFirst={source !== undefined}
        error={error && sourceInputError('nasa', error, texts)}
        follows={follows}
        help={words.nasaFollowHelp}
        label={words.nasaFollow}
        line={looked.phase === 'found' ? <Offer probe={looked.probe} /> : null}
        presets={[]}
        state={<FieldState looked={looked} />}
        suggest={(text) => [
          { by: 'search', value: text },
          { by: 'collection', value: text },
        ]}
        unitsOf={null}
        onChange={(next) => {
          onChange();
          setFollows(next);
        }}
      />
      {rest}
    </Form>
  );
  return { ...offered, form };
}

/** After the last key. */
const REST_MS = 400;
/** Units that are named like what is typed; none while nobody can be asked. */
function useUnits(
  text: string,
  of: { id: string | null; key: string | null } | null,
): SourceUnit[] {
  const { client } = useApp();
  const [found, setFound] = useState<{ text: string; units: SourceUnit[] }>({
    text: '',
    units: [],
  });
  const asked = of !== null && text.length >= 2 ? text : '';
  const [id, key] = [of?.id ?? null, of?.key ?? null];
  useEffect(() => {
    if (asked === '') return undefined;
    let isCurrent = true;
    const timer = setTimeout(() => {
      void client.call('sources.find-units', { id, key, text: asked }).then(
        (units) => isCurrent && setFound({ text: asked, units }),
        // What keeps it from answering is said of the source itself.
        () => undefined,
      );
    }, REST_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [asked, client, id, key]);
  return found.text === asked ? found.units : [];
}

/** What of an archive is wanted: chosen ones as chips, others by a field with suggestions. */
function Follows({
  label,
  help,
  isFirst = false,
  error,
  line,
  state,
  follows,
  presets,
  suggest,
  unitsOf,
  onChange,
}: {
  label: string;
  help: string;
  /** The dialog opens in it. */
  isFirst?: boolean;
  error: string | null;
  line: ReactNode;
  state: ReactNode;
  follows: readonly SourceFollow[];
  presets: readonly { follow: SourceFollow; label: string }[];
  /** The first one is added by Enter. */
  suggest: (text: string, units: readonly SourceUnit[]) => SourceFollow[];
  unitsOf: { id: string | null; key: string | null } | null;
  onChange: (follows: SourceFollow[]) => void;
}) {
  const texts = useTexts();
  const { sources: words } = texts;
  const [typed, setTyped] = useState('');
  const text = typed.trim();
  const units = useUnits(text, unitsOf);
  const isChosen = (one: SourceFollow): boolean => follows.some((other) => isSame(one, other));
  const isFull = follows.length >= MAX_FOLLOWS;
  const field = useRef<HTMLInputElement>(null);
  const add = (one: SourceFollow): void => {
    setTyped('');
    // What was pressed goes; the focus stays with what comes next.
    field.current?.focus();
    if (!isChosen(one) && !isFull) onChange([...follows, one]);
  };
  const suggestions =
    text === '' || isFull ? [] : suggest(text, units).filter((one) => !isChosen(one));
  const [first] = suggestions;
  const remove = (id: string): void => {
    const left = follows.filter((one) => `${one.by} ${one.value}` !== id);
    // The list goes with its last one.
    if (left.length === 0) field.current?.focus();
    onChange(left);
  };
  return (
    <div className={css.follows}>
      <Field
        autoComplete="off"
        autoFocus={isFirst}
        end={state}
        error={isFull && text !== '' ? words.followLimit(String(MAX_FOLLOWS)) : error}
        help={line ?? (error === null ? help : null)}
        inputRef={field}
        label={label}
        maxLength={200}
        spellCheck="false"
        value={typed}
        onChange={setTyped}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || first === undefined) return event.continuePropagation();
          event.preventDefault();
          add(first);
        }}
      />
      <LiveRegion>{suggestions.length > 0 && words.suggested(suggestions.length)}</LiveRegion>
      {suggestions.length > 0 && (
        <ul aria-label={words.suggestions} className={css.suggestions}>
          {suggestions.map((one) => (
            <li key={`${one.by} ${one.value}`}>
              <Button icon={Plus} size={28} onPress={() => add(one)}>
                {followLabel(one, texts)}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {presets
        .filter(({ follow }) => !isChosen(follow))
        .map(({ follow, label: name }) => (
          <Button icon={Plus} key={follow.value} size={28} onPress={() => add(follow)}>
            {name}
          </Button>
        ))}
      {follows.length > 0 && (
        <Chips
          chips={follows.map((one) => ({
            id: `${one.by} ${one.value}`,
            kind: words.followKinds[one.by],
            label: one.value,
          }))}
          label={words.followed}
          removeLabel={words.unfollow}
          onRemove={remove}
        />
      )}
    </div>
  );
}
