import type { Texts } from '../en/index.ts';

export const station: Texts['station'] = {
  title: 'Ce lien n’ouvre plus la station',
  text: 'Un lien sert une fois, pendant dix minutes. Appuyez sur Entrée là où la station tourne, ou demandez-en un nouveau avec :',
};
