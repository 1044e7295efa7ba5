import type { Texts } from '../en/index.ts';
import { account } from './account.ts';
import { apiTokens } from './api-tokens.ts';
import { articles } from './articles.ts';
import { asset } from './asset.ts';
import { autoFetch } from './auto-fetch.ts';
import { automation } from './automation.ts';
import { badges } from './badges.ts';
import { catalogue } from './catalogue.ts';
import { common } from './common.ts';
import { downloads } from './downloads.ts';
import { errors } from './errors.ts';
import { feeds } from './feeds.ts';
import { history } from './history.ts';
import { ledger } from './ledger.ts';
import { mailbox } from './mailbox.ts';
import { network } from './network.ts';
import { plan } from './plan.ts';
import { policy } from './policy.ts';
import { query } from './query.ts';
import { recalls } from './recalls.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { sources } from './sources.ts';
import { station } from './station.ts';
import { transfers } from './transfers.ts';
import { updates } from './updates.ts';
import { welcome } from './welcome.ts';

export const fr: Texts = {
  account,
  apiTokens,
  articles,
  asset,
  autoFetch,
  automation,
  badges,
  catalogue,
  common,
  downloads,
  errors,
  feeds,
  history,
  ledger,
  mailbox,
  network,
  plan,
  policy,
  query,
  recalls,
  settings,
  shell,
  sources,
  station,
  transfers,
  updates,
  welcome,
};
