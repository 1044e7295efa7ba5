/** Keeps the settings as one value; a write is whole or did not happen. */
export interface SettingsStore {
  /** What was there could not be read and was put aside. */
  readonly wasDamaged: boolean;
  /** Null at the very first start, or when what was there could not be read (it is kept aside then). */
  read(): unknown;
  /** @throws `disk-full`, `disk-error`; what was there stays. */
  write(value: object): void;
}
