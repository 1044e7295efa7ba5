import { ArrowLeft, RefreshCw } from 'lucide-react';
import { formatTime } from '../../i18n/format.ts';
import {
  useApp,
  useConnection,
  useLanguage,
  useRoute,
  useSettings,
  useTexts,
} from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useSwitchedOff } from '../../state/policy.ts';
import { useRead } from '../../state/queries.ts';
import type { SavedSearch } from '../../state/saved-searches.ts';
import type { AutoFetchView } from '../../state/views.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { Switch } from '../../ui/controls/choice.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { Log } from './log.tsx';
import { Preview } from './preview.tsx';
import { Rules } from './rules.tsx';
import { useEdit, type Edit } from './use-edit.ts';
import css from './auto-fetch.module.css';

/** What a saved search queues, what it would have queued, and what it did. */
export function AutoFetchScreen() {
  const id = useRoute(({ current }) => (current.name === 'auto-fetch' ? current.id : null));
  const settings = useSettings();
  const search = settings?.savedSearches.find((one) => one.id === id);
  if (!settings) return null;
  return search ? <Page key={search.id} search={search} /> : <Gone />;
}

function Gone() {
  const app = useApp();
  const { autoFetch } = useTexts();
  return (
    <EmptyState
      actions={
        <Button tone="main" onPress={() => app.route.getState().go({ name: 'catalogue' })}>
          {autoFetch.toCatalogue}
        </Button>
      }
      text={autoFetch.goneText}
      title={autoFetch.gone}
    />
  );
}

function Page({ search }: { search: SavedSearch }) {
  const { autoFetch } = useTexts();
  const { data: view } = useRead('auto-fetch.get', { id: search.id });
  const edit = useEdit(search, view ?? null);
  const switchedOff = useSwitchedOff('auto-fetch');
  if (!view) return null;
  return (
    <section aria-label={autoFetch.title(search.name)} className={css.page}>
      <Header edit={edit} search={search} view={view} />
      <div className={css.rules}>
        {switchedOff !== null && (
          <InlineAlert title={switchedOff} tone="warning">
            {autoFetch.switchedOffText}
          </InlineAlert>
        )}
        <Paused view={view} />
        <Rules edit={edit} view={view} />
        <Preview choice={edit.choice} isOn={view.rule?.isOn ?? false} text={search.text} />
      </div>
      <Log choice={view.rule ?? edit.choice} searchId={search.id} />
    </section>
  );
}

function Header({
  search,
  view: { rule, lastRunAtMs, isRunning },
  edit,
}: {
  search: SavedSearch;
  view: AutoFetchView;
  edit: Edit;
}) {
  const app = useApp();
  const { asset, autoFetch } = useTexts();
  const language = useLanguage();
  const reportError = useReportError();
  const fresh = useRead('catalogue.saved-counts', undefined).data?.find(
    ({ id }) => id === search.id,
  )?.fresh;
  const isOn = rule?.isOn ?? false;
  const isSwitchedOff = useSwitchedOff('auto-fetch') !== null;
  const check = (): void =>
    void app.client.call('auto-fetch.run', { id: search.id }).catch(reportError);
  return (
    <header className={css.header}>
      <IconButton
        icon={ArrowLeft}
        label={asset.back}
        tone="quiet"
        onPress={() => app.route.getState().back()}
      />
      <div className={css.title}>
        <h1>{autoFetch.title(search.name)}</h1>
        <p>
          <span className={css.query}>{search.text || autoFetch.everything}</span>
          {fresh !== undefined && <span>{autoFetch.fresh(fresh)}</span>}
          <span>
            {lastRunAtMs === null
              ? autoFetch.neverChecked
              : autoFetch.checked(formatTime(lastRunAtMs, language))}
          </span>
        </p>
      </div>
      <Button icon={RefreshCw} isDisabled={!isOn || isRunning || isSwitchedOff} onPress={check}>
        {autoFetch.checkNow}
      </Button>
      <Switch
        aria-label={autoFetch.name}
        className={css.switch}
        isDisabled={!isOn && isSwitchedOff}
        isSelected={isOn}
        onChange={(next) => edit.save(next)}
      >
        {(on) => <b>{on ? autoFetch.on : autoFetch.off}</b>}
      </Switch>
    </header>
  );
}

/** Why nothing is queued now, if that isn't the rule's doing. */
function Paused({ view: { rule, paused, pausedCount } }: { view: AutoFetchView }) {
  const { autoFetch } = useTexts();
  const connection = useConnection();
  if (rule?.isOn !== true) return null;
  if (paused !== null)
    return (
      <InlineAlert title={autoFetch.paused[paused]} tone="warning">
        {autoFetch.pausedText(pausedCount)}
      </InlineAlert>
    );
  return connection?.state === 'offline' ? (
    <InlineAlert title={autoFetch.offline}>{autoFetch.offlineText}</InlineAlert>
  ) : null;
}
