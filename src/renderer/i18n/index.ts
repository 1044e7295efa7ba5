import { common as commonEn } from './en/common.ts';
import { errors as errorsEn } from './en/errors.ts';
import { station as stationEn } from './en/station.ts';
import { common as commonFr } from './fr/common.ts';
import { errors as errorsFr } from './fr/errors.ts';
import { station as stationFr } from './fr/station.ts';

/** English says which texts there are; French has the same, or it does not compile. A text with figures in it is a function. */
const en = { common: commonEn, errors: errorsEn, station: stationEn };
export type Texts = typeof en;
const fr: Texts = { common: commonFr, errors: errorsFr, station: stationFr };

export const texts: Record<'en' | 'fr', Texts> = { en, fr };
