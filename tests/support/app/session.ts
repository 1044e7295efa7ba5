import { Connection } from '../../../src/main/app/connection.ts';
import { Library } from '../../../src/main/app/library.ts';
import {
  openServiceSession,
  type ServiceSession,
  type SessionOptions,
} from '../../../src/main/app/service-session.ts';
import type { Catalogue } from '../../../src/main/catalogue/catalogue.ts';
import { viewerAt } from '../viewer.ts';

export type OpenedSession = ServiceSession & { catalogue: Catalogue; connection: Connection };

/** A session of one service on a library of its own; both are closed together. */
export function openSession({
  localAssets = () => new Set(),
  ...given
}: Pick<SessionOptions, 'home' | 'origin'> &
  Partial<SessionOptions> & { localAssets?(): ReadonlySet<string> }): OpenedSession {
  const connection = new Connection(() => undefined);
  const options: Omit<SessionOptions, 'library'> = {
    scope: given.origin,
    version: '0.1.0',
    shell: 'station',
    background: false,
    language: () => 'en',
    connection,
    onAccount: () => undefined,
    onArticles: () => undefined,
    onSkipped: () => undefined,
    viewer: () => ({
      ...viewerAt(connection.serviceNow()),
      earlySource: session.account.seesEmbargoed ? given.origin : null,
    }),
    ...given,
  };
  const library = new Library({
    home: options.home,
    viewer: options.viewer,
    localAssets,
    language: () => options.language(),
    sourceNames: () => [],
    onError: () => undefined,
    onDamaged: () => undefined,
  });
  const session: ServiceSession = openServiceSession({ ...options, library });
  return {
    ...session,
    catalogue: library.catalogue,
    connection,
    async close() {
      await session.close();
      await library.close();
    },
  };
}
