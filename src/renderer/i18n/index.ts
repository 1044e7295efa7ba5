import { en, type Texts } from './en/index.ts';
import { fr } from './fr/index.ts';
import { keptTogether } from '../../shared/model/french.ts';
import { ownKeys } from './own-keys.ts';

export type { Texts };

export const texts: Record<'en' | 'fr', Texts> = {
  en: ownKeys(en),
  fr: ownKeys(keptTogether(fr)),
};
