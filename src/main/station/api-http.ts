import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import { statusOf, type ApiProblem, type ApiProblemName } from '../../shared/desk-api/problem.ts';

/** A refusal with what only the API says of it. */
export class ApiRefusal extends Error {
  readonly code: ApiProblemName;
  readonly facts: Partial<Pick<ApiProblem, 'errors' | 'restrictions' | 'organisation'>>;
  readonly headers: Record<string, string>;

  constructor(
    code: ApiProblemName,
    detail: string,
    facts: ApiRefusal['facts'] = {},
    headers: Record<string, string> = {},
  ) {
    super(detail);
    this.code = code;
    this.facts = facts;
    this.headers = headers;
  }
}

const PROBLEM_BASE = 'https://multimedia-desk.example/problems/';
/** `disk-full` as `Disk full`. */
const titleOf = (code: string): string =>
  code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');

/** The problem details of what was thrown; of what is unexpected nothing is told. */
export function problemOf(thrown: unknown): {
  problem: ApiProblem;
  headers: Record<string, string>;
} {
  const refusal =
    thrown instanceof ApiRefusal
      ? thrown
      : thrown instanceof AppError
        ? refusalOf(thrown)
        : new ApiRefusal('bug', 'Unexpected error. See the log of the station.');
  const { code, message, facts, headers } = refusal;
  return {
    problem: {
      type: PROBLEM_BASE + code,
      title: titleOf(code),
      status: statusOf(code),
      detail: message,
      code,
      ...facts,
    },
    headers,
  };
}

function refusalOf({ code, message, detail }: AppError): ApiRefusal {
  const { organisation, retryAfterMs } = detail;
  return new ApiRefusal(
    code,
    message,
    organisation === undefined ? {} : { organisation },
    retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
  );
}

/** The token of an `Authorization` header (RFC 6750 §2.1); null if it has none. */
export function bearerOf(authorization: string | undefined): string | null {
  const [, token = null] = /^bearer +([\w.~+/-]+=*)$/iu.exec(authorization ?? '') ?? [];
  return token;
}

/** Quality of a media type by an `Accept` header (RFC 9110 §12.5.1), the most specific range. */
function qualityOf(type: string, accept: string): number {
  const [main = ''] = type.split('/');
  const ranges = new Map(
    accept.split(',').map((part) => {
      const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const q = parameters.find((parameter) => parameter.startsWith('q='));
      return [range, q === undefined ? 1 : Number(q.slice(2)) || 0];
    }),
  );
  return ranges.get(type) ?? ranges.get(`${main}/*`) ?? ranges.get('*/*') ?? 0;
}

/** @throws `not-acceptable` if none of the offered types is wanted */
export function negotiate(offered: readonly string[], accept: string | undefined): string {
  const [first = '', ...others] = offered;
  if (accept === undefined || accept.trim() === '') return first;
  const best = others.reduce(
    (so, type) => (qualityOf(type, accept) > qualityOf(so, accept) ? type : so),
    first,
  );
  if (qualityOf(best, accept) > 0) return best;
  throw new ApiRefusal('not-acceptable', `This comes as ${offered.join(' or ')}.`);
}

/**
 * The body of a request.
 *
 * @throws `body-too-large`, `malformed-request` for one that breaks off or isn't UTF-8
 */
export async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLarge = () => new ApiRefusal('body-too-large', `A body has ${maxBytes} bytes at most.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > maxBytes) throw tooLarge();
      parts.push(part);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch (thrown) {
    if (thrown instanceof ApiRefusal) throw thrown;
    throw new ApiRefusal('malformed-request', 'The body broke off, or isn’t UTF-8.');
  }
}

/** @throws `malformed-request` */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiRefusal('malformed-request', 'The body isn’t JSON.');
  }
}

const fieldsOf = (issue: z.core.$ZodIssue): string[] => {
  const at = issue.path.map(String).join('.');
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => (at === '' ? key : `${at}.${key}`))
    : [at];
};
const MAX_FAULTS = 16;

/** @throws `validation-failed`, which names members and never their values */
export function validated<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const errors = error.issues
    .flatMap((issue) =>
      fieldsOf(issue).map((field) => ({
        field: field.slice(0, 100),
        message: issue.code === 'unrecognized_keys' ? 'is not known' : issue.message.slice(0, 200),
      })),
    )
    .slice(0, MAX_FAULTS);
  throw new ApiRefusal('validation-failed', 'Some members of the request break a rule.', {
    errors,
  });
}

/** Members of a query; one that is repeated is a list, which no schema takes. */
export function queryOf(search: URLSearchParams): Record<string, string | string[]> {
  const members: Record<string, string | string[]> = Object.create(null);
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    members[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return members;
}

/** Whether `If-None-Match` names the tag, by weak comparison (RFC 9110 §13.1.2). */
export const isNoneMatch = (given: string | undefined, etag: string): boolean =>
  given !== undefined &&
  (given.trim() === '*' ||
    given.split(',').some((one) => one.trim().replace(/^W\//u, '') === etag));
