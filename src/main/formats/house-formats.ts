/*
 * House formats as a file: what `desk format export` writes and `desk format import` reads.
 */
import * as z from 'zod';
import {
  formatProfile,
  formatRule,
  MAX_PROFILES,
  MAX_RULES,
} from '../../shared/contract/house-format.ts';
import { AppError } from '../../shared/errors.ts';
import type { FormatRule } from '../../shared/model/house-format.ts';

const KIND = 'multimedia-desk-house-formats';
const VERSION = 1;

/** As it is stored, without the id, which another computer has others for. */
type Profile = Omit<z.infer<typeof formatProfile>, 'id'>;

const { purpose, container, codec, size, scan, frameRate } = formatRule.shape;
/** What a rule leaves open may be left out. */
const writtenRule = z.strictObject({
  purpose: purpose.default(null),
  container: container.default(null),
  codec: codec.default(null),
  size: size.default(null),
  scan: scan.default(null),
  frameRate: frameRate.default(null),
});
const document = z.strictObject({
  format: z.literal(KIND),
  version: z.literal(VERSION),
  profiles: z
    .array(
      formatProfile
        .omit({ id: true })
        .extend({ rules: z.array(writtenRule).min(1).max(MAX_RULES) }),
    )
    .min(1)
    .max(MAX_PROFILES),
});

const given = (rule: FormatRule): Partial<FormatRule> =>
  Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== null));

export const writeHouseFormats = (profiles: readonly Profile[]): string =>
  `${JSON.stringify(
    {
      format: KIND,
      version: VERSION,
      profiles: profiles.map(({ name, rules, otherwise }) => ({
        name,
        rules: rules.map(given),
        otherwise,
      })),
    },
    null,
    2,
  )}\n`;

/** @throws `usage` with the place of the first fault */
export function readHouseFormats(text: string): Profile[] {
  const parsed = document.safeParse(jsonOf(text));
  if (!parsed.success) throw new AppError('usage', faultText(parsed.error));
  const { profiles } = parsed.data;
  const twice = profiles.find(
    ({ name }, at) =>
      profiles.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) !== at,
  );
  if (twice) throw new AppError('usage', `Two house formats in this file are called ${twice.name}`);
  return profiles;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (cause) {
    throw new AppError('usage', 'This file isn’t JSON. Export one with: desk format export', {
      cause,
    });
  }
}

/** Where it is, what it may be, in the file's own words. */
function faultText({ issues: [issue] }: z.ZodError): string {
  const [area, index, ...rest] = issue?.path ?? [];
  if (area !== 'profiles')
    return 'This file has no house formats of this version. Export one with: desk format export';
  if (typeof index !== 'number')
    return `The file needs a list of 1 to ${MAX_PROFILES} house formats under profiles`;
  const place = [
    `House format ${index + 1}`,
    ...rest.flatMap((part, at) =>
      typeof part === 'number'
        ? [`rule ${part + 1}`]
        : typeof rest[at + 1] === 'number'
          ? []
          : [String(part)],
    ),
  ].join(', ');
  if (issue?.code === 'unrecognized_keys') {
    const known =
      rest.length === 0 ? ['name', 'rules', 'otherwise'] : Object.keys(formatRule.shape);
    return `${place}: ${issue.keys.join(', ')} isn’t a field of it. Use: ${known.join(', ')}`;
  }
  return `${place}: ${HINTS[String(rest.at(-1))] ?? 'needs braces with the fields of it'}`;
}
const HINTS: Record<string, string> = {
  name: 'needs a name of 60 characters at most',
  rules: `needs a list of 1 to ${MAX_RULES} rules`,
  otherwise: 'use closest or leave-out',
  purpose: 'use broadcast, web or preview, or leave it out',
  container: 'use a text of 40 characters at most, such as mxf, or leave it out',
  codec: 'use a text of 40 characters at most, such as h264, or leave it out',
  size: 'use a text such as 1920x1080, or lines alone such as 1080, or leave it out',
  scan: 'use progressive or interlaced, or leave it out',
  frameRate: 'use frames per second such as 25 or 29.97, or leave it out',
};
