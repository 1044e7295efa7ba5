import { ArrowDown, ArrowUp, CloudDownload, FileDown, Link2, Pencil, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useStore } from 'zustand';
import { isSameSearch } from '../../shared/model/saved-search.ts';
import { formatNumber } from '../i18n/format.ts';
import {
  useApp,
  useCriteria,
  useLanguage,
  useRoute,
  useSearchText,
  useSettings,
  useTexts,
} from '../state/context.tsx';
import { useRead } from '../state/queries.ts';
import {
  copyLink,
  forgetWithToast,
  lookAt,
  moveSearch,
  openSearch,
  saveAsFile,
  type SavedSearch,
} from '../state/saved-searches.ts';
import { MenuAt, type MenuEntry } from '../ui/controls/select.tsx';
import { Icon } from '../ui/display/icon.tsx';
import { SrOnly } from '../ui/display/text.tsx';
import { cx } from '../ui/styles/cx.ts';
import css from './saved-rail.module.css';

type Counts = { total: number; fresh: number };

/** The saved searches, at every width, with what is new since each was looked at. */
export function SavedRail() {
  const { shell } = useTexts();
  const saved = useSettings()?.savedSearches ?? [];
  const counts = useRead('catalogue.saved-counts', undefined, {
    enabled: saved.length > 0,
    keepPrevious: true,
  }).data;
  if (saved.length === 0) return null;
  return (
    <section aria-labelledby="saved-searches" className={css.saved}>
      <h2 id="saved-searches">{shell.savedShort}</h2>
      <ul>
        {saved.map((search, index) => (
          <Item
            counts={counts?.find(({ id }) => id === search.id) ?? null}
            index={index}
            key={search.id}
            of={saved.length}
            search={search}
          />
        ))}
      </ul>
    </section>
  );
}

/** True while its results are shown. It was looked at once they are left. */
function useIsCurrent(search: SavedSearch): boolean {
  const app = useApp();
  const isCatalogue = useRoute((state) => state.current.name === 'catalogue');
  const text = useSearchText('catalogue');
  const sort = useCriteria((state) => state.sort);
  const isCurrent = isCatalogue && isSameSearch(search, { text, sort });
  const { id } = search;
  useEffect(() => {
    if (!isCurrent) return undefined;
    return () => void lookAt(app, id);
  }, [app, isCurrent, id]);
  return isCurrent;
}

function Item({
  search,
  counts,
  index,
  of,
}: {
  search: SavedSearch;
  counts: Counts | null;
  index: number;
  of: number;
}) {
  const app = useApp();
  const { shell, autoFetch } = useTexts();
  const language = useLanguage();
  const isCurrent = useIsCurrent(search);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const ref = useRef<HTMLButtonElement>(null);
  const isOn = useSettings()?.autoFetch.some((rule) => rule.isOn && rule.searchId === search.id);
  const renaming = useStore(app.savedDialog, (state) => state.open);
  const entries: MenuEntry[] = [
    {
      id: 'rename',
      icon: Pencil,
      label: shell.renameSearch,
      onAction: () => renaming(search.id),
    },
    {
      id: 'up',
      icon: ArrowUp,
      label: shell.moveUp,
      disabled: index === 0,
      onAction: () => void moveSearch(app, search.id, -1),
    },
    {
      id: 'down',
      icon: ArrowDown,
      label: shell.moveDown,
      disabled: index === of - 1,
      onAction: () => void moveSearch(app, search.id, 1),
    },
    {
      id: 'auto-fetch',
      icon: CloudDownload,
      label: autoFetch.name,
      onAction: () => app.route.getState().go({ name: 'auto-fetch', id: search.id }),
    },
    {
      id: 'file',
      icon: FileDown,
      label: shell.saveSearchAsFile,
      onAction: () => saveAsFile([search]),
    },
    { id: 'copy', icon: Link2, label: shell.copyLink, onAction: () => void copyLink(app, search) },
    {
      id: 'delete',
      icon: Trash2,
      label: shell.deleteSearch,
      danger: true,
      onAction: () => void forgetWithToast(app, search),
    },
  ];
  const onContextMenu = (event: MouseEvent): void => {
    event.preventDefault();
    setMenuOpen(true);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      void moveSearch(app, search.id, event.key === 'ArrowUp' ? -1 : 1);
    } else if (event.key === 'F2') renaming(search.id);
    else if (event.key === 'Delete') void forgetWithToast(app, search);
  };
  const said =
    counts === null
      ? ''
      : counts.fresh > 0
        ? shell.fresh(formatNumber(counts.fresh, language))
        : formatNumber(counts.total, language);
  return (
    <li>
      <button
        aria-current={isCurrent ? 'page' : undefined}
        aria-haspopup="menu"
        className={css.item}
        ref={ref}
        title={search.name}
        type="button"
        onClick={() => openSearch(app, search)}
        onContextMenu={onContextMenu}
        onKeyDown={onKeyDown}
      >
        <span className={css.name}>{search.name}</span>
        <span className={cx(css.count, counts !== null && counts.fresh > 0 && css.fresh)}>
          {isOn === true && (
            <>
              <Icon of={CloudDownload} size={12} />
              <SrOnly>{autoFetch.isOn}</SrOnly>
            </>
          )}
          {said}
        </span>
      </button>
      {isMenuOpen && (
        <MenuAt
          anchor={ref}
          entries={entries}
          label={search.name}
          onClose={() => setMenuOpen(false)}
        />
      )}
    </li>
  );
}
