import * as z from 'zod';
import { INTEGRITIES, RIGHTS_STATEMENTS } from './catalogue.ts';
import { command, push } from './define.ts';
import { ERROR_CODES } from '../errors.ts';
import { instant, rev, wireError } from './common.ts';
import { MAX_FOLLOWS } from '../model/source.ts';

/**
 * The conditions under which a source lets its footage be used, in its own words. A version is known
 * by a hash of them: other words are accepted anew.
 */
export const sourceTerms = z.object({
  version: z.string(),
  text: z.string(),
  /** Where they are explained; null if the source names no page. */
  url: z.string().nullable(),
});
export type SourceTerms = z.infer<typeof sourceTerms>;

/** What kinds of documents a feed may be. */
export const FEED_KINDS = ['rss', 'atom', 'rdf', 'json'] as const;

/** What the user can add beside the service. */
export const SOURCE_KINDS = ['feed', 'dvids', 'nasa', 'folder'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What of a large archive is in the catalogue: its items that match any of these. */
export const sourceFollow = z.strictObject({
  by: z.enum(['unit', 'keyword', 'collection', 'search']),
  value: z.string().trim().min(1).max(200),
});
export type SourceFollow = z.infer<typeof sourceFollow>;
const follows = z.array(sourceFollow).max(MAX_FOLLOWS);

/** Longest address of a source, in UTF-16 units. */
export const MAX_SOURCE_ADDRESS = 2048;

/** Of a user's own at a publisher; null for the one in the keychain. */
const key = z.string().trim().min(1).max(200).nullable();
/** A source as somebody describes it: what is taken from where. */
export const sourceInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('feed'), address: z.string().max(4096) }),
  z.strictObject({
    kind: z.literal('dvids'),
    key,
    follows,
  }),
  z.strictObject({ kind: z.literal('nasa'), follows }),
  z.strictObject({ kind: z.literal('folder'), path: z.string().min(1).max(4096) }),
]);
export type SourceInput = z.infer<typeof sourceInput>;

/**
 * A source that the user has added, as the settings keep it. What opens its address to one reader
 * is in the keychain, never here.
 */
export const addedSource = z.object({
  id: z.string(),
  kind: z.enum(SOURCE_KINDS),
  name: z.string().min(1).max(200),
  /** Of a feed or an interface; the path of a folder. */
  address: z.string().max(MAX_SOURCE_ADDRESS),
  /** A key, or an address that is one, is in the keychain. */
  isKeyed: z.boolean(),
  /** By which the user knows a key again; null for none. */
  keyEnding: z.string().max(4).nullable().default(null),
  follows: follows.default([]),
  isPaused: z.boolean(),
  /** It is there because the administrator's policy says so, and goes with it. */
  isFixed: z.boolean().default(false),
  /** Texts of its articles are taken from their pages. */
  fullText: z.boolean().default(false),
  /** What it states by now, and which version the user has accepted. */
  terms: sourceTerms.nullable(),
  accepted: z.object({ version: z.string(), at: instant }).nullable(),
});
export type AddedSource = z.infer<typeof addedSource>;
export const MAX_SOURCES = 200;

const sourceView = z.object({
  id: z.string(),
  /** `demo` is the built-in service. */
  kind: z.enum(['service', 'demo', ...SOURCE_KINDS]),
  name: z.string(),
  /** As it may be shown: without what opens it to one reader. */
  address: z.string(),
  /** The last characters of its key; null if it has none. */
  keyEnding: z.string().nullable(),
  follows,
  isPaused: z.boolean(),
  /** The administrator's policy says that it is there, under this name. */
  isManaged: z.boolean(),
  isChecking: z.boolean(),
  /** Last successful check; null before the first. */
  syncedAt: instant.nullable(),
  /** Next check; null if none is planned. */
  nextAt: instant.nullable(),
  /** Why the last check failed, and since when that is so. Its footage stays searchable. */
  fault: wireError.extend({ since: instant }).nullable(),
  assets: z.number().int(),
  /** Texts of its articles are taken from their pages. */
  fullText: z.boolean(),
  /** What vouches for its files. */
  integrity: z.enum(INTEGRITIES),
  terms: sourceTerms.nullable(),
  /** When these terms were accepted; null while they aren't: its footage can’t be queued then. */
  acceptedAt: instant.nullable(),
});
export type SourceView = z.infer<typeof sourceView>;
/** The service first, the others in the order in which they were added. */
export const sourcesView = z.object({ rev, items: z.array(sourceView) });

/** What a source offers, before it is added. */
export const sourceProbe = z.object({
  kind: z.enum(SOURCE_KINDS),
  /** Of a feed. */
  format: z.enum(FEED_KINDS).nullable(),
  name: z.string(),
  /** As it would be stored: without what opens it to one reader. */
  address: z.string(),
  isKeyed: z.boolean(),
  /** It is among the sources already. */
  isAdded: z.boolean(),
  /** Items with film or sound, and those without. Of a large archive these may be all it has. */
  count: z.number().int(),
  articles: z.number().int(),
  changedAt: instant.nullable(),
  /** The newest ten, or five where each takes a request. */
  items: z.array(
    z.object({
      id: z.string(),
      headline: z.string(),
      publishedAt: instant.nullable(),
      location: z.string(),
      durationMs: z.number().nullable(),
      /** Names of the files, best first; none where it can only be watched at the source. */
      files: z.array(z.string()),
      hasCaptions: z.boolean(),
    }),
  ),
  /** The newest ten of its articles. */
  news: z.array(
    z.object({ id: z.string(), headline: z.string(), publishedAt: instant.nullable() }),
  ),
  integrity: z.enum(INTEGRITIES),
  rights: z.enum(RIGHTS_STATEMENTS),
  /** Whether an interrupted download goes on where it was; null if no file could be asked. */
  isResumable: z.boolean().nullable(),
  terms: sourceTerms.nullable(),
});
export type SourceProbe = z.infer<typeof sourceProbe>;

/** An office or unit that publishes in an archive. */
export const sourceUnit = z.object({ name: z.string(), place: z.string() });
export type SourceUnit = z.infer<typeof sourceUnit>;

const id = z.string();
const input = sourceInput;
/** Version of the terms that the user has accepted; null where there are none. */
const accepted = z.string().nullable();

export const sourcesArea = {
  'sources.get': command(z.void(), sourcesView),
  'sources.changed': push(sourcesView),
  /**
   * Looks at a source and keeps nothing of it. With an id as that one would be after a change.
   * Of a web page that has one feed it is that feed, whose address is in the answer.
   * @throws `usage`, `https-required`, `feed-invalid`, `several-feeds` and `no-feed` for a web page, and
   * what its server answers
   */
  'sources.probe': command(z.strictObject({ id: id.nullable(), input }), sourceProbe),
  /** Units of DVIDS whose name contains a text, best first. @throws what its server answers */
  'sources.find-units': command(
    z.strictObject({ id: id.nullable(), key, text: z.string().trim().min(1).max(200) }),
    z.array(sourceUnit),
  ),
  /**
   * Adds a source and checks it.
   * @throws what `sources.probe` throws; `terms-not-accepted` if it states other terms than the
   * accepted version, `usage` beyond `MAX_SOURCES` or if it is there already
   */
  'sources.add': command(z.strictObject({ input, accepted }), sourcesView),
  /** Another address, key or selection. The id and what was downloaded stay. @throws as `sources.add` */
  'sources.change': command(z.strictObject({ id, input, accepted }), sourcesView),
  'sources.rename': command(
    z.strictObject({ id, name: z.string().trim().min(1).max(200) }),
    sourcesView,
  ),
  /** Takes the texts of a feed's articles from their pages, or from the feed. @throws `usage` */
  'sources.full-text': command(z.strictObject({ id, fullText: z.boolean() }), sourcesView),
  /**
   * Adds the feeds of a list in OPML, which are checked one after the other then.
   * @throws `usage` if it is no such list; nothing is added then
   */
  'sources.import': command(
    z.strictObject({ text: z.string().max(5_000_000) }),
    z.object({
      added: z.number().int(),
      /** They are there already. */
      known: z.number().int(),
      /** Those that nobody may add, and why. */
      refused: z.array(
        z.object({ name: z.string(), code: z.enum(ERROR_CODES), message: z.string() }),
      ),
    }),
  ),
  /** The feeds as a list in OPML, but for those whose address opens them to one reader alone. */
  'sources.export': command(
    z.void(),
    z.object({ text: z.string(), feeds: z.number().int(), leftOut: z.number().int() }),
  ),
  'sources.pause': command(z.strictObject({ id, isPaused: z.boolean() }), sourcesView),
  /** Starts a check now, of all sources without an id; the result is pushed. */
  'sources.check': command(z.strictObject({ id: id.nullable() }), sourcesView),
  /** Accepts the terms of a version. @throws `terms-not-accepted` if they have changed meanwhile */
  'sources.accept-terms': command(z.strictObject({ id, version: z.string() }), sourcesView),
  /** Takes its footage out of the catalogue. What was downloaded stays, with its evidence. */
  'sources.remove': command(z.strictObject({ id }), sourcesView),
} as const;
