/** Keeps the settings as one value; a write is whole or did not happen. */
export interface SettingsStore {
  /** Null at the very first start, or when what was there could not be read (it is kept aside then). */
  read(): unknown;
  write(value: object): void;
}
