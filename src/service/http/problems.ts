import { PROBLEM_BASE, PROBLEMS } from '../../shared/api/problem.ts';
import type { Problem, ProblemFacts, ProblemName } from '../../shared/api/problem.ts';
import type { Language } from './language.ts';
import { PROBLEM_TEXTS } from './problem-texts.ts';

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

export const problem = (name: ProblemName, facts: ProblemFacts = {}, { retryAfterMs = null }: { retryAfterMs?: number | null } = {}): ServiceProblem =>
  new ServiceProblem(name, facts, retryAfterMs);

export function problemBody(name: ProblemName, facts: ProblemFacts, requestId: string, language: Language): Problem {
  const [status, title] = PROBLEMS[name];
  return { type: `${PROBLEM_BASE}${name}`, title, status, detail: PROBLEM_TEXTS[language][name], instance: `urn:uuid:${requestId}`, ...facts };
}
