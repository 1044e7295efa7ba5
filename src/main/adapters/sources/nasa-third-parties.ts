/*
 * What in NASA's words points at material of others, which NASA's terms don't cover. Credits are
 * free text: what is found here proves nothing, and what isn't found doesn't either.
 */
import { clean, shortened } from './asset-parts.ts';

const MAX_QUOTE = 120;

/** NASA, its centers and its laboratory, as credits have them. */
const OWN =
  /^(?:NASA\b|National Aeronautics and Space Administration|JPL\b|Jet Propulsion Laboratory|(?:Ames|Armstrong|Dryden|Glenn|Goddard|Johnson|Kennedy|Langley|Marshall|Michoud|Stennis|Wallops)\b|(?:AFRC|ARC|DFRC|GRC|GSFC|HQ|JSC|KSC|LaRC|LARC|LRC|MAF|MSFC|SSC|SVS|WFF)\b)/u;

/** Words of which a name is no person's, and companies that NASA works with. */
const BODY =
  /\b(?:Inc|LLC|Ltd|GmbH|Corp(?:oration)?|Company|Agency|University|Universit[éy]|Universität|College|Institute?|Observatory|Laborator(?:y|ies)|Museum|Society|Foundation|Association|Productions?|Studios?|Films?|Pictures|Television|Press|Air Force|Navy|Army|Boeing|Lockheed Martin|Northrop Grumman|Roscosmos|Blue Origin|Rocket Lab|Virgin Galactic|Aerojet Rocketdyne)\b/u;
/** Such as ESA and STScI, or a company that writes itself with a capital inside. */
const ABBREVIATION = /^[A-Z]{2,6}(?:-[A-Z]{2,6})?$|^[A-Z]{2,4}[a-z]+$|^[A-Z][a-z]+[A-Z]$/u;

const SEPARATOR = /[/,;&|+]|\band\b|\bwith\b/u;

/** A note of copyright or thanks, up to the end of its sentence. */
const NOTE =
  /(?:©|\([Cc]\)(?=\s*\d{4})|\b(?:[Cc]opyright(?:ed)?|COPYRIGHT)(?=\s*(?::|©|\(|\d{4}|of\b|by\b|[A-Z]))|\b(?:[Cc]ourtesy|COURTESY)(?=\s*(?::|of\b|[A-Z])))[^.;\n]{0,200}/gu;
const BEFORE_NAME =
  /^(?:©|\(c\)|copyright(?:ed)?|courtesy|credits?|of|by|the|from|\d{4}|[\s:,–-])+/iu;
const CREDIT_LINE = /\b[Cc]redits?:[^.;\n]{1,200}/gu;

const namesIn = (phrase: string): string[] =>
  phrase
    .replace(BEFORE_NAME, '')
    .split(SEPARATOR)
    .map((name) => name.trim())
    .filter((name) => name !== '' && !OWN.test(name));

const isBody = (name: string): boolean => BODY.test(name) || ABBREVIATION.test(name);

/**
 * The words that point at a third party: a note of copyright or thanks to others, or the name of
 * another body in a credit. Names of persons don't, since photographers of NASA have some.
 *
 * @param credits fields that name who made it
 * @param texts in which only notes and lines of credit count
 * @returns null for none
 */
export function thirdPartyIn(credits: readonly string[], texts: readonly string[]): string | null {
  const notes = [...credits, ...texts].flatMap((text) => text.match(NOTE) ?? []);
  const lines = [...credits, ...texts.flatMap((text) => text.match(CREDIT_LINE) ?? [])];
  const found =
    notes.find((note) => namesIn(note).length > 0) ??
    lines.find((line) => namesIn(line).some(isBody));
  return found === undefined ? null : shortened(clean(found), MAX_QUOTE);
}
