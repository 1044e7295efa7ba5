import * as fc from 'fast-check';
import * as z from 'zod';

type Schema = Readonly<Record<string, unknown>>;
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const numberOf = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

/**
 * Text that breaks what is careless: empty, quotes, other scripts, turned, long, control
 * characters, a path, a statement of SQL.
 */
const nasty = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  '\r\nset-cookie: a=b',
  `'; DROP TABLE accounts; --`,
  '../../etc/passwd',
  '%2e%2e%2f',
  '\u202etxt',
  'é'.repeat(300),
  '💥',
  '${7*7}',
  '__proto__',
  'constructor',
  '-1',
  '1e309',
  'null',
);

function textOf(schema: Schema): fc.Arbitrary<unknown> {
  const { pattern, format } = schema;
  if (format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (format === 'uri') return fc.webUrl();
  if (typeof pattern === 'string' && !/\(\?/u.test(pattern))
    return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc.oneof(
    fc.string({
      minLength: numberOf(schema['minLength'], 0),
      maxLength: Math.min(60, numberOf(schema['maxLength'], 60)),
    }),
    nasty,
  );
}

function numbersOf(schema: Schema): fc.Arbitrary<unknown> {
  const min = Math.max(
    -1_000_000,
    numberOf(schema['minimum'], numberOf(schema['exclusiveMinimum'], -1) + 1),
  );
  return fc.integer({
    min,
    max: Math.max(min, Math.min(1_000_000, numberOf(schema['maximum'], 1_000_000))),
  });
}

function objectsOf(schema: Schema, root: Schema): fc.Arbitrary<unknown> {
  const properties = Object.entries(isSchema(schema['properties']) ? schema['properties'] : {});
  const members = Object.fromEntries(
    properties.map(([name, member]) => [name, arbitraryOf(isSchema(member) ? member : {}, root)]),
  );
  return fc.record(members, {
    requiredKeys: listOf(schema['required']).filter(
      (name): name is string => typeof name === 'string' && name in members,
    ),
  });
}

/** Values that a JSON Schema (2020-12, what zod writes of it) allows. */
export function arbitraryOf(schema: Schema, root: Schema = schema): fc.Arbitrary<unknown> {
  const { $ref, type } = schema;
  if (typeof $ref === 'string') {
    const found = $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((at, key) => (isSchema(at) ? at[key] : undefined), root);
    return arbitraryOf(isSchema(found) ? found : {}, root);
  }
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...listOf(schema['enum']));
  const choices = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])].filter((choice) =>
    isSchema(choice),
  );
  if (choices.length > 0) return fc.oneof(...choices.map((choice) => arbitraryOf(choice, root)));
  if (type === 'string') return textOf(schema);
  if (type === 'integer' || type === 'number') return numbersOf(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'array')
    return fc.array(arbitraryOf(isSchema(schema['items']) ? schema['items'] : {}, root), {
      maxLength: Math.min(6, numberOf(schema['maxItems'], 6)),
    });
  if (type === 'object') return objectsOf(schema, root);
  return anything;
}

export const anything: fc.Arbitrary<unknown> = fc.oneof(nasty, fc.jsonValue({ maxDepth: 3 }));

/**
 * Mostly values the schema allows; some of them with a member more, less or of another kind; and
 * some of no relation to it.
 */
function nearly(schema: Schema): fc.Arbitrary<unknown> {
  const right = arbitraryOf(schema);
  const bent = fc.tuple(right, fc.nat(), anything).map(([value, at, other]) => {
    if (!isSchema(value)) return other;
    const names = [...Object.keys(value), 'unheardOf'];
    const name = names[at % names.length] ?? 'unheardOf';
    return at % 3 === 0
      ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))
      : { ...value, [name]: other };
  });
  return fc.oneof(
    { weight: 6, arbitrary: right },
    { weight: 2, arbitrary: bent },
    { weight: 1, arbitrary: anything },
  );
}

/** Nearly what a declaration takes; nothing where it takes nothing. */
export function valuesFor(schema: z.ZodType | undefined): fc.Arbitrary<unknown> {
  return schema ? nearly(z.toJSONSchema(schema, { io: 'input' })) : fc.constant(undefined);
}

/** As a path or a query carries it. An object may have a `toString` that is none. */
export const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? '');
