import { useRef, useState } from 'react';
import { Rss } from 'lucide-react';
import { useApp, useTexts } from '../../state/context.tsx';
import { withScheme } from '../../state/service-address.ts';
import { sourceInputError } from '../../state/source-labels.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { LiveRegion } from '../../ui/display/text.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import {
  FieldState,
  Offer,
  useOffer,
  type SourceForm,
  type SourceFormProps,
} from './source-form.tsx';
import type { Probe } from './use-look.ts';
import css from './sources.module.css';

/** Worth looking at without being asked to; half an address is not. */
function isWhole(text: string): boolean {
  const address = withScheme(text);
  if (text.trim() === '' || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return /\.[^.]{2,}$|^localhost$|^\[/u.test(hostname) || /^[\d.]+$/u.test(hostname);
}

/** No address, whatever is typed behind it; a scheme alone is the beginning of one. */
const isMistyped = (text: string): boolean =>
  !/^(?:[a-z]+:\/\/)?$/iu.test(text) && !URL.canParse(withScheme(text));

/** True if what was found is not what was typed; secret parts are shown nowhere. */
function isElsewhere(probe: Probe, typed: string): boolean {
  const url = withScheme(typed);
  return !probe.isKeyed && URL.canParse(url) && new URL(url).href !== probe.address;
}

/** The feeds of a web page: each is looked at when it is chosen. */
function FeedChoice({
  feeds,
  onChoose,
}: {
  feeds: readonly { address: string; title: string }[];
  onChoose: (address: string) => void;
}) {
  const { sources: words } = useTexts();
  if (feeds.length === 0) return null;
  return (
    <ul aria-label={words.chooseFeed} className={css.choice}>
      {feeds.map(({ address, title }) => (
        <li key={address}>
          <Button icon={Rss} size={28} onPress={() => onChoose(address)}>
            {title || address}
          </Button>
          <small>{address}</small>
        </li>
      ))}
    </ul>
  );
}

/** Field for the address of a feed, with what is there. */
export function useFeedForm(props: SourceFormProps): SourceForm {
  const app = useApp();
  const texts = useTexts();
  const { sources: words } = texts;
  const field = useRef<HTMLInputElement>(null);
  const { source, failed, onChange } = props;
  const [typed, setTyped] = useState(source?.address ?? '');
  const address = typed.trim();
  const offered = useOffer(address === '' ? null : { kind: 'feed', address }, props, {
    missing: isMistyped(address)
      ? (words.addressFaults.usage ?? '')
      : address !== '' && typed !== source?.address
        ? words.checkAddress
        : source
          ? words.enterNewAddress
          : words.enterAddress,
    isReady: typed !== source?.address && isWhole(typed),
  });
  const { looked, look, error, submit, rest } = offered;
  const type = (text: string): void => {
    onChange();
    setTyped(text);
  };
  // Nothing is wrong then: one of them is to be chosen.
  const hasSeveral = error?.code === 'several-feeds';
  const isPage = hasSeveral || error?.code === 'no-feed';
  /** What is pressed goes; the focus stays with what is looked at now. */
  const choose = (feed: string): void => {
    type(feed);
    field.current?.focus();
  };
  const form = (
    // A failed look moves no focus: the user may have gone on meanwhile.
    <Form failed={failed} onSubmit={submit}>
      <Field
        // The dialog is for this field.
        autoFocus
        autoComplete="url"
        end={<FieldState looked={looked} />}
        error={error && !hasSeveral ? sourceInputError('feed', error, texts) : null}
        help={
          looked.phase === 'found' ? (
            <>
              <Offer probe={looked.probe} />
              {isElsewhere(looked.probe, address) && ` ${words.foundAt(looked.probe.address)}`}
            </>
          ) : hasSeveral ? (
            words.severalFeeds
          ) : looked.phase === 'failed' ? null : (
            words.addressHelp
          )
        }
        inputMode="url"
        inputRef={field}
        label={words.address}
        placeholder={words.placeholder}
        spellCheck="false"
        value={typed}
        // A second look would take away what is offered before it is pressed.
        onBlur={() => !isPage && look()}
        onChange={type}
      />
      <LiveRegion>{hasSeveral && words.severalFeeds}</LiveRegion>
      <FeedChoice feeds={error?.detail.feeds ?? []} onChoose={choose} />
      {error?.code === 'no-feed' && (
        <div className={css.choice}>
          <Button
            size={28}
            onPress={() => app.sourceDialogs.setState({ open: { name: 'save-page', address } })}
          >
            {words.savePageInstead}
          </Button>
        </div>
      )}
      {rest}
    </Form>
  );
  return { ...offered, form };
}
