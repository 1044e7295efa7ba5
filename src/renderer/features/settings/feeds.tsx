import { CircleMinus, Ellipsis, Newspaper, Plus, Rss } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ManagedSetting } from '../../../shared/contract/policy.ts';
import { MAX_DOCUMENT_BYTES } from '../../../shared/model/document-limits.ts';
import { formatBytes, formatDate, formatNumber } from '../../i18n/format.ts';
import {
  useApp,
  useLanguage,
  useNow,
  useSettings,
  useSources,
  useTexts,
} from '../../state/context.tsx';
import { pickFile, saveDocument } from '../../state/document-files.ts';
import { useReportError } from '../../state/errors.ts';
import { useManaged, useSwitchedOff } from '../../state/policy.ts';
import { useCall } from '../../state/projection.ts';
import { useRead } from '../../state/queries.ts';
import { isAddedKind, sourceName, sourceState } from '../../state/source-labels.ts';
import type { ArticleOverview, ArticleStorage, SourceView } from '../../state/views.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { Checkbox, usePendingValue } from '../../ui/controls/choice.tsx';
import { Menu, Select, type MenuEntry } from '../../ui/controls/select.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import { SettingBlock, SettingSection } from '../../ui/layout/setting.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { AddingOff, ManagedMark, ManagedNote, ManagedValues } from './managed.tsx';
import { useMatches, useUpdateSettings } from './parts.tsx';
import css from './feeds.module.css';

/** The first of some names, of which there may be many. */
const named = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}`;

/** Feeds, and what of their articles is on this computer. */
export function Feeds() {
  const app = useApp();
  const { feeds: words } = useTexts();
  const language = useLanguage();
  const reportError = useReportError();
  const overview = useRead('articles.overview', { ownLanguage: null }, { keepPrevious: true }).data;
  const matches = useMatches();
  const switchedOff = useSwitchedOff('add-sources', 'add-feeds');
  const all = useSources();
  const minutes = useSettings()?.sourceMinutes ?? 60;
  if (!matches(`${words.title} ${words.text(String(minutes))}`)) return null;
  const shown = all.filter((source) => source.kind === 'feed' || !isAddedKind(source.kind));
  const show = (text: string): void => app.toasts.getState().show(text);

  const importList = async (file: File): Promise<void> => {
    if (file.size > MAX_DOCUMENT_BYTES) return show(words.tooLarge);
    try {
      const { added, known, refused } = await app.client.call('sources.import', {
        text: await file.text(),
      });
      show(
        words.imported(
          formatNumber(added, language),
          added,
          known,
          named(refused.map(({ name }) => name)),
        ),
      );
    } catch (thrown) {
      reportError(thrown);
    }
  };
  const exportList = async (): Promise<void> => {
    try {
      const { text, feeds, leftOut } = await app.client.call('sources.export');
      if (feeds === 0) return show(words.nothingToExport);
      saveDocument('feeds.opml', text);
      if (leftOut > 0) show(words.leftOut(leftOut));
    } catch (thrown) {
      reportError(thrown);
    }
  };
  return (
    <SettingSection
      action={
        <div className={css.actions}>
          {switchedOff !== null && <AddingOff />}
          {switchedOff === null && (
            <Button
              tone="quiet"
              onPress={() => pickFile('.opml,.xml', (file) => void importList(file))}
            >
              {words.import}
            </Button>
          )}
          <Button tone="quiet" onPress={() => void exportList()}>
            {words.export}
          </Button>
          {switchedOff === null && (
            <Button
              icon={Plus}
              tone="main"
              onPress={() => app.sourceDialogs.setState({ open: { name: 'add', kind: 'feed' } })}
            >
              {words.add}
            </Button>
          )}
        </div>
      }
      text={words.text(String(minutes))}
      title={words.title}
    >
      <SettingBlock>
        {shown.length === 0 ? (
          <p>{words.empty}</p>
        ) : (
          <>
            <div aria-hidden className={cx(css.feed, css.head)}>
              <span />
              <span>{words.feed}</span>
              <span>{words.state}</span>
              <span>{words.unread}</span>
              <span>{words.fullText}</span>
              <span />
            </div>
            <ul aria-label={words.title} className={css.feeds}>
              {shown.map((source) => (
                <Feed
                  key={source.id}
                  counted={overview?.sources.find(({ id }) => id === source.id)}
                  source={source}
                />
              ))}
            </ul>
          </>
        )}
      </SettingBlock>
    </SettingSection>
  );
}

function Feed({
  source,
  counted,
}: {
  source: SourceView;
  counted: ArticleOverview['sources'][number] | undefined;
}) {
  const app = useApp();
  const texts = useTexts();
  const { feeds: words, sources } = texts;
  const language = useLanguage();
  const reportError = useReportError();
  const now = useNow(30_000);
  const check = useCall(app.sources, 'sources.check', reportError);
  const { id, kind, isPaused, isManaged } = source;
  const [, setPaused] = usePendingValue(isPaused, (next) =>
    app.sources.call('sources.pause', { id, isPaused: next }).catch(reportError),
  );
  const [fullText, setFullText] = usePendingValue(source.fullText, (next) =>
    app.sources.call('sources.full-text', { id, fullText: next }).catch(reportError),
  );
  const isChangeOff = useSwitchedOff('add-sources', 'add-feeds') !== null;
  const isFeed = isAddedKind(kind);
  const name = sourceName(source, texts);
  // When it is checked next is the same for all, and said above them.
  const state = sourceState({ ...source, nextAt: null }, texts, language, now);
  // Nothing is wrong that could be mended: it was ended by its publisher.
  const isClosed = source.fault?.code === 'source-gone' && !isPaused && !source.isChecking;
  const open = (dialog: 'change' | 'rename' | 'remove') => (): void =>
    app.sourceDialogs.setState({ open: { name: dialog, id } });
  const entries: MenuEntry[] = [
    { id: 'check', label: sources.checkNow, onAction: () => void check.run({ id }) },
    ...(isManaged
      ? []
      : [
          {
            id: 'pause',
            label: isPaused ? sources.resume : sources.pause,
            onAction: () => setPaused(!isPaused),
          },
          { id: 'rename', label: sources.rename, onAction: open('rename') },
          ...(isChangeOff
            ? []
            : [{ id: 'change', label: sources.changeSource.feed, onAction: open('change') }]),
          { id: 'remove', label: sources.remove, onAction: open('remove') },
        ]),
  ];
  return (
    <li className={css.feed}>
      <Icon of={isFeed ? Rss : Newspaper} />
      <span className={css.name}>
        <b>{name}</b>
        {isManaged && <ManagedMark />}
        <span>{isFeed ? source.address.replace(/^https?:\/\//u, '') : words.ofService}</span>
      </span>
      {isClosed ? (
        <span className={css.state}>
          <Icon of={CircleMinus} size={14} />
          <span>{words.closed}</span>
        </span>
      ) : (
        <span className={cx(css.state, state.tone && css[state.tone])}>
          <Icon of={state.icon} size={14} />
          <span>{state.text}</span>
        </span>
      )}
      <span className={css.count}>
        {formatNumber(counted?.unread ?? 0, language)}
        <i> {texts.articles.countUnread}</i>
      </span>
      <span className={css.full}>
        {isFeed && (
          <Checkbox isSelected={fullText} onChange={setFullText}>
            <SrOnly>{words.fullTextOf(name)}</SrOnly>
            <i aria-hidden>{words.fullText}</i>
          </Checkbox>
        )}
      </span>
      <span className={css.end}>
        {isClosed && !isManaged && (
          <Button
            aria-label={sources.of(sources.remove, name)}
            size={28}
            tone="quiet"
            onPress={open('remove')}
          >
            {sources.remove}
          </Button>
        )}
        {isFeed && (
          <Menu entries={entries} label={name}>
            <IconButton icon={Ellipsis} label={sources.more(name)} size={28} />
          </Menu>
        )}
      </span>
    </li>
  );
}

/** What an administrator may fix of the storage. */
const STORAGE_ROWS = [
  'articlesLimitMb',
  'articlesNewest',
  'articlesKeepDays',
  'articleSources',
] as const;
const LIMITS_MB = [100, 250, 500, 1000, 2000, 5000, 10_000, 50_000];
const NEWEST = [0, 50, 100, 200, 300, 500, 1000, 2000, 5000];
const DAYS = [null, 7, 30, 90, 365] as const;

const withOwn = (usual: readonly number[], own: number): number[] =>
  [...new Set([...usual, own])].toSorted((a, b) => a - b);

/** What stored articles take, why they are stored, and what goes first. */
export function OfflineStorage() {
  const { feeds: words } = useTexts();
  const language = useLanguage();
  const settings = useSettings();
  const set = useUpdateSettings();
  const matches = useMatches();
  const storage = useRead('articles.storage', undefined, { keepPrevious: true }).data;
  const isLimitManaged = useManaged('articlesLimitMb');
  if (!settings || !storage || !matches(words.storage)) return null;
  const size = (bytes: number): string => formatBytes(bytes, language);
  const { articlesLimitMb, articlesNewest, articlesKeepDays } = settings;
  return (
    <SettingSection
      action={
        isLimitManaged ? (
          <ManagedValues of="articlesLimitMb" />
        ) : (
          <Select
            hideLabel
            label={words.limit}
            look="button"
            options={withOwn(LIMITS_MB, articlesLimitMb).map((mb) => ({
              value: String(mb),
              // A round figure, without the zeros of a measured one.
              label: words.limitOf(size(mb * 1e6).replace(/[.,]0+(?=\s)/u, '')),
            }))}
            value={String(articlesLimitMb)}
            onChange={(mb) => void set({ articlesLimitMb: Number(mb) })}
          />
        )
      }
      note={<ManagedNote rows={STORAGE_ROWS} />}
      text={words.used(
        formatNumber(storage.articles, language),
        size(storage.usedBytes),
        size(storage.limitBytes),
      )}
      title={words.storage}
    >
      <SettingBlock>
        <Bar storage={storage} />
        <div className={css.rules}>
          <ManagedField of="articlesNewest" title={words.newest}>
            <Select
              label={words.newest}
              options={withOwn(NEWEST, articlesNewest).map((count) => ({
                value: String(count),
                label: count === 0 ? words.none : formatNumber(count, language),
              }))}
              value={String(articlesNewest)}
              onChange={(count) => void set({ articlesNewest: Number(count) })}
            />
          </ManagedField>
          <ManagedField of="articlesKeepDays" title={words.keepRead}>
            <Select
              label={words.keepRead}
              options={DAYS.map((days) => ({
                value: String(days),
                label: days === null ? words.whileThereIsRoom : words.days(days),
              }))}
              value={String(articlesKeepDays)}
              onChange={(days) =>
                void set({ articlesKeepDays: days === 'null' ? null : Number(days) })
              }
            />
          </ManagedField>
          <Chosen />
        </div>
        <WouldGo storage={storage} />
      </SettingBlock>
    </SettingSection>
  );
}

/** A field, or what an administrator has fixed in its place. */
function ManagedField({
  of,
  title,
  children,
}: {
  of: ManagedSetting;
  title: string;
  children: ReactNode;
}) {
  if (!useManaged(of)) return children;
  return (
    <div>
      <span>{title}</span>
      <ManagedValues of={of} />
    </div>
  );
}

/** Topics and feeds of which every article is stored. */
function Chosen() {
  const texts = useTexts();
  const { feeds: words } = texts;
  const settings = useSettings();
  const sources = useSources();
  const set = useUpdateSettings();
  const isManaged = useManaged('articleSources');
  if (!settings) return null;
  const { articleSources } = settings;
  const feeds = sources.filter(({ kind }) => kind === 'feed');
  if (feeds.length === 0) return null;
  return (
    <fieldset className={css.wholeFeeds}>
      <legend>
        {words.whole} {isManaged && <ManagedMark />}
      </legend>
      {feeds.map((source) => (
        <Checkbox
          isDisabled={isManaged}
          key={source.id}
          isSelected={articleSources.includes(source.id)}
          onChange={(isOn) =>
            void set({
              articleSources: isOn
                ? [...articleSources, source.id]
                : articleSources.filter((id) => id !== source.id),
            })
          }
        >
          {sourceName(source, texts)}
        </Checkbox>
      ))}
    </fieldset>
  );
}

function Bar({ storage }: { storage: ArticleStorage }) {
  const { feeds: words } = useTexts();
  const language = useLanguage();
  const newest = useSettings()?.articlesNewest ?? 0;
  const { groups, limitBytes, usedBytes } = storage;
  const whole = Math.max(limitBytes, usedBytes, 1);
  const shown = groups.filter(({ articles }) => articles > 0);
  const size = (bytes: number): string => formatBytes(bytes, language);
  return (
    <>
      <div
        aria-label={words.usedOf(size(usedBytes), size(limitBytes))}
        className={css.quota}
        role="img"
      >
        {shown.map(({ group, bytes }) => (
          <i
            className={css[group]}
            key={group}
            style={{ inlineSize: `${(bytes / whole) * 100}%` }}
          />
        ))}
      </div>
      <ul className={css.legend}>
        {shown.map(({ group, bytes }) => (
          <li key={group}>
            <i aria-hidden className={css[group]} />
            <span>{words.groups[group](formatNumber(newest, language))}</span>
            <b>{group === 'kept' ? words.neverRemoved(size(bytes)) : size(bytes)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}

function WouldGo({ storage }: { storage: ArticleStorage }) {
  const app = useApp();
  const texts = useTexts();
  const { feeds: words, common } = texts;
  const language = useLanguage();
  const sources = useSources();
  const reportError = useReportError();
  const [isAsking, setAsking] = useState(false);
  const { goes } = storage;
  if (goes.length === 0) return null;
  const nameOf = (id: string): string | null => {
    const source = sources.find((one) => one.id === id);
    return source ? sourceName(source, texts) : null;
  };
  // What was read, at most: what nobody has looked at yet isn't offered.
  const read = goes.filter(({ isRead }) => isRead);
  const bytes = read.reduce((sum, one) => sum + one.bytes, 0);
  const free = async (): Promise<void> => {
    setAsking(false);
    try {
      const freed = await app.client.call('articles.free', { bytes });
      app.toasts
        .getState()
        .show(
          words.freed(formatBytes(freed.bytes, language), formatNumber(freed.articles, language)),
        );
    } catch (thrown) {
      reportError(thrown);
    }
  };
  return (
    <div className={css.goes}>
      <header>
        <h3>{words.goesFirst}</h3>
        <span>{words.goesOrder}</span>
      </header>
      <ol>
        {goes.map((part) => (
          <li key={`${part.isRead} ${part.before}`}>
            <span>
              {words.part(part.isRead, formatDate(part.before, language))}
              <small>
                {words.partFacts(
                  formatNumber(part.articles, language),
                  named(part.sources.flatMap((id) => nameOf(id) ?? [])),
                )}
              </small>
            </span>
            <b>{formatBytes(part.bytes, language)}</b>
          </li>
        ))}
      </ol>
      <footer>
        {bytes > 0 && (
          <Button size={28} onPress={() => setAsking(true)}>
            {words.freeNow(formatBytes(bytes, language))}
          </Button>
        )}
        <span>{words.alwaysStay}</span>
      </footer>
      <Dialog
        actions={
          <>
            <Button onPress={() => setAsking(false)}>{common.cancel}</Button>
            <Button tone="main" onPress={() => void free()}>
              {words.free}
            </Button>
          </>
        }
        isOpen={isAsking}
        title={words.freeTitle(formatBytes(bytes, language))}
        onClose={() => setAsking(false)}
      >
        <p>{words.freeText}</p>
      </Dialog>
    </div>
  );
}
