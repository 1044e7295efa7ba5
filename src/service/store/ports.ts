import type { Device } from '../../shared/api/flows.ts';
import type { DownloadState } from '../../shared/api/downloads.ts';

/** Times in records are milliseconds since 1970. */
type Consent = { subscribed: boolean; consentVersion: string; at: number };
export type AccountRecord = {
  id: string;
  /** The address as compared; `email` is its parsed form, which is written to. */
  emailKey: string;
  email: string;
  passwordHash: string;
  /** Counts the passwords, not the hashes made of one. Absent before the first change. */
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
/** Somebody who must prove a code. A decoy looks and counts the same but no code is ever right. */
export type FlowRecord = {
  id: string;
  purpose: FlowPurpose;
  emailKey: string;
  email: string;
  /** IPv4 /24 or IPv6 /64 that asked; absent in records of older versions. */
  network?: string;
  /** Whether a code went out; absent in records of older versions, whose did. */
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
  /** The account a reset or a change of address is for. */
  accountId: string | null;
  /**
   * Set by the right code, or by the end of a reset: who asked with which key, so that a lost
   * answer can be given again.
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
  /** Moment of the last proof of the password. */
  provedAt: number;
  endedAt: number | null;
};
/** One link of a session's chain of refresh tokens, by the hash of the token. */
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
/** `sealed` is the encrypted letter: codes are in it. */
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
  /** Of the whole package; absent in records of older versions. */
  bytes?: number;
  state: DownloadState['state'];
  createdAt: number;
  acknowledged: string[];
  receipt: string | null;
};

export type ManifestRecord = { key: string; text: string };

type Keyed<T> = {
  get(key: string): Promise<T | undefined>;
  put(record: T): Promise<void>;
  delete(key: string): Promise<void>;
};

/** What may be read and written within one transaction. */
export type StoreTx = {
  /**
   * `delete` takes with it the sessions, the downloads, and the tries under its address; flows are
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
  /** `live`: not ended, least recently used first; `ofAccount`: also the ended ones. */
  sessions: Keyed<SessionRecord> &
    Record<'live' | 'ofAccount', (accountId: string) => Promise<SessionRecord[]>>;
  refreshTokens: Keyed<RefreshRecord>;
  idempotency: Keyed<IdempotencyRecord>;
  /** `due`: by now, or later than `latest`. */
  mails: Keyed<MailRecord> & { due(now: number, latest: number): Promise<MailRecord[]> };
  /** `ofAddress`: of the address as such, and of it from each network. */
  throttles: Keyed<ThrottleRecord> & { ofAddress(emailKey: string): Promise<ThrottleRecord[]> };
  downloads: Keyed<DownloadRecord> & { ofAccount(accountId: string): Promise<DownloadRecord[]> };
  /** Manifests that were given out, by package and revision, as they were signed. */
  manifests: Keyed<ManifestRecord>;
  notes: Keyed<{ key: string; value: string }>;
};

/** What may be kept after a purge: bytes of a table, rows of one account. */
export type StoreSizes = { tableBytes: number; rowsPerAccount: number };

/**
 * One transaction at a time. `work` must only wait for the store itself; when it resolves
 * everything is on disk, when it throws nothing happened.
 */
export type Store = {
  transaction<T>(work: (tx: StoreTx) => Promise<T>): Promise<T>;
  /**
   * Forgets what has no use any more (answers kept for repeats, closed flows, ended sessions), and
   * of what strangers can make grow the oldest beyond a size.
   */
  purge(now: number, sizes?: StoreSizes): Promise<void>;
  close(): Promise<void>;
};
