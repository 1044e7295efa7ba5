import type { Head } from './ledger.ts';

/** The ledger's file: whole lines, appended and never changed. */
export type LedgerFile = {
  /** Size of the file, with what may follow the last line end; 0 for a missing file. */
  size(): Promise<number>;
  /** The bytes from `offset`, fewer at the end of the file. */
  read(offset: number, bytes: number): Promise<Buffer>;
  /**
   * Appends at `offset`, the end as far as is known, and resolves once it is on the medium. After a
   * failure nothing of it stays.
   *
   * @throws `exists` if the file ends elsewhere: another program has changed it
   * @throws `disk-full`, `disk-error`, `not-permitted`
   */
  append(offset: number, text: string): Promise<void>;
  /** Removes what follows `bytes`. */
  cut(bytes: number): Promise<void>;
  close(): Promise<void>;
};

/** A place for the head outside the ledger's file. */
export type HeadStore = {
  /** Without a head there is none, or with `isReachable` false it can't be read now. */
  read(): Promise<{ head: Head | null; isReachable: boolean }>;
  /** False where it could not be kept. */
  write(head: Head): Promise<boolean>;
};
