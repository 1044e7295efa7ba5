import { Building2, Rss, ScrollText } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Radio, RadioGroup } from 'react-aria-components';
import { useStore } from 'zustand';
import { formatNumber } from '../../i18n/format.ts';
import { useApp, useLanguage, useSources, useTexts } from '../../state/context.tsx';
import { errorText } from '../../state/errors.ts';
import { sourceName } from '../../state/source-labels.ts';
import { useCall } from '../../state/projection.ts';
import type { SourceView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Icon, type LucideIcon } from '../../ui/display/icon.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Dialog, Overlay } from '../../ui/overlays/dialog.tsx';
import { TermsText, useAddressForm } from './address-form.tsx';
import css from './sources.module.css';

/** The dialog about sources that is open. */
export function SourceDialogs() {
  const app = useApp();
  const { open } = useStore(app.sourceDialogs);
  const sources = useSources();
  const close = (): void => app.sourceDialogs.setState({ open: null });
  if (open === null) return null;
  if (open.name === 'add') return <AddSource onClose={close} />;
  const source = sources.find(({ id }) => id === open.id);
  if (!source) return null;
  const props = { source, onClose: close };
  switch (open.name) {
    case 'address':
      return <ChangeAddress {...props} />;
    case 'terms':
      return <AcceptTerms {...props} />;
    case 'rename':
      return <Rename {...props} />;
    case 'remove':
      return <Remove {...props} />;
  }
  return open satisfies never;
}

/** A large dialog: its head and foot stay while the rest scrolls. */
function Frame({
  title,
  onClose,
  note,
  noteId,
  actions,
  children,
}: {
  title: string;
  onClose: () => void;
  note: string;
  noteId: string;
  actions: ReactNode;
  children: ReactNode;
}) {
  return (
    <Overlay isOpen tall onClose={onClose}>
      <AriaDialog className={cx(css.dialog)}>
        <Heading className={cx(css.title)} slot="title">
          {title}
        </Heading>
        {children}
        <footer className={css.foot}>
          <p id={noteId} role="status">
            {note}
          </p>
          {actions}
        </footer>
      </AriaDialog>
    </Overlay>
  );
}

type Kind = 'service' | 'feed';

function AddSource({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { sources: words, common } = useTexts();
  const [kind, setKind] = useState<Kind>('feed');
  const noteId = useId();
  const { run, isPending, error, clear } = useCall(app.sources, 'sources.add');
  const address = useAddressForm({
    failed: error,
    refuse: ({ isAdded }) => (isAdded ? words.alreadyAdded : null),
    onChange: clear,
    onSubmit: () => void add(),
  });
  const add = async (): Promise<void> => {
    const { looked, input, accepted } = address;
    if (looked.phase !== 'found' || input === null) return;
    if (!(await run({ input, accepted }))) return;
    onClose();
    app.toasts.getState().show(words.added(looked.probe.name));
    if (app.route.getState().current.name === 'welcome')
      app.route.setState({ current: { name: 'catalogue' }, history: [] });
  };
  const setUp = (): void => {
    onClose();
    if (app.route.getState().current.name !== 'welcome')
      app.route.getState().go({ name: 'settings', section: 'network' });
  };
  const isFeed = kind === 'feed';
  return (
    <Frame
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          {isFeed ? (
            <Button
              aria-describedby={noteId}
              isDisabled={address.reason !== null}
              isPending={isPending}
              tone="main"
              onPress={() => void add()}
            >
              {words.add}
            </Button>
          ) : (
            <Button tone="main" onPress={setUp}>
              {words.setUpService}
            </Button>
          )}
        </>
      }
      note={isFeed ? (address.reason ?? words.nothingYet) : ''}
      noteId={noteId}
      title={words.add}
      onClose={onClose}
    >
      <div className={css.body}>
        <RadioGroup
          aria-label={words.kind}
          className={cx(css.kinds)}
          value={kind}
          onChange={(next) => setKind(next as Kind)}
        >
          <KindOption
            icon={Building2}
            name={words.serviceKind}
            text={words.serviceKindText}
            value="service"
          />
          <KindOption icon={Rss} name={words.kinds.feed} text={words.feedKindText} value="feed" />
        </RadioGroup>
        <div className={css.form}>
          {/* It stays, with what was typed: another kind takes no focus from the choice. */}
          <div hidden={!isFeed}>{address.form}</div>
          {!isFeed && <p className={css.quiet}>{words.serviceText}</p>}
        </div>
      </div>
    </Frame>
  );
}

function KindOption({
  value,
  icon,
  name,
  text,
}: {
  value: Kind;
  icon: LucideIcon;
  name: string;
  text: string;
}) {
  return (
    <Radio className={cx(css.kind)} value={value}>
      <Icon of={icon} />
      <span>
        <b>{name}</b>
        <small>{text}</small>
      </span>
    </Radio>
  );
}

type SourceProps = { source: SourceView; onClose: () => void };

function ChangeAddress({ source, onClose }: SourceProps) {
  const app = useApp();
  const texts = useTexts();
  const { sources: words, common } = texts;
  const noteId = useId();
  const { run, isPending, error, clear } = useCall(app.sources, 'sources.change');
  const address = useAddressForm({
    first: source.address,
    of: source.id,
    failed: error,
    refuse: ({ isAdded, address: found }) =>
      found === source.address ? words.sameAddress : isAdded ? words.alreadyAdded : null,
    onChange: clear,
    onSubmit: () => void save(),
  });
  const save = async (): Promise<void> => {
    const { input, accepted } = address;
    if (input === null || !(await run({ id: source.id, input, accepted }))) return;
    onClose();
    app.toasts.getState().show(words.addressChanged);
  };
  return (
    <Frame
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            aria-describedby={noteId}
            isDisabled={address.reason !== null}
            isPending={isPending}
            tone="main"
            onPress={() => void save()}
          >
            {words.saveAddress}
          </Button>
        </>
      }
      note={address.reason ?? words.addressKeeps}
      noteId={noteId}
      title={words.addressTitle(sourceName(source, texts))}
      onClose={onClose}
    >
      <div className={cx(css.body, css.alone)}>
        <div className={css.form}>
          <div>{address.form}</div>
        </div>
      </div>
    </Frame>
  );
}

function AcceptTerms({ source, onClose }: SourceProps) {
  const app = useApp();
  const texts = useTexts();
  const { sources: words, common } = texts;
  const { run, isPending, error } = useCall(app.sources, 'sources.accept-terms');
  const { id, terms } = source;
  if (terms === null) return null;
  const accept = async (): Promise<void> => {
    if (await run({ id, version: terms.version })) onClose();
  };
  return (
    <Dialog
      isOpen
      icon={ScrollText}
      title={words.termsTitle(sourceName(source, texts))}
      wide
      onClose={onClose}
      actions={
        source.acceptedAt === null ? (
          <>
            <Button onPress={onClose}>{common.cancel}</Button>
            <Button isPending={isPending} tone="main" onPress={() => void accept()}>
              {words.accept}
            </Button>
          </>
        ) : (
          <Button tone="main" onPress={onClose}>
            {common.close}
          </Button>
        )
      }
    >
      <div className={css.terms}>
        <TermsText terms={terms} />
      </div>
      <p>{words.termsText}</p>
      {error && (
        <InlineAlert
          title={words.addressFaults[error.code] ?? errorText(app, error)}
          tone="danger"
          urgent
        />
      )}
    </Dialog>
  );
}

function Rename({ source, onClose }: SourceProps) {
  const app = useApp();
  const { sources: words, common } = useTexts();
  const { run, isPending, error } = useCall(app.sources, 'sources.rename');
  const [name, setName] = useState(source.name);
  const save = async (): Promise<void> => {
    if (name.trim() === '') return;
    if (name.trim() === source.name || (await run({ id: source.id, name: name.trim() }))) onClose();
  };
  return (
    <Dialog
      isOpen
      title={words.renameTitle}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            isDisabled={name.trim() === ''}
            isPending={isPending}
            tone="main"
            onPress={() => void save()}
          >
            {words.saveName}
          </Button>
        </>
      }
    >
      <Form failed={error} onSubmit={() => void save()}>
        <Field
          autoFocus
          error={error && errorText(app, error)}
          label={words.name}
          maxLength={200}
          value={name}
          onChange={setName}
        />
      </Form>
    </Dialog>
  );
}

function Remove({ source, onClose }: SourceProps) {
  const app = useApp();
  const { sources: words, common } = useTexts();
  const language = useLanguage();
  const { run, isPending, error } = useCall(app.sources, 'sources.remove');
  const { id, name, assets } = source;
  const remove = async (): Promise<void> => {
    if (!(await run({ id }))) return;
    onClose();
    app.toasts.getState().show(words.removed(name));
  };
  return (
    <Dialog
      isOpen
      urgent
      title={words.removeTitle(name)}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            {common.cancel}
          </Button>
          <Button isPending={isPending} tone="danger" onPress={() => void remove()}>
            {words.removeNow}
          </Button>
        </>
      }
    >
      <p>{words.removeText(formatNumber(assets, language))}</p>
      {error && <InlineAlert title={errorText(app, error)} tone="danger" urgent />}
    </Dialog>
  );
}
