import type * as z from 'zod';
import type { byteRoute, fileEvidence, transferEvidence } from '../../shared/contract/transfers.ts';
import type { Clock } from '../../shared/clock.ts';
import type { WireError } from '../../shared/errors.ts';
import type { FileNaming } from '../../shared/model/file-names.ts';
import type { RightsState } from '../../shared/api/rights.ts';
import type { Recall, RecallPlace } from '../../shared/model/recall.ts';
import type { TransferState } from '../../shared/model/transfer.ts';
import type { Range } from './ranges.ts';
import type { ParseMetalink } from '../formats/metalink.ts';

/** An Ed25519 key that may sign manifests: 32 raw bytes or SPKI, base64. */
export type TrustedKey = { keyId: string; publicKey: string };
/** With the service it belongs to: its origin, or `demo`. */
export type ServiceKey = TrustedKey & { service: string };

/** One address of a file. Its headers are sent unchanged; no other header identifies the user. */
export type AuthorisedUrl = {
  fileId: string;
  originId: string;
  url: string;
  headers: Record<string, string>;
  expiresAtMs: number;
  ranges: boolean;
  etag?: string | undefined;
  /** Null where the source doesn't know. */
  bytes: number | null;
};
export type Authorisation = { downloadId: string; maxParallel: number; urls: AuthorisedUrl[] };

export type PackageRequest = {
  assetId: string | null;
  packageId: string;
  rev: number;
  fileIds: string[];
  acknowledge: string[];
};
/**
 * Packages of one service or publisher, as they may be fetched.
 * @throws the codes of account, network, content and rights
 */
export type SourcePackages = {
  /** The manifest as parsed JSON. Unknown members stay: the signature covers them. */
  manifest(packageId: string, rev?: number): Promise<unknown>;
  /** Null for a source that signs nothing: its manifests are made here. */
  trustedKeys(): Promise<ServiceKey[] | null>;
  /**
   * Without files it only says whether the package may be had, and gives no address.
   * @throws `embargoed` for an embargo in force that `acknowledge` does not name with its time
   */
  authorise(request: PackageRequest): Promise<Authorisation>;
  /** Fresh addresses for an earlier authorisation; at most 100 files a call. */
  renew(
    downloadId: string,
    fileIds: string[],
    excludeOriginIds?: string[],
  ): Promise<AuthorisedUrl[]>;
};

/**
 * The same of the service that a package comes from (its origin, or `demo`; null for the one in
 * use), or of the foreign source with this id: no other one is asked for it.
 * @throws `other-service` while that one is not in use
 */
export type PackageSource = {
  [M in keyof SourcePackages]: (
    service: string | null,
    ...args: Parameters<SourcePackages[M]>
  ) => ReturnType<SourcePackages[M]>;
} & {
  /** Pinned keys of every service this home has used; no request is made. */
  pinnedKeys(): Promise<ServiceKey[]>;
};

type ByteRoute = z.infer<typeof byteRoute>;
export type FileEvidence = z.infer<typeof fileEvidence>;
export type TransferEvidence = z.infer<typeof transferEvidence>;

export type ByteRequest = {
  url: string;
  headers: Record<string, string>;
  /** Offset in the file of the first byte of the body; 0 by default. */
  bodyAt?: number;
  signal: AbortSignal;
};
/** A chunk in the source's buffer, reused after `release()`; call it once. */
export type BodyBlock = {
  bytes: Uint8Array;
  release(): void;
  /** True while the source waits for memory: the reader must use the blocks it holds. */
  isAwaited?(): boolean;
};
/** Head of a response, header names in lower case, and its body, not read yet. */
export type ByteAnswer = {
  status: number;
  headers: Record<string, string>;
  /** Which client fetched it, if the source has several. */
  route?: ByteRoute;
  /**
   * Only 200 and 206 have a body. It ends without an error only if the framing of the message says
   * that it is complete (RFC 9112 §6.3). Leaving the loop closes the connection. A reader that
   * holds many blocks gets no more until it releases some.
   */
  body: AsyncIterable<BodyBlock>;
  /** Drops the body unread. */
  discard(): void;
};
/**
 * One GET, one response: follows no redirect, decodes nothing, sends no cookies.
 * `run/range-request.ts` interprets the response, the same way for every source.
 * @throws `offline`, `timeout`, `tls`, `origin-error`, `short-body`, `cancelled`
 */
export type ByteSource = {
  open(request: ByteRequest): Promise<ByteAnswer>;
  /** Ends every connection, also those in use, with a retryable error. */
  drop(): void;
};

export type DiskFile = {
  /** Resolves when every byte of every chunk is handed to the system. */
  write(chunks: Uint8Array[], position: number): Promise<void>;
  /** @returns the number of bytes read; 0 at the end of the file */
  read(into: Uint8Array, position: number): Promise<number>;
  truncate(bytes: number): Promise<void>;
  sync(): Promise<void>;
  /** Where the open file is now, links resolved; null where the system can't tell. */
  realPath(): string | null;
  close(): Promise<void>;
};
export type DiskEntry = { kind: 'file' | 'folder' | 'other'; bytes: number };
/**
 * @throws `disk-full`, `destination-missing`, `not-permitted`, `exists`, `file-too-large`,
 * `disk-error`
 */
export type Disk = {
  /**
   * `new` creates the file; `exists` if the name is taken. `write` opens an existing one; it
   * refuses a symbolic link and a file with a second hard link, since writing would change another
   * name too.
   */
  open(path: string, mode: 'read' | 'write' | 'new'): Promise<DiskFile>;
  /** Null if nothing is there; a symbolic link is `other`. */
  entry(path: string): Promise<DiskEntry | null>;
  /**
   * Renames without replacing; `exists` if `to` is taken. Retries for some seconds while another
   * program has the file open (Windows).
   */
  move(from: string, to: string): Promise<void>;
  /** Renames over `to`, atomically. */
  replace(from: string, to: string): Promise<void>;
  /**
   * Copies over `to`, sharing blocks where the file system can (reflink). A failed copy leaves
   * nothing.
   */
  copy(from: string, to: string): Promise<void>;
  /** Entries of a folder, sorted by name; none if it does not exist. */
  entries(path: string): Promise<{ name: string; kind: DiskEntry['kind'] }[]>;
  /**
   * The same in the order of the disk, a few at a time: a folder may have millions. Ending the loop
   * closes the folder.
   */
  list(path: string): AsyncIterable<{ name: string; kind: DiskEntry['kind'] }>;
  /** A missing file is no error. */
  remove(path: string): Promise<void>;
  /** Creates the folder and its parents, durably; an existing one is no error. */
  makeFolder(path: string): Promise<void>;
  removeEmptyFolder(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  realPath(path: string): Promise<string>;
  freeBytes(path: string): Promise<number>;
  /** Largest file that the folder's volume can hold; null for no practical limit. */
  maxFileBytes(path: string): Promise<number | null>;
  /** Changes with every boot: unsynced writes are trusted only within the same one. */
  bootId(): string;
};

/**
 * SHA-256 of bytes in order, computed in another thread.
 * @throws only if that thread has failed
 */
export type RunningHash = {
  /** Resolves when the bytes may be reused; the next call may come earlier. */
  update(bytes: Uint8Array): Promise<void>;
  /** Lower-case hex; the last call. */
  digest(): Promise<string>;
  /** Ends it without a digest. */
  drop(): void;
};
export type Hasher = { start(): RunningHash };

type TransferKind = 'package' | 'url' | 'metalink';
export type StoredTransfer = {
  id: string;
  kind: TransferKind;
  /** `rev` is null until the manifest is known: it asks for the newest. */
  assetId: string | null;
  packageId: string | null;
  rev: number | null;
  purpose: string | null;
  title: string;
  label: string;
  /** What it came from and is told apart by: package id, address, or path or name and hash of a Metalink. */
  source: string;
  /**
   * `destination` is the folder the user named, `folder` the one the files are under once that is
   * known.
   */
  destination: string;
  folder: string | null;
  /** Ids of accepted restrictions, and of an embargo. */
  acknowledge: string[];
  /** Expected hash of a plain address. */
  sha256: string | null;
  /** Computes a hash even without an expected one. */
  hashAnyway: boolean;
  /** Refuses the whole list if one name in it is refused. */
  strict: boolean;
  state: TransferState;
  /** Failures in a row without new bytes. */
  attempts: number;
  urgent: boolean;
  position: number;
  /** When it must be done; null for no deadline. */
  deadlineMs: number | null;
  /** Limit of this transfer, within the one for all. */
  limitBytesPerSecond: number | null;
  /**
   * Path of the package's folder under `destination`, separated by `/`; null for `rootName` of the
   * manifest.
   */
  folderName: string | null;
  /** How its files are named; null for the names of the manifest. */
  fileNaming: FileNaming | null;
  /**
   * Cleared from the list. A finished transfer keeps its record; others are deleted once undo has
   * expired.
   */
  cleared: boolean;
  /**
   * Rights that changed after it was queued, and since when that is known here, by this computer's
   * clock and by the service's (`atMs`). `rev` is the newer version, if there is one, whatever the
   * state, and `revAtMs` since when it is known, by the service's clock.
   */
  rights: {
    state: RightsState;
    since: number;
    atMs?: number | undefined;
    rev?: number | null | undefined;
    revAtMs?: number | null | undefined;
  } | null;
  /**
   * The package was taken under embargo, or one was set later: its end, ms since 1970 by the
   * service's clock, and whether `.done` waits for it. `isMarked`: it has been there before, and may
   * still be.
   */
  embargo: { untilMs: number; isHeld: boolean; isMarked?: boolean | undefined } | null;
  /** `.done` was taken away as it isn't cleared here or has expired, and comes back after that. */
  isMarkerAside?: boolean | undefined;
  /** That it was handed over is in the ledger; absent or false while that isn't known. */
  isHandedOut?: boolean | undefined;
  /** Of the import that has queued it last; absent where that has none. */
  importKey?: string | undefined;
  receivedBytes: number;
  totalBytes: number | null;
  filesDone: number;
  filesTotal: number;
  addedAtMs: number;
  finishedAtMs: number | null;
  resumes: number;
  refetchedBytes: number;
  /** Text of the verified manifest, or of the Metalink. */
  manifest: string | null;
  /** The run checks files in place and replaces wrong ones. */
  repair: boolean;
  /** Paths that a repair is limited to; null for all. */
  repairOnly: string[] | null;
  evidence: TransferEvidence;
};

/** State of the part file, so that a resume requests only what is missing. */
export type FileProgress = {
  written: Range[];
  /** Fsynced ranges: they survive a power loss. */
  durable: Range[];
  bootId: string;
  /**
   * Origin of the bytes, its strong ETag, and the host that served them after redirects. An ETag is
   * never compared across origins.
   */
  validator: { originId: string; etag: string | null; servedBy: string | null } | null;
  totalBytes: number | null;
};
export type StoredFile = {
  index: number;
  path: string;
  /** Original name, if it has another one: of a package the path in its manifest. */
  given: string | null;
  bytes: number | null;
  sha256: string | null;
  done: boolean;
  verified: boolean;
  error: WireError | null;
  /** Durable before the part file is created: a part file that was there earlier isn't ours. */
  ownsPart: boolean;
  progress: FileProgress | null;
  /** Null until the first run. */
  evidence: FileEvidence | null;
};

export type StoredPlace = RecallPlace & {
  /** Nothing is changed outside of this folder. */
  root: string;
  /** SHA-256 of every text that was or may have been written there, in order. */
  own: string[];
};
export type StoredRecall = Omit<Recall, 'places'> & {
  places: StoredPlace[];
  /** Something on the disk is to be done, or tried again. */
  isDue: boolean;
  /** `words` is all that the publisher says. */
  isExplained: boolean;
  /** When all folders were last searched for copies, by this computer's clock; null before. */
  searchedAtMs: number | null;
  /** What has been handed on for the ledger. */
  reported: { recall: boolean; acknowledgement: boolean };
};

/**
 * What is known of a finished package for good, also when it was removed from the list: where it
 * is, and by which files it is recognised.
 */
export type StoredHistory = {
  /** Id of its transfer. */
  id: string;
  assetId: string;
  packageId: string;
  rev: number | null;
  service: string | null;
  title: string;
  label: string;
  purpose: string | null;
  destination: string;
  folder: string;
  totalBytes: number | null;
  filesTotal: number;
  addedAtMs: number;
  finishedAtMs: number | null;
  /** The largest files; none if they are unknown. */
  files: { path: string; bytes: number; sha256: string }[];
  /** The files were where they had been put, when they were last looked at. */
  isHere: boolean;
  /** They were deleted here on purpose, and aren't looked for. */
  isCleared: boolean;
  /** Folder they were in before they were found in `folder`; null if they were never moved. */
  movedFrom: string | null;
};

/**
 * Durable state. Synchronous: a transition is committed when the call returns.
 * @throws `disk-full`, `disk-error`
 */
export type TransferStore = {
  all(): StoredTransfer[];
  /** One durable transaction. */
  save(transfers: StoredTransfer[]): void;
  remove(ids: string[]): void;
  files(transferId: string): StoredFile[];
  /** Ids of transfers with a file whose path contains the text (ASCII case-insensitive). */
  withFile(text: string): string[];
  /** One durable transaction. `contents` is verified content by its hash and absolute path. */
  saveFiles(
    transferId: string,
    files: StoredFile[],
    contents?: { sha256: string; path: string }[],
  ): void;
  /** Paths where content with this hash was verified, newest first; the files may be gone. */
  contents(sha256: string): string[];
  /** Not synced: survives a crash of the program; a power loss may bring back an older record. */
  saveProgress(
    transferId: string,
    index: number,
    progress: FileProgress | null,
    evidence: FileEvidence | null,
  ): void;
  /** Recalls and corrections, in the order in which they were first saved. */
  recalls(): StoredRecall[];
  /** One durable transaction. */
  saveRecalls(recalls: readonly StoredRecall[]): void;
  history(): StoredHistory[];
  /** One durable transaction; snapshots stay. */
  saveHistory(rows: readonly StoredHistory[]): void;
  /** What the asset said when the package was finished, as JSON; null if that isn't known. */
  snapshot(id: string): string | null;
  /** Ids of the history without one; a few at a time. */
  unsnapped(): string[];
  /** Ignored without a row in the history. */
  saveSnapshot(id: string, text: string): void;
  paused(): boolean;
  setPaused(paused: boolean): void;
  /**
   * Replaced rows must be erased from the file too; stays true until that is done, over restarts.
   */
  eraseDue(): boolean;
  setEraseDue(due: boolean): void;
  close(): void;
};

/** Stores a secret text for a transfer. Never throws: without a keychain it is kept in memory. */
export type AddressVault = {
  /** With `isLocked` there may be a text that can't be read now. */
  read(id: string): Promise<{ value: string | null; isLocked: boolean }>;
  /** @returns where it is: what isn't `kept` is in memory only, and lost with the program */
  write(id: string, value: string): Promise<'kept' | 'locked' | 'absent'>;
  remove(id: string): Promise<void>;
};

export type TransferPorts = {
  source: PackageSource;
  bytes: ByteSource;
  hasher: Hasher;
  disk: Disk;
  store: TransferStore;
  clock: Clock;
  parseMetalink: ParseMetalink;
  /** Credentials of addresses; without it they are kept in memory. */
  vault?: AddressVault;
  /** Erases replaced rows from the store's files. */
  eraseOld?(): void;
  newId(): string;
  /** Where the revisions of views begin: above those of an engine that was there before; 0 without it. */
  firstRev?: number;
  /** Logs an error that is a defect of the program. */
  onBug(thrown: unknown): void;
};
