import type * as z from 'zod';
import type { sourcesView, SourceView } from '../../shared/contract/sources.ts';
import type { LibrarySync } from './library-sync.ts';
import type { ServiceSession } from './service-session.ts';
import type { Sources } from './sources.ts';

type View = z.infer<typeof sourcesView>;
type Parts = {
  current(): Pick<ServiceSession, 'scope' | 'origin' | 'assets'> | null;
  sync: Pick<LibrarySync, 'service' | 'view'>;
  sources: Pick<Sources, 'views'>;
};

function serviceView({ current, sync, sources }: Parts): SourceView | null {
  const session = current();
  if (!session) return null;
  const { scope, origin, assets } = session;
  const { syncedAt, fault } = sync.service;
  return {
    id: scope,
    kind: scope === 'demo' ? 'demo' : 'service',
    name: new URL(origin).host,
    address: origin,
    keyEnding: null,
    follows: [],
    isPaused: false,
    // Of the settings, which say so.
    isManaged: false,
    isChecking: sync.view.syncing,
    syncedAt,
    // Polled all the time.
    nextAt: null,
    fault,
    // The counts come one after the other.
    assets: Math.max(
      0,
      sources.views.reduce((rest, one) => rest - one.assets, sync.view.assets),
    ),
    fullText: false,
    integrity: assets.capabilities.integrity,
    terms: null,
    acceptedAt: null,
  };
}

/**
 * The service and the other sources as one list. It changes with each of them, so it is put together
 * anew each time.
 */
export function createSourcesList(
  parts: Parts,
  publish: (view: View) => void,
): { readonly view: View; changed(): void } {
  let rev = 0;
  const list = {
    get view(): View {
      const service = serviceView(parts);
      return { rev, items: [...(service ? [service] : []), ...parts.sources.views] };
    },
    changed(): void {
      rev += 1;
      publish(list.view);
    },
  };
  return list;
}
