/**
 * Groups of the transfers list; `active`, `waiting`, `done` and `failed` share out all phases. Apart
 * from the states, whose schemas the page must not load.
 */
export const TRANSFER_TABS = ['all', 'active', 'waiting', 'done', 'failed'] as const;
export type TransferTab = (typeof TRANSFER_TABS)[number];
