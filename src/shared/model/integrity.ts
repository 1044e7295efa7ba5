/*
 * What vouches for a package whose source signs nothing, and how that is said: in the same words on
 * the command line, in the interface and in the evidence report.
 */
import * as z from 'zod';
import { ordinalDay } from './figures.ts';

export const HASH_ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** A hash as a publisher gives it beside a file. */
export const fileHash = z.object({
  algorithm: z.enum(HASH_ALGORITHMS),
  /** Lower-case. */
  hex: z.string().regex(/^(?:[0-9a-f]{2})+$/u),
});
export type FileHash = z.infer<typeof fileHash>;

/** How a package without a signature is known. */
export const recording = z.object({
  /** When its first complete download was recorded, ms since 1970. */
  atMs: z.number(),
  /** Kind of the publisher's own hash, if it gives one. */
  hash: z.enum(HASH_ALGORITHMS).nullable(),
  /** Recorded in this home; otherwise its manifest.json says so, and anybody may have written that. */
  isOwn: z.boolean(),
  /** SHA-256 of manifest.json with that record. */
  manifest: z.string().regex(/^[0-9a-f]{64}$/u),
});
export type Recording = z.infer<typeof recording>;

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
