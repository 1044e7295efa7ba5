import * as z from 'zod';

type Schema = z.ZodType;
type Json = Record<string, unknown>;

/** One operation of an API, as its document describes it. */
export type Operation = {
  name: string;
  method: string;
  /** Path template with `{name}` parameters. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  /** Security requirements; empty for none. */
  security: readonly Json[];
  params?: Schema | undefined;
  query?: Schema | undefined;
  headers: readonly { name: string; required: boolean; description: string }[];
  body?: Schema | undefined;
  /** Media type of the request body; application/json without it. */
  bodyType?: string | undefined;
  /** Schema by status; null for an empty body. */
  answers: Readonly<Record<number, Schema | null>>;
  /** Further media types that its answers come in. */
  otherTypes?: readonly string[];
  /** Headers of its answers with a body. */
  answerHeaders?: readonly string[];
  /** Statuses without a body that are neither answers nor problems. */
  others?: Readonly<Record<number, string>>;
  /** Names of its problems. */
  problems: readonly string[];
};

export type ApiDescription = {
  info: Json;
  servers: readonly Json[];
  operations: readonly Operation[];
  /** Schema of problems (RFC 9457), named `Problem`. */
  problem: Schema;
  statusOf(problem: string): number;
  securitySchemes: Json;
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON Schema of zod points into itself; in the document shared shapes are components. */
function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      // The patterns of dates fill the page and say no more than the format does.
      .filter(
        ([key, member]) =>
          key !== '$schema' &&
          key !== '$defs' &&
          !(key === 'id' && typeof member === 'string') &&
          !(key === 'pattern' && value['format'] === 'date-time'),
      )
      .map(([key, member]) => [
        key,
        key === '$ref' && typeof member === 'string'
          ? member.replace('#/$defs/', '#/components/schemas/')
          : relocated(member),
      ]),
  );
}

const inOrder = (map: Json): Json =>
  Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Collects the shapes and refusals that operations share. */
class Components {
  readonly #schemas: Json = {};
  /** Answers that many operations share, by the names of their problems. */
  readonly #refusals: Json = {};

  get all(): Json {
    return { schemas: inOrder(this.#schemas), responses: inOrder(this.#refusals) };
  }

  schemaOf(schema: Schema): unknown {
    // A shape with a name is only collected from inside another one.
    const wrapped = z.toJSONSchema(z.object({ it: schema }), { io: 'input' });
    for (const [name, shape] of Object.entries(wrapped.$defs ?? {}))
      this.#schemas[name] ??= relocated(shape);
    return relocated(wrapped.properties?.['it']);
  }

  refusalsOf(problems: readonly string[], statusOf: ApiDescription['statusOf']): Json {
    const byStatus = Map.groupBy([...new Set(problems)].toSorted(), (name) =>
      String(statusOf(name)),
    );
    return Object.fromEntries(
      [...byStatus].map(([status, group]) => {
        const name = group.join('.');
        this.#refusals[name] = {
          description: group.join(', '),
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        };
        return [status, { $ref: `#/components/responses/${name}` }];
      }),
    );
  }
}

function membersOf(schema: Schema | undefined, where: 'path' | 'query'): unknown[] {
  if (!schema) return [];
  const shape = z.toJSONSchema(schema, { io: 'output' });
  const given = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(shape.properties ?? {}).map(([name, member]) => ({
    name,
    in: where,
    required: where === 'path' || (given.required ?? []).includes(name),
    schema: relocated(member),
  }));
}

const parametersOf = ({ params, query, headers }: Operation): unknown[] => [
  ...membersOf(params, 'path'),
  ...membersOf(query, 'query'),
  ...headers.map(({ name, required, description }) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  })),
];

function answersOf(
  { answers, otherTypes = [], answerHeaders = [], others = {}, problems }: Operation,
  components: Components,
  statusOf: ApiDescription['statusOf'],
): Json {
  const headers = Object.fromEntries(
    answerHeaders.map((name) => [name, { schema: { type: 'string' } }]),
  );
  const described = Object.entries(answers).map(([status, schema]) => [
    status,
    schema === null
      ? { description: 'Done' }
      : {
          description: 'The answer',
          ...(answerHeaders.length > 0 ? { headers } : {}),
          content: {
            'application/json': { schema: components.schemaOf(schema) },
            ...Object.fromEntries(otherTypes.map((type) => [type, {}])),
          },
        },
  ]);
  return {
    ...Object.fromEntries(described),
    ...Object.fromEntries(
      Object.entries(others).map(([status, description]) => [status, { description }]),
    ),
    ...components.refusalsOf(problems, statusOf),
  };
}

function operationOf(
  operation: Operation,
  components: Components,
  statusOf: ApiDescription['statusOf'],
): Json {
  const { name, tag, summary, description, security, body, bodyType } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: !body.safeParse(undefined).success,
            content: { [bodyType ?? 'application/json']: { schema: components.schemaOf(body) } },
          },
        }
      : {}),
    responses: answersOf(operation, components, statusOf),
  };
}

/** The OpenAPI 3.1 document of an API, as an object of JSON. */
export function openapiDocument({
  info,
  servers,
  operations,
  problem,
  statusOf,
  securitySchemes,
}: ApiDescription): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const operation of operations)
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: operationOf(operation, components, statusOf),
    };
  components.schemaOf(problem);
  return {
    openapi: '3.1.0',
    info,
    servers,
    paths,
    components: { ...components.all, securitySchemes },
  };
}
