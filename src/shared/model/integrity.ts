/*
 * What vouches for a package whose source signs nothing, and how that is said: in the same words on
 * the command line, in the interface and in the evidence report.
 */
import { ordinalDay } from './figures.ts';
import type { HashAlgorithm, Recording } from './recording.ts';

type Language = 'en' | 'fr';

const NAMES: Record<HashAlgorithm, string> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};
export const hashName = (algorithm: HashAlgorithm): string => NAMES[algorithm];

/** Day before month in both. */
const LOCALES: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' };
const dayOf = (atMs: number, language: Language): string =>
  ordinalDay(
    new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeZone: 'UTC' }).format(
      atMs,
    ),
    language,
  );

export const integrityWords = {
  en: {
    recorded: (day: string) =>
      `Recorded by this computer on ${day}. The publisher gives no checksum.`,
    found: (day: string) => `Recorded by a computer on ${day}, without a signature.`,
    published: (hash: string) =>
      `Matches the publisher’s ${hash}, which shows damage but doesn’t prove origin.`,
  },
  fr: {
    recorded: (day: string) =>
      `Consigné par cet ordinateur le ${day}. L’éditeur ne donne pas d’empreinte.`,
    found: (day: string) => `Consigné par un ordinateur le ${day}, sans signature.`,
    published: (hash: string) =>
      `Conforme au ${hash} de l’éditeur, qui révèle les dommages mais ne prouve pas l’origine.`,
  },
};

/** One or two sentences on what vouches for the package. */
export function recordText(
  { atMs, hash, isOwn }: Omit<Recording, 'manifest'>,
  language: Language,
): string {
  const words = integrityWords[language];
  if (!isOwn) return words.found(dayOf(atMs, language));
  return hash === null ? words.recorded(dayOf(atMs, language)) : words.published(NAMES[hash]);
}
