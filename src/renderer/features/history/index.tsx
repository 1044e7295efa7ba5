import { ArrowLeft } from 'lucide-react';
import { useCallback } from 'react';
import { useStore } from 'zustand';
import { formatNumber } from '../../i18n/format.ts';
import { useApp, useLanguage, useRoute, useTexts } from '../../state/context.tsx';
import { IconButton } from '../../ui/controls/button.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { WithDrawer } from '../../ui/layout/drawer.tsx';
import { Drawer } from './ledger-drawer.tsx';
import { ExportButton, Ledger } from './ledger.tsx';
import { Packages } from './packages.tsx';
import css from './history.module.css';

type Side = 'packages' | 'ledger';

/** What was ever complete here, and who knew what and when: both outlast the list of downloads. */
export function HistoryScreen() {
  const app = useApp();
  const { history, ledger } = useTexts();
  const side = useRoute(({ current }) => (current.name === 'history' ? current.side : 'packages'));
  const openNumber = useRoute(({ current }) =>
    current.name === 'history' && current.side === 'ledger' ? current.entry : null,
  );
  const open = useCallback(
    (entry: number | null) => app.route.getState().go({ name: 'history', side: 'ledger', entry }),
    [app],
  );
  const close = (): void => {
    document.querySelector<HTMLElement>(`[data-number="${openNumber}"]`)?.focus();
    open(null);
  };
  return (
    <WithDrawer
      drawer={
        openNumber === null ? null : (
          <Drawer key={openNumber} number={openNumber} onClose={close} onOpen={open} />
        )
      }
    >
      <section aria-label={ledger.title} className={css.page}>
        <Header side={side} />
        {side === 'ledger' ? <Ledger openNumber={openNumber} onOpen={open} /> : <Packages />}
        <footer data-docked="line" className={css.footer}>
          <span>{side === 'ledger' ? ledger.foot : history.foot}</span>
          <span>{ledger.kept}</span>
        </footer>
      </section>
    </WithDrawer>
  );
}

function Header({ side }: { side: Side }) {
  const app = useApp();
  const { history, ledger } = useTexts();
  const language = useLanguage();
  const packages = useStore(app.history, ({ value }) => value?.packages ?? null);
  const entries = useStore(app.ledger, ({ value }) => value?.entries ?? null);
  const { go } = app.route.getState();
  const labelOf = (label: string, count: number | null): string =>
    count === null ? label : history.withCount(label, formatNumber(count, language));
  return (
    <header className={css.header}>
      <IconButton
        icon={ArrowLeft}
        label={ledger.back}
        tone="quiet"
        onPress={() => go({ name: 'transfers', id: null })}
      />
      <h1>{ledger.title}</h1>
      <Segmented
        className={css.sides}
        label={ledger.title}
        segments={[
          { value: 'packages', label: labelOf(history.packages, packages) },
          { value: 'ledger', label: labelOf(ledger.list, entries) },
        ]}
        value={side}
        onChange={(next) =>
          go(
            next === 'ledger'
              ? { name: 'history', side: next, entry: null }
              : { name: 'history', side: next },
          )
        }
      />
      {side === 'ledger' && <ExportButton />}
    </header>
  );
}
