import { CircleAlert, FileText, Inbox, Newspaper, Rss, Star, Tag } from 'lucide-react';
import { useStore } from 'zustand';
import { SAVED_PAGES } from '../../../shared/model/source.ts';
import { formatNumber } from '../../i18n/format.ts';
import { useApp, useLanguage, useSources, useTexts } from '../../state/context.tsx';
import type { ArticlePlace } from '../../state/criteria.ts';
import { useRead } from '../../state/queries.ts';
import { isAddedKind, sourceName } from '../../state/source-labels.ts';
import { Icon, type LucideIcon } from '../../ui/display/icon.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import css from './articles.module.css';

type Place = {
  key: string;
  to: ArticlePlace;
  icon: LucideIcon;
  name: string;
  count: number;
  /** It counts unread articles; else all of them, where that says more. */
  isUnread?: boolean;
  fault?: string | undefined;
};

const isSame = (a: ArticlePlace, b: ArticlePlace): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** Where articles come from, the starred ones and the tags, with how many are unread. */
export function Places() {
  const app = useApp();
  const texts = useTexts();
  const { articles } = texts;
  const language = useLanguage();
  const sources = useSources();
  const { place: current, language: chosen } = useStore(app.articleCriteria);
  const overview = useRead(
    'articles.overview',
    { ownLanguage: chosen === 'settings' ? language : null },
    { keepPrevious: true },
  ).data;
  if (!overview) return null;
  const counts = new Map(overview.sources.map((one) => [one.id, one] as const));
  const own = sources.flatMap((source): Place[] => {
    const counted = counts.get(source.id);
    if (!counted) return [];
    const isFeed = isAddedKind(source.kind);
    return [
      {
        key: source.id,
        to: { of: 'source', id: source.id },
        icon: isFeed ? Rss : Newspaper,
        name: sourceName(source, texts),
        count: counted.unread,
        isUnread: true,
        fault: source.fault ? articles.faultOf(source.fault.code) : undefined,
      },
    ];
  });
  const pages = counts.get(SAVED_PAGES);
  const places: Place[] = [
    {
      key: 'all',
      to: { of: 'all' },
      icon: Inbox,
      name: articles.all,
      count: overview.unread,
      isUnread: true,
    },
    {
      key: 'starred',
      to: { of: 'starred' },
      icon: Star,
      name: articles.starred,
      count: overview.starred,
    },
    // One source alone is what "All" says.
    ...(own.length > 1 || pages ? own : []),
    ...(pages
      ? [
          {
            key: SAVED_PAGES,
            to: { of: 'source', id: SAVED_PAGES } as const,
            icon: FileText,
            name: articles.savedPages,
            count: pages.total,
          },
        ]
      : []),
    ...overview.tags.map(({ name, count }) => ({
      key: `tag ${name}`,
      to: { of: 'tag', name } as const,
      icon: Tag,
      name,
      count,
    })),
  ];
  return (
    <ul aria-label={articles.places} className={css.places}>
      {places.map(({ key, to, icon, name, count, isUnread = false, fault }) => (
        <li key={key}>
          <button
            className={css.place}
            type="button"
            {...(isSame(to, current) && { 'aria-current': 'true' as const })}
            onClick={() => app.articleCriteria.setState({ place: to, scrollTop: 0 })}
          >
            <Icon of={icon} />
            <span className={css.placeName}>{name}</span>
            {fault !== undefined && (
              <span className={css.fault}>
                <Icon of={CircleAlert} size={14} />
                {fault}
              </span>
            )}
            {count > 0 && (
              <span className={css.placeCount}>
                {formatNumber(count, language)}
                <SrOnly> {isUnread ? articles.countUnread : articles.countAll}</SrOnly>
              </span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}
