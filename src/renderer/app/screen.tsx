import { RotateCw } from 'lucide-react';
import { Component, lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import { useRoute, useTexts } from '../state/context.tsx';
import type { Route } from '../state/route.ts';
import { Button } from '../ui/controls/button.tsx';
import { EmptyState } from '../ui/layout/empty-state.tsx';

/** Each page's code is loaded when it is first opened. */
const SCREENS: Record<Route['name'], ComponentType> = {
  welcome: lazy(async () => ({
    default: (await import('../features/welcome/index.tsx')).WelcomeScreen,
  })),
  catalogue: lazy(async () => ({
    default: (await import('../features/catalogue/index.tsx')).CatalogueScreen,
  })),
  asset: lazy(async () => ({ default: (await import('../features/asset/index.tsx')).AssetScreen })),
  'auto-fetch': lazy(async () => ({
    default: (await import('../features/auto-fetch/index.tsx')).AutoFetchScreen,
  })),
  articles: lazy(async () => ({
    default: (await import('../features/articles/index.tsx')).ArticlesScreen,
  })),
  transfers: lazy(async () => ({
    default: (await import('../features/transfers/index.tsx')).TransfersScreen,
  })),
  history: lazy(async () => ({
    default: (await import('../features/history/index.tsx')).HistoryScreen,
  })),
  settings: lazy(async () => ({
    default: (await import('../features/settings/index.tsx')).SettingsScreen,
  })),
  mailbox: lazy(async () => ({
    default: (await import('../features/account/mailbox.tsx')).MailboxScreen,
  })),
  account: lazy(async () => ({
    default: (await import('../features/account/index.tsx')).AccountScreen,
  })),
};

export function Screen() {
  const name = useRoute((state) => state.current.name);
  const Page = SCREENS[name];
  return (
    <Guard key={name}>
      <Suspense fallback={null}>
        <Page />
      </Suspense>
    </Guard>
  );
}

/** A page that crashes affects neither the window nor the queue. */
class Guard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? (
      <Failed onAgain={() => this.setState({ failed: false })} />
    ) : (
      this.props.children
    );
  }
}

function Failed({ onAgain }: { onAgain: () => void }) {
  const { shell } = useTexts();
  return (
    <EmptyState
      actions={
        <Button icon={RotateCw} onPress={onAgain}>
          {shell.reopenPage}
        </Button>
      }
      text={shell.screenFailedText}
      title={shell.screenFailed}
    />
  );
}
