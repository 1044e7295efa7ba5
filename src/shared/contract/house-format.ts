import * as z from 'zod';
import { OTHERWISE, PURPOSES, SCANS } from '../model/house-format.ts';
import { id } from './common.ts';

export const MAX_PROFILES = 50;
export const MAX_RULES = 20;
const MAX_NAME = 60;

/** A container or codec as it is known in the catalogue: something of it is a letter or a digit. */
const named = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/[\p{L}\p{N}]/u)
  .nullable();

/** What a rule asks of a package; null leaves it open. */
export const formatRule = z.strictObject({
  purpose: z.enum(PURPOSES).nullable(),
  container: named,
  codec: named,
  /** Width and lines, `1920x1080`, or lines alone. */
  size: z
    .string()
    .regex(/^(?:[1-9]\d{1,4}x)?[1-9]\d{1,4}$/u)
    .nullable(),
  scan: z.enum(SCANS).nullable(),
  /** Frames per second. */
  frameRate: z.number().min(1).max(1000).nullable(),
});

/** A house format that somebody made; the built-in ones aren't stored. */
export const formatProfile = z.strictObject({
  id,
  name: z.string().trim().min(1).max(MAX_NAME),
  /** In the order of choice. */
  rules: z.array(formatRule).min(1).max(MAX_RULES),
  /** Where no rule fits: the closest package is offered, or none. */
  otherwise: z.enum(OTHERWISE),
});

/** What is stated of a package's film; null where its source doesn't say. */
export const renditionFacts = z.object({
  container: z.string().nullable(),
  videoCodec: z.string().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  /** As a fraction: `25/1`. */
  frameRate: z.string().nullable(),
  scan: z.string().nullable(),
});
