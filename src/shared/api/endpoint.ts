import type * as z from 'zod';
import type { ProblemName } from './problem.ts';

export type Schema = z.ZodType;
/** Schema of a response; null for an empty body. */
type Answer = Schema | null;
export type Answers = Readonly<Record<number, Answer>>;

/**
 * One operation of the service. Routes, validation, openapi.yaml and the tests' response checks are
 * derived from it.
 */
export type Endpoint = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path template with `{name}` parameters. */
  path: string;
  tag: string;
  summary: string;
  /** `optional`: a bearer token widens the response (embargo), an invalid one is still rejected. */
  auth: 'none' | 'optional' | 'bearer';
  /** The request must carry an `Idempotency-Key`. */
  idempotencyKey?: true;
  /** The response has a strong `ETag`; `If-None-Match` may give 304, `If-Match` 412. */
  etag?: true;
  params?: Schema;
  query?: Schema;
  body?: Schema;
  /** Media type of the request body if not application/json. */
  bodyType?: string;
  answers: Answers;
  problems?: readonly ProblemName[];
};

export const endpoint = <const E extends Endpoint>(declared: E): E => declared;

type Parsed<E, K extends 'params' | 'query' | 'body'> =
  E extends Record<K, infer S extends Schema> ? z.output<S> : undefined;
export type Params<E> = Parsed<E, 'params'>;
export type Query<E> = Parsed<E, 'query'>;
export type Body<E> = Parsed<E, 'body'>;
/** A body that is already text: serialised JSON or another media type. */
export class Text {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The responses a handler may return: a declared status with its body. */
export type Answered<E extends Endpoint> = {
  [S in keyof E['answers'] & number]: {
    status: S;
    body: E['answers'][S] extends Schema ? z.input<E['answers'][S]> | Text : null;
    headers?: Record<string, string>;
  };
}[keyof E['answers'] & number];

type Optional<Condition, Fields> = Condition extends true ? Fields : unknown;

/** The client's request to an endpoint: the members that its declaration requires. */
export type RequestOf<E extends Endpoint> = (E extends { params: infer S extends Schema }
  ? { params: z.input<S> }
  : unknown) &
  (E extends { query: infer S extends Schema } ? { query?: z.input<S> } : unknown) &
  (E extends { body: infer S extends Schema } ? { body: z.input<S> } : unknown) &
  (E['auth'] extends 'bearer'
    ? { token: string }
    : E['auth'] extends 'optional'
      ? { token?: string | undefined }
      : unknown) &
  Optional<E['idempotencyKey'], { idempotencyKey: string }> &
  // ETag that a merge patch is based on (RFC 9110 §13.1.1, RFC 7396).
  (E extends { bodyType: 'application/merge-patch+json' } ? { ifMatch: string } : unknown);

/** The body of a successful response; `void` if empty. */
export type ResultOf<E extends Endpoint> = {
  [S in keyof E['answers'] & number]: E['answers'][S] extends Schema
    ? z.output<E['answers'][S]>
    : void;
}[keyof E['answers'] & number];

/** Problems of any request. */
export const COMMON_PROBLEMS = [
  'malformed-request',
  'not-found',
  'body-too-large',
  'unsupported-media-type',
  'validation-failed',
  'rate-limited',
  'internal',
  'maintenance',
] as const satisfies readonly ProblemName[];

/** An endpoint's own problems, in addition to the common ones. */
export const problemsOf = ({ problems = [], etag }: Endpoint): readonly ProblemName[] =>
  etag ? [...problems, 'edit-conflict'] : problems;
