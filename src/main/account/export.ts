import type { AccountExport } from '../../shared/api/account.ts';

/** Personal data as a document to keep. */
export const exportDocument = (data: AccountExport): { name: string; text: string } => ({
  name: `account-${data.exportedAt.slice(0, 10)}.json`,
  text: `${JSON.stringify(data, null, 2)}\n`,
});
