import {
  Building2,
  Ellipsis,
  FlaskConical,
  FolderSearch,
  Globe,
  KeyRound,
  Play,
  Plus,
  RefreshCw,
  Rss,
} from 'lucide-react';
import { formatNumber } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { useSecretStore } from '../../state/keychain.ts';
import {
  useAccount,
  useApp,
  useLanguage,
  useLibrary,
  useNow,
  useSettings,
  useSources,
  useTexts,
} from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import { useReportError } from '../../state/errors.ts';
import {
  isAddedKind,
  sourceName,
  sourceState,
  type SourceAction,
} from '../../state/source-labels.ts';
import { useServiceManaged, useSwitchedOff } from '../../state/policy.ts';
import { useCall } from '../../state/projection.ts';
import type { SettingsView, SourceView } from '../../state/views.ts';
import { usePendingValue } from '../../ui/controls/choice.tsx';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { Menu, Select, type MenuEntry } from '../../ui/controls/select.tsx';
import { Icon, type LucideIcon } from '../../ui/display/icon.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { SettingBlock, SettingControls, SettingSection } from '../../ui/layout/setting.tsx';
import { AddingOff, ManagedMark, ManagedNote } from './managed.tsx';
import { Row, Section, useMatches, useUpdateSettings } from './parts.tsx';
import css from './settings.module.css';

const ICONS: Record<SourceView['kind'], LucideIcon> = {
  service: Building2,
  demo: FlaskConical,
  feed: Rss,
  dvids: Globe,
  nasa: Globe,
  folder: FolderSearch,
};
const MINUTES = [15, 30, 60, 240] as const satisfies readonly SettingsView['sourceMinutes'][];

export function Sources() {
  const app = useApp();
  const { sources: words } = useTexts();
  const switchedOff = useSwitchedOff('add-sources');
  return (
    <>
      <Section
        action={
          switchedOff === null ? (
            <Button
              icon={Plus}
              tone="main"
              onPress={() => app.sourceDialogs.setState({ open: { name: 'add' } })}
            >
              {words.add}
            </Button>
          ) : (
            <AddingOff />
          )
        }
        of="sources"
        text={words.text}
      >
        <List />
      </Section>
      <SettingSection note={<ManagedNote rows={['sourceMinutes']} />} title={words.checkingTitle}>
        <Interval />
        <Keys />
      </SettingSection>
    </>
  );
}

/** All of them while the search matches the section, else those that it names. */
function List() {
  const texts = useTexts();
  const { sources: words } = texts;
  const title = texts.settings.sections.sources;
  const sources = useSources();
  const matches = useMatches();
  const isWhole = matches(`${title} ${words.text} ${words.add}`);
  const shown = sources.filter(
    (source) => isWhole || matches(`${sourceName(source, texts)} ${words.kinds[source.kind]}`),
  );
  if (shown.length === 0 && !isWhole) return null;
  return (
    <SettingBlock>
      {shown.length === 0 ? (
        <p className={css.help}>{words.emptyText}</p>
      ) : (
        <ul aria-label={title} className={css.sources}>
          {shown.map((source) => (
            <Source key={source.id} source={source} />
          ))}
        </ul>
      )}
    </SettingBlock>
  );
}

function Source({ source }: { source: SourceView }) {
  const texts = useTexts();
  const language = useLanguage();
  const now = useNow(30_000);
  const facts = useServiceFacts(source);
  const isOfService = !isAddedKind(source.kind);
  const isServiceManaged = useServiceManaged();
  const state = sourceState(source, texts, language, now);
  return (
    <li className={css.source}>
      <Icon of={ICONS[source.kind]} size={20} />
      <div>
        <h3>
          {sourceName(source, texts)}
          <span>{texts.sources.kinds[source.kind]}</span>
          {(source.isManaged || (isOfService && isServiceManaged)) && <ManagedMark />}
        </h3>
        <p className={cx(css.sourceState, state.tone && css[state.tone])}>
          <Icon of={state.icon} size={14} />
          <span>{state.text}</span>
        </p>
        <p className={css.sourceFacts}>
          {[
            ...selectionOf(source, texts),
            [state.facts[0], ...facts.articles].join(', '),
            ...state.facts.slice(1),
            ...facts.account,
          ].join('. ')}
        </p>
      </div>
      <Actions action={state.action} source={source} />
    </li>
  );
}

/** So many are named; the rest are in the dialog that changes them. */
const NAMED_FOLLOWS = 3;
/** What of the source is in the catalogue: of a folder, where it is. */
function selectionOf({ kind, address, follows }: SourceView, { sources: words }: Texts): string[] {
  if (kind === 'folder') return [address];
  if (follows.length === 0) return [];
  const names = follows
    .slice(0, NAMED_FOLLOWS)
    .map(({ value }) => words.named(value))
    .join(', ');
  const more = follows.length - NAMED_FOLLOWS;
  return [words.selection(more > 0 ? words.andMore(names, String(more)) : names)];
}

/** What only a service has: articles, and who is signed in to it. */
function useServiceFacts({ kind }: SourceView): { articles: string[]; account: string[] } {
  const { sources: words } = useTexts();
  const language = useLanguage();
  const articles = useLibrary()?.articles ?? 0;
  const account = useAccount();
  if (isAddedKind(kind)) return { articles: [], account: [] };
  const email = account?.status === 'signed-in' ? account.profile?.email : undefined;
  return {
    articles: articles === 0 ? [] : [words.articles(formatNumber(articles, language))],
    account: email === undefined ? [] : [words.signedInAs(email)],
  };
}

function Actions({ source, action }: { source: SourceView; action: SourceAction }) {
  const app = useApp();
  const texts = useTexts();
  const { sources: words } = texts;
  const reportError = useReportError();
  const check = useCall(app.sources, 'sources.check', reportError);
  const leave = useCall(app.settings, 'settings.use-service', reportError);
  const { id, kind, isPaused, isManaged, isChecking, address } = source;
  // Not by useCall: the source is shown as paused before the call has ended, and what is pressed then counts.
  const [, setPaused] = usePendingValue(isPaused, (next) =>
    app.sources.call('sources.pause', { id, isPaused: next }).catch(reportError),
  );
  const isAddingOff = useSwitchedOff('add-sources') !== null;
  const isFeedsOff = useSwitchedOff('add-feeds') !== null;
  const isServiceManaged = useServiceManaged();
  const isChangeOff = isAddingOff || (kind === 'feed' && isFeedsOff);
  const name = sourceName(source, texts);
  const changeLabel = isAddedKind(kind) ? words.changeSource[kind] : words.changeService;
  const open = (dialog: 'change' | 'rename' | 'remove' | 'terms') => (): void =>
    app.sourceDialogs.setState({ open: { name: dialog, id } });
  const runs: Record<SourceAction, { label: string; icon?: LucideIcon; run: () => void }> = {
    check: { label: words.checkNow, icon: RefreshCw, run: () => void check.run({ id }) },
    resume: {
      label: words.resume,
      icon: Play,
      run: () => setPaused(false),
    },
    change: { label: changeLabel, run: open('change') },
    'accept-terms': { label: words.acceptTerms, run: open('terms') },
    'leave-demo': {
      label: words.leaveDemo,
      run: () =>
        void leave
          .run({ none: true })
          .then((left) => left && app.toasts.getState().show(words.demoLeft)),
    },
  };
  const copy: MenuEntry = {
    id: 'copy',
    label: kind === 'folder' ? words.copyPath : words.copyAddress,
    onAction: () => void copyText(app, address, words.copied),
  };
  const checkNow: MenuEntry = { id: 'check', label: words.checkNow, onAction: runs.check.run };
  const entries: MenuEntry[] = isAddedKind(kind)
    ? [
        checkNow,
        ...(isManaged
          ? []
          : [
              isPaused
                ? { id: 'resume', label: words.resume, onAction: runs.resume.run }
                : {
                    id: 'pause',
                    label: words.pause,
                    onAction: () => setPaused(true),
                  },
              { id: 'rename', label: words.rename, onAction: open('rename') },
              ...(isChangeOff
                ? []
                : [{ id: 'change', label: changeLabel, onAction: open('change') }]),
            ]),
        ...(kind === 'feed' || kind === 'folder' ? [copy] : []),
        ...(isManaged
          ? []
          : [{ id: 'remove', label: words.remove, danger: true, onAction: open('remove') }]),
      ]
    : [
        checkNow,
        {
          id: 'service',
          label: words.changeService,
          onAction: () => app.route.getState().go({ name: 'settings', section: 'network' }),
        },
        ...(kind === 'service' ? [copy] : []),
      ];
  const main = runs[action === 'leave-demo' && isServiceManaged ? 'check' : action];
  return (
    <div className={css.sourceActions}>
      <Button
        aria-label={words.of(main.label, name)}
        icon={main.icon}
        isPending={(action === 'check' && isChecking) || leave.isPending}
        size={28}
        onPress={main.run}
      >
        {main.label}
      </Button>
      <Menu entries={entries} label={words.more(name)}>
        <IconButton icon={Ellipsis} label={words.more(name)} size={28} />
      </Menu>
    </div>
  );
}

function Interval() {
  const { sources: words } = useTexts();
  const settings = useSettings();
  const set = useUpdateSettings();
  if (!settings) return null;
  const choose = (next: string): void => {
    const sourceMinutes = MINUTES.find((minutes) => String(minutes) === next);
    if (sourceMinutes) void set({ sourceMinutes });
  };
  return (
    <Row of="sourceMinutes" text={words.everyText} title={words.every}>
      <SettingControls>
        <Select
          hideLabel
          label={words.every}
          look="button"
          options={MINUTES.map((minutes) => ({
            value: String(minutes),
            label: words.everyMinutes[minutes],
          }))}
          value={String(settings.sourceMinutes)}
          onChange={choose}
        />
      </SettingControls>
    </Row>
  );
}

/** Keys of the user's own at publishers. */
function Keys() {
  const app = useApp();
  const texts = useTexts();
  const store = useSecretStore();
  const { sources: words } = texts;
  const keyed = useSources().filter(({ keyEnding }) => keyEnding !== null);
  if (keyed.length === 0) return null;
  return (
    <Row text={words.keysText[store]} title={words.keys}>
      <SettingControls>
        <ul className={css.keys}>
          {keyed.map((source) => (
            <li key={source.id}>
              <Icon of={KeyRound} />
              <span>{words.keyEnds(sourceName(source, texts), source.keyEnding ?? '')}</span>
              <Button
                aria-label={words.of(words.replaceKey, sourceName(source, texts))}
                size={28}
                onPress={() =>
                  app.sourceDialogs.setState({ open: { name: 'change', id: source.id } })
                }
              >
                {words.replaceKey}
              </Button>
            </li>
          ))}
        </ul>
      </SettingControls>
    </Row>
  );
}
