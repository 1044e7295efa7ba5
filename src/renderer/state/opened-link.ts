import type { AppLink } from '../../shared/model/app-link.ts';
import type { AppContext } from './app.ts';
import { reportError } from './errors.ts';
import { openShared } from './saved-searches.ts';

/** Shows what a link names; nothing is saved or queued by it. */
export function openLink(app: AppContext, link: AppLink): void {
  if (link.kind === 'search') return openShared(app, link);
  const { kind, id } = link;
  app.route.getState().go(kind === 'asset' ? { name: 'asset', id } : { name: 'articles', id });
}

const isWelcome = (app: AppContext): boolean => app.route.getState().current.name === 'welcome';

/**
 * Shows what the system opens with the program, from now on. Before the first set-up there is
 * nothing to show it in: it waits.
 * @returns to end it
 */
export function showOpenedLinks(app: AppContext): () => void {
  const take = async (): Promise<void> => {
    if (isWelcome(app)) return;
    try {
      const { link } = await app.client.call('app.take-link');
      if (link) openLink(app, link);
    } catch (error) {
      reportError(app, error);
    }
  };
  const unsubscribe = [
    app.client.on('app.link-opened', () => void take()),
    app.route.subscribe(({ current }, before) => {
      if (before.current.name === 'welcome' && current.name !== 'welcome') void take();
    }),
  ];
  void take();
  return () => {
    for (const end of unsubscribe) end();
  };
}
