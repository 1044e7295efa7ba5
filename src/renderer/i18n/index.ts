import { en, type Texts } from './en/index.ts';
import { fr } from './fr/index.ts';
import { keptTogether } from './french.ts';

export type { Texts };

export const texts: Record<'en' | 'fr', Texts> = { en, fr: keptTogether(fr) };
