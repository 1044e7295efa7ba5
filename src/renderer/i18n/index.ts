import { asset as assetEn } from './en/asset.ts';
import { badges as badgesEn } from './en/badges.ts';
import { catalogue as catalogueEn } from './en/catalogue.ts';
import { common as commonEn } from './en/common.ts';
import { downloads as downloadsEn } from './en/downloads.ts';
import { errors as errorsEn } from './en/errors.ts';
import { shell as shellEn } from './en/shell.ts';
import { station as stationEn } from './en/station.ts';
import { account as accountEn } from './en/account.ts';
import { mailbox as mailboxEn } from './en/mailbox.ts';
import { transfers as transfersEn } from './en/transfers.ts';
import { articles as articlesEn } from './en/articles.ts';
import { welcome as welcomeEn } from './en/welcome.ts';
import { settings as settingsEn } from './en/settings.ts';
import { topics as topicsEn } from './en/topics.ts';
import { asset as assetFr } from './fr/asset.ts';
import { badges as badgesFr } from './fr/badges.ts';
import { catalogue as catalogueFr } from './fr/catalogue.ts';
import { common as commonFr } from './fr/common.ts';
import { downloads as downloadsFr } from './fr/downloads.ts';
import { errors as errorsFr } from './fr/errors.ts';
import { shell as shellFr } from './fr/shell.ts';
import { station as stationFr } from './fr/station.ts';
import { account as accountFr } from './fr/account.ts';
import { mailbox as mailboxFr } from './fr/mailbox.ts';
import { transfers as transfersFr } from './fr/transfers.ts';
import { articles as articlesFr } from './fr/articles.ts';
import { welcome as welcomeFr } from './fr/welcome.ts';
import { settings as settingsFr } from './fr/settings.ts';
import { keptTogether } from './french.ts';
import { topics as topicsFr } from './fr/topics.ts';

/**
 * English says which texts there are; French has the same, or it does not compile. A text with
 * figures in it is a function.
 */
const en = {
  asset: assetEn,
  badges: badgesEn,
  catalogue: catalogueEn,
  common: commonEn,
  downloads: downloadsEn,
  errors: errorsEn,
  shell: shellEn,
  station: stationEn,
  account: accountEn,
  mailbox: mailboxEn,
  transfers: transfersEn,
  articles: articlesEn,
  welcome: welcomeEn,
  settings: settingsEn,
  topics: topicsEn,
};
export type Texts = typeof en;
const fr: Texts = {
  asset: assetFr,
  badges: badgesFr,
  catalogue: catalogueFr,
  common: commonFr,
  downloads: downloadsFr,
  errors: errorsFr,
  shell: shellFr,
  station: stationFr,
  account: accountFr,
  mailbox: mailboxFr,
  transfers: transfersFr,
  articles: articlesFr,
  welcome: welcomeFr,
  settings: settingsFr,
  topics: topicsFr,
};

export const texts: Record<'en' | 'fr', Texts> = { en, fr: keptTogether(fr) };
