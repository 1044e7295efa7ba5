import type { Device } from '../../shared/api/flows.ts';
import type { DownloadState } from '../../shared/api/downloads.ts';

/** Times in records are milliseconds since 1970. */
type Consent = { subscribed: boolean; consentVersion: string; at: number };
export type AccountRecord = {
  id: string;
  /** Comparison key; `email` is the parsed address that mails go to. */
  emailKey: string;
  email: string;
  passwordHash: string;
  /** Counts changes of the password, not of its hash. Absent before the first change. */
  passwordRev?: number;
  displayName: string | null;
  organisation: string | null;
  country: string | null;
  locale: string | null;
  newsletter: { subscribed: boolean; topics: string[]; changedAt: number | null };
  consents: Consent[];
  terms: { version: string; acceptedAt: number };
  entitlements: string[];
  status: 'active' | 'suspended';
  createdAt: number;
  rev: number;
  notices: {
    code: 'session-limit' | 'token-reused' | 'password-changed' | 'email-changed';
    at: number;
  }[];
};

export type FlowPurpose = 'registration' | 'reset' | 'email-change';
export type PendingRegistration = {
  passwordHash: string;
  displayName: string | null;
  organisation: string | null;
  country: string | null;
  locale: string | null;
  newsletter: boolean;
  termsVersion: string;
};
/** A pending proof of an address. A decoy looks and counts the same, but no code is ever right. */
export type FlowRecord = {
  id: string;
  purpose: FlowPurpose;
  emailKey: string;
  email: string;
  /** Requesting network, IPv4 /24 or IPv6 /64; absent in records of older versions. */
  network?: string;
  /** Whether the code was mailed; absent in records of older versions, which always mailed it. */
  isSent?: boolean;
  language: 'en' | 'fr';
  decoy: boolean;
  codeSalt: string;
  codeHash: string;
  codeIssuedAt: number;
  codeTries: number;
  flowTries: number;
  resends: number;
  resendAvailableAt: number;
  createdAt: number;
  isClosed: boolean;
  registration: PendingRegistration | null;
  /** Account of a reset or a change of address. */
  accountId: string | null;
  /**
   * Set by the right code or a completed reset: the idempotency key, so that a lost answer can be
   * repeated.
   */
  outcome: { key: string; at: number; accountId: string; sessionId: string } | null;
  reset: { tokenHash: string; expiresAt: number } | null;
};

export type SessionRecord = {
  id: string;
  accountId: string;
  device: Device;
  ip: string;
  createdAt: number;
  lastSeenAt: number;
  /** When the password was last proved. */
  provedAt: number;
  endedAt: number | null;
};
/** One link of a session’s chain of refresh tokens, keyed by the token’s hash. */
export type RefreshRecord = {
  hash: string;
  sessionId: string;
  issuedAt: number;
  used: { at: number; key: string; successor: string } | null;
};

export type IdempotencyRecord = {
  scope: string;
  bodyDigest: string;
  status: number;
  body: string;
  at: number;
};
/** `sealed` is the encrypted mail, since it contains codes. */
export type MailRecord = {
  id: string;
  sealed: string;
  createdAt: number;
  dueAt: number;
  attempts: number;
};
export type ThrottleRecord = {
  key: string;
  failures: number;
  openAt: number;
  lastAt: number;
  knownAt: number | null;
};
export type DownloadRecord = {
  id: string;
  accountId: string;
  packageId: string;
  rev: number;
  /** Size of the whole package; absent in records of older versions. */
  bytes?: number;
  state: DownloadState['state'];
  createdAt: number;
  acknowledged: string[];
  receipt: string | null;
};

/** An edit of the content; its place in the order is its key. */
export type EditRecord = {
  number: number;
  assetId: string;
  /** When it was made; `at` is its place in the feed, which may be a little later. */
  madeAt: number;
  at: number;
  /** Revision of the asset that it made; later starts make no lower one. */
  rev: number;
  /** As the editor gave it. */
  request: unknown;
  /** Hashes of masters whose picture it changed. */
  masters: { of: string; sha256: string; pieceBytes: number; pieces: string[] }[];
  /** Its name in the demo’s day; null for an editor’s own. */
  plan: string | null;
};

export type ManifestRecord = { key: string; text: string };

type Keyed<T> = {
  get(key: string): Promise<T | undefined>;
  put(record: T): Promise<void>;
  delete(key: string): Promise<void>;
};

/** Reads and writes within one transaction. */
export type StoreTx = {
  /**
   * `delete` also deletes the account’s sessions, downloads and throttle counters; its flows are
   * purged within days.
   */
  accounts: Keyed<AccountRecord> & {
    byEmail(emailKey: string): Promise<AccountRecord | undefined>;
  };
  /** `open`: not closed, newest first. */
  flows: Keyed<FlowRecord> & {
    open(purpose: FlowPurpose, emailKey: string): Promise<FlowRecord[]>;
    ofAccount(accountId: string): Promise<FlowRecord[]>;
    byResetToken(hash: string): Promise<FlowRecord | undefined>;
  };
  /** `live`: not ended, least recently used first. `ofAccount`: ended ones too. */
  sessions: Keyed<SessionRecord> &
    Record<'live' | 'ofAccount', (accountId: string) => Promise<SessionRecord[]>>;
  refreshTokens: Keyed<RefreshRecord>;
  idempotency: Keyed<IdempotencyRecord>;
  /** `due`: due by `now`, or later than `latest`. */
  mails: Keyed<MailRecord> & { due(now: number, latest: number): Promise<MailRecord[]> };
  /** `ofAddress`: the address’s own counter and those per network. */
  throttles: Keyed<ThrottleRecord> & { ofAddress(emailKey: string): Promise<ThrottleRecord[]> };
  downloads: Keyed<DownloadRecord> & { ofAccount(accountId: string): Promise<DownloadRecord[]> };
  /** Delivered manifests by package and revision, exactly as signed. */
  manifests: Keyed<ManifestRecord>;
  notes: Keyed<{ key: string; value: string }>;
  edits: {
    put(record: EditRecord): Promise<void>;
    /** In the order they were made. */
    all(): Promise<EditRecord[]>;
  };
};

/** Limits of a purge: bytes per table, rows per account. */
export type StoreSizes = { tableBytes: number; rowsPerAccount: number };

/**
 * Transactions run one at a time. `work` may only await the store itself. When it resolves,
 * everything is on disk; when it throws, nothing has changed.
 */
export type Store = {
  transaction<T>(work: (tx: StoreTx) => Promise<T>): Promise<T>;
  /**
   * Deletes what is no longer needed (stored answers, closed flows, ended sessions), and beyond a
   * size the oldest of what strangers can create.
   */
  purge(now: number, sizes?: StoreSizes): Promise<void>;
  close(): Promise<void>;
};
