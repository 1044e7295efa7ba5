import type { TransferEvidence } from '../ports.ts';

const MAX_RUNS = 50;

/** A run has begun; one before it without an end was cut off. */
export const withRun = (evidence: TransferEvidence, startedAtMs: number): TransferEvidence => ({
  ...evidence,
  runs: [...evidence.runs, { startedAtMs, endedAtMs: null, end: null }].slice(-MAX_RUNS),
});

/** @param end how, in one word: a code, or `finished` */
export function withRunEnd(
  evidence: TransferEvidence,
  endedAtMs: number,
  end: string,
): TransferEvidence {
  const last = evidence.runs.at(-1);
  return last
    ? { ...evidence, runs: [...evidence.runs.slice(0, -1), { ...last, endedAtMs, end }] }
    : evidence;
}

/** What was accepted now comes to what was accepted before. */
export function withTerms(before: TransferEvidence, fresh: TransferEvidence): TransferEvidence {
  const ids = new Set(fresh.acknowledged.map(({ id }) => id));
  return {
    ...before,
    service: fresh.service ?? before.service,
    account: fresh.account ?? before.account,
    acknowledged: [...before.acknowledged.filter(({ id }) => !ids.has(id)), ...fresh.acknowledged],
  };
}
