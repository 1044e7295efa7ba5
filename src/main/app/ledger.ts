import os from 'node:os';
import type * as z from 'zod';
import type { SettingsView } from '../settings/settings.ts';
import { evidenceReport } from '../../shared/contract/transfers.ts';
import { embargoEndOf, isRecalled } from '../../shared/api/rights.ts';
import { AppError } from '../../shared/errors.ts';
import { systemClock } from '../../shared/clock.ts';
import { createMutex } from '../../shared/mutex.ts';
import { createLedgerFile, createLedgerHeadFile } from '../adapters/fs/ledger-file.ts';
import { createLedgerVault } from '../adapters/ledger-vault.ts';
import type { Log } from '../adapters/log.ts';
import { Journal, type LedgerDraft, type LedgerState } from '../ledger/journal.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type {
  EnqueueItem,
  LedgerSubject,
  PackageItem,
  RecallEvent,
  TransferRow,
  TransfersApi,
} from '../transfers/api.ts';
import type { Connection } from './connection.ts';
import type { Library } from './library.ts';

/** What is recorded, before it has a number, a time and an author. */
export type LedgerFact = Pick<LedgerEntry, 'kind'> &
  Partial<Pick<LedgerEntry, 'subject' | 'what' | 'words' | 'termsVersion'>> & {
    /** Where it isn't the account that is signed in. */
    account?: string | null;
  };

type LedgerDeps = {
  home: string;
  connection: Pick<Connection, 'serviceNow' | 'view'>;
  settings(): Pick<SettingsView, 'deskName' | 'language'>;
  /** E-mail address of the account that is signed in. */
  account(): string | null;
  log: Log;
  onChanged(state: LedgerState): void;
};

/** Entries kept in memory while they can't be written; later ones are only logged. */
const MAX_KEPT = 1_000;
/** Handed-out packages written at once after a start. */
const CAUGHT_UP_AT_ONCE = 100;

const reported = evidenceReport.pick({
  assetId: true,
  packageId: true,
  rev: true,
  title: true,
  service: true,
  account: true,
  folder: true,
  finishedAtMs: true,
});

/** The ledger with who and when: everything that records goes through it. */
export class Ledger {
  readonly journal: Journal;
  readonly #deps: LedgerDeps;
  /** What could not be written yet; it goes before the next entry. */
  #kept: LedgerDraft[] = [];
  readonly #mutex = createMutex();

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
    this.journal = new Journal({
      file: createLedgerFile(deps.home),
      store: createLedgerHeadFile(deps.home),
      vault: createLedgerVault(deps.home),
      clock: systemClock,
      onChanged: (state) => deps.onChanged(state),
      onError: (message) => deps.log.error('ledger', new Error(message)),
    });
  }

  /**
   * Records facts; they are on the medium when it resolves.
   *
   * @throws `disk-full`, `disk-error`, `not-permitted`: nothing was recorded
   */
  async append(facts: readonly LedgerFact[]): Promise<void> {
    if (facts.length === 0) return;
    const kept = this.#kept;
    this.#kept = [];
    try {
      await this.journal.append([...kept, ...facts.map((fact) => this.#draft(fact))]);
    } catch (thrown) {
      this.#kept = [...kept, ...this.#kept];
      throw thrown;
    }
  }

  /**
   * Records what has happened already. While the ledger can't be written it is kept for the next
   * entry of this run.
   */
  async note(...facts: LedgerFact[]): Promise<void> {
    const drafts = facts.map((fact) => this.#draft(fact));
    const kept = this.#kept;
    this.#kept = [];
    try {
      await this.journal.append([...kept, ...drafts]);
    } catch (thrown) {
      this.#deps.log.error('ledger', thrown);
      this.#kept = [...kept, ...drafts, ...this.#kept].slice(0, MAX_KEPT);
    }
  }

  /** One at a time, so that nothing is looked up while it is being recorded. */
  inOrder<T>(work: () => Promise<T>): Promise<T> {
    return this.#mutex(work);
  }

  /** Resolves once everything in `inOrder` so far is done. */
  settled(): Promise<void> {
    return this.#mutex(async () => undefined);
  }

  async close(): Promise<void> {
    await this.settled();
    if (this.#kept.length > 0) await this.note();
    await this.journal.close();
  }

  #draft({ kind, account, subject = null, what = {}, ...rest }: LedgerFact): LedgerDraft {
    const { connection, settings } = this.#deps;
    const { deskName, language } = settings();
    const { words = [], termsVersion = null } = rest;
    return {
      kind,
      subject,
      what,
      words,
      termsVersion,
      language: words.length > 0 ? language : null,
      atMs: connection.serviceNow(),
      localAtMs: systemClock.nowMs(),
      isServiceTime: connection.view.lastSeenAt !== null,
      who: {
        account: account === undefined ? this.#deps.account() : account,
        user: userName(),
        desk: deskName === '' ? os.hostname() : deskName,
      },
    };
  }
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A uid without an entry in the user database, e.g. in a container.
    return String(process.getuid?.() ?? '');
  }
}

const TERMS = 'terms:';
type Confirmed = Pick<
  PackageItem,
  'packageId' | 'rev' | 'title' | 'acknowledge' | 'terms' | 'rule' | 'system'
> & {
  assetId: string | null;
};
const isPackage = (item: EnqueueItem | Confirmed): item is Confirmed => 'packageId' in item;

/** What is confirmed by queueing these, an entry for restrictions and one for an embargo each. */
export function confirmationsOf(items: readonly (EnqueueItem | Confirmed)[]): LedgerFact[] {
  const confirmed = items.filter(isPackage).flatMap((item) => {
    const { acknowledge, terms } = item;
    const texts = (terms?.texts ?? []).filter(({ id }) => acknowledge.includes(id));
    const accepted = texts.find(({ id }) => id.startsWith(TERMS));
    // Ids of restrictions are their publishers', who may have written anything.
    const embargoes = texts.filter(({ id }) => embargoEndOf(id) !== null);
    const restrictions = texts.filter((text) => text !== accepted && !embargoes.includes(text));
    return restrictions.length + embargoes.length === 0 ? [] : [{ item, embargoes, restrictions }];
  });
  return confirmed.flatMap(({ item, embargoes, restrictions }) => {
    const { assetId, packageId, rev, title, terms, rule, system } = item;
    const common = {
      account: terms?.account ?? null,
      subject: {
        assetId,
        packageId,
        rev: rev ?? terms?.rev ?? null,
        title,
        source: terms?.service ?? null,
      },
      termsVersion: terms?.termsVersion ?? null,
    };
    const what = {
      count: confirmed.length,
      ...(rule && { rule: rule.name, chosenBy: rule.chosenBy, chosenAtMs: rule.chosenAtMs }),
      ...(system !== undefined && { system }),
    };
    const untilMs = embargoes.flatMap(({ id }) => embargoEndOf(id) ?? []);
    return [
      ...(restrictions.length === 0
        ? []
        : [{ ...common, kind: 'restriction-confirmed' as const, what, words: restrictions }]),
      ...(embargoes.length === 0
        ? []
        : [
            {
              ...common,
              kind: 'embargo-confirmed' as const,
              words: embargoes,
              what: { ...what, untilMs: Math.max(...untilMs) },
            },
          ]),
    ];
  });
}

/** The words of what a package asks for, and its terms; undefined where it isn't known here. */
export type TermsOf = (subject: LedgerSubject) => Promise<PackageItem['terms'] | undefined>;

/** What is confirmed for a package by ids that were given for a whole folder. */
async function confirmedItem(
  subject: LedgerSubject,
  acknowledge: string[],
  termsOf: TermsOf,
): Promise<Confirmed> {
  const { source } = subject;
  // Where its words aren't known, the ids are all that there is to record.
  const terms = (await termsOf(subject)) ?? {
    service: source ?? '',
    account: null,
    texts: acknowledge.map((id) => ({ id, text: id })),
    termsVersion: null,
  };
  return { ...subject, packageId: subject.packageId ?? '', acknowledge, terms };
}

async function reportOf(transfers: TransfersApi, id: string): Promise<z.infer<typeof reported>> {
  const { text } = await transfers.evidence(id, 'json', 'en');
  // Times are written for other tools.
  const report = JSON.parse(text) as Record<string, unknown>;
  const finished = report['finishedAt'];
  return reported.parse({
    ...report,
    finishedAtMs: typeof finished === 'string' ? Date.parse(finished) : null,
  });
}

const subjectOf = ({
  assetId,
  packageId,
  rev,
  title,
  service,
}: z.infer<typeof reported>): NonNullable<LedgerEntry['subject']> => ({
  assetId,
  packageId,
  rev,
  title,
  source: service,
});

/** What the ledger calls the package of a transfer; null for one that is no longer known. */
export async function reportedSubject(
  transfers: TransfersApi,
  id: string,
): Promise<LedgerEntry['subject']> {
  try {
    return subjectOf(await reportOf(transfers, id));
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'not-found') return null;
    throw thrown;
  }
}

/**
 * The transfers as the rest of the program uses them, recorded: what is confirmed is in the ledger
 * before it is queued, so a package that was queued was never confirmed without a trace. If the
 * program ends between the two, the confirmation stays: it was given.
 */
export function recordTransfers<T extends TransfersApi>(
  transfers: T,
  {
    ledger,
    handouts,
    termsOf,
  }: {
    ledger: Pick<Ledger, 'append' | 'note'>;
    handouts: Pick<HandoutRecorder, 'upTo'>;
    termsOf: TermsOf;
  },
): T {
  return {
    ...transfers,
    async enqueue(items, options) {
      await ledger.append(confirmationsOf(items));
      return transfers.enqueue(items, options);
    },
    async repairFolder(wanted, acknowledge) {
      if (acknowledge.length > 0)
        await ledger.append(
          confirmationsOf(
            await Promise.all(
              (await transfers.packagesUnder(wanted)).map((subject) =>
                confirmedItem(subject, acknowledge, termsOf),
              ),
            ),
          ),
        );
      return transfers.repairFolder(wanted, acknowledge);
    },
    async evidence(id, format, language, system) {
      const document = await transfers.evidence(id, format, language);
      const report = await reportOf(transfers, id);
      await handouts.upTo(id);
      await ledger.note({
        kind: 'exported',
        subject: subjectOf(report),
        what: {
          format: `evidence-${format}`,
          name: document.name,
          transferId: id,
          ...(system !== undefined && { system }),
        },
      });
      return document;
    },
    async exportQueue(ids, format) {
      const document = await transfers.exportQueue(ids, format);
      const { name, count } = document;
      if (count > 0) await ledger.note({ kind: 'exported', what: { format, name, count } });
      return document;
    },
  };
}

type Revealed = { id: string; folder: string };

/** Records that the folder of a transfer was shown. */
export async function noteRevealed(
  {
    transfers,
    ledger,
    handouts,
  }: {
    transfers: Pick<TransfersApi, 'detail'>;
    ledger: Ledger;
    handouts: Pick<HandoutRecorder, 'upTo'>;
  },
  { id, folder }: Revealed,
): Promise<void> {
  await handouts.upTo(id);
  const { assetId, packageId, title, service } = await transfers.detail(id);
  await ledger.note({
    kind: 'revealed',
    subject: { assetId, packageId, rev: null, title, source: service },
    what: { folder, transferId: id },
  });
}

/** The same of an asset that lies in the folder that is its source. */
export async function noteRevealedAsset(
  { library, ledger }: { library: Pick<Library, 'catalogue'>; ledger: Ledger },
  { id, folder }: Revealed,
): Promise<void> {
  const [row] = await library.catalogue.rows([id]);
  const { headline = id, source = null } = row ?? {};
  await ledger.note({
    kind: 'revealed',
    subject: { assetId: id, packageId: null, rev: null, title: headline, source },
    what: { folder },
  });
}

/** Name of an exported ledger, with its day. */
export const ledgerName = (nowMs: number): string =>
  `ledger-${new Date(nowMs).toISOString().slice(0, 10)}.jsonl`;

/** Recalled before it was complete: it never had the marker of a usable package. */
const isKeptBack = (recall: TransferRow['recall']): boolean =>
  recall !== null && isRecalled(recall.kind) && recall.phase !== 'done';

/** A package that is complete, for those who are told of it. */
export type ReadyPackage = NonNullable<LedgerEntry['subject']> & {
  transferId: string;
  folder: string;
  files: number;
  bytes: number | null;
};
type Handout = { fact: LedgerFact; ready: ReadyPackage };

/**
 * Records each complete package once per transfer and revision: as the queue reports it, and after
 * a start what an earlier run could not record any more.
 */
export class HandoutRecorder {
  readonly #transfers: TransfersApi;
  readonly #ledger: Ledger;
  readonly #log: Log;
  readonly #onReady: (packages: readonly ReadyPackage[]) => Promise<void>;
  /** Complete when last seen in this run, and recorded. */
  readonly #settled = new Set<string>();
  /** Seen in this run before they were complete: a repair may bring another revision. */
  readonly #open = new Set<string>();
  #isClosed = false;

  /** @param onReady called before the ledger has them; after a kill they may come a second time */
  constructor(
    transfers: TransfersApi,
    ledger: Ledger,
    log: Log,
    onReady: (packages: readonly ReadyPackage[]) => Promise<void>,
  ) {
    this.#transfers = transfers;
    this.#ledger = ledger;
    this.#log = log;
    this.#onReady = onReady;
  }

  /** Never rejects. */
  async changed(rows: readonly TransferRow[]): Promise<void> {
    if (this.#isClosed) return;
    const complete: string[] = [];
    for (const { id, packageId, state, heldUntil, recall } of rows) {
      if (packageId === null) continue;
      // Under embargo it has no marker yet, so nothing was handed over.
      if (state.phase !== 'done' || heldUntil !== null || isKeptBack(recall)) {
        this.#settled.delete(id);
        this.#open.add(id);
      } else if (!this.#settled.has(id)) {
        this.#settled.add(id);
        complete.push(id);
      }
    }
    if (complete.length > 0) await this.#record(complete);
  }

  /**
   * Records a complete package before anything that was done with it: the queue reports it up to a
   * quarter of a second later.
   */
  async upTo(id: string): Promise<void> {
    try {
      await this.changed([await this.#transfers.detail(id)]);
    } catch (thrown) {
      // Of a package whose file list can't be read nothing was complete.
      if (!(thrown instanceof AppError && thrown.code === 'manifest-invalid')) throw thrown;
    }
    await this.#ledger.settled();
  }

  /**
   * What is complete and not recorded, as an earlier run may have left it. Never rejects.
   *
   * @param isThorough looks for everything in the ledger, which may have been lost; else only for what
   *   isn't known to be there, which costs nothing where there is none
   */
  async catchUp({ isThorough = false } = {}): Promise<void> {
    try {
      const unrecorded = await this.#transfers.unrecordedHandouts();
      const due = isThorough
        ? (await this.#transfers.packages()).flatMap(({ id, isDone, isHeld }) =>
            isDone && !isHeld && !this.#settled.has(id) ? [id] : [],
          )
        : unrecorded;
      // What was recorded once is no news, also where the ledger was lost.
      const fresh = new Set(unrecorded);
      for (let at = 0; at < due.length; at += CAUGHT_UP_AT_ONCE)
        await this.#record(due.slice(at, at + CAUGHT_UP_AT_ONCE), (id) => fresh.has(id));
    } catch (thrown) {
      this.#log.error('ledger', thrown);
    }
  }

  /**
   * Records all that is complete by now; what still becomes complete is left for the next start.
   * Never rejects.
   */
  async close(): Promise<void> {
    await this.catchUp();
    this.#isClosed = true;
    await this.#ledger.settled();
  }

  #record(ids: readonly string[], isNews: (id: string) => boolean = () => true): Promise<void> {
    return this.#ledger.inOrder(async () => {
      try {
        const handouts: Handout[] = [];
        const recorded: string[] = [];
        for (const id of ids) {
          try {
            const handout = await this.#handoutOf(id);
            if (handout !== 'kept-back') recorded.push(id);
            if (typeof handout === 'object') handouts.push(handout);
          } catch (thrown) {
            if (!(thrown instanceof AppError)) throw thrown;
            // One that can't be read holds up no other.
            this.#settled.delete(id);
            this.#log.error('ledger', thrown);
          }
        }
        await this.#onReady(
          handouts.map(({ ready }) => ready).filter(({ transferId }) => isNews(transferId)),
        );
        await this.#ledger.append(handouts.map(({ fact }) => fact));
        // After the ledger: a kill in between costs a look into it, and never an entry.
        await this.#transfers.handoutsRecorded(recorded);
      } catch (thrown) {
        // Without room for the entries: the next change or start tries again.
        for (const id of ids) this.#settled.delete(id);
        this.#log.error('ledger', thrown);
      }
    });
  }

  /** What is to be recorded of a complete package, if anything is. */
  async #handoutOf(id: string): Promise<Handout | 'known' | 'kept-back'> {
    const { journal } = this.#ledger;
    this.#settled.add(id);
    if (!this.#open.has(id) && (await journal.isHandedOut(id))) return 'known';
    const { recall, filesTotal, totalBytes } = await this.#transfers.detail(id);
    if (isKeptBack(recall)) {
      this.#settled.delete(id);
      return 'kept-back';
    }
    this.#open.delete(id);
    const report = await reportOf(this.#transfers, id);
    if (await journal.isHandedOut(id, report.rev)) return 'known';
    const subject = subjectOf(report);
    return {
      fact: {
        kind: 'handed-out',
        account: report.account,
        subject,
        what: {
          transferId: id,
          folder: report.folder,
          ...(report.finishedAtMs === null ? {} : { completedAtMs: report.finishedAtMs }),
        },
      },
      ready: {
        ...subject,
        transferId: id,
        folder: report.folder,
        files: filesTotal,
        bytes: totalBytes,
      },
    };
  }
}

/** Settings that say where packages go and under which name entries are made. */
const RECORDED = [
  'territory',
  'platforms',
  'destination',
  'folderTemplate',
  'fileTemplate',
  'deskName',
  'serviceUrl',
  'holdUnderEmbargo',
] as const;

/** What of a change of the settings is recorded: those above, and terms of a source. */
export function settingFacts(before: SettingsView, after: SettingsView): LedgerFact[] {
  const changed = RECORDED.filter((name) => String(before[name]) !== String(after[name])).map(
    (setting) => ({
      kind: 'setting-changed' as const,
      what: { setting, value: after[setting] === null ? null : String(after[setting]) },
    }),
  );
  const versionBefore = new Map(before.sources.map(({ id, accepted }) => [id, accepted?.version]));
  const rules = new Map(before.autoFetch.map((rule) => [rule.searchId, rule]));
  const confirming = after.autoFetch.flatMap((rule) => {
    const former = rules.get(rule.searchId);
    const confirms = (one: typeof rule | undefined): string =>
      [
        ...(one?.isOn === true ? one.confirm : []),
        ...(one?.isOn === true && one.embargo === 'hold' ? ['embargo'] : []),
      ].join(', ');
    if (confirms(former) === confirms(rule)) return [];
    const name = after.savedSearches.find(({ id }) => id === rule.searchId)?.name ?? rule.searchId;
    return [
      {
        kind: 'setting-changed' as const,
        what: {
          setting: 'autoFetch',
          value: confirms(rule) === '' ? null : confirms(rule),
          rule: name,
          chosenBy: rule.chosenBy,
        },
        words: rule.isOn ? rule.words : [],
      },
    ];
  });
  const accepted = after.sources.flatMap(({ id, name, terms, accepted: now }) =>
    now === null || versionBefore.get(id) === now.version
      ? []
      : [
          {
            kind: 'terms-accepted' as const,
            account: null,
            subject: { assetId: null, packageId: null, rev: null, title: name, source: id },
            termsVersion: now.version,
            words:
              terms?.version === now.version
                ? [{ id: `${TERMS}${terms.version}`, text: terms.text }]
                : [],
          },
        ],
  );
  return [...changed, ...confirming, ...accepted];
}

const RECALL_FACTS = {
  withdrawn: 'recalled',
  'on-hold': 'recalled',
  expired: 'recalled',
  corrected: 'corrected',
  lifted: 'corrected',
} as const satisfies Record<RecallEvent['recall']['kind'], LedgerFact['kind']>;

/** A recall, a correction, or that somebody has acknowledged one. */
export const recallFact = ({ type, recall }: RecallEvent): LedgerFact => ({
  kind: type === 'acknowledged' ? 'recall-acknowledged' : RECALL_FACTS[recall.kind],
  subject: {
    assetId: recall.assetId,
    packageId: recall.packageId,
    rev: recall.rev.from,
    title: recall.title,
    source: null,
  },
  what: {
    transferId: recall.transferId,
    value: recall.kind,
    count: recall.places.length,
    ...(recall.places[0] ? { folder: recall.places[0].folder } : {}),
    ...(type === 'acknowledged' && recall.acknowledged?.isSystem === true
      ? { system: recall.acknowledged.who }
      : {}),
  },
  words: recall.words === null ? [] : [{ id: recall.id, text: recall.words }],
});
