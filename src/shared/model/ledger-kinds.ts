/** What the ledger records; a closed list. Apart from its schemas, which the page must not load. */
export const LEDGER_KINDS = [
  'restriction-confirmed',
  'embargo-confirmed',
  'terms-accepted',
  /** The package is complete: its `.done` was written. */
  'handed-out',
  /** Its folder was opened, or shown on the station. */
  'revealed',
  'exported',
  'recalled',
  'corrected',
  'recall-acknowledged',
  'setting-changed',
  'cleared-from-disk',
] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];
