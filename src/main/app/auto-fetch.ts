import os from 'node:os';
import path from 'node:path';
import type { Cancel, Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { profileOf } from '../../shared/model/house-format.ts';
import { parseQuery } from '../../shared/api/query/parse.ts';
import { openAutoFetchStore } from '../adapters/sqlite/auto-fetch-store.ts';
import type { Recovery } from '../adapters/sqlite/kit.ts';
import type { Log } from '../adapters/log.ts';
import {
  AutoFetch,
  type AutoFetchApi,
  type NamedRule,
  type RunResult,
} from '../auto-fetch/auto-fetch.ts';
import type {
  AssetFacts,
  AutoFetchDesk,
  AutoFetchView,
  Choice,
  LogFilter,
  Pause,
  Preview,
  Rule,
} from '../auto-fetch/ports.ts';
import type { AssetRow } from '../catalogue/ports.ts';
import { enqueuePackages, supplierOf } from './enqueue.ts';
import { requireFolderOf } from './policy-guard.ts';
import type { Services } from './services.ts';

type Deps = {
  home: string;
  services: Pick<
    Services,
    | 'settings'
    | 'library'
    | 'session'
    | 'current'
    | 'sources'
    | 'transfers'
    | 'viewer'
    | 'finishedAt'
    | 'connection'
    | 'policy'
  >;
  clock: Clock;
  /** Runs by itself after each sync. */
  background: boolean;
  log: Log;
  onChanged(rev: number): void;
  onRecovered(recovery: Recovery): void;
};

/** After the last of several syncs, ms. */
const REST_MS = 1_000;
/** A moment after what it waits for. */
const MARGIN_MS = 1_000;
const PAGE = 500;
/** Assets that a preview looks at. */
const MAX_PREVIEWED = 3_000;

/** The rules of saved searches: with the settings, the library and the queue of this home. */
export class AutoFetchRules implements AutoFetchApi {
  readonly #deps: Deps;
  #opened: { auto: AutoFetch; close(): void } | null = null;
  #cancelRun: Cancel = () => undefined;
  #cancelTimer: Cancel = () => undefined;
  #working: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #rev = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The library may have changed: runs all rules once it rests. */
  request(): void {
    const { background, clock, log, services } = this.#deps;
    if (!background || this.#isClosed || !services.settings.view.autoFetch.some(({ isOn }) => isOn))
      return;
    // The rules stay as they are, and go on once the policy lets them.
    if (services.policy.isOff('auto-fetch')) return;
    this.#cancelRun();
    this.#cancelRun = clock.after(REST_MS, () => {
      this.#working = this.runAll().catch((thrown: unknown) => log.error('auto-fetch', thrown));
    });
  }

  async runAll(): Promise<{ rule: NamedRule; result: RunResult }[]> {
    const results: { rule: NamedRule; result: RunResult }[] = [];
    for (const rule of this.#rules()) results.push({ rule, result: await this.run(rule.searchId) });
    this.#planNext();
    return results;
  }

  async run(searchId: string): Promise<RunResult> {
    this.#deps.services.policy.require('auto-fetch');
    const rule = this.#rules().find((one) => one.searchId === searchId);
    if (!rule)
      throw new AppError('not-found', 'Auto-fetch isn’t on for this search. Switch it on first.');
    const text = JSON.stringify(rule);
    const isCurrent = (): boolean =>
      !this.#isClosed &&
      this.#rules().some((one) => one.searchId === searchId && JSON.stringify(one) === text);
    return this.#auto.run(rule, isCurrent);
  }

  view(searchId: string): AutoFetchView {
    this.#searchOf(searchId);
    const rule = this.#ruleOf(searchId);
    return { rev: this.#rev, ...this.#auto.view(searchId, rule) };
  }

  async set(searchId: string, choice: Choice, words: Rule['words']): Promise<AutoFetchView> {
    const { services } = this.#deps;
    if (choice.isOn) services.policy.require('auto-fetch');
    if (choice.isOn && choice.destination !== null) requireFolderOf(services, choice.destination);
    const search = this.#searchOf(searchId);
    const nowMs = services.connection.serviceNow();
    const [fault] = parseQuery(search.text, nowMs).faults;
    if (choice.isOn && fault)
      throw new AppError(
        'usage',
        'This search has a part that isn’t understood: it would find more than was meant. Correct it first.',
      );
    const before = this.#ruleOf(searchId);
    const missing = choice.confirm.find((kind) => !words.some(({ id }) => id === kind));
    if (missing !== undefined && before?.confirm.includes(missing) !== true)
      throw new AppError('usage', `Read what is confirmed for ${missing} first`);
    const isSame =
      before !== null &&
      before.embargo === choice.embargo &&
      before.isOn === choice.isOn &&
      before.confirm.join(' ') === choice.confirm.join(' ');
    const kept = [...words, ...(before?.words ?? [])].filter(
      ({ id }, at, all) =>
        choice.confirm.some((kind) => kind === id) &&
        all.findIndex((other) => other.id === id) === at,
    );
    services.settings.setAutoFetch({
      ...choice,
      searchId,
      words: kept,
      // Who changes a cap hasn't chosen what is confirmed.
      chosenBy: isSame ? before.chosenBy : this.#who(),
      chosenAtMs: isSame ? before.chosenAtMs : nowMs,
    });
    if (!choice.isOn) await this.#auto.end(searchId);
    else await this.run(searchId);
    this.#planNext();
    return this.view(searchId);
  }

  async remove(searchId: string): Promise<AutoFetchView> {
    this.#searchOf(searchId);
    this.#deps.services.settings.removeAutoFetch(searchId);
    await this.#auto.end(searchId);
    return this.view(searchId);
  }

  preview(text: string, choice: Choice): Promise<Preview> {
    return this.#auto.preview(text, choice);
  }

  async log(searchId: string, filter: LogFilter, range: { offset: number; count: number }) {
    this.#searchOf(searchId);
    return this.#auto.log(searchId, filter, range);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRun();
    this.#cancelTimer();
    await this.#working;
    this.#opened?.close();
    this.#opened = null;
  }

  /** Opened with the first rule or question: most commands have none. */
  get #auto(): AutoFetch {
    if (this.#isClosed) throw new AppError('offline', 'Auto-fetch is closed');
    if (this.#opened) return this.#opened.auto;
    const { home, services, onChanged, onRecovered } = this.#deps;
    const { store, close } = openAutoFetchStore(path.join(home, 'auto-fetch.sqlite'), {
      nowMs: services.connection.serviceNow(),
      onRecovered,
    });
    store.retain(services.settings.view.savedSearches.map(({ id }) => id));
    const auto = new AutoFetch({
      store,
      desk: createDesk(services),
      onChanged: () => {
        this.#rev += 1;
        onChanged(this.#rev);
      },
    });
    this.#opened = { auto, close };
    return auto;
  }

  #rules(): NamedRule[] {
    const { savedSearches, autoFetch } = this.#deps.services.settings.view;
    return savedSearches.flatMap(({ id, name, text }) => {
      const rule = autoFetch.find(({ searchId }) => searchId === id);
      return rule?.isOn === true ? [{ ...rule, name, text }] : [];
    });
  }

  #ruleOf(searchId: string): Rule | null {
    const { autoFetch } = this.#deps.services.settings.view;
    return autoFetch.find((one) => one.searchId === searchId) ?? null;
  }

  #searchOf(searchId: string) {
    const { savedSearches } = this.#deps.services.settings.view;
    const search = savedSearches.find(({ id }) => id === searchId);
    if (!search) throw new AppError('not-found', 'No such saved search');
    return search;
  }

  #who(): string {
    const account = this.#deps.services.current()?.account.view.profile?.email;
    if (account !== undefined) return account;
    try {
      return os.userInfo().username;
    } catch {
      // A uid without an entry in the user database, e.g. in a container.
      return String(process.getuid?.() ?? '');
    }
  }

  /** What waits for an hour or midnight goes on then, also where no source is polled. */
  #planNext(): void {
    const { background, clock, services } = this.#deps;
    this.#cancelTimer();
    const ids = this.#rules().map(({ searchId }) => searchId);
    if (!background || this.#isClosed || ids.length === 0) return;
    const nextMs = this.#auto.nextMs(ids);
    if (nextMs === null) return;
    const delayMs = Math.max(REST_MS, nextMs - services.connection.serviceNow() + MARGIN_MS);
    this.#cancelTimer = clock.after(delayMs, () => this.request());
  }
}

function createDesk(services: Deps['services']): AutoFetchDesk {
  const { library, settings, connection, transfers } = services;
  const factsOf = async (rows: readonly AssetRow[]): Promise<AssetFacts[]> => {
    const listed = new Set((await transfers.packages()).map(({ packageId }) => packageId));
    const pauses = new Map<string, Pause | null>();
    return rows.map((row): AssetFacts => {
      const { id, source, rev, headline, publishedAt, verdict, packages } = row;
      if (!pauses.has(source)) pauses.set(source, pauseOf(services, source));
      return {
        assetId: id,
        rev,
        title: headline,
        publishedAt,
        verdict,
        packages: packages.map(({ packageId, label, purpose, bytes, rendition }) => ({
          packageId,
          label,
          purpose,
          bytes,
          rendition,
          isHere: services.finishedAt(packageId) !== undefined,
          isListed: listed.has(packageId),
        })),
        pause: pauses.get(source) ?? null,
      };
    });
  };
  return {
    nowMs: () => connection.serviceNow(),
    isEmpty: async () => library.isEmpty || (await library.counts()).assets === 0,
    revisions: async (text) => (library.isEmpty ? [] : library.catalogue.revisions(text)),
    assets: async (ids) =>
      library.isEmpty || ids.length === 0 ? [] : factsOf(await library.catalogue.rows([...ids])),
    async published(text, sinceMs) {
      const rows: AssetRow[] = [];
      if (library.isEmpty) return { items: [], isPartial: false };
      for (let total = 1; rows.length < Math.min(total, MAX_PREVIEWED);) {
        const page = await library.catalogue.search(
          { text, sort: 'newest' },
          { offset: rows.length, count: PAGE },
        );
        ({ total } = page);
        rows.push(...page.items);
        const oldest = page.items.at(-1);
        if (!oldest || oldest.publishedAt < sinceMs) break;
      }
      const items = rows.filter(({ publishedAt }) => publishedAt >= sinceMs);
      return {
        items: await factsOf(items),
        isPartial: rows.length >= MAX_PREVIEWED && items.length === rows.length,
      };
    },
    holdsUnderEmbargo: () => settings.view.holdUnderEmbargo,
    format: (id) => profileOf(settings.view, id),
    async queue({ assetId, packageId, acknowledge }, rule) {
      const { name, destination, chosenBy, chosenAtMs } = rule;
      const { folderTemplate, fileTemplate } = settings.view;
      await enqueuePackages(
        services,
        {
          packages: [{ assetId, packageId }],
          acknowledge,
          ...(destination === null ? {} : { destination }),
        },
        { name, chosenBy, chosenAtMs },
        {
          folderTemplate: rule.folderTemplate ?? folderTemplate,
          fileTemplate: rule.fileTemplate ?? fileTemplate,
        },
      );
    },
  };
}

/** Why nothing of a source can be queued now. */
function pauseOf(services: Parameters<typeof supplierOf>[0], source: string): Pause | null {
  try {
    const { refusal } = supplierOf(services, source);
    if (!refusal) return null;
    return refusal.code === 'terms-not-accepted' ? 'terms' : 'signed-out';
  } catch (thrown) {
    if (thrown instanceof AppError) return 'no-source';
    throw thrown;
  }
}
