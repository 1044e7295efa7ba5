import type { SourceTerms } from '../../../shared/contract/sources.ts';
import { digestOf } from './asset-parts.ts';

/** NASA’s “Images and Media” page of its Brand Center. */
const PAGE = 'https://www.nasa.gov/nasa-brand-center/images-and-media/';

/** NASA’s media usage guidelines in our words, and what of them is said with each asset. */
export const nasaWords = {
  en: {
    terms:
      'Name NASA as the source. For news, NASA’s footage and sound may be used without asking first. The use must be factual, and must not suggest that NASA or its staff endorse a product, a service or a cause. NASA’s insignia, logotype and seal are not included. People who can be recognised have rights of their own, above all in advertising. Material of third parties is marked by NASA and not covered: ask its owners. NASA’s own page prevails.',
    use: (page: string) => `NASA’s general terms apply: ${page}`,
    thirdParty: (words: string) =>
      `May include material of third parties, which these terms don’t cover: “${words}”.`,
  },
  fr: {
    terms:
      'Citez la NASA comme source. Pour l’information, les images et les sons de la NASA s’utilisent sans demande préalable. L’usage doit être factuel et ne pas laisser entendre que la NASA ou son personnel approuvent un produit, un service ou une cause. L’insigne, le logotype et le sceau de la NASA ne sont pas compris. Les personnes reconnaissables ont leurs propres droits, surtout en publicité. Les éléments de tiers sont signalés par la NASA et ne sont pas couverts\u00a0: adressez-vous à leurs ayants droit. La page de la NASA fait foi.',
    use: (page: string) => `Les conditions générales de la NASA s’appliquent\u00a0: ${page}`,
    thirdParty: (words: string) =>
      `Peut contenir des éléments de tiers, que ces conditions ne couvrent pas\u00a0: «\u00a0${words}\u00a0».`,
  },
};

/** The same in both languages: a translation that is corrected is accepted already. */
const VERSION = digestOf(nasaWords.en.terms, 16);

export const nasaTerms = (language: 'en' | 'fr'): SourceTerms => ({
  version: VERSION,
  text: nasaWords[language].terms,
  url: PAGE,
});

/** @param thirdParty what NASA says that points at a third party; null for nothing */
export function nasaUse(language: 'en' | 'fr', thirdParty: string | null): string {
  const words = nasaWords[language];
  const use = words.use(PAGE);
  return thirdParty === null ? use : `${words.thirdParty(thirdParty)} ${use}`;
}
