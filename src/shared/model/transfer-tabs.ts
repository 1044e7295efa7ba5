/**
 * Groups of the transfers list; `active`, `waiting`, `done` and `failed` share out all phases. What is
 * `recalled` is in one of them too, or was removed from the list. Apart from the states, whose schemas
 * the page must not load.
 */
export const TRANSFER_TABS = ['all', 'active', 'waiting', 'done', 'failed', 'recalled'] as const;
export type TransferTab = (typeof TRANSFER_TABS)[number];
