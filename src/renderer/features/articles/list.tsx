import { topicName } from '../../../shared/api/query/values.ts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Check, HardDriveDownload, Star } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useStore } from 'zustand';
import { formatWhen } from '../../i18n/format.ts';
import {
  useApp,
  useLanguage,
  useMedia,
  useNow,
  useSearchText,
  useSources,
  useTexts,
} from '../../state/context.tsx';
import {
  clearSelection,
  extendSelection,
  selectAllArticles,
  setAnchor,
  toggleSelected,
} from '../../state/article-selection.ts';
import { sourceName } from '../../state/source-labels.ts';
import type { ArticleRow } from '../../state/views.ts';
import { Badge } from '../../ui/display/badge.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { Highlight } from '../../ui/display/highlight.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import css from './articles.module.css';

const ESTIMATE = 116;
/** Positions between which a text is said to be partly read. */
const [BEGUN, ENDED] = [0.02, 0.97];
const DAY_MS = 86_400_000;
type Age = 'today' | 'yesterday' | 'lastWeek' | 'older';

function ageOf(ms: number, nowMs: number): Age {
  const midnight = new Date(nowMs).setHours(0, 0, 0, 0);
  if (ms >= midnight) return 'today';
  if (ms >= midnight - DAY_MS) return 'yesterday';
  return ms >= midnight - 6 * DAY_MS ? 'lastWeek' : 'older';
}

/**
 * Virtualised list of articles by day, newest first. Arrows move, Enter opens; Shift with an arrow or
 * a click selects up to there, Ctrl or Cmd with a click one, with A all, Esc none.
 */
export function List({ openId }: { openId: string | null }) {
  const app = useApp();
  const { articles } = useTexts();
  const now = useNow(60_000);
  const { total, rows } = useStore(app.articles);
  const scrollRef = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(0);
  const wantsFocus = useRef(false);
  // oxlint-disable-next-line react/incompatible-library -- without the React compiler nothing memoises what the virtualizer returns
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ESTIMATE,
    overscan: 6,
    initialOffset: () => app.articleCriteria.getState().scrollTop,
  });
  const lines = virtualizer.getVirtualItems();
  useEffect(() => {
    const [first, last] = [lines[0], lines.at(-1)];
    if (first && last) app.articles.getState().setVisibleRange(first.index, last.index);
  });
  useEffect(() => {
    const button =
      wantsFocus.current &&
      scrollRef.current?.querySelector<HTMLElement>(`button[data-index="${current}"]`);
    if (!button) return;
    wantsFocus.current = false;
    button.focus({ preventScroll: true });
  });
  const selected = useStore(app.articleSelection, ({ ids }) => ids);
  const move = (to: number, isExtending: boolean): void => {
    const next = Math.max(0, Math.min(total - 1, to));
    wantsFocus.current = true;
    setCurrent(next);
    virtualizer.scrollToIndex(next);
    if (isExtending) void extendSelection(app, next);
    else setAnchor(app, next);
  };
  const keys = (event: KeyboardEvent): void => {
    const isCommand = event.ctrlKey || event.metaKey;
    const to = { ArrowUp: current - 1, ArrowDown: current + 1, Home: 0, End: total - 1 }[event.key];
    if (to !== undefined) move(to, event.shiftKey);
    else if (isCommand && event.key.toLowerCase() === 'a') void selectAllArticles(app);
    else if (event.key === 'Escape' && selected.size > 0) clearSelection(app);
    else return;
    event.preventDefault();
  };
  const press = (event: MouseEvent, index: number, isBox: boolean): void => {
    const id = rows.get(index)?.id;
    if (id === undefined) return;
    setCurrent(index);
    if (event.shiftKey) void extendSelection(app, index);
    else if (isBox || event.ctrlKey || event.metaKey) toggleSelected(app, index);
    else {
      setAnchor(app, index);
      app.route.getState().go({ name: 'articles', id });
    }
  };
  return (
    <div
      className={css.items}
      ref={scrollRef}
      onScroll={(event) =>
        app.articleCriteria.setState({ scrollTop: event.currentTarget.scrollTop })
      }
    >
      <div
        aria-label={articles.list}
        aria-multiselectable
        aria-rowcount={total}
        className={cx(css.canvas, selected.size > 0 && css.choosing)}
        role="grid"
        style={{ blockSize: virtualizer.getTotalSize() }}
        onKeyDown={keys}
      >
        {lines.map((line) => {
          const row = rows.get(line.index);
          const before = rows.get(line.index - 1);
          const age = row && ageOf(row.publishedAt, now);
          const opensDay =
            age !== undefined &&
            (line.index === 0 || (before !== undefined && ageOf(before.publishedAt, now) !== age));
          return (
            <div
              aria-rowindex={line.index + 1}
              aria-selected={row !== undefined && selected.has(row.id)}
              className={css.line}
              data-index={line.index}
              key={line.key}
              ref={virtualizer.measureElement}
              role="row"
              style={{ transform: `translateY(${line.start}px)` }}
            >
              <div role="gridcell">
                {opensDay && <h2 className={css.day}>{articles[age]}</h2>}
                {row ? (
                  <Item
                    followsDay={opensDay}
                    index={line.index}
                    isCurrent={line.index === current}
                    isOpen={row.id === openId}
                    isSelected={selected.has(row.id)}
                    row={row}
                    onFocus={() => setCurrent(line.index)}
                    onPress={(event, isBox) => press(event, line.index, isBox)}
                  />
                ) : (
                  <ItemSkeleton />
                )}
              </div>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Item({
  row,
  index,
  isOpen,
  isCurrent,
  isSelected,
  followsDay,
  onFocus,
  onPress,
}: {
  row: ArticleRow;
  index: number;
  isOpen: boolean;
  isCurrent: boolean;
  isSelected: boolean;
  followsDay: boolean;
  onFocus: () => void;
  onPress: (event: MouseEvent, isBox: boolean) => void;
}) {
  const app = useApp();
  const texts = useTexts();
  const { articles } = texts;
  const language = useLanguage();
  const media = useMedia();
  const now = useNow(60_000);
  const text = useSearchText('articles');
  const place = useStore(app.articleCriteria, (state) => state.place.of);
  const source = useSources().find(({ id }) => id === row.source);
  const hasOthers = useSources().some(({ kind }) => kind === 'feed');
  const kicker = [
    ...(place !== 'source' && hasOthers && source ? [sourceName(source, texts)] : []),
    ...(row.section === '' ? [] : [topicName(row.section, language)]),
  ].join(' · ');
  const isBegun = row.position > BEGUN && row.position < ENDED;
  const [failed, setFailed] = useState<string | null>(null);
  const picture = row.leadMediaId === failed ? null : row.leadMediaId;
  return (
    <article
      className={cx(
        css.item,
        picture === null && css.plain,
        !row.read && css.unread,
        isOpen && css.isCurrent,
        isSelected && css.selected,
        followsDay && css.first,
      )}
    >
      {/* For the mouse alone: the row carries the selection for screen readers. */}
      <span aria-hidden className={css.box} onClick={(event) => onPress(event, true)}>
        <span>{isSelected && <Icon of={Check} size={12} />}</span>
      </span>
      <span className={css.section}>
        {!row.read && <SrOnly>{articles.unreadMark} </SrOnly>}
        <span className={css.kicker}>{kicker}</span>
        {row.withdrawn && <Badge tone="withdrawn">{articles.withdrawn}</Badge>}
        {(row.corrected || row.isChanged) && !row.withdrawn && (
          <Badge tone="updated">{row.corrected ? articles.corrected : articles.changed}</Badge>
        )}
      </span>
      <h3 className={css.headline}>
        <button
          className={css.open}
          data-index={index}
          dir="auto"
          lang={row.language}
          tabIndex={isCurrent ? 0 : -1}
          type="button"
          {...(isOpen && { 'aria-current': 'true' as const })}
          onFocus={onFocus}
          onClick={(event) => onPress(event, false)}
        >
          <Highlight className={css.highlight} query={text} text={row.headline} />
        </button>
      </h3>
      <p className={css.meta}>
        {formatWhen(row.publishedAt, now, language)},{' '}
        {isBegun
          ? articles.percentRead(Math.round(row.position * 100))
          : articles.minutes(row.minutes)}
        {row.stored && (
          <>
            <Icon of={HardDriveDownload} size={14} />
            <SrOnly>, {articles.availableOffline}</SrOnly>
          </>
        )}
        {row.starred && (
          <>
            <Icon filled of={Star} size={14} />
            <SrOnly>, {articles.isStarred}</SrOnly>
          </>
        )}
      </p>
      {row.excerpt !== null && (
        <p className={css.excerpt} dir="auto" lang={row.language}>
          <Highlight className={css.highlight} query={text} text={row.excerpt} />
        </p>
      )}
      {picture !== null && (
        <img
          alt=""
          decoding="async"
          loading="lazy"
          src={media('article', picture)}
          onError={() => setFailed(picture)}
        />
      )}
    </article>
  );
}

export function ItemSkeleton() {
  return (
    <div aria-hidden className={css.item}>
      <Skeleton height="12px" width="5rem" />
      <span className={css.skeletonText}>
        <Skeleton height="14px" width="100%" />
        <Skeleton height="14px" width="70%" />
      </span>
      <Skeleton height="12px" width="7rem" />
      <Skeleton className={css.skeletonPicture} />
    </div>
  );
}
