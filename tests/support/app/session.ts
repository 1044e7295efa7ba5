import { Articles } from '../../../src/main/articles/articles.ts';
import { Connection } from '../../../src/main/app/connection.ts';
import { Library } from '../../../src/main/app/library.ts';
import {
  openServiceSession,
  type ServiceSession,
  type SessionOptions,
} from '../../../src/main/app/service-session.ts';
import type { Catalogue } from '../../../src/main/catalogue/catalogue.ts';
import { viewerAt } from '../viewer.ts';

export type OpenedSession = ServiceSession & {
  catalogue: Catalogue;
  /** The articles as they are read; `articles` is where they come from. */
  stories: Articles;
  connection: Connection;
};

/** A session of one service on a library of its own; both are closed together. */
export function openSession({
  localAssets = () => new Set(),
  ...given
}: Pick<SessionOptions, 'home' | 'origin'> &
  Partial<SessionOptions> & { localAssets?(): ReadonlySet<string> }): OpenedSession {
  const connection = new Connection(() => undefined);
  const options: Omit<SessionOptions, 'library' | 'articles'> = {
    scope: given.origin,
    version: '0.1.0',
    shell: 'station',
    background: false,
    language: () => 'en',
    connection,
    onAccount: () => undefined,
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
  const stories = new Articles({
    store: () => library.articles,
    sourceOf: () => session.articles,
    sourceNames: () => [],
    rules: () => ({ newest: 300, topics: [], sources: [], limitBytes: 500e6, keepDays: null }),
    nowMs: () => connection.serviceNow(),
    assets: (ids) => library.catalogue.rows(ids),
    onChanged: () => undefined,
  });
  const session: ServiceSession = openServiceSession({ ...options, library, articles: stories });
  return {
    ...session,
    catalogue: library.catalogue,
    stories,
    connection,
    async close() {
      await session.close();
      await library.close();
    },
  };
}
