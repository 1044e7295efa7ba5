import path from 'node:path';
import { createMutex } from '../../shared/mutex.ts';
import { AppError } from '../../shared/errors.ts';
import { isForeignSource, type SourceId } from '../../shared/model/source.ts';
import { startDemoService, type DemoService } from '../threads/demo-service.ts';
import { Connection } from './connection.ts';
import type { AppOptions } from './services.ts';
import { Recoveries } from './recoveries.ts';
import { LibrarySync, type LibrarySyncOptions } from './library-sync.ts';
import type { ServiceSession } from './service-session.ts';
import { Settings } from '../settings/settings.ts';
import type { PackageSource, SourcePackages } from '../transfers/ports.ts';
import { serviceOrigin } from './service-address.ts';

type Target = { url: string } | { demo: true } | null;

const noService = (): AppError =>
  new AppError('offline', 'No service is set up', { retryable: true });

/** Holds the service in use and switches to another. */
export class ServiceSwitch {
  session: ServiceSession | null = null;
  demo: DemoService | null = null;
  #target: Target = null;
  readonly #mutex = createMutex();
  #seen = '';
  readonly #open: (origin: string, scope: string) => Promise<ServiceSession>;
  readonly #options: AppOptions;
  readonly #connection: Connection;
  readonly #recoveries: Recoveries;
  readonly #syncer: LibrarySync;

  constructor(
    options: AppOptions,
    { connection, recoveries }: { connection: Connection; recoveries: Recoveries },
    library: Pick<LibrarySyncOptions, 'counts' | 'onChanged'>,
    open: (origin: string, scope: string) => Promise<ServiceSession>,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#recoveries = recoveries;
    this.#open = open;
    this.#syncer = new LibrarySync({
      ...library,
      session: () => this.session,
      clock: () => connection.serviceNow(),
      log: options.log,
    });
  }

  get syncer(): LibrarySync {
    return this.#syncer;
  }

  /** Entitlements decide visibility; a change triggers a sync. */
  setEntitlements(entitlements: string[]): void {
    const seen = entitlements.toSorted().join(' ');
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#syncer.requestSync();
  }

  require(): ServiceSession {
    if (!this.session) throw noService();
    return this.session;
  }

  /**
   * Closes the service in use and opens another; switches are serialised. On failure the former one
   * is reopened and the error thrown.
   */
  switchTo(target: Target): Promise<void> {
    return this.#mutex(async () => {
      const before = this.#target;
      try {
        await this.#change(target);
      } catch (thrown) {
        await this.#change(before).catch(() => this.#change(null));
        throw thrown;
      }
    });
  }

  async #change(target: Target): Promise<void> {
    this.#syncer.stop();
    const { session, demo } = this;
    this.session = null;
    this.demo = null;
    this.#target = null;
    await session?.close();
    await demo?.close();
    if (!target) return this.#connection.none();
    this.#connection.starting('demo' in target);
    if ('demo' in target) {
      this.demo = await startDemoService({
        dataDir: path.join(this.#options.home, 'demo'),
        onError: (message) => this.#options.log.info(message),
        onRebuilt: (file) => this.#recoveries.add('demo-rebuilt', { file }),
      });
      this.session = await this.#open(this.demo.url, 'demo');
    } else this.session = await this.#open(target.url, target.url);
    await this.session.account.load();
    this.#target = target;
    if (this.#options.background) this.#syncer.start();
  }
}

/**
 * Package source of the service in use and of all foreign ones. Transfers outlive a switch: those
 * of another service wait, so that none asks the new one for its files or trusts its keys.
 *
 * @param foreign the packages of a foreign source; null if it isn't set up
 */
export function sourceOf(
  session: () => Pick<ServiceSession, 'scope' | 'source'> | null,
  pinnedKeys: PackageSource['pinnedKeys'],
  foreign: (id: SourceId) => SourcePackages | null,
): PackageSource {
  const of = (service: string | null): SourcePackages => {
    if (service !== null && isForeignSource(service)) {
      const packages = foreign(service);
      if (packages) return packages;
      throw new AppError('other-service', `From ${service}, a source that isn’t set up here`);
    }
    const current = session();
    // Also where none is in use: that is no fault of the connection, which would be tried again.
    if (service !== null && service !== current?.scope)
      throw new AppError(
        'other-service',
        `From ${service}; the service in use is ${current?.scope ?? 'none'}`,
      );
    if (!current) throw noService();
    return current.source;
  };
  return {
    pinnedKeys,
    manifest: async (service, ...args) => of(service).manifest(...args),
    trustedKeys: async (service) => of(service).trustedKeys(),
    authorise: async (service, request) => of(service).authorise(request),
    renew: async (service, ...args) => of(service).renew(...args),
  };
}

/**
 * The service to use at start, from the command line, else the settings.
 *
 * @throws what `serviceOrigin` throws
 */
export function initialService(
  { connect, demo, serviceUrl }: AppOptions,
  settings: Settings,
): Target {
  if (connect === false) return null;
  if (demo || (settings.view.demo && serviceUrl === undefined)) return { demo: true };
  const url = serviceUrl ?? settings.view.serviceUrl;
  return url === null ? null : { url: serviceOrigin(url) };
}

/** The service that would be in use with a connection, and the sources that were added. */
export function knownSources(options: AppOptions, settings: Settings): SourceId[] {
  const target = initialService({ ...options, connect: true }, settings);
  return [
    ...(target === null ? [] : ['demo' in target ? 'demo' : target.url]),
    ...settings.view.sources.map(({ id }) => id),
  ];
}
