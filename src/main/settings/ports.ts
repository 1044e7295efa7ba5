/** Keeps the settings as one value; a write is whole or did not happen. */
export interface SettingsStore {
  /** Null at the very first start, or when what was there could not be read (it is kept aside then). */
  read(): unknown;
  /** @throws `disk-full`, `disk-error`; what was there stays. */
  write(value: object): void;
}
