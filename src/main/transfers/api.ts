import type * as z from 'zod';
import type {
  verificationView,
  exportFormat,
  leftOutEntry,
  transferDetail,
  transferRow,
  transferTab,
  transferTotals,
} from '../../shared/contract/transfers.ts';
import type { WireError } from '../../shared/errors.ts';
import type { BandwidthSchedule } from '../../shared/model/schedule.ts';
import type { RefusedName, SafeName } from '../../shared/model/names.ts';
import type { RightsState } from '../../shared/model/rights.ts';
import type { WaitReason } from '../../shared/model/transfer.ts';

export type TransferRow = z.infer<typeof transferRow>;
export type TransferDetail = z.infer<typeof transferDetail>;
export type TransferTab = z.infer<typeof transferTab>;
export type TransferTotals = z.infer<typeof transferTotals>;
export type TransferChange = { totals: TransferTotals; rows: TransferRow[]; removed: string[] };

/** What the catalogue says of the rights to an asset by now. */
export type AssetRights = {
  assetId: string;
  state: Exclude<RightsState, 'newer-version'> | null;
  /** In force. */
  embargoUntil: number | null;
  /** Revisions to be had, as far as they are known. */
  packages: { packageId: string; rev: number | null }[];
};
export type PackageRecord = {
  id: string;
  assetId: string;
  packageId: string;
  isDone: boolean;
  /** Finished, and removed from the list. */ isRemoved: boolean;
};

/** What the user wants of one transfer. */
export type TransferOptions = {
  urgent?: boolean | undefined;
  deadlineMs?: number | null | undefined;
  limitBytesPerSecond?: number | null | undefined;
};

export type PackageItem = Omit<TransferOptions, 'urgent'> & {
  assetId: string;
  packageId: string;
  /** Null for the newest there is when it starts. */ rev: number | null;
  title: string;
  label: string;
  purpose: string;
  /** Folder the package's own folder is made in. */
  destination: string;
  acknowledge: string[];
  /** Whose words these restrictions are, and who has accepted them: for the evidence report. */
  terms?: { service: string; account: string | null; texts: { id: string; text: string }[] };
  /** Shown until the manifest says it exactly. */
  bytes?: number;
  fileCount?: number;
  /** Of the package's folder, parts separated by `/`; without it the manifest's own. */
  folderName?: string;
};
/** Of an address or a file: of version 4 or 3. */
export const isMetalinkName = (name: string): boolean => /\.(?:meta4|metalink)$/iu.test(name);

/** A plain address, or with `metalink` the address or path of a Metalink 4 file. */
export type AddressItem = Omit<TransferOptions, 'urgent'> & {
  url: string;
  metalink: boolean;
  destination: string;
  /** 64 hex digits the content must hash to. */
  sha256: string | null;
  /** Compute a hash even where there is none to compare it with. */
  hashAnyway: boolean;
  /**
   * Nothing of a list is fetched when one name in it leads to another place; otherwise that file
   * alone is not.
   */
  strict?: boolean;
  /** The Metalink itself, where it is no file; `url` is its name then. */
  metalinkText?: string;
};
export type EnqueueItem = (PackageItem | AddressItem) & {
  /** What is in place and wrong is mended instead of refused. */ repair?: boolean;
};

export type ExportFormat = z.infer<typeof exportFormat>;
export type LeftOut = z.infer<typeof leftOutEntry>;
export type Exported = { name: string; text: string; count: number; leftOut: LeftOut[] };
export type NamedDocument = { name: string; text: string };
/** `strict`: nothing is queued of a list in which one name leads out of the folder. */
export type ImportOptions = { strict?: boolean };
/**
 * What was queued, which files have other names here, and which were not queued for the names they
 * came with.
 */
export type Imported = { ids: string[]; renamed: SafeName[]; refused: RefusedName[] };

export type VerificationView = z.infer<typeof verificationView>;
/** What a check found of one package; with `error` it could not be checked. */
export type FolderCheck = {
  id: string | null;
  folder: string;
  files: FileCheck[];
  error: WireError | null;
};

/**
 * What the command line tells of each file; `downloadedBytes` counts body bytes received since the
 * program started.
 */
export type FileReport = {
  path: string;
  /** The name it came with, where that is another. */ given?: string;
  bytes: number | null;
  sha256: string | null;
  verified: boolean;
  done: boolean;
  downloadedBytes: number;
  /** What a repair found wrong and fetched again. */ badPieces?: number[];
  error?: WireError;
};

export type VerifyOptions = {
  /** Path of a Metalink to compare the folder with, instead of manifests and records. */
  metalink?: string;
};

/**
 * A transfer that is mended, and which of its files are looked at, as `report` names them; null for
 * all.
 */
export type Repair = { id: string; paths: string[] | null };

export type TransferSettings = {
  connectionsPerFile: number;
  /** Over all transfers, to one host and port. */
  connectionsPerHost: number;
  activeTransfers: number;
  limitBytesPerSecond: number | null;
  /** When that limit applies; null for always. */
  schedule: BandwidthSchedule | null;
  /**
   * Failures in a row without a byte gained before a network error is final; null tries until it
   * works.
   */
  maxAttempts: number | null;
  /** No byte for so long means that the connection is dead. */
  stallMs: number;
  /**
   * `all` runs the whole queue, `touched` only what was queued, resumed or retried since the
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
  scope: 'all',
};

/**
 * The transfers area as main and the command line see it; the same in process and over a worker's
 * port.
 */
export type TransfersApi = {
  /**
   * Queues and resolves to the ids, in order, once that is durable. What is already queued for the
   * same place goes on instead of twice. With `makeDestination` a missing destination folder is
   * created, otherwise the transfer waits for it.
   */
  enqueue(items: EnqueueItem[], options?: { makeDestination?: boolean }): Promise<string[]>;
  /**
   * With `search` only those that have all its words in title, ids, source, dates (2026-11-24) or
   * names of files.
   */
  list(
    tab: TransferTab,
    range: { offset: number; count: number },
    search?: string,
  ): Promise<{ rev: number; total: number; rows: TransferRow[] }>;
  /**
   * All packages that are known, those too that were finished and removed from the list: they are
   * still on this machine.
   */
  packages(): Promise<PackageRecord[]>;
  /**
   * The newest of a package, or with null of any of the asset's, that was not cancelled; also one
   * that was removed from the list.
   */
  find(assetId: string, packageId: string | null): Promise<TransferRow | null>;
  /**
   * Marks what is known of these assets, and wakes what waited for their embargoes. Of assets that
   * are not named nothing is known: they stay as they are.
   */
  setRights(rights: AssetRights[]): Promise<void>;
  /** `not-found` for an unknown id, here and below. Those removed from the list are known. */
  detail(id: string): Promise<TransferDetail>;
  totals(): Promise<TransferTotals>;
  report(id: string): Promise<FileReport[]>;
  /**
   * What came from where, how it was verified and what was accepted, as a document with a name for
   * it; no secret is in it.
   */
  evidence(
    id: string,
    format: 'json' | 'html',
    language: 'en' | 'fr',
  ): Promise<{ name: string; text: string }>;
  /**
   * These, or the whole list, as a document: our own, a Metalink 4, or an input list of aria2.
   * Addresses that may be secrets are left out, each named.
   */
  exportQueue(ids: string[] | null, format: ExportFormat): Promise<Exported>;
  /**
   * Queues what a document of `exportQueue`, a Metalink or a list of aria2 asks for; `usage` or
   * `metalink-invalid` for anything else.
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
   * Removes ended ones from the list; partial files and records of cancelled and failed ones go,
   * `undoable` means after ten seconds in which `restore` takes them back. Finished files stay,
   * with their records: the last 10,000 of them.
   */
  clear(ids: string[], options?: { undoable?: boolean }): Promise<void>;
  /** Takes back what was cleared; what cannot be taken back any more is passed over. */
  restore(ids: string[]): Promise<void>;
  pauseAll(paused: boolean): Promise<void>;
  /** What is not named stays as it is. A deadline changes no order; urgent does. */
  setOptions(id: string, options: TransferOptions): Promise<void>;
  move(id: string, before: string | null): Promise<void>;
  folderOf(id: string): Promise<string>;
  /**
   * Starts to read the files of these done ones again, or of all, and to compare them; `onVerification`
   * tells what comes of it.
   */
  verify(ids: string[] | null): Promise<void>;
  stopVerify(): Promise<void>;
  /** Forgets what the last check found. */
  dismissVerification(): Promise<void>;
  verification(): Promise<VerificationView>;
  /** At most 4 a second; returns how to stop. */
  onVerification(listener: (view: VerificationView) => void): () => void;
  /**
   * Checks the package in this folder, or every one under it, and what was fetched there by address
   * or Metalink, by its record; of a file that one. Resolves to what was found; `not-found` where
   * there is nothing.
   */
  verifyFolder(wanted: string, options?: VerifyOptions): Promise<FolderCheck[]>;
  /**
   * Queues these again to be mended: what is wrong or missing is fetched, piece by piece where
   * pieces are known.
   */
  repair(ids: string[]): Promise<void>;
  /**
   * The same for all that `verifyFolder` checks, and no more; resolves to what was queued for it.
   * Fails with the codes of its manifest.
   */
  repairFolder(wanted: string, acknowledge: string[]): Promise<Repair[]>;
  configure(settings: Partial<TransferSettings>): Promise<void>;
  /**
   * Something outside has changed (signed in, network up, a new revision): what waits for these
   * reasons tries again.
   */
  wake(reasons: WaitReason[]): Promise<void>;
  /**
   * The machine has slept, or its network is another: connections under way may be dead without
   * knowing it, they are dropped and opened anew; what waits for the network tries again.
   */
  reconnect(): Promise<void>;
  /** At most 4 a second; returns how to stop. */
  onChanged(listener: (change: TransferChange) => void): () => void;
};
/** Without pieces a wrong file is wrong as a whole. */
export type FileCheck = {
  path: string;
  ok: boolean;
  missing: boolean;
  badPieces: number[];
  /** No hash of it is known: it has the length it should have. */ unverifiable?: true;
};

/** What a file should be. Without `bytes` its hash alone tells, and it has no pieces. */
export type ExpectedFile = {
  path: string;
  bytes: number | null;
  sha256: string | null;
  pieces: { pieceBytes: number; hashes: readonly string[] } | null;
};
