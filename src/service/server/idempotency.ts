import { problemName, type ProblemFacts, type ProblemName } from '../../shared/api/problem.ts';
import { type Clock, DAY } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import type { IdempotencyRecord, Store } from '../store/ports.ts';
import { problem, ServiceProblem } from '../http/problems.ts';

export type Plain = { status: number; body: string };
type Asked = { key: string; who: string; route: string; body: string; keepsAnswer: boolean };

/**
 * Keeps answers for a day. Of refusals only those of requests that changed something: to repeat
 * another one is harmless, and keeping them would let anybody fill the disk. Answers that hold
 * tokens are not kept: their handlers can give them again by themselves.
 */
export type Idempotency = {
  run(asked: Asked, work: () => Promise<Plain>): Promise<Plain & { isReplay: boolean }>;
};

const NOT_KEPT = 0;
const REFUSED = -1;
/** A try was counted, a session was ended. */
const CHANGING: readonly ProblemName[] = ['code-invalid', 'token-reused'];

function keptRefusal(body: string): ServiceProblem {
  const { name, facts } = JSON.parse(body) as { name: string; facts: ProblemFacts };
  return problem(problemName(name) ?? 'internal', facts);
}

function refusal(error: unknown): string | null {
  return error instanceof ServiceProblem && CHANGING.includes(error.problem)
    ? JSON.stringify({ name: error.problem, facts: error.facts })
    : null;
}

export function idempotency({
  clock,
  store,
  secrets,
}: {
  clock: Clock;
  store: Store;
  secrets: Secrets;
}): Idempotency {
  const running = new Set<string>();
  const keep = (record: Omit<IdempotencyRecord, 'at'>) =>
    store.transaction((tx) => tx.idempotency.put({ ...record, at: clock.now() }));

  async function once(
    scope: string,
    { body, keepsAnswer }: Asked,
    work: () => Promise<Plain>,
  ): Promise<Plain & { isReplay: boolean }> {
    // Bodies hold passwords: a plain digest could be guessed offline.
    const bodyDigest = secrets.mac('idempotency-body', body).toString('base64url');
    const kept = await store.transaction((tx) => tx.idempotency.get(scope));
    const isReplay = kept !== undefined && clock.now() - kept.at < DAY;
    if (isReplay && kept.bodyDigest !== bodyDigest) throw problem('idempotency-key-reused');
    if (isReplay && kept.status === REFUSED) throw keptRefusal(kept.body);
    if (isReplay && kept.status !== NOT_KEPT)
      return { status: kept.status, body: kept.body, isReplay };
    try {
      const answer = await work();
      await keep({ scope, bodyDigest, ...(keepsAnswer ? answer : { status: NOT_KEPT, body: '' }) });
      return { ...answer, isReplay };
    } catch (error) {
      const refused = refusal(error);
      if (refused !== null) await keep({ scope, bodyDigest, status: REFUSED, body: refused });
      throw error;
    }
  }

  return {
    async run(asked, work) {
      const scope = secrets
        .mac('idempotency-scope', asked.key, asked.who, asked.route)
        .toString('base64url');
      if (running.has(scope)) throw problem('idempotency-in-progress', {}, { retryAfterMs: 1000 });
      running.add(scope);
      try {
        return await once(scope, asked, work);
      } finally {
        running.delete(scope);
      }
    },
  };
}
