import {
  ArrowDown,
  CircleAlert,
  Pause,
  SatelliteDish,
  Unplug,
  Wifi,
  WifiOff,
  Languages,
} from 'lucide-react';
import type { KeyboardEvent, RefObject } from 'react';
import { Link } from 'react-aria-components';
import { useStore } from 'zustand';
import { stationLink } from '../contract/station-bridge.ts';
import { formatRate } from '../i18n/format.ts';
import {
  useConnection,
  useApp,
  useLanguage,
  useRoute,
  useSearchText,
  useTexts,
  useTransfers,
} from '../state/context.tsx';
import type { AppContext } from '../state/app.ts';
import type { Route } from '../state/route.ts';
import { useSourcesLine } from '../state/source-labels.ts';
import type { SearchArea } from '../state/criteria.ts';
import { cx } from '../ui/styles/cx.ts';
import { QueryField } from './query-field.tsx';
import { SearchField } from '../ui/controls/field.tsx';
import { Icon } from '../ui/display/icon.tsx';
import { ProgressBar } from '../ui/display/progress.tsx';
import { Kbd } from '../ui/display/text.tsx';
import css from './shell.module.css';
import { useReportError } from '../state/errors.ts';
import { Button } from '../ui/controls/button.tsx';
import { Menu } from '../ui/controls/select.tsx';

/**
 * Articles and settings have a search of their own; on every other page the field searches the
 * catalogue.
 */
const areaOf = (name: Route['name']): SearchArea =>
  name === 'articles' || name === 'settings' ? name : 'catalogue';

const firstResult = (): HTMLElement | null =>
  document.querySelector('main :is([role="grid"], [role="listbox"]) [tabindex="0"]');

/** Moves the focus from the search field to the first result. */
function intoResults(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
  const first = firstResult();
  if (!first) return;
  event.preventDefault();
  first.focus();
}

const firstAsset = (): HTMLElement | null =>
  document.querySelector('main [role="grid"][aria-rowcount] [tabindex="0"]');

/**
 * Leads from the search field to the first result, once the results are those of the query; not if
 * somebody has gone elsewhere meanwhile.
 */
function intoCatalogue(app: AppContext, field: HTMLElement | null): void {
  if (app.route.getState().current.name !== 'catalogue')
    app.route.getState().go({ name: 'catalogue' });
  const isThere = (): boolean => {
    const { query, shownQuery, status } = app.results.getState();
    return status === 'ready' && shownQuery === query;
  };
  const enter = (): void => {
    // After the rows were drawn.
    requestAnimationFrame(() => {
      if (document.activeElement === field || document.activeElement === document.body)
        firstAsset()?.focus();
    });
  };
  // What was just typed becomes the query with the next drawing.
  requestAnimationFrame(() => {
    if (isThere()) return enter();
    const stop = app.results.subscribe(() => {
      if (!isThere()) return;
      stop();
      enter();
    });
  });
}

export function TopBar({ searchRef }: { searchRef: RefObject<HTMLInputElement | null> }) {
  const app = useApp();
  const { shell } = useTexts();
  const route = useRoute((state) => state.current.name);
  const area = areaOf(route);
  const text = useSearchText(area);
  const placeholder = {
    catalogue: shell.searchFootage,
    articles: shell.searchArticles,
    settings: shell.searchSettings,
  }[area];
  const change = (next: string): void => {
    app.search.getState().type(area, next);
    if (area === 'catalogue' && route !== 'catalogue')
      app.route.getState().go({ name: 'catalogue' });
  };
  return (
    <header className={css.topbar}>
      {area === 'catalogue' ? (
        <QueryField
          hint={<Kbd>/</Kbd>}
          placeholder={placeholder}
          searchRef={searchRef}
          onChange={change}
          onSubmit={() => intoCatalogue(app, searchRef.current)}
        />
      ) : (
        <SearchField
          className={css.search}
          clearLabel={shell.clearSearch}
          hint={<Kbd>/</Kbd>}
          inputRef={searchRef}
          label={placeholder}
          placeholder={placeholder}
          value={text}
          onChange={change}
          onKeyDown={intoResults}
        />
      )}
      <span className={css.space} />
      <Connection />
      <Meter />
    </header>
  );
}

/** Whether the service answers; without one, how the other sources are. */
function Connection() {
  const app = useApp();
  const { shell } = useTexts();
  const isLost = useStore(stationLink, (link) => link.state === 'lost');
  const known = useConnection()?.state ?? 'starting';
  const state = isLost ? 'offline' : known;
  const sources = useSourcesLine();
  if (state === 'no-service' && sources)
    return (
      <span role="status">
        <Link
          className={cx(css.connection, sources.isFaulty && css.off)}
          onPress={() => app.route.getState().go({ name: 'settings', section: 'sources' })}
        >
          <Icon of={sources.isFaulty ? CircleAlert : SatelliteDish} />
          <span>{sources.text}</span>
        </Link>
      </span>
    );
  const words = {
    starting: shell.connecting,
    online: shell.connected,
    offline: shell.offline,
    'no-service': shell.noService,
  }[state];
  const icon = { starting: Wifi, online: Wifi, offline: WifiOff, 'no-service': Unplug }[state];
  return (
    <span
      className={cx(
        css.connection,
        state === 'online' && css.connected,
        state === 'offline' && css.off,
      )}
      role="status"
    >
      <Icon of={icon} />
      <span>{words}</span>
    </span>
  );
}

/** State of the queue in one line, opens Downloads. Hidden when the queue is empty. */
function Meter() {
  const app = useApp();
  const { shell } = useTexts();
  const language = useLanguage();
  const totals = useTransfers((state) => state.totals);
  const offline = useConnection()?.state === 'offline';
  if (!totals) return null;
  const { active, waiting, done, all } = totals.counts;
  if (active + waiting === 0) return null;
  const halted = totals.paused || offline || active === 0;
  return (
    <Link
      className={cx(css.meter)}
      onPress={() => app.route.getState().go({ name: 'transfers', id: null })}
    >
      <Icon of={totals.paused ? Pause : ArrowDown} />
      <span>
        {totals.paused
          ? shell.paused
          : halted
            ? shell.waiting
            : formatRate(totals.bytesPerSecond, language)}
      </span>
      <ProgressBar
        className={css.meterBar}
        label={shell.allDownloads}
        tone={halted ? 'waiting' : 'running'}
        value={all === 0 ? 0 : done / all}
      />
      <span className={css.meterCount}>
        {halted ? shell.packages(active + waiting) : shell.ofPackages(done, all)}
      </span>
    </Link>
  );
}

const NAMES = { en: 'English', fr: 'Français' } as const;

/** Language choice for the pages shown before settings can be opened. */
export function LanguageButton() {
  const app = useApp();
  const { welcome } = useTexts();
  const reportError = useReportError();
  const language = useLanguage();
  const choose = (next: 'en' | 'fr') => (): void =>
    void app.settings.call('settings.set', { language: next }).catch(reportError);
  return (
    <Menu
      entries={[
        { id: 'en', label: NAMES.en, onAction: choose('en') },
        { id: 'fr', label: NAMES.fr, onAction: choose('fr') },
      ]}
      label={welcome.language}
    >
      <Button icon={Languages} size={28} tone="quiet">
        {NAMES[language]}
      </Button>
    </Menu>
  );
}
