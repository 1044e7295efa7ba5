import { XMLParser, XMLValidator } from 'fast-xml-parser';
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { MetalinkFile } from '../transfers/ports.ts';

const MAX_CHARACTERS = 16 * 1024 * 1024;
/** Of one file. */
const MAX_URLS = 100;
const MAX_PIECES = 100_000;
/** What is said of a document repeats little of it. */
const MAX_WHY = 200;
const NAMESPACE = 'urn:ietf:params:xml:ns:metalink';

const invalid = (why: string, cause?: unknown) => new AppError('metalink-invalid', `Not a usable Metalink 4 document: ${why.slice(0, MAX_WHY)}`, { retryable: false, cause });

const text = z.union([z.string(), z.object({ '#text': z.string() }).transform((node) => node['#text'])]);
const size = z.string().regex(/^\d{1,15}$/u).transform(Number);
const hash = z.object({ '#text': z.string().default(''), '@type': z.string().default('') });
const fileSchema = z.object({
  '@name': z.string(),
  size: z.array(text.pipe(size)).max(1).default([]),
  hash: z.array(z.union([hash, z.string().transform((value) => ({ '#text': value, '@type': '' }))])).default([]),
  pieces: z.array(z.object({ '@length': size, '@type': z.string(), hash: z.array(text).max(MAX_PIECES) })).max(10).default([]),
  url: z.array(z.union([
    z.object({ '#text': z.string().default(''), '@priority': z.string().regex(/^\d{1,6}$/u).default('999999') }),
    z.string().transform((value) => ({ '#text': value, '@priority': '999999' })),
  ])).max(MAX_URLS).default([]),
});
const documentSchema = z.object({ metalink: z.object({ '@xmlns': z.literal(NAMESPACE), file: z.array(fileSchema).min(1).max(10_000) }) });

const SHA256 = /^[0-9a-f]{64}$/iu;

function fileOf({ '@name': name, size, hash, pieces, url }: z.infer<typeof fileSchema>): MetalinkFile {
  const sha256 = hash.find((one) => one['@type'].toLowerCase() === 'sha-256')?.['#text'].trim().toLowerCase() ?? null;
  if (sha256 !== null && !SHA256.test(sha256)) throw invalid(`${name}: a SHA-256 has 64 hexadecimal digits`);
  const list = pieces.find((one) => one['@type'].toLowerCase() === 'sha-256');
  const hashes = list?.hash.map((one) => one.trim().toLowerCase()) ?? [];
  if (list && (list['@length'] < 1024 || !hashes.every((one) => SHA256.test(one)))) throw invalid(`${name}: its pieces are not valid`);
  const urls = url.toSorted((a, b) => Number(a['@priority']) - Number(b['@priority'])).map((one) => one['#text'].trim());
  return { name, bytes: size[0] ?? null, sha256, pieces: list ? { pieceBytes: list['@length'], hashes } : null, urls };
}

/** The five entities of XML and numbers; others cannot exist without a DOCTYPE, which is refused. One pass, so nothing is decoded twice. */
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
function decoded(value: string): string {
  return value.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,4}));/giu, (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** The parser bounds how deep elements may lie in each other, and throws errors of its own. */
function treeOf(parser: XMLParser, source: string): unknown {
  try {
    return parser.parse(source);
  } catch (thrown) {
    throw invalid('its elements lie too deep in each other', thrown);
  }
}

/** Reads a Metalink 4 document (RFC 5854). No DOCTYPE, so no entities of its own and nothing fetched; bounded in size. */
export function parseMetalink(xml: string): MetalinkFile[] {
  if (xml.length > MAX_CHARACTERS) throw invalid('it is too large');
  if (/<!DOCTYPE/iu.test(xml) || /<!ENTITY/iu.test(xml)) throw invalid('it has a DOCTYPE');
  const source = xml.replace(/^\ufeff/u, '');
  const checked = XMLValidator.validate(source);
  if (checked !== true) throw invalid(checked.err.msg);
  const parser = new XMLParser({
    ignoreAttributes: false, attributeNamePrefix: '@', parseTagValue: false, parseAttributeValue: false, processEntities: false, trimValues: true,
    isArray: (name) => ['file', 'size', 'hash', 'pieces', 'url'].includes(name),
    tagValueProcessor: (_, value) => decoded(value), attributeValueProcessor: (_, value) => decoded(value),
  });
  const parsed = documentSchema.safeParse(treeOf(parser, source));
  if (!parsed.success) throw invalid(parsed.error.issues[0]?.path.join('.') ?? 'shape');
  return parsed.data.metalink.file.map(fileOf);
}
