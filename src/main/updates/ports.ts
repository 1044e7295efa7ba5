import type { UpdateChannel, UpdateFault } from '../../shared/contract/updates.ts';

/** What the server has for a channel. */
export type Offer = {
  version: string;
  /** Of the publisher, over the version and the hashes of its files. */
  signature: 'right' | 'wrong' | 'none';
  /** Share of the installations that take it now, percent; null for all. */
  stagingPercentage: number | null;
  /** Where this installation stands among all, 0 to 100: always the same for one version. */
  place: number;
  /** This operating system is new enough for it. */
  isSupported: boolean;
};

/** Where updates come from, and how they are installed. */
export type UpdateSource = {
  /** @throws UpdateError */
  check(channel: UpdateChannel, signal: AbortSignal): Promise<Offer>;
  /**
   * Fetches the last offer of `check` and verifies it; without effect on the program that runs.
   * @throws UpdateError
   */
  download(onPercent: (percent: number) => void, signal: AbortSignal): Promise<void>;
  /**
   * Installs what was downloaded, as the last step of the program: all of its files are closed.
   * @throws what it failed with; the program is as it was then
   */
  install(options: { isRestart: boolean }): void;
  close(): void;
};

export class UpdateError extends Error {
  override readonly name = 'UpdateError';
  readonly fault: UpdateFault;

  /** @param message in English, for the log; without a secret */
  constructor(fault: UpdateFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.fault = fault;
  }
}
