import type * as z from 'zod';
import type { FieldFault } from '../../shared/api/problem.ts';
import type { Schema } from '../../shared/api/endpoint.ts';
import { problem } from './problems.ts';

/** More than any form has; bounds how much of a hostile request is echoed. */
const MAX_FAULTS = 16;
const MAX_FIELD_LENGTH = 64;

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}

function faultsOf(issue: z.core.$ZodIssue, value: unknown): FieldFault[] {
  const field = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: field === '' ? key : `${field}.${key}`,
      code: 'unknown-member',
    }));
  return [{ field, code: valueAt(value, issue.path) === undefined ? 'required' : 'invalid' }];
}

const shortened = (field: string): string =>
  field.length > MAX_FIELD_LENGTH ? `${field.slice(0, MAX_FIELD_LENGTH)}…` : field;

/**
 * @returns the parsed value
 * @throws validation-failed with the first faults
 */
export function validated(schema: Schema | undefined, value: unknown): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .flatMap((issue) => faultsOf(issue, value))
    .slice(0, MAX_FAULTS);
  throw problem('validation-failed', {
    errors: faults.map(({ field, code }) => ({ field: shortened(field), code })),
  });
}

/** Makes a list of each parameter that may be repeated, even if it occurs once. */
export function withLists(schema: Schema | undefined, query: unknown): Record<string, unknown> {
  const shape: unknown = schema && 'shape' in schema ? schema.shape : {};
  const isList = (name: string): boolean => {
    const member: unknown =
      typeof shape === 'object' && shape !== null ? Reflect.get(shape, name) : undefined;
    return (
      member instanceof Object &&
      'unwrap' in member &&
      typeof member.unwrap === 'function' &&
      isArraySchema(member.unwrap())
    );
  };
  return Object.fromEntries(
    Object.entries(query ?? {}).map(([name, value]) => [
      name,
      isList(name) && !Array.isArray(value) ? [value] : value,
    ]),
  );
}
const isArraySchema = (schema: unknown): boolean =>
  schema instanceof Object && 'type' in schema && schema.type === 'array';
