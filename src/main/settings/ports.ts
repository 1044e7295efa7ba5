/** Stores the settings as one value, written atomically. */
export interface SettingsStore {
  /**
   * State of the file at start. `aside`: where an unreadable file was moved; `isChanged`: another
   * program has written it.
   */
  readonly found: { aside: string | null; isMissing: boolean; isChanged: boolean };
  /** Null at the first start or if the file could not be read. */
  read(): unknown;
  /** The backup copy of the last write; null if there is none or it could not be read. */
  readBackup(): unknown;
  /** @throws `disk-full`, `disk-error`; the previous value stays */
  write(value: object): void;
}

/** The administrator's policy, as it was found. */
export type PolicyText = {
  /** Where it is, or would be. */
  file: string;
  /** Null if there is none, or it may not be used. */
  text: string | null;
  /** Why it may not be used. */
  fault: { kind: 'unreadable' | 'writable'; detail: string } | null;
};
