import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { accountHandlers } from './accounts/account.ts';
import { createAuthenticate } from './accounts/authenticate.ts';
import { emailChangeHandlers } from './accounts/email-change.ts';
import { createFlows } from './accounts/flows.ts';
import { createPasswordProof } from './accounts/password-proof.ts';
import { registrationHandlers } from './accounts/registration.ts';
import { resetHandlers } from './accounts/resets.ts';
import { createSessions } from './accounts/sessions.ts';
import { sessionHandlers } from './accounts/session-handlers.ts';
import { createLoginThrottle } from './accounts/throttle.ts';
import { articleHandlers } from './articles/handlers.ts';
import { createAssetFeed, catalogueHandlers, type AssetFeed } from './catalogue/handlers.ts';
import { MINUTE, systemClock, type AdvancingClock } from './clock.ts';
import { openContent, type Seed } from './content/open.ts';
import { createLibrary, type Library, type ContentSource } from './content/library.ts';
import type { Context } from './context.ts';
import { createCodes } from './crypto/codes.ts';
import { FULL_COST, scryptPasswords, type ScryptCost } from './crypto/passwords.ts';
import { loadPeppers, type Peppers } from './crypto/peppers.ts';
import { loadSecrets, type Secrets } from './crypto/secrets.ts';
import { createTokens } from './crypto/tokens.ts';
import { DEMO_ACCOUNT, seedDemoAccount } from './accounts/demo-account.ts';
import { downloadHandlers } from './downloads/handlers.ts';
import { createManifests, type Manifests } from './downloads/manifest.ts';
import { createOrigins, type Origins } from './downloads/origins.ts';
import { startDemoDay } from './demo/day.ts';
import { openEditor } from './editing/editor.ts';
import { serveEditors } from './editing/socket.ts';
import { createApp } from './server/app.ts';
import type { Handlers } from './http/call.ts';
import type { ConnectionLimits } from './http/connections.ts';
import { noLimits, tokenBuckets } from './http/limits.ts';
import { registerHealth, startMetrics } from './server/metrics.ts';
import { registerRoutes } from './server/routes.ts';
import { demoSigningKey } from './keys.ts';
import { silent, type Log } from './log.ts';
import { startMailbox } from './mail/mailbox.ts';
import { createMailQueue } from './mail/queue.ts';
import { metaHandlers } from './server/meta.ts';
import { faultInjection } from './origin/faults.ts';
import { registerOrigin } from './origin/routes.ts';
import { DamagedData } from './store/damage.ts';
import type { Store } from './store/ports.ts';
import { openSqliteStore } from './store/sqlite.ts';
import { registerTestControls } from './server/test-controls.ts';

export type ServiceOptions = {
  /** On 127.0.0.1. 0, the default, picks a free port. */
  port?: number;
  /** Absent: a temporary folder, removed on close. */
  dataDir?: string;
  seed?: Seed;
  /** Served instead of a seed. */
  content?: ContentSource;
  /** The folder `assets/demo`; required without `content`. */
  demoDir?: string;
  /** Whether the demo’s day has its correction and its withdrawal. */
  demoDay?: boolean;
  /** Takes edits from the owner of `dataDir`, as the commands `hold` and others send them. */
  editors?: boolean;
  limits?: 'normal' | 'relaxed';
  testControls?: boolean;
  /**
   * External file server without a trailing slash: `<origin>/<packageId>/<path>`. Absent: this
   * service.
   */
  origin?: string;
  /** Download quota per account and UTC day. Absent: none. */
  quotaBytesPerDay?: number;
  clock?: AdvancingClock;
  /** Absent: the embedded mailbox receives the mails. */
  smtpUrl?: string;
  /** How to reach the operator; one line at the end of every mail. */
  contact?: string;
  /** Milliseconds that mails are gathered before they are sent. */
  mailBatchMs?: number;
  /** Port for Prometheus on 127.0.0.1; 0 picks a free one. Absent: no metrics. */
  metricsPort?: number;
  scryptCost?: ScryptCost;
  /** Adds a new pepper for password hashes. */
  rotatePepper?: boolean;
  /** Milliseconds for a request to arrive. */
  requestMs?: number;
  /** Most open connections, in all and per address. */
  connections?: Partial<ConnectionLimits>;
  log?: Log;
  /** Called for each record that was damaged on disk and quarantined. */
  onDamagedRow?(table: string): void;
};

export type RunningService = {
  url: string;
  /** Address of the embedded mailbox; null with an SMTP server. */
  mailboxUrl: string | null;
  metricsUrl: string | null;
  /** Has embargo access. */
  demoAccount: { email: string; password: string };
  /** Resolves once all pending requests are answered and stored. */
  close(): Promise<void>;
};

async function loadContentEpoch(store: Store, now: number): Promise<number> {
  return store.transaction(async (tx) => {
    const known = await tx.notes.get('content-epoch');
    if (known) return Number(known.value);
    await tx.notes.put({ key: 'content-epoch', value: String(now) });
    return now;
  });
}

function createHandlers(
  context: Context,
  library: Library,
  feed: AssetFeed,
  packages: { origins: Origins; manifests: Manifests },
): { handlers: Handlers; authenticate: ReturnType<typeof createAuthenticate> } {
  const flows = createFlows(context);
  const sessions = createSessions(context);
  const throttle = createLoginThrottle(context);
  const proof = createPasswordProof(context, throttle);
  const handlers: Handlers = {
    ...metaHandlers(context),
    ...registrationHandlers(context, flows, sessions, throttle),
    ...resetHandlers(context, flows, sessions, throttle),
    ...sessionHandlers(context, sessions, proof),
    ...accountHandlers(context, sessions, proof),
    ...emailChangeHandlers(context, flows, proof),
    ...catalogueHandlers(context, library, feed),
    ...downloadHandlers(context, library, packages.origins, packages.manifests),
    ...articleHandlers(context, library),
  };
  return { handlers, authenticate: createAuthenticate(context, sessions) };
}

/**
 * @throws DamagedData for a key other than the one the store was written with: mails, codes and
 * passwords would all be unreadable
 */
async function loadKeys(
  dir: string,
  store: Store,
  rotatePepper: boolean,
): Promise<{ secrets: Secrets; peppers: Peppers }> {
  const known = await store.transaction((tx) => tx.notes.get('service-key'));
  const secrets = await loadSecrets(dir, known === undefined);
  const peppers = await loadPeppers(dir, rotatePepper, known === undefined);
  const check = secrets.mac('service-key').toString('base64url');
  if (known && known.value !== check)
    throw new DamagedData(
      join(dir, 'service.key'),
      'is not the key that service.sqlite was written with',
    );
  if (!known) await store.transaction((tx) => tx.notes.put({ key: 'service-key', value: check }));
  return { secrets, peppers };
}

async function dataFolder(
  dataDir: string | undefined,
): Promise<{ dir: string; remove(): Promise<void> }> {
  if (dataDir !== undefined) {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return { dir: dataDir, remove: async () => undefined };
  }
  const dir = await mkdtemp(join(tmpdir(), 'multimedia-service-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/**
 * Restricts the database to its owner, even in an existing folder: it reveals who has an account.
 * SQLite gives its log the same mode. By name: opening and closing the file would drop the lock of
 * another service in this process (POSIX locks).
 */
async function openStore(
  dir: string,
  log: Log,
  onDamagedRow: ServiceOptions['onDamagedRow'],
): Promise<Store> {
  const database = join(dir, 'service.sqlite');
  for (const file of [database, `${database}-wal`]) await chmod(file, 0o600).catch(() => undefined);
  return openSqliteStore(database, (table) => {
    log('row-damaged', { table });
    onDamagedRow?.(table);
  });
}

/** Below the usual limit of 1,024 open files per process. */
const MAX_CONNECTIONS = 800;
const MAX_CONNECTIONS_PER_ADDRESS = 200;

function connectionLimits({ limits, connections }: ServiceOptions): ConnectionLimits {
  return {
    total: MAX_CONNECTIONS,
    perAddress: limits === 'relaxed' ? MAX_CONNECTIONS : MAX_CONNECTIONS_PER_ADDRESS,
    ...connections,
  };
}

/**
 * Starts the whole service on loopback.
 * @throws if the port is taken or the data can’t be read; nothing is left behind
 */
export async function startService(options: ServiceOptions = {}): Promise<RunningService> {
  const clock = options.clock ?? systemClock();
  const log = options.log ?? silent;
  const data = await dataFolder(options.dataDir);
  const undo: (() => Promise<void>)[] = [data.remove];
  const close = async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    // Before the keys: its lock keeps out a second service, which would create keys of its own.
    const store = await openStore(data.dir, log, options.onDamagedRow);
    undo.push(() => store.close());
    const { secrets, peppers } = await loadKeys(data.dir, store, options.rotatePepper ?? false);
    const mailbox = options.smtpUrl === undefined ? await startMailbox(options.requestMs) : null;
    if (mailbox) undo.push(() => mailbox.close());
    let url = '';
    const baseUrl = () => url;
    const mail = createMailQueue(
      { clock, store, secrets, baseUrl, log, contact: options.contact ?? null },
      mailbox?.smtpUrl ?? options.smtpUrl ?? '',
      options.mailBatchMs,
    );
    undo.push(() => mail.close());
    const context: Context = {
      clock,
      store,
      secrets,
      mail,
      baseUrl,
      log,
      passwords: scryptPasswords(peppers, options.scryptCost ?? FULL_COST),
      tokens: createTokens(secrets),
      codes: createCodes(secrets),
      limits: options.limits === 'relaxed' ? noLimits : tokenBuckets(clock),
      content: options.content ?? openContent(options.seed ?? 'demo', options.demoDir ?? ''),
      contentEpoch: await loadContentEpoch(store, clock.now()),
      signingKey: demoSigningKey(),
      externalOrigin: options.origin ?? null,
      quotaBytesPerDay: options.quotaBytesPerDay ?? null,
    };
    await seedDemoAccount(context);
    const library = createLibrary(context.content, context.contentEpoch, secrets);
    const feed = createAssetFeed(context, library);
    const origins = createOrigins(secrets, baseUrl, context.externalOrigin);
    const manifests = createManifests(library, origins, context.signingKey, store);
    const editor = await openEditor({ clock, store, log, library, feed, manifests });
    const { handlers, authenticate } = createHandlers(context, library, feed, {
      origins,
      manifests,
    });
    const app = createApp(log, clock, connectionLimits(options), options.requestMs);
    const faults = faultInjection();
    const measures = registerHealth(app, context);
    registerRoutes(app, context, authenticate, handlers);
    registerOrigin(app, context, library, faults);
    if (options.testControls) registerTestControls(app, { clock, faults, editor });
    await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
    undo.push(() => app.close());
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    const metrics =
      options.metricsPort === undefined
        ? null
        : await startMetrics(options.metricsPort, context, measures, options.requestMs);
    if (metrics) undo.push(() => metrics.close());
    const purge = setInterval(() => {
      store
        .purge(clock.now())
        .catch((error: unknown) => log('purge-failed', { message: String(error) }));
    }, 5 * MINUTE).unref();
    undo.push(async () => clearInterval(purge));
    await store.purge(clock.now());
    if (options.editors === true) {
      const stopServing = await serveEditors(data.dir, editor);
      undo.push(async () => stopServing());
    }
    if (options.demoDay === true) {
      const day = startDemoDay({ clock, log, editor, epoch: context.contentEpoch });
      undo.push(() => day.stop());
    }
    mail.wake();
    return {
      url,
      mailboxUrl: mailbox?.url ?? null,
      metricsUrl: metrics?.url ?? null,
      demoAccount: DEMO_ACCOUNT,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
