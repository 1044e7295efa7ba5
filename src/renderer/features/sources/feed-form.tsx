import { useState } from 'react';
import { useTexts } from '../../state/context.tsx';
import { withScheme } from '../../state/service-address.ts';
import { sourceInputError } from '../../state/source-labels.ts';
import { Field } from '../../ui/controls/field.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import {
  FieldState,
  Offer,
  useOffer,
  type SourceForm,
  type SourceFormProps,
} from './source-form.tsx';

/** Worth looking at without being asked to; half an address is not. */
function isWhole(text: string): boolean {
  const address = withScheme(text);
  if (text.trim() === '' || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return /\.[^.]{2,}$|^localhost$|^\[/u.test(hostname) || /^[\d.]+$/u.test(hostname);
}

/** Field for the address of a feed, with what is there. */
export function useFeedForm(props: SourceFormProps): SourceForm {
  const texts = useTexts();
  const { sources: words } = texts;
  const { source, failed, onChange } = props;
  const [typed, setTyped] = useState(source?.address ?? '');
  const address = typed.trim();
  const offered = useOffer(address === '' ? null : { kind: 'feed', address }, props, {
    missing: source ? words.enterNewAddress : words.enterAddress,
    isReady: typed !== source?.address && isWhole(typed),
  });
  const { looked, look, error, submit, rest } = offered;
  const form = (
    // A failed look moves no focus: the user may have gone on meanwhile.
    <Form failed={failed} onSubmit={submit}>
      <Field
        // The dialog is for this field.
        autoFocus
        autoComplete="url"
        end={<FieldState looked={looked} />}
        error={error && sourceInputError('feed', error, texts)}
        help={
          looked.phase === 'found' ? (
            <Offer probe={looked.probe} />
          ) : looked.phase === 'failed' ? null : (
            words.addressHelp
          )
        }
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
      {rest}
    </Form>
  );
  return { ...offered, form };
}
