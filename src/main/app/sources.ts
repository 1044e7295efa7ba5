import { isDeepStrictEqual } from 'node:util';
import { createMutex } from '../../shared/mutex.ts';
import {
  MAX_SOURCES,
  type AddedSource,
  type SourceFollow,
  type SourceInput,
  type SourceKind,
  type SourceProbe,
  type SourceTerms,
  type SourceUnit,
  type SourceView,
} from '../../shared/contract/sources.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { isLocalHost } from '../../shared/model/url.ts';
import type { ListedFeed } from '../formats/opml.ts';
import { isForeignSource, SAVED_PAGES, type SourceId } from '../../shared/model/source.ts';
import type { Cancel, Clock } from '../../shared/clock.ts';
import type { SourceStatusStore, SourceStatuses } from '../adapters/fs/source-status-file.ts';
import type { Log } from '../adapters/log.ts';
import type { MediaSources } from '../adapters/service/media.ts';
import type { ReadPage } from '../adapters/sources/saved-pages.ts';
import type { ArticleSource } from '../articles/ports.ts';
import type { CatalogueSource } from '../catalogue/ports.ts';
import type { Policy } from '../settings/policy.ts';
import type { Settings } from '../settings/settings.ts';
import type { AddressVault, SourcePackages } from '../transfers/ports.ts';
import type { Library } from './library.ts';
import { lookAt } from './source-look.ts';
import { NEVER_CHECKED, SourcePoll } from './source-poll.ts';

/** What a source states about itself, as it was read last. */
export type SourceFacts = {
  name: string;
  terms: SourceTerms | null;
  /** Where it has moved for good. */
  movedTo: string | null;
};
/** A source that is open: what it lists, and the packages of that. */
export type OpenSource = CatalogueSource & {
  /** Null until it has been read whole. */
  readonly facts: SourceFacts | null;
  readonly packages: SourcePackages | null;
  /** Its articles; null for a kind that has none. */
  readonly articles: ArticleSource | null;
  /** Its pictures and previews. */
  readonly media: MediaSources['client'];
  /** Pause until the next check that it asks for by now, ms. */
  readonly pauseMs: number;
  /** Path of an asset’s best file, of a folder of this computer. @throws `not-found` */
  locate?(assetId: string): Promise<string>;
  /** What its own clock shows, where it tells one; ms since 1970. Null before its first answer. */
  nowMs?(): number | null;
  /** Tells of changes as they come, where it can. @returns ends it */
  watch?(onChange: () => void): () => void;
};

/** A source as it was described, checked. */
export type ReadSource = {
  id: SourceId;
  kind: SourceKind;
  /** As it may be shown and stored in the open. */
  address: string;
  /** What goes into the keychain: a key, or a whole address that is one; null for none. */
  secret: string | null;
  keyEnding: string | null;
  follows: SourceFollow[];
};
/** What is open of a source that was added, when it is needed. */
export type Secret = () => Promise<string | null>;

/** Opens what publishers offer, of every kind. */
export type SourceOpener = {
  /**
   * @param secret what is in the keychain, for an input that leaves its key out
   * @throws `usage`, `https-required`
   */
  read(input: SourceInput, secret: string | null): ReadSource;
  /** @param secret asked for when it is needed; it may be in a keychain that is locked */
  open(
    added: Pick<AddedSource, 'id' | 'kind' | 'address' | 'follows'>,
    secret: Secret,
    /** Whether texts of articles are taken from their pages, now. */
    fullText: () => boolean,
  ): OpenSource;
  /** @throws what its server answers, `feed-invalid` */
  probe(source: ReadSource, signal: AbortSignal): Promise<Omit<SourceProbe, 'isAdded'>>;
  /**
   * The one feed of the web page at the address of a source; null if there is no web page.
   * @throws `several-feeds`, `no-feed`
   */
  feedOf(source: ReadSource, signal: AbortSignal): Promise<ReadSource | null>;
  /** A page as an article, to be saved. @throws `usage` for what is no address, and as `SavedPages.read` */
  readPage(typed: string, signal: AbortSignal): Promise<ReadPage>;
  /** What is asked for saved pages. */
  readonly pages: ArticleSource;
  /** Where a feed has moved; null for what nobody may add. */
  moved(address: string): Moved | null;
  /** Units of DVIDS whose name contains a text. */
  findUnits(source: ReadSource, text: string, signal: AbortSignal): Promise<SourceUnit[]>;
  close(): void;
};

type Options = {
  settings: Settings;
  policy: Policy;
  library: Library;
  statuses: SourceStatusStore;
  secrets: AddressVault;
  clock: Clock;
  log: Log;
  /** Checks sources whenever they are due; without it only when asked. */
  background: boolean;
  /** Loaded with the first source. */
  opener(): Promise<SourceOpener>;
  /** The list has changed, or the state of one in it. */
  onChanged(): void;
  /** What waited for a source, or for its terms, may start. */
  onUsable(): void;
  /** Assets may have changed, by a complete sync or otherwise. Never rejects. */
  onSynced(isComplete: boolean): Promise<void>;
};

type Entry = {
  added: AddedSource;
  source: OpenSource;
  poll: SourcePoll;
  assets: number;
  /** It has been read whole since it was added or changed. */
  isRead: boolean;
  /** Where the last check was led to for good, also in an earlier run. */
  movedTo: Moved | null;
};
type Moved = Pick<ReadSource, 'address' | 'secret'>;

/** What has become of a list of feeds. */
type AddedFeeds = {
  /** Of those that were added. */
  ids: SourceId[];
  known: number;
  refused: { name: string; code: ErrorCode; message: string }[];
};

const PROBE_MS = 60_000;
/** Pause between two looks at what a long sync has brought so far. */
const REFRESH_INTERVAL_MS = 2000;

/** The sources that the user has added, beside the service. */
export class Sources {
  readonly #options: Options;
  readonly #entries = new Map<SourceId, Entry>();
  readonly #mutex = createMutex();
  /** The newest look at each kind of archive, not added yet. */
  readonly #looks = new Map<SourceKind, AbortController>();
  #opener: Promise<SourceOpener> | null = null;
  /** Those that the policy fixes. */
  readonly #fixed = new Set<SourceId>();
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  get views(): SourceView[] {
    return Array.from(this.#entries.values(), ({ added, source, poll, assets }) => ({
      id: added.id,
      kind: added.kind,
      name: added.name,
      address: added.address,
      keyEnding: added.keyEnding,
      follows: added.follows,
      isPaused: added.isPaused,
      isManaged: this.#fixed.has(added.id),
      isChecking: poll.isChecking,
      syncedAt: poll.status.syncedAt,
      nextAt: added.isPaused ? null : poll.status.nextAt,
      fault: poll.status.fault,
      assets,
      fullText: added.fullText,
      integrity: source.capabilities.integrity,
      terms: added.terms,
      acceptedAt: acceptedAt(added),
    }));
  }

  /**
   * Null for an id that is none of these. Until a source has been read, what it lacks may be still
   * to come, as when it was removed and added anew: that is waited for.
   */
  /** What the sources' own clocks show that have been heard in this run, ms since 1970. */
  get times(): Record<SourceId, number> {
    const told = Array.from(
      this.#entries.values(),
      ({ source }) => [source.id, source.nowMs?.() ?? null] as const,
    );
    return Object.fromEntries(told.flatMap(([id, ms]) => (ms === null ? [] : [[id, ms]])));
  }

  packagesOf(id: SourceId): SourcePackages | null {
    const entry = this.#entries.get(id);
    const packages = entry?.source.packages ?? null;
    if (!entry || !packages || entry.isRead) return packages;
    return {
      ...packages,
      manifest: (...args) => packages.manifest(...args).catch(notReadYet),
      authorise: (...args) => packages.authorise(...args).catch(notReadYet),
      renew: (...args) => packages.renew(...args).catch(notReadYet),
    };
  }

  /** Null for a source that has none, or is none of these. */
  articlesOf(id: SourceId): ArticleSource | null {
    return this.#entries.get(id)?.source.articles ?? null;
  }

  /** Null for an asset of none of these. */
  mediaOf(assetId: string): MediaSources | null {
    const owner = [...this.#entries.values()].find(({ source }) => source.owns(assetId));
    if (!owner) return null;
    const { store } = this.#options.library;
    return {
      client: owner.source.media,
      thumbnailUrl: (id) => store.thumbnailUrl(id),
      previewUrl: (id) => store.previewUrl(id),
    };
  }

  /**
   * Path of the best file of an asset that is in a folder of this computer.
   * @throws `not-found`
   */
  async locate(assetId: string): Promise<string> {
    const owner = [...this.#entries.values()].find(({ source }) => source.owns(assetId));
    const path = await owner?.source.locate?.(assetId);
    if (path) return path;
    throw new AppError('not-found', 'This asset isn’t in a folder of this computer');
  }

  /** The terms under which its footage is used, with the time at which the user accepted them. */
  termsOf(id: SourceId): { terms: SourceTerms | null; acceptedAt: number | null } | null {
    const added = this.#entries.get(id)?.added;
    return added ? { terms: added.terms, acceptedAt: acceptedAt(added) } : null;
  }

  /**
   * The terms that the user has accepted; null if it states none.
   * @throws `terms-not-accepted` while others wait to be accepted
   */
  acceptedOf(id: SourceId): { version: string; text: string; at: number } | null {
    const { terms = null, acceptedAt: at = null } = this.termsOf(id) ?? {};
    if (terms === null) return null;
    if (at === null) throw otherTerms();
    return { version: terms.version, text: terms.text, at };
  }

  nameOf(id: SourceId): string | null {
    return this.#entries.get(id)?.added.name ?? null;
  }

  /** Opens those of the settings. Their footage is in all lists from then on. */
  async open(): Promise<void> {
    await this.#fix();
    const sources = this.#options.settings.view.sources.filter(
      (added) => this.#fixed.has(added.id) || this.#options.policy.allows(added),
    );
    if (sources.length === 0) return;
    const statuses = this.#options.statuses.read();
    for (const added of sources) await this.#put(added, statuses);
    // The window waits for no library, and the service for no fault of it.
    const counted = this.#count().then(
      () => this.#options.onChanged(),
      (thrown: unknown) => {
        if (!this.#isClosed) this.#options.log.error('sources', thrown);
      },
    );
    if (!this.#options.background) await counted;
    if (this.#options.background)
      for (const { added, poll } of this.#entries.values()) if (!added.isPaused) poll.start();
    this.#options.onChanged();
    this.#options.onUsable();
  }

  /**
   * Brings the list in line with the policy: what it fixes is in it, and what an earlier one has
   * fixed goes. The user's own stay in the settings, also those that aren't allowed now.
   */
  async #fix(): Promise<void> {
    const { settings, policy, log } = this.#options;
    const { sources } = settings.view;
    const wanted: AddedSource[] = [];
    for (const { name, ...input } of policy.fixedSources)
      try {
        const read = (await this.#open()).read(input, null);
        if (read.secret !== null) throw new AppError('usage', 'Its address opens it to one reader');
        this.#fixed.add(read.id);
        const before = sources.find(({ id }) => id === read.id);
        if (wanted.some(({ id }) => id === read.id)) continue;
        wanted.push({
          fullText: false,
          terms: null,
          accepted: null,
          isFixed: true,
          ...before,
          ...storedPart(read),
          id: read.id,
          kind: read.kind,
          name,
          isPaused: false,
        });
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown;
        log.error('policy', `${name} can’t be a source: ${thrown.message}`);
      }
    const own = sources.filter(({ id, isFixed }) => !isFixed && !this.#fixed.has(id));
    const next = [...wanted, ...own].slice(0, MAX_SOURCES);
    if (isDeepStrictEqual(next, sources)) return;
    try {
      settings.setSources(next);
    } catch (thrown) {
      // A disk that is full keeps nobody from working with what is there.
      if (!(thrown instanceof AppError)) throw thrown;
      log.error('policy', `the sources can’t be stored: ${thrown.message}`);
    }
  }

  /** Removes what sources that are no longer there have left, some rows at a time. */
  async sweep(): Promise<void> {
    const { library } = this.#options;
    if (library.isEmpty) return;
    // Saved pages are of no source that can be added or removed.
    const isLeft = (id: SourceId): boolean =>
      isForeignSource(id) && id !== SAVED_PAGES && !this.#entries.has(id);
    for (const id of await library.store.sourceIds())
      if (!this.#isClosed && isLeft(id)) await this.#removeRows(id);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#entries.values(), ({ poll }) => poll.stop()));
    this.#save();
    for (const { source } of this.#entries.values()) this.#options.library.remove(source);
    this.#entries.clear();
    (await this.#opener)?.close();
  }

  /** @param of the source that it would be a change of; null for another one */
  async probe(input: SourceInput, of: SourceId | null): Promise<SourceProbe> {
    this.#requireAdding(input.kind);
    const opener = await this.#open();
    const read = await this.#read(input, of);
    this.#options.policy.requireSource(read);
    const look = new AbortController();
    // An archive is asked one request at a time: an older look would hold up the newer one.
    if (read.follows.length > 0) {
      this.#looks.get(read.kind)?.abort();
      this.#looks.set(read.kind, look);
    }
    const signal = AbortSignal.any([look.signal, AbortSignal.timeout(PROBE_MS)]);
    const { found, read: taken } = await lookAt(opener, read, signal);
    return { ...found, isAdded: this.#isThere(taken, of) };
  }

  /** @param of the source whose key is used where none is given */
  async findUnits(text: string, key: string | null, of: SourceId | null): Promise<SourceUnit[]> {
    const opener = await this.#open();
    const read = await this.#read({ kind: 'dvids', key, follows: [] }, of);
    return opener.findUnits(read, text, AbortSignal.timeout(PROBE_MS));
  }

  /** @returns its id */
  add(input: SourceInput, accepted: string | null): Promise<SourceId> {
    return this.#mutex(async () => {
      this.#requireAdding(input.kind);
      const described = await this.#read(input, null);
      this.#options.policy.requireSource(described);
      if (this.#isThere(described, null)) throw alreadyAdded();
      const { sources } = this.#options.settings.view;
      if (sources.length >= MAX_SOURCES)
        throw new AppError(
          'usage',
          `You can add ${MAX_SOURCES} sources at most. Remove one first.`,
        );
      const { found, read } = await this.#agreed(described, accepted);
      this.#options.policy.requireSource(read);
      const { id, secret } = read;
      if (this.#isThere(read, null)) throw alreadyAdded();
      // What is left from before would come back, and its removal would take what comes now.
      await this.#removeRows(id);
      const added: AddedSource = {
        ...storedPart(read),
        id,
        kind: read.kind,
        name: found.name,
        isPaused: false,
        isFixed: false,
        fullText: false,
        terms: found.terms,
        accepted: found.terms && { version: found.terms.version, at: this.#options.clock.nowMs() },
      };
      // The secret first: a source whose address is lost could never be checked.
      if (secret !== null) await this.#keepSecret(id, secret);
      try {
        this.#options.settings.setSources([...sources, added]);
      } catch (thrown) {
        if (secret !== null) await this.#options.secrets.remove(id);
        throw thrown;
      }
      const { poll } = await this.#put(added, {});
      void poll.check();
      if (this.#options.background) poll.start();
      this.#options.onChanged();
      this.#options.onUsable();
      return id;
    });
  }

  change(id: SourceId, input: SourceInput, accepted: string | null): Promise<void> {
    return this.#mutex(async () => {
      const { added, poll, source } = this.#require(id);
      this.#requireAdding(input.kind);
      this.#requireOwn(id);
      if (input.kind !== added.kind) throw new AppError('usage', 'This is another kind of source');
      const described = await this.#read(input, id);
      this.#options.policy.requireSource(described);
      if (this.#isThere(described, id)) throw alreadyAdded();
      const { found, read } = await this.#agreed(described, accepted);
      this.#options.policy.requireSource(read);
      if (this.#isThere(read, id)) throw alreadyAdded();
      await poll.stop();
      const { secret } = read;
      const stored = storedPart(read);
      const { secrets } = this.#options;
      const before = added.isKeyed && secret !== null ? await secrets.read(id) : null;
      try {
        if (secret !== null) await this.#keepSecret(id, secret);
        // What is known of the former address, such as its validators, says nothing about this one.
        if (stored.address !== added.address || added.kind === 'feed')
          await this.#options.library.store.restart(id, '');
        const sameTerms = found.terms?.version === added.accepted?.version;
        this.#change(id, {
          ...stored,
          terms: found.terms,
          accepted: sameTerms
            ? added.accepted
            : found.terms && { version: found.terms.version, at: this.#options.clock.nowMs() },
        });
      } catch (thrown) {
        // E.g. a full disk: it is checked at its former address as before, with what opens that.
        if (before?.value != null) await secrets.write(id, before.value);
        else if (secret !== null && !added.isKeyed) await secrets.remove(id);
        if (this.#options.background && !added.isPaused) poll.start();
        throw thrown;
      }
      if (added.isKeyed && secret === null) await secrets.remove(id);
      this.#options.library.remove(source);
      this.#entries.delete(id);
      const changed = this.#options.settings.view.sources.find((one) => one.id === id);
      if (!changed) return;
      const entry = await this.#put(changed, {});
      void entry.poll.check();
      if (this.#options.background && !changed.isPaused) entry.poll.start();
    });
  }

  /**
   * Adds feeds without looking at them first: each says in its own row whether it can be read. Its
   * terms wait to be accepted.
   *
   * @param isTyped by the user; of those in a list, addresses of the local network are refused
   */
  addFeeds(feeds: readonly ListedFeed[], { isTyped }: { isTyped: boolean }): Promise<AddedFeeds> {
    return this.#mutex(async () => {
      this.#requireAdding('feed');
      const opener = await this.#open();
      const result: Omit<AddedFeeds, 'ids'> = { known: 0, refused: [] };
      const added: { source: AddedSource; secret: string | null }[] = [];
      const { settings } = this.#options;
      const refuse = (name: string, thrown: unknown): void => {
        if (!(thrown instanceof AppError)) throw thrown;
        result.refused.push({ name, code: thrown.code, message: thrown.message });
      };
      for (const { name, address } of feeds)
        try {
          const read = opener.read({ kind: 'feed', address }, null);
          this.#options.policy.requireSource(read);
          const isThere =
            this.#isThere(read, null) || added.some(({ source }) => source.id === read.id);
          if (isThere) {
            result.known += 1;
            continue;
          }
          if (!isTyped && isLocalHost(new URL(read.address).hostname))
            throw new AppError('usage', 'It’s in your local network. Add it on its own.');
          if (settings.view.sources.length + added.length >= MAX_SOURCES)
            throw new AppError('usage', `You can add ${MAX_SOURCES} sources at most`);
          added.push({
            secret: read.secret,
            source: {
              ...storedPart(read),
              id: read.id,
              kind: 'feed',
              name: name || hostOf(read),
              isPaused: false,
              isFixed: false,
              fullText: false,
              terms: null,
              accepted: null,
            },
          });
        } catch (thrown) {
          refuse(name || address, thrown);
        }
      const kept: AddedSource[] = [];
      for (const { source, secret } of added)
        try {
          if (secret !== null) await this.#keepSecret(source.id, secret);
          await this.#removeRows(source.id);
          kept.push(source);
        } catch (thrown) {
          refuse(source.name, thrown);
        }
      settings.setSources([...settings.view.sources, ...kept]);
      for (const source of kept) {
        const { poll } = await this.#put(source, {});
        if (this.#options.background) poll.start();
      }
      this.#options.onChanged();
      return { ...result, ids: kept.map(({ id }) => id) };
    });
  }

  /** The feeds that anybody may read, and how many others there are. */
  listedFeeds(): { feeds: ListedFeed[]; leftOut: number } {
    const feeds = Array.from(this.#entries.values(), ({ added }) => added).filter(
      ({ kind }) => kind === 'feed',
    );
    const open = feeds.filter(({ isKeyed }) => !isKeyed);
    return {
      feeds: open.map(({ name, address }) => ({ name, address })),
      leftOut: feeds.length - open.length,
    };
  }

  /** @throws `usage` for what is no feed */
  async setFullText(id: SourceId, fullText: boolean): Promise<void> {
    const { added } = this.#require(id);
    if (added.kind !== 'feed') throw new AppError('usage', 'Only feeds have pages');
    this.#change(id, { fullText });
    // What is here was taken as it was wished before.
    await this.#options.library.articles.outdate(id);
    this.#options.onChanged();
  }

  rename(id: SourceId, name: string): void {
    this.#require(id);
    this.#requireOwn(id);
    this.#change(id, { name });
  }

  async setPaused(id: SourceId, isPaused: boolean): Promise<void> {
    const { poll } = this.#require(id);
    this.#requireOwn(id);
    this.#change(id, { isPaused });
    if (isPaused) await poll.stop();
    else if (this.#options.background) poll.start();
    this.#options.onChanged();
  }

  acceptTerms(id: SourceId, version: string): void {
    const { added } = this.#require(id);
    if (added.terms?.version !== version) throw otherTerms();
    this.#change(id, { accepted: { version, at: this.#options.clock.nowMs() } });
    this.#options.onUsable();
  }

  /** Out of every list when it resolves; its rows are deleted after that. */
  remove(id: SourceId): Promise<void> {
    return this.#mutex(async () => {
      const { added, poll, source } = this.#require(id);
      this.#requireOwn(id);
      const { settings, library, secrets, log } = this.#options;
      settings.setSources(settings.view.sources.filter((one) => one.id !== id));
      this.#entries.delete(id);
      library.remove(source);
      this.#options.onChanged();
      await poll.stop();
      this.#save();
      if (added.isKeyed) await secrets.remove(id);
      await this.#options.onSynced(false);
      void this.#removeRows(id).catch((thrown: unknown) => log.error('sources', thrown));
    });
  }

  /** Checks one or all now, also paused ones; resolves when done. Faults are in their states. */
  async check(id: SourceId | null): Promise<void> {
    const entries =
      id === null
        ? [...this.#entries.values()].filter(({ added }) => !added.isPaused)
        : [this.#require(id)];
    await Promise.all(entries.map(({ poll }) => poll.check(true)));
  }

  #open(): Promise<SourceOpener> {
    if (this.#isClosed) throw new AppError('offline', 'The app is closing');
    return (this.#opener ??= this.#options.opener());
  }

  #require(id: SourceId): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new AppError('not-found', 'No such source');
    return entry;
  }

  /** @throws `managed` for one that the policy fixes */
  #requireOwn(id: SourceId): void {
    if (this.#fixed.has(id)) throw this.#options.policy.refusal();
  }

  /** @throws `managed` where none of the kind may be added or changed */
  #requireAdding(kind: SourceKind): void {
    const { policy } = this.#options;
    policy.require('add-sources');
    if (kind === 'feed') policy.require('add-feeds');
  }

  /** Whether another one is added that is the same. Addresses that are keys can't be told apart. */
  #isThere(
    { id, kind, address, secret }: Pick<ReadSource, 'id' | 'kind' | 'address' | 'secret'>,
    but: SourceId | null,
  ): boolean {
    return [...this.#entries.values()].some(
      ({ added }) =>
        added.id !== but &&
        (added.id === id ||
          (added.kind === kind && added.address === address && !added.isKeyed && secret === null)),
    );
  }

  /**
   * The window says that it will be asked for again, and runs for days. A command would have added
   * what its own end makes useless.
   *
   * @throws `keychain-absent`, `keychain-locked` where it would be lost with this command
   */
  async #keepSecret(id: SourceId, secret: string): Promise<void> {
    const { secrets, background } = this.#options;
    const state = await secrets.write(id, secret);
    // It is in the memory of a program that ends; what the keychain has of this source stays.
    if (state === 'kept' || background) return;
    throw state === 'locked'
      ? new AppError(
          'keychain-locked',
          'What opens this source belongs in the keychain, which is locked or not responding. Nothing was added or changed. Unlock it and run the same command again.',
        )
      : new AppError(
          'keychain-absent',
          'What opens this source belongs in a keychain, and there is none: it would be lost when this command ends. Nothing was added or changed. Start a keychain first.',
        );
  }

  /** @param of the source whose key counts where none is given */
  async #read(input: SourceInput, of: SourceId | null): Promise<ReadSource> {
    const opener = await this.#open();
    const isKeyLeftOut = input.kind === 'dvids' && input.key === null;
    return opener.read(input, isKeyLeftOut && of !== null ? await this.#secretOf(of) : null);
  }

  /** What a source offers, whose terms the user has accepted. */
  async #agreed(read: ReadSource, accepted: string | null) {
    const opener = await this.#open();
    const looked = await lookAt(opener, read, AbortSignal.timeout(PROBE_MS));
    const { terms } = looked.found;
    if (terms !== null && terms.version !== accepted) throw otherTerms();
    return looked;
  }

  /**
   * The address of the feed that somebody means: that of a web page's one feed, else as it is typed,
   * also if nobody answers now.
   * @throws `usage`, `https-required`, `several-feeds`, `no-feed`
   */
  async feedAddress(typed: string): Promise<string> {
    const opener = await this.#open();
    const described = opener.read({ kind: 'feed', address: typed }, null);
    try {
      const { read } = await lookAt(opener, described, AbortSignal.timeout(PROBE_MS));
      return read.secret ?? read.address;
    } catch (thrown) {
      const isPage =
        thrown instanceof AppError && ['several-feeds', 'no-feed'].includes(thrown.code);
      if (isPage || !(thrown instanceof AppError)) throw thrown;
      return typed;
    }
  }

  /** A page as an article, to be saved. @throws `managed`, and as `SourceOpener.readPage` */
  async readPage(typed: string): Promise<ReadPage> {
    this.#options.policy.require('saved-pages');
    return (await this.#open()).readPage(typed, AbortSignal.timeout(PROBE_MS));
  }

  /** Where saved pages come from. */
  readonly savedPages: ArticleSource = {
    id: SAVED_PAGES,
    article: async (...asked) => (await this.#open()).pages.article(...asked),
    picture: async (...asked) => (await this.#open()).pages.picture(...asked),
  };

  #change(id: SourceId, change: Partial<AddedSource>): void {
    const { settings } = this.#options;
    const sources = settings.view.sources.map((one) =>
      one.id === id ? { ...one, ...change } : one,
    );
    settings.setSources(sources);
    const [entry, added] = [this.#entries.get(id), sources.find((one) => one.id === id)];
    if (entry && added) entry.added = added;
    this.#options.onChanged();
  }

  async #put(added: AddedSource, statuses: SourceStatuses): Promise<Entry> {
    const { library, clock, log } = this.#options;
    const opener = await this.#open();
    const { id } = added;
    const source = opener.open(
      added,
      () => this.#secretOf(id),
      () => this.#entries.get(id)?.added.fullText ?? added.fullText,
    );
    const poll = new SourcePoll({
      status: statuses[id] ?? NEVER_CHECKED,
      clock,
      check: (signal, isByHand) => this.#sync(id, source, signal, isByHand),
      onChanged: () => {
        if (!this.#entries.has(id)) return;
        if (!poll.isChecking) this.#save();
        this.#options.onChanged();
      },
      onBug: (thrown) => log.error(`source ${id}`, thrown),
      watch: source.watch?.bind(source),
    });
    const isRead = poll.status.syncedAt !== null;
    const address = statuses[id]?.movedTo ?? null;
    const movedTo = address === null ? null : { address, secret: null };
    const entry: Entry = { added, source, poll, assets: 0, isRead, movedTo };
    this.#entries.set(id, entry);
    library.add(source);
    return entry;
  }

  /** Null for a source without any. @throws `password-needed` if it can't be had */
  async #secretOf(id: SourceId): Promise<string | null> {
    const { added } = this.#require(id);
    if (!added.isKeyed) return null;
    const { value, isLocked } = await this.#options.secrets.read(id);
    if (value !== null) return value;
    const what = added.keyEnding === null ? 'address' : 'key';
    throw new AppError(
      'password-needed',
      isLocked
        ? `Its ${what} is in the keychain, which is locked or not responding`
        : `Its ${what} is no longer in the keychain. Enter it again.`,
      { retryable: isLocked },
    );
  }

  /** @returns the pause until the next check */
  async #sync(
    id: SourceId,
    source: OpenSource,
    signal: AbortSignal,
    isThorough: boolean,
  ): Promise<number> {
    const { library } = this.#options;
    const refresh = this.#refreshing(signal);
    let isComplete = false;
    try {
      await library.catalogue.sync(source, signal, { isThorough, onChanged: refresh.soon });
      isComplete = true;
    } finally {
      await refresh.end();
      // What was read before a fault is in the catalogue too.
      await this.#show(isComplete, signal);
    }
    const entry = this.#entries.get(id);
    if (entry?.source === source && !entry.isRead) {
      entry.isRead = true;
      this.#options.onUsable();
    }
    await this.#follow(id, source);
    return source.pauseMs;
  }

  /** Shows what a sync has stored while it goes on: the first one of an archive takes hours. */
  #refreshing(signal: AbortSignal) {
    const { clock, log } = this.#options;
    let cancelTimer: Cancel | null = null;
    let shown = Promise.resolve();
    const show = (): void => {
      cancelTimer = null;
      shown = this.#show(false, signal).catch((thrown: unknown) => {
        if (!this.#isClosed) log.error('sources', thrown);
      });
    };
    return {
      soon: (): void => void (cancelTimer ??= clock.after(REFRESH_INTERVAL_MS, show)),
      /** Resolves once nothing is shown any more. */
      end: (): Promise<void> => {
        cancelTimer?.();
        return shown;
      },
    };
  }

  async #show(isComplete: boolean, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await this.#count();
    if (!signal.aborted) await this.#options.onSynced(isComplete);
  }

  /** What a source has said of itself: other terms, or that it has moved. */
  async #follow(id: SourceId, { facts }: OpenSource): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry || !facts) return;
    if (facts.terms?.version !== entry.added.terms?.version)
      this.#change(id, { terms: facts.terms });
    // A feed that was added unread is called by its host until it says its name.
    if (entry.added.kind === 'feed' && entry.added.name === hostOf(entry.added) && facts.name)
      this.#change(id, { name: facts.name.slice(0, 200) });
    // Twice, because a mistake of a server is undone soon.
    const before = entry.movedTo;
    // Null for one that nobody may add: it is reached through the redirect as before.
    const moved = facts.movedTo === null ? null : (await this.#open()).moved(facts.movedTo);
    entry.movedTo = moved;
    if (moved === null || moved.address !== before?.address || moved.secret !== before.secret)
      return;
    const { address, secret } = moved;
    // The policy names an address, or where others may be: it is reached through the redirect.
    const { policy } = this.#options;
    if (this.#fixed.has(id) || !policy.allows({ kind: 'feed', address })) return;
    // Two feeds of one address would have each article twice.
    if (this.#isThere({ id, kind: entry.added.kind, address, secret }, id)) return;
    const { secrets } = this.#options;
    if (secret !== null)
      try {
        await this.#keepSecret(id, secret);
      } catch (thrown) {
        // Reached through the redirect as before.
        if (thrown instanceof AppError) return;
        throw thrown;
      }
    // Removed meanwhile.
    if (!this.#entries.has(id)) return secret === null ? undefined : secrets.remove(id);
    const wasKeyed = entry.added.isKeyed;
    this.#change(id, { address, isKeyed: secret !== null });
    if (wasKeyed && secret === null) await secrets.remove(id);
  }

  async #count(): Promise<void> {
    const { library } = this.#options;
    if (library.isEmpty) return;
    const counts = await library.store.counts();
    for (const [id, entry] of this.#entries) entry.assets = counts[id] ?? 0;
  }

  async #removeRows(id: SourceId): Promise<void> {
    const { store, articles } = this.#options.library;
    // The articles first: the last asset takes its source along.
    while (!this.#isClosed && (await articles.removeArticles(id)));
    while (!this.#isClosed && (await store.removeAssets(id)));
  }

  #save(): void {
    const statuses = Array.from(this.#entries, ([id, { poll, movedTo }]) => [
      id,
      // A secret address is seen twice in one run or not at all: it is written nowhere.
      { ...poll.status, movedTo: movedTo?.secret === null ? movedTo.address : null },
    ]);
    this.#options.statuses.write(Object.fromEntries(statuses));
  }
}

function notReadYet(thrown: unknown): never {
  if (thrown instanceof AppError && thrown.code === 'not-found')
    throw new AppError('other-service', 'Its source has just been added and is still being read');
  throw thrown;
}

const hostOf = ({ address }: Pick<AddedSource, 'address'>): string => new URL(address).hostname;
const alreadyAdded = (): AppError => new AppError('usage', 'You’ve already added this source');
const otherTerms = (): AppError =>
  new AppError('terms-not-accepted', 'Read and accept the terms of use of this source first');

/** What the settings keep of a source as it was described. */
const storedPart = ({ address, secret, keyEnding, follows }: ReadSource) => ({
  address,
  isKeyed: secret !== null,
  keyEnding,
  follows,
});

const acceptedAt = ({ terms, accepted }: AddedSource): number | null =>
  accepted !== null && accepted.version === terms?.version ? accepted.at : null;
