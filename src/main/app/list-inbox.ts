import { createHash, randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import {
  type TakenList,
  type WatchFolder,
  type WatchFolderView,
} from '../../shared/contract/watch-folder.ts';
import type { Cancel, Clock } from '../../shared/clock.ts';
import { AppError, toWire, type ErrorCode } from '../../shared/errors.ts';
import { createMutex } from '../../shared/mutex.ts';
import { MAX_DOCUMENT_BYTES } from '../../shared/model/document-limits.ts';
import { ListFolder, type ClaimedList, type WaitingList } from '../adapters/fs/list-folder.ts';
import { watchFolder as watchChanges } from '../adapters/fs/watch-folder.ts';
import type { Log } from '../adapters/log.ts';
import type { Policy } from '../settings/policy.ts';
import type { Settings } from '../settings/settings.ts';
import { DONE_NAME, MANIFEST_NAME } from '../transfers/package/manifest.ts';
import type { Imported, TransfersApi } from '../transfers/api.ts';
import type { DeskEvents } from './desk-events.ts';
import { isWithin, requireFolderOf } from './policy-guard.ts';

type Deps = {
  home: string;
  events: DeskEvents;
  settings: Settings;
  policy: Policy;
  transfers: Pick<TransfersApi, 'importDocument'>;
  clock: Clock;
  /** Takes lists by itself; without it the folder is only set and shown. */
  background: boolean;
  log: Log;
  onChanged(view: WatchFolderView): void;
};

/** A list is whole once nothing of it has changed for so long, ms. */
const REST_MS = 5_000;
/** One that doesn't read as a whole one may be copied by somebody slow: it is refused after so long. */
const PATIENCE_MS = 60_000;
/** Network drives tell nothing of changes. */
const POLL_MS = 30_000;
/** After a change that the system tells of. */
const SOON_MS = 500;

/** What is wrong with a list itself. Everything else may pass, and the list waits for it. */
const OF_THE_LIST: readonly ErrorCode[] = [
  'usage',
  'metalink-invalid',
  'unsafe-name',
  'invalid-payload',
  'bug',
];

type Seen = { state: string; sinceMs: number };

/** Takes the lists that others put into a folder: each is queued once and put away. */
export class ListInbox {
  readonly #deps: Deps;
  readonly #mutex = createMutex();
  readonly #seen = new Map<string, Seen>();
  #watched: { setting: WatchFolder; lists: ListFolder } | null = null;
  #stopWatching: Cancel = () => undefined;
  #cancelTimer: Cancel = () => undefined;
  #isClosed = false;
  #state: 'watching' | 'away' = 'watching';
  #fault: WatchFolderView['fault'] = null;
  #rev = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get view(): WatchFolderView {
    const { settings, events } = this.#deps;
    const setting = settings.view.watchFolder;
    return {
      rev: this.#rev,
      setting,
      state: setting === null ? 'off' : this.#watched === null ? 'idle' : this.#state,
      fault: this.#watched === null ? null : this.#fault,
      lists: setting === null ? [] : events.store.lists(),
    };
  }

  /** @throws `usage`, `managed`, `not-found` and codes of the disk */
  async set(wanted: WatchFolder | null): Promise<WatchFolderView> {
    const { settings, policy } = this.#deps;
    if (wanted !== null) {
      policy.require('watch-folder');
      policy.require('get-by-address');
      await this.#requireUsable(wanted);
    }
    settings.setWatchFolder(wanted);
    await this.follow();
    return this.#changed();
  }

  /** Begins with the folder of the settings, in a program that stays open. */
  async follow(): Promise<void> {
    const { settings, policy, background } = this.#deps;
    if (!background || this.#isClosed) return;
    this.#cancelTimer();
    this.#stopWatching();
    this.#stopWatching = () => undefined;
    await this.#mutex(async () => {
      const setting = settings.view.watchFolder;
      this.#seen.clear();
      this.#fault = null;
      // It stays as it is, and goes on once the policy lets it.
      const isOff = policy.isOff('watch-folder') || policy.isOff('get-by-address');
      this.#watched =
        setting === null || isOff ? null : { setting, lists: this.#listsOf(setting.folder) };
      this.#state = 'away';
    });
    await this.look();
  }

  /** Takes what is whole by now. Never rejects. */
  async look(): Promise<void> {
    await this.#mutex(() => this.#look()).catch((thrown: unknown) =>
      this.#deps.log.error('watch folder', thrown),
    );
    if (this.#isClosed || this.#watched === null) return;
    this.#next(this.#seen.size > 0 ? REST_MS : POLL_MS);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#stopWatching();
    await this.#mutex(async () => undefined);
  }

  #next(delayMs: number): void {
    this.#cancelTimer();
    if (this.#isClosed) return;
    this.#cancelTimer = this.#deps.clock.after(delayMs, () => void this.look());
  }

  async #look(): Promise<void> {
    const watched = this.#watched;
    if (watched === null || this.#isClosed) return;
    const { lists, setting } = watched;
    let found: Awaited<ReturnType<ListFolder['look']>>;
    try {
      await this.#requireUsable(setting, lists);
      found = await lists.look();
    } catch (thrown) {
      this.#away(thrown);
      return;
    }
    if (this.#state === 'away') {
      this.#state = 'watching';
      this.#fault = null;
      this.#stopWatching();
      this.#stopWatching = watchChanges(setting.folder, () => this.#next(0), SOON_MS);
      this.#deps.log.info(`watch folder: ${setting.folder}`);
      this.#changed();
    }
    let fault: WatchFolderView['fault'] = null;
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (thrown) {
        if (!(thrown instanceof AppError)) this.#deps.log.error('watch folder', thrown);
        const { code, message } = toWire(thrown);
        fault ??= { code, message };
      }
    };
    // Of a run that was ended, or that had to wait.
    for (const claimed of found.claimed) await attempt(() => this.#take(watched, claimed));
    const names = new Set(found.waiting.map(({ name }) => name));
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
    for (const list of found.waiting) {
      if (this.#isClosed) return;
      await attempt(async () => {
        if (!(await this.#isWhole(lists, list))) return;
        const claimed = await lists.claim(list.name, randomUUID());
        this.#seen.delete(list.name);
        if (claimed) await this.#take(watched, claimed);
      });
    }
    this.#told(fault);
  }

  /** Whether nothing of a list has changed for a while, and it reads as a whole one. */
  async #isWhole(lists: ListFolder, { name, bytes, state }: WaitingList): Promise<boolean> {
    const nowMs = this.#deps.clock.nowMs();
    const known = this.#seen.get(name);
    if (known?.state !== state) {
      this.#seen.set(name, { state, sinceMs: nowMs });
      return false;
    }
    const restedMs = nowMs - known.sinceMs;
    if (restedMs < REST_MS) return false;
    return (
      restedMs >= PATIENCE_MS ||
      bytes > MAX_DOCUMENT_BYTES ||
      hasEnd(await lists.read(path.join(lists.folder, name)))
    );
  }

  async #take(
    { setting, lists }: { setting: WatchFolder; lists: ListFolder },
    claimed: ClaimedList,
  ) {
    const { settings, transfers } = this.#deps;
    const { name, key } = claimed;
    let imported: Imported;
    try {
      const text = await lists.read(claimed.file);
      imported = await transfers.importDocument(
        { name, text },
        setting.destination ?? settings.view.destination,
        { key },
      );
    } catch (thrown) {
      const { code, message } = toWire(thrown);
      if (code === 'bug') this.#deps.log.error('watch folder', thrown);
      if (!OF_THE_LIST.includes(code)) throw thrown;
      await lists.putAway(claimed, 'failed', message);
      this.#note({ name, queued: 0, fault: { code, message } });
      return;
    }
    const { ids, refused } = imported;
    const fault =
      refused.length === 0
        ? null
        : {
            code: 'unsafe-name' as const,
            message: `Not queued, because their names aren’t safe: ${refused
              .slice(0, MAX_NAMED)
              .map(({ given }) => JSON.stringify(given))
              .join(', ')}${refused.length > MAX_NAMED ? ' …' : ''}`,
          };
    await lists.putAway(claimed, 'done', fault?.message ?? null);
    this.#note({ name, queued: ids.length, fault });
  }

  #note(list: Omit<TakenList, 'at'>): void {
    const { events, clock, log } = this.#deps;
    log.info(
      `watch folder: ${list.name}: ${list.fault === null ? `${list.queued} queued` : list.fault.code}`,
    );
    events.store.addList({ ...list, at: clock.nowMs() });
    this.#changed();
  }

  /** Told once, until it is back. */
  #away(thrown: unknown): void {
    if (!(thrown instanceof AppError)) throw thrown;
    const isKnown = this.#state === 'away' && this.#fault?.message === thrown.message;
    this.#state = 'away';
    this.#fault = { code: thrown.code, message: thrown.message };
    this.#seen.clear();
    if (isKnown) return;
    this.#deps.log.info(`watch folder: away: ${thrown.message}`);
    this.#changed();
  }

  #told(fault: WatchFolderView['fault']): void {
    if (fault?.message === this.#fault?.message) return;
    this.#fault = fault;
    if (fault) this.#deps.log.info(`watch folder: waits: ${fault.message}`);
    this.#changed();
  }

  #changed(): WatchFolderView {
    this.#rev += 1;
    const { view } = this;
    this.#deps.onChanged(view);
    return view;
  }

  /** @throws `usage`, `managed`, `destination-missing` and other codes of the disk */
  async #requireUsable(
    { folder, destination }: WatchFolder,
    lists = this.#listsOf(folder),
  ): Promise<void> {
    const { home, settings, policy } = this.#deps;
    if (!path.isAbsolute(folder) || (destination !== null && !path.isAbsolute(destination)))
      throw refused('relative', 'Use full paths for the folders');
    if (destination !== null) requireFolderOf({ policy, settings }, destination);
    const { real, isFolder, within } = await lists.facts([DONE_NAME, MANIFEST_NAME]);
    if (!isFolder) throw refused('not-a-folder', `${folder} isn’t a folder. Choose a folder.`);
    if (isWithin(real, await this.#realOf(home)))
      throw refused('own-folder', 'The app’s own folder can’t be watched. Choose another one.');
    if ((await this.#realOf(destination ?? settings.view.destination)) === real)
      throw refused(
        'downloads',
        'What is downloaded would be taken for lists there. Choose a folder that nothing is downloaded to.',
      );
    if (within !== null)
      throw refused('package', `${within} is a downloaded package. Choose a folder outside of it.`);
  }

  #listsOf(folder: string): ListFolder {
    const { home, clock } = this.#deps;
    const owner = createHash('sha256').update(`${os.hostname()}\0${home}`).digest('hex');
    return new ListFolder(folder, owner.slice(0, 8), clock);
  }

  /** The folder itself where that can’t be told: it may not be there yet. */
  async #realOf(folder: string): Promise<string> {
    try {
      return (await this.#listsOf(folder).facts([])).real;
    } catch (thrown) {
      if (thrown instanceof AppError) return path.resolve(folder);
      throw thrown;
    }
  }
}

/** Why a folder can’t be watched: a code for pages, and a sentence. */
const refused = (code: string, message: string): AppError =>
  new AppError('usage', message, { fields: [{ field: 'folder', code }] });

const MAX_NAMED = 20;

/** Whether a list has its end: XML its last tag, JSON all of it. */
function hasEnd(text: string): boolean {
  const document = text.trim();
  if (document.startsWith('<'))
    return /<\/(?:[\w.-]+:)?metalink\s*>(?:\s*<!--[^]*-->)*$/u.test(document);
  try {
    JSON.parse(document);
    return true;
  } catch {
    return false;
  }
}
