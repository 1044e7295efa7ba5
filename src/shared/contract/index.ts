import { accountArea } from './account.ts';
import { apiTokensArea } from './api-tokens.ts';
import { app } from './app.ts';
import { articlesArea } from './articles.ts';
import { autoFetchArea } from './auto-fetch.ts';
import { catalogueArea } from './catalogue.ts';
import { historyArea } from './history.ts';
import { policyArea } from './policy.ts';
import { recallsArea } from './recalls.ts';
import { networkArea } from './network.ts';
import { ledgerArea } from './ledger.ts';
import { sourcesArea } from './sources.ts';
import { stationArea } from './station.ts';
import { updatesArea } from './updates.ts';
import { watchFolderArea } from './watch-folder.ts';
import { webhooksArea } from './webhooks.ts';
import { exchangeArea, evidenceArea, keysArea, checksArea, transfersArea } from './transfers.ts';

/** All commands and pushes between main and the renderer. */
export const contract = {
  ...app,
  ...apiTokensArea,
  ...accountArea,
  ...catalogueArea,
  ...autoFetchArea,
  ...sourcesArea,
  ...transfersArea,
  ...checksArea,
  ...historyArea,
  ...recallsArea,
  ...keysArea,
  ...evidenceArea,
  ...exchangeArea,
  ...articlesArea,
  ...ledgerArea,
  ...networkArea,
  ...policyArea,
  ...updatesArea,
  ...stationArea,
  ...webhooksArea,
  ...watchFolderArea,
} as const;
export type AppContract = typeof contract;
