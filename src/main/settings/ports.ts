/** Keeps the settings as one value; a write is whole or did not happen. */
export interface SettingsStore {
  /**
   * How the file was found: `aside` is where it was moved when it could not be read, `isChanged`
   * that another program has written it.
   */
  readonly found: { aside: string | null; isMissing: boolean; isChanged: boolean };
  /** Null at the very first start, or when what was there could not be read. */
  read(): unknown;
  /** The value of the last write, kept a second time; null when there is none that can be read. */
  readBackup(): unknown;
  /** @throws `disk-full`, `disk-error`; what was there stays. */
  write(value: object): void;
}
