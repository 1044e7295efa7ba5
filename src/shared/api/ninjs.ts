import * as z from 'zod';
import { id, language, pubStatus, time } from './common.ts';

/** RFC 3986; `z.url()` alone accepts spaces. */
const uri = z.url().regex(/^[a-z][\w+.-]*:[^\s"<>\\^`{|}]+$/i);
const words = z.object({ role: z.string(), contentType: z.string(), value: z.string() });
const named = z.object({ name: z.string() });

/**
 * The subset of IPTC ninjs 3.1 that the service provides for newsroom systems
 * (http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json).
 */
export const ninjs = z
  .object({
    uri,
    standard: z.object({ name: z.literal('ninjs'), version: z.literal('3.1'), schema: uri }),
    type: z.enum(['text', 'audio', 'video', 'picture']),
    /** It and the dates are missing in files of packages that don’t depend on them. */
    version: z.string().optional(),
    firstCreated: time.optional(),
    versionCreated: time.optional(),
    embargoedUntil: time.optional(),
    expires: time.optional(),
    pubStatus,
    language: language.optional(),
    copyrightNotice: z.string(),
    usageTerms: z.string(),
    edNote: z.string().optional(),
    headlines: z.array(words),
    descriptions: z.array(words),
    bodies: z.array(z.object({ ...words.shape, wordCount: z.int().nonnegative().optional() })),
    slugline: z.string().optional(),
    located: z.string(),
    by: z.string().optional(),
    infoSources: z.array(named),
    people: z.array(named),
    places: z.array(
      z.object({
        name: z.string(),
        geoJSON: z
          .object({ type: z.literal('Point'), coordinates: z.tuple([z.number(), z.number()]) })
          .optional(),
      }),
    ),
    subjects: z.array(z.object({ uri, name: z.string() })),
    /** Public renditions only; those that require an account are in the packages. */
    renditions: z.array(
      z.object({
        name: z.string(),
        href: uri,
        contentType: z.string(),
        width: z.int().positive().optional(),
        height: z.int().positive().optional(),
        /** Seconds. */
        duration: z.number().nonnegative().optional(),
        sizeInBytes: z.int().nonnegative().optional(),
      }),
    ),
    associations: z.array(
      z.object({ name: z.string(), uri, type: z.enum(['text', 'audio', 'video', 'picture']) }),
    ),
    altIds: z.array(z.object({ role: z.string(), value: id })),
  })
  .meta({ id: 'Ninjs' });
export type Ninjs = z.infer<typeof ninjs>;
