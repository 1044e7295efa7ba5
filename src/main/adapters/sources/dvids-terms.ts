import type { SourceTerms } from '../../../shared/contract/sources.ts';
import { digestOf } from './asset-parts.ts';

type Language = 'en' | 'fr';

export const dvidsTermsWords = {
  en: {
    general:
      'Public domain, unless the item’s page at DVIDS says otherwise. Free of charge, also for commercial use. Credit the author and DVIDS. Don’t suggest that the U.S. military endorses anyone or anything; promotional use requires the disclaimer of DVIDS. Names, seals and insignia may be protected, and so may the people shown.',
    nato: 'Footage of NATO, under NATO’s conditions: free of charge for objective and balanced reporting, critical reporting included. Credit NATO. Not for advertising, parodies or theatrical productions, nor for anything that defames NATO or its members. Single shots may come from other archives and not be reusable: check the shotlist.',
    both: (general: string, nato: string) =>
      `${general} For the unit Natochannel other conditions apply. ${nato} Follow corrections and removals: they are marked here.`,
  },
  fr: {
    general:
      'Domaine public, sauf mention contraire sur la page de DVIDS. Gratuit, y compris pour un usage commercial. Créditez l’auteur et DVIDS. Ne laissez pas croire que l’armée américaine cautionne qui ou quoi que ce soit\u202f; un usage promotionnel exige la clause de non-responsabilité de DVIDS. Noms, sceaux et insignes peuvent être protégés, de même que les personnes filmées.',
    nato: 'Images de l’OTAN, aux conditions de l’OTAN\u00a0: gratuites pour un traitement objectif et équilibré, même critique. Créditez l’OTAN. Ni publicité, ni parodie, ni spectacle, ni rien qui diffame l’OTAN ou ses membres. Certains plans peuvent provenir d’autres archives et ne pas être réutilisables\u00a0: vérifiez la liste des plans.',
    both: (general: string, nato: string) =>
      `${general} D’autres conditions s’appliquent à l’unité Natochannel. ${nato} Suivez les corrections et les retraits\u00a0: ils sont signalés ici.`,
  },
};

/** Where DVIDS explains its own. */
const PAGE = 'https://api.dvidshub.net/docs/copyright';

const textIn = (language: Language): string => {
  const { general, nato, both } = dvidsTermsWords[language];
  return both(general, nato);
};

/**
 * What DVIDS and NATO ask of who uses their footage, in our own words. The version is that of the
 * content, whatever its language.
 */
export const dvidsTerms = (language: Language): SourceTerms => ({
  version: digestOf(textIn('en'), 16),
  text: textIn(language),
  url: PAGE,
});

/** NATO’s unit at DVIDS. Its branch says nothing: it is `Joint`, as that of American units is. */
const NATO_UNIT = 'natochannel';

/** The terms of one item, by the unit that has published it. */
export const termsOfUnit = (unitName: string | null, language: Language): string =>
  dvidsTermsWords[language][unitName?.toLowerCase() === NATO_UNIT ? 'nato' : 'general'];
