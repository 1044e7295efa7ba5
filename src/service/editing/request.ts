import * as z from 'zod';
import { country } from '../../shared/api/common.ts';
import { restriction } from '../../shared/api/catalogue.ts';
import { BURNT_IN_LINE } from '../media/picture.ts';

/**
 * What an editor asks for, from the command line, a test or the demo’s day. The store keeps it as
 * it was given, so that it can be done again at the next start.
 */

const MAX_ENTRIES = 200;
const words = z.string().trim().min(1).max(4000);
const localText = z.strictObject({ en: words, fr: words.optional() });
/** One language or both; the other stays as it is. */
const changedText = z
  .strictObject({ en: words.optional(), fr: words.optional() })
  .refine(({ en, fr }) => en !== undefined || fr !== undefined, 'needs en or fr');
/** Every occurrence is replaced; it is a fault if there is none. */
const replacements = z
  .array(z.strictObject({ from: words, to: z.string().max(4000) }))
  .min(1)
  .max(MAX_ENTRIES);
const replacedTexts = z.strictObject({
  en: replacements.optional(),
  fr: replacements.optional(),
});
const shotNumbers = z.array(z.int().positive()).min(1).max(MAX_ENTRIES);

const { kind, mode } = restriction.shape;
const statedRestriction = z
  .strictObject({
    kind,
    mode,
    values: z.array(z.string().min(1).max(120)).max(MAX_ENTRIES).default([]),
    note: localText,
    /** Last moment of use, for `time` alone. */
    notAfter: z.iso.datetime().optional(),
    /** Absent: the whole asset. */
    shots: shotNumbers.optional(),
  })
  .refine(
    (stated) => (stated.kind === 'time') === (stated.notAfter !== undefined),
    'a restriction of kind time, and no other, needs notAfter',
  )
  .refine(
    (stated) =>
      stated.kind !== 'territory' ||
      (stated.values.length > 0 &&
        stated.values.every((value) => country.safeParse(value).success)),
    'a restriction of kind territory needs country codes as values, such as BE',
  );

const patch = z
  .strictObject({
    headline: changedText.optional(),
    description: changedText.optional(),
    usageTerms: changedText.optional(),
    /** In the script of a language, commentary and soundbites alike. */
    script: replacedTexts.optional(),
    /** In each line of the captions of a language. */
    captions: replacedTexts.optional(),
    shots: z
      .array(
        z.strictObject({
          n: z.int().positive(),
          text: changedText.optional(),
          /** The line burnt into generated masters during the shot; empty for none. */
          line: z
            .string()
            .refine(
              (line) => line === '' || BURNT_IN_LINE.test(line),
              'a line has at most 24 of A-Z, digits, space and . : -',
            )
            .optional(),
        }),
      )
      .max(MAX_ENTRIES)
      .optional(),
    restrictions: z
      .strictObject({
        add: z.array(statedRestriction).max(MAX_ENTRIES).optional(),
        /** By id. What is changed gets a new id, so that it is confirmed anew. */
        change: z
          .array(z.strictObject({ id: z.string().min(1), to: statedRestriction }))
          .max(MAX_ENTRIES)
          .optional(),
        remove: z.array(z.string().min(1)).max(MAX_ENTRIES).optional(),
      })
      .optional(),
  })
  .refine((fields) => Object.keys(fields).length > 0, 'is empty');

export const editRequest = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('publish'), note: localText.optional() }),
  z.strictObject({ act: z.literal('hold'), reason: localText, note: localText.optional() }),
  z.strictObject({ act: z.literal('withdraw'), reason: localText, note: localText.optional() }),
  z.strictObject({ act: z.literal('lift'), note: localText.optional() }),
  z.strictObject({ act: z.literal('correct'), note: localText, patch }),
]);
export type EditRequest = z.infer<typeof editRequest>;
export type Patch = z.infer<typeof patch>;
export type StatedRestriction = z.infer<typeof statedRestriction>;

export const ACTS = ['publish', 'correct', 'hold', 'withdraw', 'lift'] as const;

/** An edit that can’t be made; the message says why, to whoever asked for it. */
export class EditRefused extends Error {
  override readonly name = 'EditRefused';
}

/** @throws EditRefused that names the fields at fault */
export function parseEdit(value: unknown): EditRequest {
  const parsed = editRequest.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new EditRefused(`The edit isn’t valid: ${faults.slice(0, 5).join('; ')}`);
}
