import type * as z from 'zod';
import type { ledgerEntry } from '../../shared/contract/ledger.ts';
import type {
  clearablePlace,
  verificationView,
  exportFormat,
  leftOutEntry,
  transferDetail,
  transferRow,
  transferTotals,
} from '../../shared/contract/transfers.ts';
import type { Manifest } from './package/manifest.ts';
import type { FileEvidence } from './ports.ts';
import type { WireError } from '../../shared/errors.ts';
import type { BandwidthSchedule } from '../../shared/model/schedule.ts';
import type { FileNaming } from '../../shared/model/file-names.ts';
import type { RefusedName, SafeName } from '../../shared/model/names.ts';
import type { Recording } from '../../shared/model/recording.ts';
import type { RightsState } from '../../shared/api/rights.ts';
import type { historyQuery, historyRow, historyView } from '../../shared/contract/history.ts';
import type { recallsView } from '../../shared/contract/recalls.ts';
import type { ComparedFile } from '../../shared/model/correction.ts';
import type { Recall } from '../../shared/model/recall.ts';
import type { TransferTab } from '../../shared/model/transfer-tabs.ts';
import type { WaitReason } from '../../shared/model/transfer.ts';

export type LedgerSubject = NonNullable<z.infer<typeof ledgerEntry>['subject']>;
export type TransferRow = z.infer<typeof transferRow>;
export type TransferDetail = z.infer<typeof transferDetail>;
export type TransferTotals = z.infer<typeof transferTotals>;
export type TransferChange = { totals: TransferTotals; rows: TransferRow[]; removed: string[] };

/**
 * What clocks show that have been heard in this run, ms since 1970: that of the service in use (its
 * origin, or `demo`), and of added sources by their ids. A package goes by the clock of its own
 * source; an added one that tells no time goes by the service's.
 */
export type KnownClocks = {
  service: { name: string; nowMs: number } | null;
  sources: Readonly<Record<string, number>>;
};

/** Current rights to one asset, as the catalogue has them. */
export type AssetRights = {
  assetId: string;
  /** Source of the asset: another may use the same id for another one. */
  source: string;
  state: Exclude<RightsState, 'newer-version'> | null;
  /** Why it is barred; null unless it is. */
  refusal: Pick<WireError, 'code' | 'message'> | null;
  /** End of an embargo in force, ms since 1970. */
  embargoUntil: number | null;
  /** When its embargo lifts or has lifted, ms since 1970; null if it never had one. */
  embargoEndsMs: number | null;
  /** Available revisions; null where the catalogue has none. */
  packages: { packageId: string; rev: number | null }[];
};
export type HistoryQuery = z.infer<typeof historyQuery>;
export type HistoryRow = z.infer<typeof historyRow>;
export type HistoryView = z.infer<typeof historyView>;
export type RecallsView = z.infer<typeof recallsView>;
/** Recalls of these downloads only, or only what is to be acknowledged. */
export type RecallFilter = {
  transferIds?: readonly string[] | undefined;
  isOpen?: boolean | undefined;
};
/** What a publisher says about a change of an asset, from its newest detail that is known. */
export type Explanation = {
  assetId: string;
  /** Of that detail: an older one explains nothing. */
  pubStatus: 'usable' | 'withheld' | 'canceled';
  /** Why it may not be used. */
  note: string | null;
  /** `packages`: those that a revision brought a new version of; absent where that isn't said. */
  history: {
    rev: number;
    note: string;
    packages?: { packageId: string; rev: number }[] | undefined;
  }[];
};
/** For the ledger: a recall or correction, or that one was acknowledged. */
export type RecallEvent = { type: 'recalled' | 'acknowledged'; recall: Recall };
/** A package or a copy of it in a folder. */
export type PlaceRef = { id: string; folder: string };
/** What lies on the disk and may not be used any more. */
export type Clearable = z.infer<typeof clearablePlace>;
/** What was deleted there. */
export type ClearedPlace = PlaceRef &
  Pick<Clearable, 'kind' | 'files' | 'bytes' | 'reason'> & {
    /** Files that stay: somebody has changed them, or put something else in their place. */
    left: number;
    /** As the ledger names it. */
    subject: LedgerSubject;
  };
/** A file of a package in its folder, as what vouches for it says. */
export type PackageFileHere = {
  folder: string;
  /** Under which it is in the folder. */
  name: string;
  file: Manifest['files'][number];
  isSigned: boolean;
};
/** What a correction is compared with. */
export type FetchedVersion = {
  recall: Recall;
  service: string | null;
  /** Text of `snapshotText`; null if what the asset said then isn't known. */
  snapshot: string | null;
  /** Of the manifest in the package's folder; null if that can't be read. */
  files: ComparedFile[] | null;
};
export type PackageRecord = {
  id: string;
  assetId: string;
  packageId: string;
  isDone: boolean;
  /** Finished, and its files were where they had been put when they were last looked at. */
  isHere: boolean;
  /** Its `.done` waits for an embargo. */
  isHeld: boolean;
  /** Finished, and cleared from the list. */
  isRemoved: boolean;
  /** ms since 1970 by this computer's clock; null if it isn't finished. */
  finishedAtMs: number | null;
};

/** Settings of one transfer that the user can change. */
export type TransferOptions = {
  urgent?: boolean | undefined;
  deadlineMs?: number | null | undefined;
  limitBytesPerSecond?: number | null | undefined;
};

export type PackageItem = Omit<TransferOptions, 'urgent'> & {
  assetId: string;
  packageId: string;
  /** Null fetches the newest revision at the start of the transfer. */
  rev: number | null;
  title: string;
  label: string;
  purpose: string;
  /** Parent of the package's own folder. */
  destination: string;
  acknowledge: string[];
  /** The rule that confirms for whoever has chosen it; absent where a person was asked. */
  rule?: { name: string; chosenBy: string; chosenAtMs: number };
  /** The newsroom system that confirms with its token; absent where a person was asked. */
  system?: string;
  /**
   * Texts of the restrictions, their service, and the account that accepted them: for the evidence
   * report.
   */
  terms?: {
    service: string;
    account: string | null;
    texts: { id: string; text: string }[];
    /** Of the terms of use that were accepted; null while that isn't known. */
    termsVersion?: string | null;
    /** The version of the package that was offered, where the newest one is asked for. */
    rev?: number | null;
  };
  /** Shown until the manifest has the exact size. */
  bytes?: number;
  fileCount?: number;
  /**
   * Path of the package's folder under `destination`, separated by `/`; by default `rootName` of
   * the manifest.
   */
  folderName?: string;
  /** How its files are named in there; by default as in the manifest. */
  fileNaming?: FileNaming;
};
/** True for the name or address of a Metalink 4 (RFC 5854) or 3. */
export const isMetalinkName = (name: string): boolean => /\.(?:meta4|metalink)$/iu.test(name);

/** A plain address, or with `metalink` the address or path of a Metalink. */
export type AddressItem = Omit<TransferOptions, 'urgent'> & {
  url: string;
  metalink: boolean;
  destination: string;
  /** Expected SHA-256, 64 hex digits. */
  sha256: string | null;
  /** Computes a hash even without an expected one. */
  hashAnyway: boolean;
  /**
   * Refuses the whole list if one name in it leads out of the folder; otherwise only that file is
   * refused.
   */
  strict?: boolean;
  /** Text of the Metalink where it is no file; `url` is its name then. */
  metalinkText?: string;
};
export type EnqueueItem = (PackageItem | AddressItem) & {
  /** Replaces files that are in place and wrong instead of failing with `exists`. */
  repair?: boolean;
  /** See `ImportOptions`. */
  importKey?: string;
};

export type ExportFormat = z.infer<typeof exportFormat>;
export type LeftOut = z.infer<typeof leftOutEntry>;
export type Exported = { name: string; text: string; count: number; leftOut: LeftOut[] };
export type NamedDocument = { name: string; text: string };
export type ImportOptions = {
  /** Refuses the whole list if one name in it leads out of the folder. */
  strict?: boolean;
  /** Of two imports with the same key only the first queues anything, also after a kill. */
  key?: string;
};
/** Ids of the queued transfers, files that got another name, and files refused for their name. */
export type Imported = { ids: string[]; renamed: SafeName[]; refused: RefusedName[] };

export type VerificationView = z.infer<typeof verificationView>;
/** Result for one package or folder; `error` if it could not be checked. */
export type FolderCheck = {
  id: string | null;
  folder: string;
  files: FileCheck[];
  /** What its manifest says, and the service whose key signed that. */
  signed: { packageId: string; rev: number; service: string; keyId: string } | null;
  /** The same of a package whose source signs nothing, and how it is known. */
  recorded: ({ packageId: string; rev: number } & Recording) | null;
  error: WireError | null;
  /**
   * Withdrawn or on hold; the state is null where only the folder's marker says so, which another
   * computer has set.
   */
  recalled?: { state: 'withdrawn' | 'on-hold' | null } | null;
};

/**
 * One file as the command line reports it; `downloadedBytes` counts body bytes since the program
 * started.
 */
export type FileReport = {
  path: string;
  /** Original name, if the file has another one. */
  given?: string;
  bytes: number | null;
  sha256: string | null;
  verified: boolean;
  /** Of packages whose source signs nothing. */
  verifiedBy?: FileEvidence['verifiedBy'];
  done: boolean;
  downloadedBytes: number;
  /** A repair found it damaged or missing, whether or not anything had to be fetched for it. */
  wasWrong?: boolean;
  /** Pieces that a repair found wrong and fetched again. */
  badPieces?: number[];
  error?: WireError;
};

export type VerifyOptions = {
  /** Path of a Metalink to compare the folder with, instead of manifests and records. */
  metalink?: string;
};

/** A transfer queued for repair and the files it covers, as `report` names them; null for all. */
export type Repair = { id: string; paths: string[] | null };

export type TransferSettings = {
  connectionsPerFile: number;
  /** Over all transfers, per host and port. */
  connectionsPerHost: number;
  activeTransfers: number;
  limitBytesPerSecond: number | null;
  /** When that limit applies; null for always. */
  schedule: BandwidthSchedule | null;
  /** Failures in a row without new bytes before a network error is final; null for no limit. */
  maxAttempts: number | null;
  /** Longest time without a byte before a connection counts as dead. */
  stallMs: number;
  /** `.done` of a package that was taken under embargo waits until it lifts. */
  holdUnderEmbargo: boolean;
  /**
   * `all` runs the whole queue, `started-here` only what was queued, resumed or retried since the
   * program started.
   */
  scope: 'all' | 'started-here';
};
export const DEFAULT_SETTINGS: TransferSettings = {
  connectionsPerFile: 4,
  connectionsPerHost: 16,
  activeTransfers: 3,
  limitBytesPerSecond: null,
  schedule: null,
  maxAttempts: null,
  stallMs: 30_000,
  holdUnderEmbargo: true,
  scope: 'all',
};

/** The transfers as main and the command line use them, in process or over a worker's port. */
export type TransfersApi = {
  /**
   * Queues the items and resolves to their ids, in order, once they are durable. An unfinished
   * transfer of the same thing to the same place is resumed instead of queued twice.
   * `makeDestination` creates a missing destination folder; otherwise the transfer waits for it.
   */
  enqueue(items: EnqueueItem[], options?: { makeDestination?: boolean }): Promise<string[]>;
  /**
   * `search` keeps transfers that have all its words in title, ids, source, dates (2026-11-24) or
   * names of files.
   */
  list(
    tab: TransferTab,
    range: { offset: number; count: number },
    search?: string,
  ): Promise<{ rev: number; total: number; rows: TransferRow[] }>;
  /** Every known package, finished ones that were cleared included: they are still on the disk. */
  packages(): Promise<PackageRecord[]>;
  /**
   * The newest transfer of a package, or with null of any package of the asset, that was not
   * cancelled; also one cleared from the list. One whose files have gone is not found.
   */
  find(assetId: string, packageId: string | null): Promise<TransferRow | null>;
  /** Finished packages of which it isn't known what their asset said; some of them. */
  unsnapped(): Promise<{ id: string; assetId: string; packageId: string; rev: number | null }[]>;
  /** @param text of `snapshotText` */
  saveSnapshot(id: string, text: string): Promise<void>;
  /** @throws `not-found` for an unknown recall */
  fetchedVersion(recallId: string): Promise<FetchedVersion>;
  /**
   * Looks in the background whether finished packages are still where they were put; not more often
   * than every five minutes, unless somebody has asked for it.
   */
  checkHere(isNow?: boolean): Promise<void>;
  /** @returns a function that unsubscribes */
  onHere(listener: () => void): () => void;
  /** Packages that were complete once, newest first, also those removed from the list. */
  history(
    query: HistoryQuery,
    range: { offset: number; count: number },
  ): Promise<{ total: number; items: HistoryRow[] }>;
  historyView(): Promise<HistoryView>;
  /** @returns a function that unsubscribes */
  onHistory(listener: (view: HistoryView) => void): () => void;
  /**
   * Stores the rights with the transfers of these assets, stops those that may not go on, records
   * recalls, takes the marker from packages whose embargo was set later, and wakes those whose
   * embargo was lifted. Assets that are not named keep what they have. Recalled files are marked
   * after it returns.
   * @param nowMs by the service's clock
   */
  setRights(rights: AssetRights[], nowMs: number): Promise<void>;
  /** Newest first. */
  recalls(
    range: { offset: number; count: number },
    only?: RecallFilter,
  ): Promise<{ rev: number; total: number; items: Recall[] }>;
  recallsView(): Promise<RecallsView>;
  /** Unknown ids are ignored. */
  acknowledgeRecalls(ids: string[], by: NonNullable<Recall['acknowledged']>): Promise<RecallsView>;
  /** Assets whose publisher's words are still missing in a recall. */
  unexplainedRecalls(): Promise<string[]>;
  explainRecalls(explanations: Explanation[]): Promise<void>;
  /** What the ledger has not been told: at least once each, in the order of the recalls. */
  unreportedRecalls(): Promise<RecallEvent[]>;
  recallsReported(events: { type: RecallEvent['type']; id: string }[]): Promise<void>;
  /** Complete packages that aren't held back, of which the ledger has yet to be told. */
  unrecordedHandouts(): Promise<string[]>;
  /** These are in the ledger, as they are now. Durable when it resolves. */
  handoutsRecorded(ids: string[]): Promise<void>;
  /**
   * At most four calls a second.
   * @returns a function that unsubscribes
   */
  onRecalls(listener: (view: RecallsView) => void): () => void;
  /** Writes the markers that waited for embargoes which have lifted. */
  releaseHeld(clocks: KnownClocks): Promise<void>;
  /** @throws `not-found` for an unknown id, here and below; cleared transfers are known */
  detail(id: string): Promise<TransferDetail>;
  totals(): Promise<TransferTotals>;
  report(id: string): Promise<FileReport[]>;
  /**
   * The evidence report, with a file name: origins, verification, accepted restrictions. It
   * contains no secret.
   * @param system that has asked for it with its token, for the ledger
   */
  evidence(
    id: string,
    format: 'json' | 'html',
    language: 'en' | 'fr',
    system?: string,
  ): Promise<{ name: string; text: string }>;
  /**
   * Exports these transfers, or the whole list, as our own document, as a Metalink 4 or as an aria2
   * input list. Addresses that may be secrets are left out and reported.
   */
  exportQueue(ids: string[] | null, format: ExportFormat): Promise<Exported>;
  /**
   * Queues the content of a document of `exportQueue`, of a Metalink or of an aria2 input list.
   * @throws `usage` or `metalink-invalid` for anything else
   */
  importDocument(
    document: NamedDocument,
    destination: string,
    options?: ImportOptions,
  ): Promise<Imported>;
  pause(ids: string[]): Promise<void>;
  resume(ids: string[]): Promise<void>;
  retry(ids: string[]): Promise<void>;
  cancel(ids: string[]): Promise<void>;
  /**
   * Removes ended transfers from the list. Partial files and records of cancelled and failed ones
   * are deleted; with `undoable` after ten seconds, in which `restore` brings them back. Finished
   * files stay, and so does what is known of them; of the last 10,000 the whole record.
   */
  clear(ids: string[], options?: { undoable?: boolean }): Promise<void>;
  /** What lies on the disk and may not be used any more: withdrawn, expired, not for this newsroom. */
  clearable(): Promise<{ items: Clearable[]; away: number }>;
  /**
   * Deletes the files of a package or a copy, and nothing else in the folder. Its manifest stays
   * until `clearedFromDisk`, so that it can be repeated after a kill.
   * @throws `not-found` for what isn't in `clearable`, and codes of the disk
   */
  clearFromDisk(place: PlaceRef): Promise<ClearedPlace>;
  /** Ends it, once it is recorded. */
  clearedFromDisk(place: PlaceRef): Promise<void>;
  /** Undoes `clear`; ids that are gone for good are ignored. */
  restore(ids: string[]): Promise<void>;
  pauseAll(paused: boolean): Promise<void>;
  /**
   * Members left out keep their value. A deadline never changes the order of the queue; `urgent`
   * does.
   */
  setOptions(id: string, options: TransferOptions): Promise<void>;
  /**
   * Another parent folder for a transfer that has nothing on the disk yet. One that waits or failed
   * is tried again there.
   * @throws `usage` once bytes have arrived or it is over
   * @throws `exists` if the same is on its way there already
   */
  setDestination(id: string, destination: string): Promise<void>;
  move(id: string, before: string | null): Promise<void>;
  folderOf(id: string): Promise<string>;
  /**
   * What vouches for a file of a package that is here: its manifest, whose signature is verified or
   * which is what this home has recorded. Null unless this version of the package is in its folder.
   */
  packageFile(id: string, rev: number, fileId: string): Promise<PackageFileHere | null>;
  /**
   * Starts to verify the files of these finished transfers, or of all; `onVerification` reports the
   * result.
   */
  verify(ids: string[] | null): Promise<void>;
  stopVerify(): Promise<void>;
  /** Discards the results of the last verification. */
  dismissVerification(): Promise<void>;
  verification(): Promise<VerificationView>;
  /**
   * At most four calls a second.
   * @returns a function that unsubscribes
   */
  onVerification(listener: (view: VerificationView) => void): () => void;
  /**
   * Verifies the package in this folder or all packages under it, and by their records the files
   * that were fetched there by address or Metalink. `wanted` may also be one file.
   * @throws `not-found` if nothing is known there
   */
  verifyFolder(wanted: string, options?: VerifyOptions): Promise<FolderCheck[]>;
  /**
   * Queues these transfers to fetch wrong and missing content again, piece by piece where pieces
   * are known.
   */
  repair(ids: string[]): Promise<void>;
  /**
   * The packages that `repairFolder` would mend, as the ledger names them.
   * @throws the codes of the manifest
   */
  packagesUnder(wanted: string): Promise<LedgerSubject[]>;
  /**
   * Repairs exactly what `verifyFolder` checks.
   * @throws the codes of the manifest
   */
  repairFolder(wanted: string, acknowledge: string[]): Promise<Repair[]>;
  configure(settings: Partial<TransferSettings>): Promise<void>;
  /** Retries transfers that wait for one of these reasons: sign-in, network, a new revision. */
  wake(reasons: WaitReason[]): Promise<void>;
  /**
   * After a sleep or a change of network: connections may be dead without an error, so all are
   * dropped and opened again, and transfers that wait for the network are retried.
   */
  reconnect(): Promise<void>;
  /**
   * At most four calls a second.
   * @returns a function that unsubscribes
   */
  onChanged(listener: (change: TransferChange) => void): () => void;
};
/** Without pieces `badPieces` is empty: the file is wrong as a whole. */
export type FileCheck = {
  path: string;
  ok: boolean;
  missing: boolean;
  badPieces: number[];
  /** No hash is known; `ok` only means that the size is right. */
  unverifiable?: true;
};

/** Expected content of a file. Without `bytes` it is known by its hash alone and has no pieces. */
export type ExpectedFile = {
  path: string;
  bytes: number | null;
  sha256: string | null;
  pieces: { pieceBytes: number; hashes: readonly string[] } | null;
};
