import { setTimeout as nextTurn } from 'node:timers/promises';
import { act, render } from '@testing-library/react';
import { userEvent, type UserEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { createApp, type AppContext } from '../../src/renderer/state/app.ts';
import { AppProvider } from '../../src/renderer/state/context.tsx';
import type { Route } from '../../src/renderer/state/route.ts';
import type { AppInfo, SettingsView } from '../../src/renderer/state/views.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge, type Answers, type FakeBridge } from './fake-bridge.ts';
import { connectionView, settingsView } from './views.ts';

type Options = Parameters<typeof fakeBridge>[1] & {
  route?: Route;
  shell?: AppInfo['shell'];
  vault?: AppInfo['vault'];
  language?: SettingsView['language'];
};
export type TestApp = {
  app: AppContext;
  bridge: FakeBridge;
  user: UserEvent;
  /** Resolves once what projections were answered is shown; for a query wait for what it shows. */
  render(ui: ReactNode): Promise<HTMLElement>;
};

/** Lets everything settle that needs no more time than a turn. */
export const settle = (): Promise<void> =>
  act(async () => {
    if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(0);
    else await nextTurn();
  });
/** The texts of all toasts. */
export const toasts = (app: AppContext): string[] =>
  app.toasts.getState().items.map(({ text }) => text);

/**
 * The whole context of an app on a bridge that answers from `answers`; settings and connection have
 * answers of their own.
 */
export function makeApp(
  answers: Answers = {},
  {
    route = { name: 'catalogue' },
    shell = 'desktop',
    vault = 'keychain',
    language = 'en',
    ...options
  }: Options = {},
): TestApp {
  const bridge = fakeBridge(
    {
      'settings.get': () => settingsView({ language }),
      'app.connection': () => connectionView(),
      ...answers,
    },
    options,
  );
  const info: AppInfo = {
    version: '0',
    shell,
    platform: 'linux',
    mediaSuffix: '',
    vault,
  };
  const app = createApp(makeClient<AppContract>(bridge), info, route);
  const user = userEvent.setup({
    advanceTimers: (ms) => void (vi.isFakeTimers() && vi.advanceTimersByTime(ms)),
  });
  return {
    app,
    bridge,
    user,
    async render(ui) {
      const { container } = render(<AppProvider app={app}>{ui}</AppProvider>);
      await settle();
      return container;
    },
  };
}
