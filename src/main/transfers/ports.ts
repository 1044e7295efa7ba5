import type * as z from 'zod';
import type { byteRoute, fileEvidence, transferEvidence } from '../../shared/contract/transfers.ts';
import type { WireError } from '../../shared/errors.ts';
import type { RightsState } from '../../shared/model/rights.ts';
import type { TransferState } from '../../shared/model/transfer.ts';
import type { Range } from './ranges.ts';
import type { ParseMetalink } from '../formats/metalink.ts';

/** An Ed25519 key that may sign manifests: 32 raw bytes or SPKI, base64. */
export type TrustedKey = { keyId: string; publicKey: string };

/**
 * One address a file may be fetched from. Headers are sent exactly as given, nothing else that
 * identifies the user is.
 */
export type AuthorisedUrl = {
  fileId: string;
  originId: string;
  url: string;
  headers: Record<string, string>;
  expiresAtMs: number;
  ranges: boolean;
  etag?: string | undefined;
  bytes: number;
};
export type Authorisation = { downloadId: string; maxParallel: number; urls: AuthorisedUrl[] };

/** The account's side of packages. Fails with the codes of account, network, content and rights. */
export type PackageSource = {
  /**
   * The manifest as parsed JSON with every member it came with: the signature covers the unknown
   * ones too.
   */
  manifest(packageId: string, rev?: number): Promise<unknown>;
  trustedKeys(): Promise<TrustedKey[]>;
  /** Keys of every service this home has had to do with; asks nobody. */
  pinnedKeys(): Promise<TrustedKey[]>;
  /** An embargo in force that was not acknowledged with its time is `embargoed`. */
  authorise(request: {
    assetId: string | null;
    packageId: string;
    rev: number;
    fileIds: string[];
    acknowledge: string[];
  }): Promise<Authorisation>;
  /** Fresh addresses of an earlier authorisation; at most 100 files a call. */
  renew(
    downloadId: string,
    fileIds: string[],
    excludeOriginIds?: string[],
  ): Promise<AuthorisedUrl[]>;
};

type ByteRoute = z.infer<typeof byteRoute>;
export type FileEvidence = z.infer<typeof fileEvidence>;
export type TransferEvidence = z.infer<typeof transferEvidence>;

export type ByteRequest = {
  url: string;
  headers: Record<string, string>;
  /** Where in the file the first byte of the body will be written; 0 unless told. */
  bodyAt?: number;
  signal: AbortSignal;
};
/**
 * Bytes of a body in the source's own memory: they may change after `release`, which is called
 * once, when nobody reads them any more.
 */
export type BodyBlock = {
  bytes: Uint8Array;
  release(): void;
  /**
   * True when the source can read no more until memory is given back: who collects blocks must use
   * what it has.
   */
  isAwaited?(): boolean;
};
/** The head of one answer, header names in lower case, and its body, not yet read. */
export type ByteAnswer = {
  status: number;
  headers: Record<string, string>;
  /** Which way it came, where there are several. */
  route?: ByteRoute;
  /**
   * Only 200 and 206 have one. It ends without error only if the framing of the message says that
   * it is whole. Leaving the loop early closes the connection. Who keeps many blocks at once gets
   * no more until some are released.
   */
  body: AsyncIterable<BodyBlock>;
  /** Drops the body unread. */
  discard(): void;
};
/**
 * One GET, one answer: no redirects followed, nothing decoded, no cookies. What the answer means is
 * decided in `answer.ts`, the same for every implementation. Fails with `offline`, `timeout`,
 * `tls`, `origin-error`, `short-body`, `cancelled`.
 */
export type ByteSource = {
  open(request: ByteRequest): Promise<ByteAnswer>;
  /** Ends every connection, those under way too, with an error that is worth another try. */
  drop(): void;
};

export type DiskFile = {
  /** Resolves when every byte of every chunk is handed to the system. */
  write(chunks: Uint8Array[], position: number): Promise<void>;
  /** Bytes read; 0 at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  truncate(bytes: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
};
export type DiskEntry = { kind: 'file' | 'folder' | 'other'; bytes: number };
/**
 * Fails with `disk-full`, `destination-missing`, `not-permitted`, `exists`, `file-too-large`,
 * `disk-error`.
 */
export type Disk = {
  /**
   * `new` makes the file, and fails with `exists` where anything is there. `write` opens one that
   * is there, and refuses a symbolic link and a file that has another name too: what is written
   * would be written elsewhere as well.
   */
  open(path: string, mode: 'read' | 'write' | 'new'): Promise<DiskFile>;
  /** Null when nothing is there; a symbolic link is `other`. */
  entry(path: string): Promise<DiskEntry | null>;
  /**
   * Renames; `exists` if something is at `to`. Waits some seconds for one who has the file open
   * where that forbids it.
   */
  move(from: string, to: string): Promise<void>;
  /** Renames over what is at `to`, in one step. */
  replace(from: string, to: string): Promise<void>;
  /**
   * Writes a copy over what is at `to`; shares the blocks where the file system can. Nothing is
   * left of a copy that failed.
   */
  copy(from: string, to: string): Promise<void>;
  /** What is in a folder, in the order of the names; nothing where there is none. */
  entries(path: string): Promise<{ name: string; kind: DiskEntry['kind'] }[]>;
  /** No error if it is gone already. */
  remove(path: string): Promise<void>;
  /** The folder and those above it, with their names on the medium; no error if they are there. */
  makeFolder(path: string): Promise<void>;
  removeEmptyFolder(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  realPath(path: string): Promise<string>;
  freeBytes(path: string): Promise<number>;
  /**
   * The most bytes one file may have on the volume of this folder; null where that is no limit to
   * speak of.
   */
  maxFileBytes(path: string): Promise<number | null>;
  /**
   * Changes with every start of the machine: what was written and not synced is trusted only within
   * one.
   */
  bootId(): string;
};

/**
 * SHA-256 of bytes that are told in order, worked out beside the calling thread. Rejects only if
 * that cannot work any more.
 */
export type RunningHash = {
  /** Resolves when the bytes are not needed any more; the next may be told before. */
  update(bytes: Uint8Array): Promise<void>;
  /** In lower-case hex; the last call. */
  digest(): Promise<string>;
  /** It is not asked for any more. */
  drop(): void;
};
export type Hasher = { start(): RunningHash };

type TransferKind = 'package' | 'url' | 'metalink';
export type StoredTransfer = {
  id: string;
  kind: TransferKind;
  /** The revision is that of the manifest once there is one; null asks for the newest. */
  assetId: string | null;
  packageId: string | null;
  rev: number | null;
  purpose: string | null;
  title: string;
  label: string;
  /** Package id, address, or path of the Metalink. */
  source: string;
  /** The folder the user named; `folder` is the one the files are in, once it is known. */
  destination: string;
  folder: string | null;
  /** Ids of restrictions, and of an embargo. */
  acknowledge: string[];
  /** What the user says a plain address must hash to. */
  sha256: string | null;
  /** Compute a hash even where nothing is known to compare it with. */
  hashAnyway: boolean;
  /** Nothing of a list is fetched when one name in it is refused. */
  strict: boolean;
  state: TransferState;
  /** Failures in a row without a byte gained. */
  attempts: number;
  urgent: boolean;
  position: number;
  /** When the user needs it; null for no matter when. */
  deadlineMs: number | null;
  /** Of this transfer alone, beside the one for all. */
  limitBytesPerSecond: number | null;
  /** Name of the package's folder, parts separated by `/`; null for the one its manifest names. */
  folderName: string | null;
  /**
   * Removed from the list. What was finished stays known; the rest goes for good as soon as that
   * cannot be undone any more.
   */
  cleared: boolean;
  /** Told by the catalogue after it was queued. */
  rights: { state: RightsState; since: number } | null;
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
  /** Its run looks at what is in place already and replaces what is wrong with it. */
  repair: boolean;
  /** Of a repair, the files it looks at; null for all. */
  repairOnly: string[] | null;
  evidence: TransferEvidence;
};

/** What is known of the partial file, so that a resume asks only for what is missing. */
export type FileProgress = {
  written: Range[];
  /** Known to be on the medium, whatever happens to the power. */
  durable: Range[];
  bootId: string;
  /**
   * Who the bytes came from, the strong tag he gave them, and the host that served them in the end;
   * a tag is never compared with another origin's.
   */
  validator: { originId: string; etag: string | null; servedBy: string | null } | null;
  totalBytes: number | null;
};
export type StoredFile = {
  index: number;
  path: string;
  /** The name it came with, where that could not be written as it was. */
  given: string | null;
  bytes: number | null;
  sha256: string | null;
  done: boolean;
  verified: boolean;
  error: WireError | null;
  /** Recorded before its part file is made: one that was there earlier is somebody else's. */
  ownsPart: boolean;
  progress: FileProgress | null;
  /** Null until its first run. */
  evidence: FileEvidence | null;
};

/**
 * State that survives anything. Synchronous: a transition is committed when the call returns. Fails
 * with the codes of the disk.
 */
export type TransferStore = {
  all(): StoredTransfer[];
  /** One durable transaction. */
  save(transfers: StoredTransfer[]): void;
  remove(ids: string[]): void;
  files(transferId: string): StoredFile[];
  /** Ids of transfers with a file in whose path the text is, in either case (ASCII). */
  withFile(text: string): string[];
  /**
   * `contents` is what was verified, by its hash and absolute path: one transaction with the files.
   */
  saveFiles(
    transferId: string,
    files: StoredFile[],
    contents?: { sha256: string; path: string }[],
  ): void;
  /**
   * Paths under which content of this hash was verified once, the newest first; it need not be
   * there any more.
   */
  contents(sha256: string): string[];
  /** Cheap: survives the process, a power loss may take it back to an older one. */
  saveProgress(
    transferId: string,
    index: number,
    progress: FileProgress | null,
    evidence: FileEvidence | null,
  ): void;
  paused(): boolean;
  setPaused(paused: boolean): void;
  /**
   * Rows were replaced of which nothing may be left: it stays due until it is done, whatever ends
   * the program.
   */
  eraseDue(): boolean;
  setEraseDue(due: boolean): void;
  close(): void;
};

/**
 * Keeps a text for a transfer. Never throws: where there is no keychain, the text is kept as long
 * as the program runs.
 */
export type AddressVault = {
  read(
    id: string,
  ): Promise<{ value: string | null; /** There may be one, but not now. */ isLocked: boolean }>;
  write(id: string, value: string): Promise<void>;
  remove(id: string): Promise<void>;
};

export type Clock = {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Runs once after the delay; returns how to call it off. */
  after(delayMs: number, run: () => void): () => void;
};
export type TransferPorts = {
  source: PackageSource;
  bytes: ByteSource;
  hasher: Hasher;
  disk: Disk;
  store: TransferStore;
  clock: Clock;
  parseMetalink: ParseMetalink;
  /**
   * For users and passwords of addresses; without it they are known as long as this engine runs.
   */
  vault?: AddressVault;
  /** What was replaced in the store is gone from its files too. */
  eraseOld?(): void;
  newId(): string;
  /** Something that must not happen, for the log. */
  onBug(thrown: unknown): void;
};
