import { PROBLEM_BASE, PROBLEMS } from '../../shared/api/problem.ts';
import type { Problem, ProblemFacts, ProblemName } from '../../shared/api/problem.ts';
import type { Language } from './language.ts';
import { PASSWORD_TEXTS, PROBLEM_TEXTS } from './problem-texts.ts';

/** Thrown anywhere below a route; the route answers it as application/problem+json. */
export class ServiceProblem extends Error {
  override readonly name = 'ServiceProblem';
  readonly problem: ProblemName;
  readonly facts: ProblemFacts;
  readonly retryAfterMs: number | null;

  constructor(name: ProblemName, facts: ProblemFacts, retryAfterMs: number | null) {
    super(name);
    this.problem = name;
    this.facts = facts;
    this.retryAfterMs = retryAfterMs;
  }
}

export const problem = (
  name: ProblemName,
  facts: ProblemFacts = {},
  { retryAfterMs = null }: { retryAfterMs?: number | null } = {},
): ServiceProblem => new ServiceProblem(name, facts, retryAfterMs);

/**
 * The reason and a better way where a password alone is refused; any other field is the form's own
 * to explain.
 */
function detailOf(name: ProblemName, { errors = [] }: ProblemFacts, language: Language): string {
  const texts: Record<string, string> = PASSWORD_TEXTS[language];
  const [first] = errors;
  return (
    (errors.every(({ code }) => Object.hasOwn(texts, code)) && first && texts[first.code]) ||
    PROBLEM_TEXTS[language][name]
  );
}

export function problemBody(
  name: ProblemName,
  facts: ProblemFacts,
  requestId: string,
  language: Language,
): Problem {
  const [status, title] = PROBLEMS[name];
  return {
    type: `${PROBLEM_BASE}${name}`,
    title,
    status,
    detail: detailOf(name, facts, language),
    instance: `urn:uuid:${requestId}`,
    ...facts,
  };
}
