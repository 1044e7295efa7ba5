import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../../../shared/errors.ts';
import { transaction } from '../kit.ts';

/**
 * What all sources together may fill: more than a million assets of the usual size. The pictures of
 * articles count on their own.
 */
export const MAX_LIBRARY_BYTES = 8 * 1024 ** 3;

export const tooMuch = (what: string, maxBytes: number): AppError =>
  new AppError(
    'service-error',
    `${what} would take more than ${(maxBytes / 1024 ** 3).toFixed(1)} GiB here. Nothing more is stored.`,
  );

/**
 * Stores what a service has sent, in one transaction.
 *
 * @throws `service-error` if the library would be larger than `maxBytes`; nothing is stored then
 */
export const storeWithin = <T>(db: DatabaseSync, maxBytes: number, work: () => T): T =>
  transaction(db, () => {
    const result = work();
    const used = db
      .prepare(
        `SELECT (page_count - freelist_count) * page_size AS bytes
        FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
      )
      .get();
    if (Number(used?.['bytes']) > maxBytes) throw tooMuch('The library', maxBytes);
    return result;
  });
