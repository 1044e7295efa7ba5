import type { Texts } from '../en/index.ts';

export const station: Texts['station'] = {
  title: 'Ce lien a expiré',
  text: 'Un lien sert une seule fois, pendant 10 minutes. Pour en obtenir un autre, appuyez sur Entrée dans le terminal de « desk station », ou lancez :',
};
