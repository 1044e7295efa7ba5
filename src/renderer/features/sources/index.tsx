import { Building2, FolderSearch, Globe, Lock, Rss, ScrollText } from 'lucide-react';
import { useId, useState, type ComponentType, type ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Radio, RadioGroup } from 'react-aria-components';
import { useStore } from 'zustand';
import type { SourceKind } from '../../../shared/contract/sources.ts';
import { formatNumber } from '../../i18n/format.ts';
import { useApp, useLanguage, useSources, useTexts } from '../../state/context.tsx';
import { errorText } from '../../state/errors.ts';
import { isAddedKind, sourceName } from '../../state/source-labels.ts';
import { useSwitchedOff } from '../../state/policy.ts';
import { useCall } from '../../state/projection.ts';
import type { SourceView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Icon, type LucideIcon } from '../../ui/display/icon.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Dialog, Overlay } from '../../ui/overlays/dialog.tsx';
import { useDvidsForm, useNasaForm } from './archive-form.tsx';
import { useFeedForm } from './feed-form.tsx';
import { useFolderForm } from './folder-form.tsx';
import { SavePage } from './save-page.tsx';
import { TermsText, type SourceForm, type SourceFormProps } from './source-form.tsx';
import css from './sources.module.css';

/** The dialog about sources that is open. */
export function SourceDialogs() {
  const app = useApp();
  const { open } = useStore(app.sourceDialogs);
  const { sources: words, articles } = useTexts();
  const sources = useSources();
  const areAllOff = useSwitchedOff('add-sources');
  const areFeedsOff = useSwitchedOff('add-feeds');
  const arePagesOff = useSwitchedOff('saved-pages');
  const close = (): void => app.sourceDialogs.setState({ open: null });
  if (open === null) return null;
  if (open.name === 'add') {
    const first = open.kind ?? (areFeedsOff === null ? 'feed' : 'dvids');
    const off = first === 'feed' ? (areAllOff ?? areFeedsOff) : areAllOff;
    return off === null ? (
      <AddSource first={first} hasFeeds={areFeedsOff === null} onClose={close} />
    ) : (
      <SwitchedOff text={off} title={words.add} onClose={close} />
    );
  }
  if (open.name === 'save-page' && arePagesOff !== null)
    return <SwitchedOff text={arePagesOff} title={articles.savePage} onClose={close} />;
  if (open.name === 'save-page') return <SavePage first={open.address} onClose={close} />;
  const source = sources.find(({ id }) => id === open.id);
  if (!source) return null;
  const props = { source, onClose: close };
  switch (open.name) {
    case 'change': {
      const Change = isAddedKind(source.kind) ? CHANGES[source.kind] : null;
      return Change && <Change {...props} />;
    }
    case 'terms':
      return <AcceptTerms {...props} />;
    case 'rename':
      return <Rename {...props} />;
    case 'remove':
      return <Remove {...props} />;
  }
  return open satisfies never;
}

/** In place of what an administrator has switched off, wherever it is asked for. */
function SwitchedOff({
  title,
  text,
  onClose,
}: {
  title: string;
  text: string;
  onClose: () => void;
}) {
  const { common } = useTexts();
  return (
    <Dialog
      isOpen
      actions={
        <Button tone="main" onPress={onClose}>
          {common.close}
        </Button>
      }
      icon={Lock}
      title={title}
      onClose={onClose}
    >
      <p>{text}</p>
    </Dialog>
  );
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

type Kind = 'service' | SourceKind;
const KINDS: readonly (readonly [Kind, LucideIcon])[] = [
  ['service', Building2],
  ['dvids', Globe],
  ['nasa', Globe],
  ['feed', Rss],
  ['folder', FolderSearch],
];

function AddSource({
  first,
  hasFeeds,
  onClose,
}: {
  first: SourceKind;
  hasFeeds: boolean;
  onClose: () => void;
}) {
  const app = useApp();
  const { sources: words, common } = useTexts();
  const [kind, setKind] = useState<Kind>(first);
  const noteId = useId();
  const { run, isPending, error, clear } = useCall(app.sources, 'sources.add');
  const propsOf = (of: SourceKind): SourceFormProps => ({
    failed: of === kind ? error : null,
    refuse: ({ isAdded }) => (isAdded ? words.alreadyAdded[of] : null),
    onChange: clear,
    onSubmit: () => void add(),
  });
  // Each stays as it was filled in while another kind is looked at.
  const forms: Record<SourceKind, SourceForm> = {
    dvids: useDvidsForm(propsOf('dvids')),
    nasa: useNasaForm(propsOf('nasa')),
    feed: useFeedForm(propsOf('feed')),
    folder: useFolderForm(propsOf('folder')),
  };
  const form = kind === 'service' ? null : forms[kind];
  const add = async (): Promise<void> => {
    if (form === null || form.looked.phase !== 'found' || form.input === null) return;
    const { input, accepted, looked } = form;
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
  return (
    <Frame
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          {form ? (
            <Button
              aria-describedby={noteId}
              isDisabled={form.reason !== null}
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
      note={form ? (form.reason ?? words.nothingYet) : ''}
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
          {KINDS.filter(([value]) => value !== 'feed' || hasFeeds).map(([value, icon]) => (
            <KindOption
              icon={icon}
              key={value}
              name={words.kindNames[value]}
              text={words.kindTexts[value]}
              value={value}
            />
          ))}
        </RadioGroup>
        <div className={css.form}>
          {/* They stay, with what was typed: another kind takes no focus from the choice. */}
          {Object.entries(forms).map(([of, one]) => (
            <div hidden={of !== kind} key={of}>
              {one.form}
            </div>
          ))}
          {kind === 'service' && <p className={css.quiet}>{words.serviceText}</p>}
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

/** What a dialog does with the form of a source that is changed. */
function useChange(kind: SourceKind, { source, onClose }: SourceProps) {
  const app = useApp();
  const { sources: words } = useTexts();
  const { run, isPending, error, clear } = useCall(app.sources, 'sources.change');
  const save = async ({ input, accepted }: SourceForm): Promise<void> => {
    if (input === null || !(await run({ id: source.id, input, accepted }))) return;
    onClose();
    app.toasts.getState().show(words.changed[kind]);
  };
  // Of an archive the address stays.
  const refuse: SourceFormProps['refuse'] = ({ isAdded, address }) =>
    kind !== 'feed' && kind !== 'folder'
      ? null
      : address === source.address
        ? words.sameAddress[kind]
        : isAdded
          ? words.alreadyAdded[kind]
          : null;
  const props = { source, failed: error, refuse, onChange: clear };
  return { props, save, isPending };
}

function ChangeFeed(props: SourceProps) {
  const change = useChange('feed', props);
  const onSubmit = (): void => void change.save(form);
  const form: SourceForm = useFeedForm({ ...change.props, onSubmit });
  return <ChangeFrame {...props} change={change} form={form} kind="feed" />;
}

function ChangeFolder(props: SourceProps) {
  const change = useChange('folder', props);
  const onSubmit = (): void => void change.save(form);
  const form: SourceForm = useFolderForm({ ...change.props, onSubmit });
  return <ChangeFrame {...props} change={change} form={form} kind="folder" />;
}

function ChangeDvids(props: SourceProps) {
  const change = useChange('dvids', props);
  const onSubmit = (): void => void change.save(form);
  const form: SourceForm = useDvidsForm({ ...change.props, onSubmit });
  return <ChangeFrame {...props} change={change} form={form} kind="dvids" />;
}

function ChangeNasa(props: SourceProps) {
  const change = useChange('nasa', props);
  const onSubmit = (): void => void change.save(form);
  const form: SourceForm = useNasaForm({ ...change.props, onSubmit });
  return <ChangeFrame {...props} change={change} form={form} kind="nasa" />;
}

const CHANGES: Record<SourceKind, ComponentType<SourceProps>> = {
  feed: ChangeFeed,
  folder: ChangeFolder,
  dvids: ChangeDvids,
  nasa: ChangeNasa,
};

function ChangeFrame({
  source,
  kind,
  form,
  change,
  onClose,
}: SourceProps & { kind: SourceKind; form: SourceForm; change: ReturnType<typeof useChange> }) {
  const texts = useTexts();
  const { sources: words, common } = texts;
  const noteId = useId();
  return (
    <Frame
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            aria-describedby={noteId}
            isDisabled={form.reason !== null}
            isPending={change.isPending}
            tone="main"
            onPress={() => void change.save(form)}
          >
            {words.saveChange[kind]}
          </Button>
        </>
      }
      note={form.reason ?? words.changeKeeps}
      noteId={noteId}
      title={words.changeTitle[kind](sourceName(source, texts))}
      onClose={onClose}
    >
      <div className={cx(css.body, css.alone)}>
        <div className={css.form}>
          <div>{form.form}</div>
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
  const { id, kind, name, assets } = source;
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
      {kind === 'feed' && <p>{words.removeArticles}</p>}
      {(kind !== 'feed' || assets > 0) && <p>{words.removeText(formatNumber(assets, language))}</p>}
      {error && <InlineAlert title={errorText(app, error)} tone="danger" urgent />}
    </Dialog>
  );
}
