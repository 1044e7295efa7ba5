import { Film, History, ListFilter, Settings, Trash2 } from 'lucide-react';
import { useState } from 'react';
import {
  useApp,
  useRoute,
  useSettings,
  useTexts,
  useTransferList,
  useTransfers,
} from '../../state/context.tsx';
import { setPeriod } from '../../state/filters.ts';
import type { TransferRow } from '../../state/views.ts';
import { TRANSFER_TABS, type TransferTab } from '../../../shared/model/transfer-tabs.ts';
import { Button } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { WithDrawer } from '../../ui/layout/drawer.tsx';
import { columnsClass } from '../../ui/layout/row-list.tsx';
import { Tabs } from '../../ui/controls/tabs.tsx';
import { TransferLiveRegion } from './live-region.tsx';
import { VerificationBanner } from './verification-banner.tsx';
import { ClearDialog } from './clear-dialog.tsx';
import { Drawer } from './drawer.tsx';
import { Footer } from './footer.tsx';
import { Header, MoreMenu } from './header.tsx';
import { HistorySearch, NoResults } from './history.tsx';
import { focusTab, RecallStrip } from './recall-strip.tsx';
import { Rows } from './rows.tsx';
import { useActions } from '../../state/transfer-actions.ts';
import { OptionsDialog } from './options-dialog.tsx';
import css from './transfers.module.css';

export function TransfersScreen() {
  const app = useApp();
  const { transfers, recalls } = useTexts();
  const [isClearing, setClearing] = useState(false);
  const tab = useTransfers((state) => state.tab);
  const totals = useTransfers((state) => state.totals);
  const total = useTransferList((state) => state.total);
  const openId = useRoute(({ current }) => (current.name === 'transfers' ? current.id : null));
  const actions = useActions();
  const counts = totals?.counts;
  const [configured, setConfigured] = useState<TransferRow | null>(null);
  const search = useTransfers((state) => state.search);
  const isHistory = tab === 'done' || tab === 'failed' || tab === 'recalled';
  const isEmpty = counts !== undefined && counts[tab] === 0 && total === 0 && search === '';
  return (
    <>
      <WithDrawer
        className={cx(css.downloads, openId === null && css.plain)}
        drawer={
          openId === null ? null : <Drawer id={openId} key={openId} onOptions={setConfigured} />
        }
      >
        <section aria-label={transfers.title} className={css.queue}>
          <div>
            <Header actions={actions} />
            <RecallStrip />
            <VerificationBanner />
          </div>
          <Tabs
            bare
            label={transfers.title}
            panelClassName={css.panel}
            rowClassName={css.tabs}
            tabs={TRANSFER_TABS.map((value) => ({
              value,
              label: transfers.tabs[value],
              count: counts?.[value] ?? 0,
              danger: (value === 'failed' || value === 'recalled') && (counts?.[value] ?? 0) > 0,
            }))}
            tools={
              <div className={css.tools}>
                {tab === 'recalled' && (counts?.recalled ?? 0) > 0 && (
                  <Button icon={Trash2} size={28} tone="quiet" onPress={() => setClearing(true)}>
                    {recalls.clear}
                  </Button>
                )}
                <Button
                  icon={History}
                  size={28}
                  tone="quiet"
                  onPress={() => app.route.getState().go({ name: 'history', side: 'packages' })}
                >
                  {transfers.history}
                </Button>
                <MoreMenu actions={actions} onClearDisk={() => setClearing(true)} />
              </div>
            }
            value={tab}
            onChange={(next) => app.transfers.getState().setTab(next)}
          >
            {isEmpty ? (
              <Empty tab={tab} />
            ) : (
              <>
                {isHistory && <HistorySearch key={tab} />}
                {search !== '' && total === 0 ? (
                  <NoResults />
                ) : (
                  <>
                    <Columns />
                    <Rows key={`${tab} ${search}`} onOptions={setConfigured} />
                  </>
                )}
              </>
            )}
          </Tabs>
          <Footer />
          <TransferLiveRegion />
        </section>
      </WithDrawer>
      {isClearing && (
        <ClearDialog
          onClose={() => {
            setClearing(false);
            // What opened it goes away with the last place.
            setTimeout(() => document.activeElement === document.body && focusTab());
          }}
        />
      )}
      {configured && (
        <OptionsDialog key={configured.id} row={configured} onClose={() => setConfigured(null)} />
      )}
    </>
  );
}

function Columns() {
  const { transfers } = useTexts();
  return (
    <div aria-hidden className={columnsClass(css.columns)}>
      <span />
      <span />
      <span>{transfers.columns.package}</span>
      <span>{transfers.columns.progress}</span>
      <span>{transfers.columns.speed}</span>
      <span>{transfers.columns.time}</span>
      <span />
    </div>
  );
}

function Empty({ tab }: { tab: TransferTab }) {
  const app = useApp();
  const { transfers } = useTexts();
  const folder = useSettings()?.destination ?? '';
  const { go } = app.route.getState();
  if (tab !== 'all') {
    const [title, text] = transfers.emptyTabs[tab];
    return (
      <div className={css.rows}>
        <EmptyState
          actions={
            <Button icon={ListFilter} onPress={() => app.transfers.getState().setTab('all')}>
              {transfers.showAll}
            </Button>
          }
          art="transfers"
          text={text}
          title={title ?? ''}
        />
      </div>
    );
  }
  const today = (): void => {
    setPeriod(app, 'today');
    go({ name: 'catalogue' });
  };
  return (
    <div className={css.rows}>
      <EmptyState
        art="transfers"
        text={transfers.emptyText(folder)}
        title={transfers.emptyTitle}
        steps={[
          { id: 'new', icon: Film, text: transfers.emptyNew, onPress: today },
          {
            id: 'all',
            icon: Film,
            text: transfers.emptyAll,
            onPress: () => go({ name: 'catalogue' }),
          },
          {
            id: 'folder',
            icon: Settings,
            text: transfers.emptyFolder,
            onPress: () => go({ name: 'settings', section: 'downloads' }),
          },
        ]}
      />
    </div>
  );
}
