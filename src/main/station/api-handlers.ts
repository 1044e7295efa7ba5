import { realpath } from 'node:fs/promises';
import path from 'node:path';
import {
  Text,
  type Answers,
  type Body,
  type Params,
  type Query,
  type Schema,
} from '../../shared/api/endpoint.ts';
import { apiDocument } from '../../shared/desk-api/document.ts';
import type {
  ApiEndpoint,
  ApiEndpointName,
  ApiEndpoints,
} from '../../shared/desk-api/endpoints.ts';
import { AppError } from '../../shared/errors.ts';
import type { DeskEvent } from '../../shared/contract/events.ts';
import { systemClock } from '../../shared/clock.ts';
import { ALL_ARTICLES } from '../../shared/model/article-query.ts';
import { isEnded } from '../../shared/model/transfer.ts';
import type * as z from 'zod';
import type { ApiSystem } from '../app/api-tokens.ts';
import { confirmableTexts, namedBy } from '../app/enqueue.ts';
import { requireUnderstood } from '../app/query-faults.ts';
import { requireReveal } from '../app/reveal.ts';
import { assetOf as assetNamed, isPackageId, resolveTarget } from '../app/resolve-target.ts';
import type { Services } from '../app/services.ts';
import { isMetalinkName, type EnqueueItem } from '../transfers/api.ts';
import { ApiRefusal } from './api-http.ts';
import {
  articleDetailOf,
  articleOf,
  assetDetailOf,
  assetOf,
  downloadDetailOf,
  downloadOf,
  maybeTime,
  recallOf,
} from './api-views.ts';

/** What was asked for, parsed by the endpoint's own schemas. */
type Call<E> = {
  params: Params<E>;
  query: Query<E>;
  body: Body<E>;
  /** The media type that was agreed on. */
  type: string;
  system: ApiSystem;
  signal: AbortSignal;
};
type AnswerBody<A extends Answers, S extends keyof A> = A[S] extends Schema ? z.input<A[S]> : null;
type Answer<E extends ApiEndpoint> = {
  [S in keyof E['answers'] & number]: {
    status: S;
    /** Text is sent as it is: JSON, or of the other media type that was agreed on. */
    body: AnswerBody<E['answers'], S> | Text;
    headers?: Record<string, string>;
    /** Called when the body is handed over, which a HEAD or a 304 doesn't do. */
    onHandedOver?: () => Promise<void>;
  };
}[keyof E['answers'] & number];
export type ApiHandlers = {
  [N in ApiEndpointName]: (call: Call<ApiEndpoints[N]>) => Promise<Answer<ApiEndpoints[N]>>;
};

const NO_ASSETS = { total: 0, items: [] };

/** The operations of the API: what a system asks is asked of the same services as by a person. */
export function createApiHandlers(services: Services): ApiHandlers {
  const { transfers } = services;
  let document: Text | null = null;
  const detailOf = async (id: string) => {
    const detail = await transfers.detail(id);
    return downloadDetailOf(detail, await mayShowFolder(services, id));
  };
  const onDownload =
    (name: 'pause' | 'resume' | 'retry' | 'cancel') =>
    async ({ params: { id } }: { params: { id: string } }) => {
      await transfers.detail(id);
      await transfers[name]([id]);
      return { status: 200 as const, body: await detailOf(id) };
    };
  return {
    getDocument: async () => ({
      status: 200,
      body: (document ??= new Text(JSON.stringify(apiDocument()))),
    }),
    getStatus: async ({ system }) => ({ status: 200, body: await statusOf(services, system) }),
    async searchAssets({ query: { q, sort, offset, limit } }) {
      requireUnderstood(q, services.connection.serviceNow());
      const { total, items } = services.library.isEmpty
        ? NO_ASSETS
        : await services.library.catalogue.search({ text: q, sort }, { offset, count: limit });
      return { status: 200, body: { total, items: items.map(assetOf) } };
    },
    async getAsset({ params: { id } }) {
      const { catalogue } = services.library;
      const asset = await catalogue.asset(await catalogue.idNamed(id));
      return {
        status: 200,
        body: assetDetailOf(asset, (packageId) => services.finishedAt(packageId) !== undefined),
      };
    },
    async listDownloads({ query: { state, q, offset, limit } }) {
      const { total, rows } = await transfers.list(state, { offset, count: limit }, q);
      return { status: 200, body: { total, items: rows.map(downloadOf) } };
    },
    async addDownload({ body, system }) {
      const startedAtMs = systemClock.nowMs();
      const [id = ''] = await transfers.enqueue([await itemOf(services, body, system)], {
        makeDestination: true,
      });
      if (body.urgent !== undefined) await transfers.setOptions(id, { urgent: body.urgent });
      const { addedAt } = await transfers.detail(id);
      return {
        status: addedAt < startedAtMs ? 200 : 201,
        headers: { location: `/api/v1/downloads/${encodeURIComponent(id)}` },
        body: await detailOf(id),
      };
    },
    getDownload: async ({ params: { id } }) => ({ status: 200, body: await detailOf(id) }),
    async changeDownload({ params: { id }, body: { deadline, limitBytesPerSecond, urgent } }) {
      await transfers.detail(id);
      await transfers.setOptions(id, {
        urgent,
        limitBytesPerSecond,
        deadlineMs: deadline == null ? deadline : Date.parse(deadline),
      });
      return { status: 200, body: await detailOf(id) };
    },
    async removeDownload({ params: { id } }) {
      const { state } = await transfers.detail(id);
      if (!isEnded(state))
        throw new AppError('usage', 'It hasn’t ended. Cancel it first, then remove it.');
      await transfers.clear([id]);
      return { status: 204, body: null };
    },
    pauseDownload: onDownload('pause'),
    resumeDownload: onDownload('resume'),
    retryDownload: onDownload('retry'),
    cancelDownload: onDownload('cancel'),
    async getEvidence({ params: { id }, query: { language }, type, system }) {
      await transfers.detail(id);
      const format = type === 'text/html' ? 'html' : 'json';
      const { text } = await transfers.evidence(id, format, language, system.name);
      return { status: 200, body: new Text(text) };
    },
    async listEvents({ query: { after, limit, wait }, system, signal }) {
      if (after === undefined)
        return { status: 200, body: { items: [], last: services.events.newest() } };
      const items = await eventsAfter(
        services,
        { after, limit, waitMs: wait * 1000 },
        system,
        signal,
      );
      return { status: 200, body: { items, last: items.at(-1)?.number ?? after } };
    },
    async listRecalls({ query: { open, offset, limit } }) {
      const { total, items } = await transfers.recalls(
        { offset, count: limit },
        open === 'true' ? { isOpen: true } : {},
      );
      return { status: 200, body: { total, items: items.map(recallOf) } };
    },
    async acknowledgeRecall({ params: { id }, system }) {
      await transfers.fetchedVersion(id);
      await services.recalls.acknowledge([id], system.name);
      const { recall } = await transfers.fetchedVersion(id);
      return { status: 200, body: recallOf(recall) };
    },
    async searchArticles({ query: { q, offset, limit } }) {
      requireUnderstood(q, services.connection.serviceNow(), 'articles');
      const { total, items } = await services.articles.list(
        { ...ALL_ARTICLES, text: q },
        { offset, count: limit },
      );
      return { status: 200, body: { total, items: items.map(articleOf) } };
    },
    getArticle: ({ params: { id }, type, system, signal }) =>
      articleAnswer(services, id, { type, system, signal }),
  };
}

/** Those that are there, or the next one, as long as the system has access. */
async function eventsAfter(
  { events }: Services,
  { after, limit, waitMs }: { after: number; limit: number; waitMs: number },
  { expiresAtMs }: ApiSystem,
  signal: AbortSignal,
): Promise<DeskEvent[]> {
  const next = Promise.withResolvers<void>();
  // Before it is looked, so that none falls in between.
  const stop = events.listen(() => next.resolve());
  const untilMs = Math.min(waitMs, (expiresAtMs ?? Infinity) - systemClock.nowMs());
  const cancel = systemClock.after(Math.max(0, untilMs), () => next.resolve());
  signal.addEventListener('abort', () => next.resolve(), { once: true });
  try {
    const found = await events.after(after, limit);
    if (found.length > 0 || waitMs === 0) return found;
    await next.promise;
    return signal.aborted ? [] : await events.after(after, limit);
  } finally {
    stop();
    cancel();
  }
}

/** As `desk` and the page ask before they show a folder. */
async function mayShowFolder(services: Services, id: string): Promise<boolean> {
  try {
    await requireReveal(services, id, []);
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError) return false;
    throw thrown;
  }
}

async function statusOf(services: Services, { name, scopes, expiresAtMs }: ApiSystem) {
  const { transfers, connection, librarySync } = services;
  const { state, demo, lastSeenAt } = connection.view;
  const { assets, articles, syncedAt } = librarySync.view;
  const account = services.current()?.account.view;
  const [totals, recalls, disk] = await Promise.all([
    transfers.totals(),
    transfers.recallsView(),
    services.disk(services.settings.view.destination),
  ]);
  const { active, waiting, done, failed, recalled } = totals.counts;
  return {
    version: services.options.version,
    token: { name, scopes: [...scopes], expiresAt: maybeTime(expiresAtMs) },
    service: { connection: state, isDemo: demo, lastSeenAt: maybeTime(lastSeenAt) },
    account: account?.status ?? 'signed-out',
    termsDue: account?.termsDue ?? false,
    catalogue: { assets, articles, syncedAt: maybeTime(syncedAt) },
    disk,
    downloads: {
      active,
      waiting,
      done,
      failed,
      recalled,
      remainingBytes: totals.remainingBytes,
      bytesPerSecond: totals.bytesPerSecond,
      isPaused: totals.paused || totals.limit.isPaused,
    },
    recalls: { toAcknowledge: recalls.recalls + recalls.corrections },
  };
}

type Order = Body<ApiEndpoints['addDownload']>;

/**
 * The folder of an order below the download folder, also where links lead.
 *
 * @throws `validation-failed` where a link leads out of it
 */
async function folderOf({ settings }: Services, folder: string | undefined): Promise<string> {
  if (folder === undefined) return settings.view.destination;
  const destination = path.resolve(settings.view.destination);
  const wanted = path.join(destination, folder);
  const root = await realpath(destination).catch(() => destination);
  for (let at = wanted; at !== destination; at = path.dirname(at)) {
    // Only what is there can be a link.
    const real = await realpath(at).catch(() => null);
    if (real === null) continue;
    if (real.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) return wanted;
    throw new ApiRefusal('validation-failed', 'Some members of the request break a rule.', {
      errors: [{ field: 'folder', message: 'a link leads out of the download folder' }],
    });
  }
  return wanted;
}

/** @throws what `resolveTarget` throws; what is to be confirmed is said in words */
async function itemOf(services: Services, order: Order, system: ApiSystem): Promise<EnqueueItem> {
  const { acknowledge, deadline, limitBytesPerSecond } = order;
  if (acknowledge.length > 0 && !system.scopes.includes('downloads:confirm'))
    throw scopeRefusal('downloads:confirm');
  const common = {
    destination: await folderOf(services, order.folder),
    ...(limitBytesPerSecond === undefined ? {} : { limitBytesPerSecond }),
    ...(deadline === undefined
      ? {}
      : { deadlineMs: deadline === null ? null : Date.parse(deadline) }),
  };
  if (order.url !== undefined)
    return {
      ...common,
      url: order.url,
      metalink: isMetalinkName(new URL(order.url).pathname),
      sha256: order.sha256 ?? null,
      hashAnyway: true,
    };
  const target = order.package ?? order.asset ?? '';
  if (isPackageId(target) !== (order.package !== undefined))
    throw new AppError(
      'not-found',
      `${target} is no id of ${order.package === undefined ? 'an asset' : 'a package'}`,
    );
  const format = order.format ?? services.settings.view.houseFormat;
  try {
    const { facts, ...found } = await resolveTarget(services, target, format, acknowledge);
    return {
      ...found,
      ...namedBy(facts, services.settings.view),
      ...common,
      system: system.name,
    };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.detail.restrictionIds === undefined) throw thrown;
    const { restrictionIds } = thrown.detail;
    const { id } = await assetNamed(services, target);
    const texts = confirmableTexts(await services.library.catalogue.asset(id));
    throw new ApiRefusal(thrown.code, thrown.message, {
      restrictions: restrictionIds.map(
        (missing) => texts.find((one) => one.id === missing) ?? { id: missing, text: missing },
      ),
    });
  }
}

export const scopeRefusal = (scope: string): ApiRefusal =>
  new ApiRefusal(
    'insufficient-scope',
    `The token doesn’t have the scope ${scope}.`,
    {},
    { 'www-authenticate': challengeOf(`error="insufficient_scope", scope="${scope}"`) },
  );

/** RFC 6750 §3. */
export const challengeOf = (parameters = ''): string =>
  `Bearer realm="Multimedia Desk"${parameters === '' ? '' : `, ${parameters}`}`;

/** An article leaves the app: it must be one that may be copied, and the ledger notes it. */
async function articleAnswer(
  services: Services,
  id: string,
  { type, system, signal }: Pick<Call<unknown>, 'type' | 'system' | 'signal'>,
): Promise<Answer<ApiEndpoints['getArticle']>> {
  const { articles, connection, settings, ledger } = services;
  const [{ exportArticles, requireCopy }, { exportDeps }] = await Promise.all([
    import('../articles/export/export.ts'),
    import('../app/article-exports.ts'),
  ]);
  const { language } = settings.view;
  const deps = exportDeps(services, language);
  const detail = await articles.detail(id);
  requireCopy(detail, connection.serviceNow());
  const noteAs = (format: string) => () =>
    ledger.note({
      kind: 'exported',
      what: { format: `article-${format}`, name: detail.headline, count: 1, system: system.name },
    });
  if (type !== 'text/html')
    return {
      status: 200,
      body: articleDetailOf(await articles.get(id), detail.bodyText),
      onHandedOver: noteAs('json'),
    };
  const order = { ids: [id], format: 'html' as const, language, withFolder: false };
  for await (const step of exportArticles(deps, order, signal)) {
    if (step.kind === 'left-out') throw step.leftOut.error;
    if (step.kind === 'document')
      return {
        status: 200,
        body: new Text(Buffer.from(step.files[0].bytes).toString('utf8')),
        onHandedOver: noteAs('html'),
      };
  }
  throw new AppError('not-found', 'No such article');
}
