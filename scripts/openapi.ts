import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import * as z from 'zod';
import { COMMON_PROBLEMS, problemsOf } from '../src/shared/api/endpoint.ts';
import type { Endpoint, Schema } from '../src/shared/api/endpoint.ts';
import { endpointNames, endpointOf } from '../src/shared/api/endpoints.ts';
import { problem, PROBLEMS } from '../src/shared/api/problem.ts';

// `node scripts/openapi.ts` writes openapi.yaml from the endpoint table; with --check it fails
// where the file is out of date.

type Json = Record<string, unknown>;
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

const components: Json = {};
/** Answers that many operations share, by the names of their problems. */
const refusals: Json = {};
const inOrder = (map: Json): Json =>
  Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));

function schemaOf(schema: Schema, io: 'input' | 'output'): unknown {
  // A shape with a name is only collected from inside another one.
  const wrapped = z.toJSONSchema(z.object({ it: schema }), { io });
  for (const [name, shape] of Object.entries(wrapped.$defs ?? {}))
    components[name] ??= relocated(shape);
  return relocated(wrapped.properties?.['it']);
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
const header = (name: string, required: boolean, description: string) => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
});

function parametersOf(endpoint: Endpoint): unknown[] {
  return [
    ...membersOf(endpoint.params, 'path'),
    ...membersOf(endpoint.query, 'query'),
    ...(endpoint.idempotencyKey
      ? [
          header(
            'Idempotency-Key',
            true,
            'A UUID; the same key and body get the same answer for 24 hours',
          ),
        ]
      : []),
    ...(problemsOf(endpoint).includes('edit-conflict')
      ? [header('If-Match', endpoint.method === 'PATCH', 'The ETag it must still have')]
      : []),
    ...(endpoint.etag ? [header('If-None-Match', false, 'The ETag of what is already there')] : []),
  ];
}

function refusalsOf(endpoint: Endpoint): Json {
  const names = [
    ...problemsOf(endpoint),
    ...COMMON_PROBLEMS,
    ...(endpoint.auth === 'none' ? [] : (['invalid-token'] as const)),
  ];
  const byStatus = Map.groupBy([...new Set(names)].toSorted(), (name) => String(PROBLEMS[name][0]));
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => {
      const name = group.join('.');
      refusals[name] = {
        description: group.join(', '),
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      };
      return [status, { $ref: `#/components/responses/${name}` }];
    }),
  );
}

function answersOf(endpoint: Endpoint): Json {
  const answers = Object.entries(endpoint.answers).map(([status, schema]) => [
    status,
    schema === null
      ? { description: 'Done' }
      : {
          description: 'The answer',
          ...(endpoint.etag ? { headers: { ETag: { schema: { type: 'string' } } } } : {}),
          content: { 'application/json': { schema: schemaOf(schema, 'input') } },
        },
  ]);
  return {
    ...Object.fromEntries(answers),
    ...(endpoint.etag ? { 304: { description: 'Not modified' } } : {}),
    ...refusalsOf(endpoint),
  };
}

function operationOf(name: string, endpoint: Endpoint): Json {
  const parameters = parametersOf(endpoint);
  const body = endpoint.body;
  return {
    operationId: name,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    security:
      endpoint.auth === 'none'
        ? []
        : endpoint.auth === 'optional'
          ? [{}, { bearer: [] }]
          : [{ bearer: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: !body.safeParse(undefined).success,
            content: {
              [endpoint.bodyType ?? 'application/json']: { schema: schemaOf(body, 'input') },
            },
          },
        }
      : {}),
    responses: answersOf(endpoint),
  };
}

export function openapi(): string {
  const paths: Record<string, Json> = {};
  for (const name of endpointNames) {
    const endpoint = endpointOf(name);
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operationOf(name, endpoint),
    };
  }
  schemaOf(problem, 'input');
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Multimedia Account API',
      version: '1.0.0',
      description:
        'Accounts by email code, a catalogue with rights, signed packages, and articles. Unknown members of answers are to be ignored. HEAD is answered wherever GET is; a method that is not here is 405 with Allow.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: 'https://service.example',
        description: 'Any service; loopback http only for development',
      },
    ],
    paths,
    components: {
      schemas: inOrder(components),
      responses: inOrder(refusals),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
  return `# Generated by "npm run openapi" from src/shared/api. Do not edit.\n${stringify(document, { lineWidth: 200, aliasDuplicateObjects: false })}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('../openapi.yaml', import.meta.url);
  if (!process.argv.includes('--check')) await writeFile(file, openapi());
  else if ((await readFile(file, 'utf8')) !== openapi())
    throw new Error('openapi.yaml is out of date: run "npm run openapi"');
}
