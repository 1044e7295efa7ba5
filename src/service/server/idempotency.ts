import { problemName, type ProblemFacts, type ProblemName } from '../../shared/api/problem.ts';
import { type Clock, DAY } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import type { IdempotencyRecord, Store } from '../store/ports.ts';
import { problem, ServiceProblem } from '../http/problems.ts';

export type Plain = { status: number; body: string };
type Asked = { key: string; accountId: string; route: string; body: string; storesAnswer: boolean };

/**
 * Stores answers for a day. Refusals are stored only if the request changed something: repeating
 * another one is harmless, and storing it would let anyone fill the disk. Answers with tokens are
 * not stored: their handlers can repeat them.
 */
export type Idempotency = {
  run(asked: Asked, work: () => Promise<Plain>): Promise<Plain & { isReplay: boolean }>;
};

const NOT_STORED = 0;
const REFUSED = -1;
/** A try was counted, or a session ended. */
const CHANGING: readonly ProblemName[] = ['code-invalid', 'token-reused'];

function storedRefusal(body: string): ServiceProblem {
  const { name, facts } = JSON.parse(body) as { name: string; facts: ProblemFacts };
  return problem(problemName(name) ?? 'internal', facts);
}

function refusal(error: unknown): string | null {
  return error instanceof ServiceProblem && CHANGING.includes(error.problem)
    ? JSON.stringify({ name: error.problem, facts: error.facts })
    : null;
}

export function createIdempotency({
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
    { body, storesAnswer }: Asked,
    work: () => Promise<Plain>,
  ): Promise<Plain & { isReplay: boolean }> {
    // Bodies contain passwords: a plain digest could be guessed offline.
    const bodyDigest = secrets.mac('idempotency-body', body).toString('base64url');
    const stored = await store.transaction((tx) => tx.idempotency.get(scope));
    const isReplay = stored !== undefined && clock.now() - stored.at < DAY;
    if (isReplay && stored.bodyDigest !== bodyDigest) throw problem('idempotency-key-reused');
    if (isReplay && stored.status === REFUSED) throw storedRefusal(stored.body);
    if (isReplay && stored.status !== NOT_STORED)
      return { status: stored.status, body: stored.body, isReplay };
    try {
      const answer = await work();
      await keep({
        scope,
        bodyDigest,
        ...(storesAnswer ? answer : { status: NOT_STORED, body: '' }),
      });
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
        .mac('idempotency-scope', asked.key, asked.accountId, asked.route)
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
