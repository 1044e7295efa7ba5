import type * as z from 'zod';
import type { libraryState } from '../../shared/contract/catalogue.ts';
import { AppError } from '../../shared/errors.ts';
import type { Log } from '../adapters/log.ts';
import type { Connection } from './connection.ts';
import type { ServiceSession } from './service-session.ts';
import type { MediaHandler } from '../adapters/service/media.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';

export type LibraryView = z.infer<typeof libraryState>;

/**
 * Poll interval that the service asks for. While unreachable it is retried more often, so that the
 * app recovers soon after the network.
 */
const POLL_MS = 60_000;
const RETRY_MS = 10_000;

/** Polls the service for changes of the library and publishes the sync state. */
export class LibrarySync {
  #view: LibraryView = {
    rev: 0,
    assets: 0,
    articles: 0,
    syncing: false,
    syncedAt: null,
    storedBytes: 0,
  };
  #timer: NodeJS.Timeout | null = null;
  #running = false;
  #latest = 0;
  readonly #session: () => ServiceSession | null;
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #onChanged: (view: LibraryView) => void;

  constructor(
    session: () => ServiceSession | null,
    connection: Connection,
    log: Log,
    onChanged: (view: LibraryView) => void,
  ) {
    this.#session = session;
    this.#connection = connection;
    this.#log = log;
    this.#onChanged = onChanged;
  }

  get view(): LibraryView {
    return this.#view;
  }

  /**
   * Next revision; all pushes about the library share one counter, so that receivers can drop old
   * ones.
   */
  nextRev(): number {
    this.#view = { ...this.#view, rev: this.#view.rev + 1 };
    return this.#view.rev;
  }

  start(): void {
    this.#running = true;
    void this.#round();
  }

  stop(): void {
    this.#running = false;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Starts a round early, after a change of language or account. */
  requestSync(): void {
    if (!this.#running) return;
    if (this.#timer) clearTimeout(this.#timer);
    void this.#round();
  }

  /**
   * Fetches changes now. A `rate-limited` answer is no failure if an earlier sync has succeeded.
   *
   * @throws what made the sync fail
   */
  async sync(): Promise<LibraryView> {
    try {
      return await this.#fetch();
    } catch (thrown) {
      if (
        this.#view.syncedAt !== null &&
        thrown instanceof AppError &&
        thrown.code === 'rate-limited'
      )
        return this.#view;
      throw thrown;
    }
  }

  async #fetch(): Promise<LibraryView> {
    const session = this.#session();
    if (!session) throw new AppError('offline', 'No service is set up');
    this.#publish({ syncing: true, ...(await session.counts()) });
    try {
      await session.sync();
      this.#publish({
        syncing: false,
        syncedAt: this.#connection.serviceNow(),
        ...(await session.counts()),
      });
    } catch (thrown) {
      this.#publish({ syncing: false, ...(await session.counts()) });
      throw thrown;
    }
    return this.#view;
  }

  async #round(): Promise<void> {
    const session = this.#session();
    this.#latest += 1;
    const round = this.#latest;
    // Stopped, switched to another service, or superseded by a later round.
    const isOver = (): boolean =>
      !this.#running || session !== this.#session() || round !== this.#latest;
    let wait = POLL_MS;
    try {
      await session?.account.flushSignOut();
      await this.#fetch();
      if (session?.account.view.status === 'signed-in') await session.account.refreshProfile();
    } catch (thrown) {
      if (isOver()) return;
      if (thrown instanceof AppError) this.#log.info(`sync: ${thrown.code}: ${thrown.message}`);
      else this.#log.error('sync', thrown);
      wait = Math.min(
        Math.max(RETRY_MS, (thrown instanceof AppError && thrown.detail.retryAfterMs) || 0),
        POLL_MS,
      );
    }
    if (isOver()) return;
    this.#timer = setTimeout(() => void this.#round(), wait);
    this.#timer.unref();
  }

  #publish(change: Partial<LibraryView>): void {
    this.#view = { ...this.#view, ...change, rev: this.#view.rev + 1 };
    this.#onChanged(this.#view);
  }
}

/** Number of newest assets whose thumbnails are prefetched; others are fetched when shown. */
const NEWEST = 200;

/**
 * Fetches the thumbnails of the newest assets after each sync, sequentially, so that they are there
 * offline. Failures are retried after the next sync.
 *
 * @returns the listener for the library's state
 */
export function prefetchThumbnails(
  catalogue: () => Catalogue | undefined,
  media: MediaHandler,
): (view: LibraryView) => void {
  let syncedAt: number | null = null;
  let running = false;

  async function fetchAll(): Promise<void> {
    const page = await catalogue()?.search(
      { text: '', facets: {}, publishedAfter: null, sort: 'newest' },
      { offset: 0, count: NEWEST },
    );
    for (const { id } of page?.items ?? []) {
      const { status } = await media(`thumb/${encodeURIComponent(id)}`, null);
      if (status >= 500) return;
    }
  }

  return (view) => {
    if (view.syncing || view.syncedAt === null || view.syncedAt === syncedAt || running) return;
    syncedAt = view.syncedAt;
    running = true;
    // Prefetching is best effort; the library may close meanwhile.
    void fetchAll()
      .catch(() => undefined)
      .finally(() => {
        running = false;
      });
  };
}
