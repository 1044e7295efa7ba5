import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type * as z from 'zod';
import { settings, type settingsPatch } from '../../shared/contract/app.ts';
import type { autoFetchRule } from '../../shared/contract/auto-fetch.ts';
import { MAX_SAVED_SEARCHES, type savedSearch } from '../../shared/contract/catalogue.ts';
import { PLATFORMS } from '../../shared/api/rights.ts';
import { MAX_PROFILES, type formatProfile } from '../../shared/contract/house-format.ts';
import { MANAGED_SETTINGS, type ManagedSetting } from '../../shared/contract/policy.ts';
import { allProfiles, isBuiltIn, profileOf } from '../../shared/model/house-format.ts';
import { pxOfFormerStep, USUAL_READING } from '../../shared/model/reading.ts';
import { fromFormerSearch } from '../../shared/model/former-search.ts';
import { AppError } from '../../shared/errors.ts';
import { identityOfSearch, type SharedSearch } from '../../shared/model/saved-search.ts';
import { checkNetwork, usualNetwork } from './network-settings.ts';
import type { Policy } from './policy.ts';
import type { SettingsStore } from './ports.ts';

export type SettingsView = z.infer<typeof settings>;
type Patch = z.infer<typeof settingsPatch>;
type Stored = Omit<SettingsView, 'rev'>;
type SavedSearch = z.infer<typeof savedSearch>;
type AutoFetchRule = z.infer<typeof autoFetchRule>;
type OwnProfile = z.infer<typeof formatProfile>;
type NewProfile = Omit<OwnProfile, 'id'> & { id?: string | undefined };

const DEFAULT_FORMAT = 'broadcast';

const stored = settings.omit({ rev: true });

/**
 * The user's settings. An invalid member is read from the backup, else reset to its default; the
 * others are unaffected.
 */
export class Settings {
  #rev = 0;
  #value: Stored;
  readonly #store: SettingsStore;
  /** Names of invalid members that were reset to their defaults. */
  readonly reset: readonly string[];
  /** All values come from the backup. */
  readonly isRestored: boolean;
  /** The file was lost or damaged, or a member was invalid. */
  readonly wasDamaged: boolean;
  readonly #listeners: Set<(view: SettingsView) => void>;
  readonly #policy: Policy;

  /** @param policy what it fixes has its value, whatever the user has chosen before */
  constructor(
    store: SettingsStore,
    defaults: Pick<Stored, 'destination' | 'language'>,
    onChanged: (view: SettingsView) => void,
    policy: Policy,
  ) {
    this.#store = store;
    this.#policy = policy;
    this.#listeners = new Set([onChanged]);
    const initial: Stored = {
      serviceUrl: null,
      demo: false,
      folderTemplate: null,
      fileTemplate: null,
      theme: 'system',
      ...USUAL_READING,
      connectionsPerFile: 4,
      connectionsPerHost: 16,
      activeTransfers: 3,
      limitBytesPerSecond: null,
      schedule: null,
      catalogueView: 'grid',
      formatProfiles: [],
      houseFormat: DEFAULT_FORMAT,
      territory: null,
      accountCountry: null,
      platforms: [...PLATFORMS],
      holdUnderEmbargo: true,
      notify: 'needed',
      tray: true,
      keepAwake: true,
      savedSearches: [],
      autoFetch: [],
      recentSearches: [],
      sources: [],
      webhooks: [],
      watchFolder: null,
      articlesNewest: 300,
      articleTopics: [],
      articleSources: [],
      articlesLimitMb: 500,
      articlesKeepDays: null,
      ...usualNetwork(),
      sourceMinutes: 60,
      updates: 'on',
      updateChannel: 'stable',
      deskName: '',
      pendingDownload: null,
      ...defaults,
    };
    const given = withNewNames(store.read());
    const usable = readable(given);
    const backup = readable(withNewNames(store.readBackup()));
    const invalid = Object.keys(stored.shape).filter(
      (name) => isGiven(given, name) && !(name in usable),
    );
    this.#value = { ...initial, ...(given === null ? backup : pick(backup, invalid)), ...usable };
    if (!profileOf(this.#value, this.#value.houseFormat)) this.#value.houseFormat = DEFAULT_FORMAT;
    this.reset = invalid.filter((name) => !(name in backup));
    this.isRestored = given === null && Object.keys(backup).length > 0;
    this.wasDamaged = store.found.aside !== null || store.found.isMissing || invalid.length > 0;
  }

  get view(): SettingsView {
    return { rev: this.#rev, ...this.#inForce(this.#value) };
  }

  /** The user's own values stay stored, and count again once the policy leaves them to the user. */
  #inForce(value: Stored): Stored {
    return { ...value, ...defined(this.#policy.settings) };
  }

  listen(listener: (view: SettingsView) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * @throws `managed` for another value of what the policy fixes, `usage` for a relative destination,
   * `not-found` for a house format that isn't there, and what the store throws; nothing is changed
   * then
   */
  set(patch: { [K in keyof Patch]?: Patch[K] | undefined }): SettingsView {
    const given = this.#own(defined(patch));
    if (patch.destination !== undefined && !path.isAbsolute(patch.destination))
      throw new AppError('usage', 'Use a full path for the download folder');
    if (patch.houseFormat !== undefined && !profileOf(this.#value, patch.houseFormat))
      throw new AppError('not-found', 'No such house format');
    const next = stored.parse({ ...this.#value, ...given });
    checkNetwork(this.#inForce(next));
    return this.#replace(next);
  }

  /** What of a change is the user's: a page may send what is fixed along, as it is. */
  #own(patch: Partial<Patch>): Partial<Patch> {
    const inUse = this.view;
    return Object.fromEntries(
      Object.entries(patch).filter(([name, value]) => {
        if (!isManagedSetting(name)) return true;
        this.#policy.requireSame(name, value as never, inUse[name]);
        return !this.#policy.isManaged(name);
      }),
    );
  }

  /**
   * Writes the values in use, so that the next start does not find the same damage again. If the
   * disk is full the next start does it.
   */
  save(): void {
    try {
      this.#store.write(this.#value);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
    }
  }

  /**
   * @param search with the ID of one that was deleted and comes back; one that is there stays
   * @throws `usage` beyond `MAX_SAVED_SEARCHES`
   */
  saveSearch({
    id = randomUUID(),
    ...search
  }: Omit<SavedSearch, 'id'> & { id?: string | undefined }): SettingsView {
    const { savedSearches } = this.#value;
    return savedSearches.some((other) => other.id === id)
      ? this.view
      : this.#addSearches([{ ...search, id }]);
  }

  /**
   * Saves those that find something else than those that are there.
   * @param nowMs what comes after it is new in them
   * @throws `usage` beyond `MAX_SAVED_SEARCHES`; none is saved then
   */
  importSearches(
    searches: readonly SharedSearch[],
    nowMs: number,
  ): { added: number; known: number } {
    const added: SavedSearch[] = [];
    // Each query is read once: a file may have hundreds of long ones.
    const known = new Set(this.#value.savedSearches.map(identityOfSearch));
    for (const search of searches) {
      const identity = identityOfSearch(search);
      if (known.has(identity)) continue;
      known.add(identity);
      added.push({ ...search, seenAt: nowMs, id: randomUUID() });
    }
    if (added.length > 0) this.#addSearches(added);
    return { added: added.length, known: searches.length - added.length };
  }

  #addSearches(added: readonly SavedSearch[]): SettingsView {
    const { savedSearches } = this.#value;
    if (savedSearches.length + added.length > MAX_SAVED_SEARCHES)
      throw new AppError(
        'usage',
        `You can save ${MAX_SAVED_SEARCHES} searches at most. Delete ${savedSearches.length + added.length - MAX_SAVED_SEARCHES} first.`,
      );
    return this.#replace({ ...this.#value, savedSearches: [...savedSearches, ...added] });
  }

  /** @param nowMs by the clock by which assets come */
  lookAtSearch(id: string, nowMs: number): SettingsView {
    return this.#replace({
      ...this.#value,
      savedSearches: this.#value.savedSearches.map((search) =>
        search.id === id ? { ...search, seenAt: nowMs } : search,
      ),
    });
  }

  orderSearches(ids: readonly string[]): SettingsView {
    const place = new Map(ids.map((id, index) => [id, index]));
    return this.#replace({
      ...this.#value,
      savedSearches: this.#value.savedSearches.toSorted(
        (a, b) => (place.get(a.id) ?? ids.length) - (place.get(b.id) ?? ids.length),
      ),
    });
  }

  renameSearch(id: string, name: string): SettingsView {
    return this.#replace({
      ...this.#value,
      savedSearches: this.#value.savedSearches.map((search) =>
        search.id === id ? { ...search, name } : search,
      ),
    });
  }

  forgetSearch(id: string): SettingsView {
    return this.#replace({
      ...this.#value,
      savedSearches: this.#value.savedSearches.filter((search) => search.id !== id),
      autoFetch: this.#value.autoFetch.filter(({ searchId }) => searchId !== id),
    });
  }

  /**
   * @throws `usage` for a relative destination
   * @throws `not-found` for a search that isn't saved or a house format that isn't there
   */
  setAutoFetch(rule: AutoFetchRule): SettingsView {
    if (rule.destination !== null && !path.isAbsolute(rule.destination))
      throw new AppError('usage', 'Use a full path for the folder');
    if (!this.#value.savedSearches.some(({ id }) => id === rule.searchId))
      throw new AppError('not-found', 'No such saved search');
    if (!profileOf(this.#value, rule.profile))
      throw new AppError('not-found', 'No such house format');
    const others = this.#value.autoFetch.filter(({ searchId }) => searchId !== rule.searchId);
    return this.#replace({ ...this.#value, autoFetch: [...others, rule] });
  }

  /** The saved search stays. */
  removeAutoFetch(id: string): SettingsView {
    return this.#replace({
      ...this.#value,
      autoFetch: this.#value.autoFetch.filter(({ searchId }) => searchId !== id),
    });
  }

  /**
   * Makes a house format, the last of the list, or replaces the one of that id.
   *
   * @throws `usage` beyond `MAX_PROFILES`, or for a name that another one has
   */
  saveFormat(profile: NewProfile): SettingsView {
    const { formatProfiles } = this.#value;
    return this.#replace({ ...this.#value, formatProfiles: withProfile(formatProfiles, profile) });
  }

  /**
   * Makes these house formats; what is here under a name is replaced and keeps its id.
   *
   * @throws what `saveFormat` throws; none is made then
   */
  importFormats(profiles: readonly Omit<OwnProfile, 'id'>[]): SettingsView {
    const { formatProfiles: before } = this.#value;
    const formatProfiles = profiles.reduce<readonly OwnProfile[]>(
      (all, profile) => withProfile(all, { ...profile, id: namedAlike(before, profile)?.id }),
      before,
    );
    return this.#replace({ ...this.#value, formatProfiles: [...formatProfiles] });
  }

  /** @throws `usage` while auto-fetch uses it */
  removeFormat(id: string): SettingsView {
    const { formatProfiles, autoFetch, savedSearches, houseFormat } = this.#value;
    const users = savedSearches.filter((search) =>
      autoFetch.some((rule) => rule.searchId === search.id && rule.profile === id),
    );
    if (users.length > 0)
      throw new AppError(
        'usage',
        `Auto-fetch uses this house format: ${users.map(({ name }) => name).join(', ')}. Choose another one there first.`,
      );
    return this.#replace({
      ...this.#value,
      formatProfiles: formatProfiles.filter((one) => one.id !== id),
      houseFormat: houseFormat === id ? DEFAULT_FORMAT : houseFormat,
    });
  }

  setSources(sources: Stored['sources']): SettingsView {
    // One that can't be read would take all others with it at the next start.
    return this.#replace({ ...this.#value, sources: stored.shape.sources.parse(sources) });
  }

  setWebhooks(webhooks: Stored['webhooks']): SettingsView {
    return this.#replace({ ...this.#value, webhooks });
  }

  setWatchFolder(watchFolder: Stored['watchFolder']): SettingsView {
    return this.#replace({ ...this.#value, watchFolder });
  }

  /** Removes and returns the pending download. */
  takePendingDownload(): Stored['pendingDownload'] {
    const { pendingDownload } = this.#value;
    if (pendingDownload) this.#replace({ ...this.#value, pendingDownload: null });
    return pendingDownload;
  }

  /**
   * Whether this service may be used, in general or for one run.
   * @throws `managed`
   */
  requireService(serviceUrl: string | null, demo: boolean): void {
    const inUse = this.view;
    this.#policy.requireSame('demo', demo, inUse.demo);
    // The address that is fixed isn't in use beside the demo, if that is left to the user.
    if (!demo)
      this.#policy.requireSame(
        'serviceUrl',
        serviceUrl ?? undefined,
        inUse.serviceUrl ?? undefined,
      );
  }

  /** @throws `managed` */
  useService(serviceUrl: string | null, demo: boolean): SettingsView {
    this.requireService(serviceUrl, demo);
    const { serviceUrl: ownUrl, demo: ownDemo } = this.#value;
    return this.#replace({
      ...this.#value,
      serviceUrl: this.#policy.isManaged('serviceUrl') ? ownUrl : serviceUrl,
      demo: this.#policy.isManaged('demo') ? ownDemo : demo,
    });
  }

  /** Remembers the country of the account that is signed in. On a full disk the next one does. */
  noteAccountCountry(accountCountry: string | null): void {
    if (accountCountry === null || accountCountry === this.#value.accountCountry) return;
    if (!stored.shape.accountCountry.safeParse(accountCountry).success) return;
    try {
      this.#replace({ ...this.#value, accountCountry });
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
    }
  }

  /** @throws `usage` for what the next start could not read: a list would be lost as a whole */
  #replace(value: Stored): SettingsView {
    const issue = stored.safeParse(value).error?.issues[0];
    if (issue)
      throw new AppError('usage', `This can’t be kept: ${issue.path.join('.')}: ${issue.message}`);
    this.#store.write(value);
    this.#value = value;
    this.#rev += 1;
    for (const listener of this.#listeners) listener(this.view);
    return this.view;
  }
}

/**
 * With a house format as the last one, or in the place of the one of its id.
 * @throws what `Settings.saveFormat` throws
 */
function withProfile(
  formatProfiles: readonly OwnProfile[],
  { id = randomUUID(), ...profile }: NewProfile,
): OwnProfile[] {
  if (isBuiltIn(id))
    throw new AppError('usage', 'A built-in house format stays as it is. Make a copy of it.');
  const others = formatProfiles.filter((one) => one.id !== id);
  if (isTaken(profile.name, allProfiles({ formatProfiles: others })))
    throw new AppError(
      'usage',
      `Another house format is called ${profile.name}. Use another name.`,
    );
  const isKnown = others.length < formatProfiles.length;
  if (!isKnown && formatProfiles.length >= MAX_PROFILES)
    throw new AppError(
      'usage',
      `You can have ${MAX_PROFILES} house formats at most. Delete one first.`,
    );
  const own = { id, ...profile };
  return isKnown
    ? formatProfiles.map((one) => (one.id === id ? own : one))
    : [...formatProfiles, own];
}

const namedAlike = (
  profiles: readonly OwnProfile[],
  { name }: Pick<OwnProfile, 'name'>,
): OwnProfile | undefined => profiles.find((one) => one.name.toLowerCase() === name.toLowerCase());

/** By which names the command line finds one; built-in ones are found by their ids. */
const isTaken = (name: string, profiles: ReturnType<typeof allProfiles>): boolean =>
  profiles.some((one) => (one.name ?? one.id).toLowerCase() === name.toLowerCase());

const isManagedSetting = (name: string): name is ManagedSetting =>
  name in stored.shape && MANAGED_SETTINGS.some((one) => one === name);

/** Without members that are undefined. */
const defined = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;

const isGiven = (raw: unknown, name: string): boolean =>
  typeof raw === 'object' && raw !== null && Reflect.get(raw, name) !== undefined;
const pick = (value: Partial<Stored>, names: readonly string[]): Partial<Stored> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));

/** Names and forms of earlier versions; the next write of the file has the new ones. */
function withNewNames(raw: unknown): unknown {
  return withReading(withFormats(withQueries(withSchedule(raw))));
}

/** House formats were three fixed purposes, which are now the ids of the built-in ones. */
function withFormats(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  const { housePurpose, autoFetch, ...others } = raw as Record<string, unknown>;
  return {
    ...others,
    ...(housePurpose !== undefined && !isGiven(raw, 'houseFormat')
      ? { houseFormat: housePurpose }
      : {}),
    ...(autoFetch === undefined
      ? {}
      : { autoFetch: Array.isArray(autoFetch) ? autoFetch.map(withFormat) : autoFetch }),
  };
}

function withFormat(rule: unknown): unknown {
  if (!isGiven(rule, 'purpose') || isGiven(rule, 'profile')) return rule;
  const { purpose, ...others } = rule as Record<string, unknown>;
  return { ...others, profile: purpose };
}

/** Up to 0.1.0 the size of the reader's text was a step. */
function withReading(raw: unknown): unknown {
  if (!isGiven(raw, 'readerSize')) return raw;
  const { readerSize, ...others } = raw as Record<string, unknown>;
  if (typeof readerSize !== 'number' || isGiven(raw, 'readerPx')) return others;
  return { ...others, readerPx: pxOfFormerStep(readerSize) };
}

function withQueries(raw: unknown): unknown {
  if (!isGiven(raw, 'savedSearches')) return raw;
  const { savedSearches } = raw as { savedSearches: unknown };
  if (!Array.isArray(savedSearches)) return raw;
  return {
    ...(raw as object),
    savedSearches: savedSearches.map(fromFormerSearch),
  };
}

/** Up to 0.1.0 it was `limitHours`, with `standstill` in place of `pauses`. */
function withSchedule(raw: unknown): unknown {
  if (!isGiven(raw, 'limitHours') || isGiven(raw, 'schedule')) return raw;
  const { limitHours, ...others } = raw as Record<string, unknown>;
  if (!isGiven(limitHours, 'standstill')) return { ...others, schedule: limitHours };
  const { standstill, ...hours } = limitHours as Record<string, unknown>;
  return { ...others, schedule: { ...hours, pauses: standstill } };
}

function readable(raw: unknown): Partial<Stored> {
  if (typeof raw !== 'object' || raw === null) return {};
  const shape = stored.shape;
  return Object.fromEntries(
    Object.entries(shape).flatMap(([name, schema]) => {
      const parsed = schema.safeParse((raw as Record<string, unknown>)[name]);
      const isUsable =
        parsed.success &&
        (name !== 'destination' ||
          (typeof parsed.data === 'string' && path.isAbsolute(parsed.data)));
      return isUsable ? [[name, parsed.data]] : [];
    }),
  );
}
