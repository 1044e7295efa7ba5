import type { TransferEvidence, FileEvidence } from '../ports.ts';
import { type OpenedResponse } from '../run/range-request.ts';
import { redactUrl } from '../../../shared/model/url.ts';

const MAX_RUNS = 50;

/** Adds a run; a previous one without an end was cut off. */
export const withRun = (evidence: TransferEvidence, startedAtMs: number): TransferEvidence => ({
  ...evidence,
  runs: [...evidence.runs, { startedAtMs, endedAtMs: null, end: null }].slice(-MAX_RUNS),
});

/** @param end an error code, `stopped` or `finished` */
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

/** Merges newly accepted restrictions into earlier ones. */
export function withTerms(before: TransferEvidence, fresh: TransferEvidence): TransferEvidence {
  const ids = new Set(fresh.acknowledged.map(({ id }) => id));
  return {
    ...before,
    service: fresh.service ?? before.service,
    account: fresh.account ?? before.account,
    acknowledged: [...before.acknowledged.filter(({ id }) => !ids.has(id)), ...fresh.acknowledged],
  };
}

const MAX_ORIGINS = 20;
const MAX_FAULTS = 10;

type RequestRecord = { originId: string; url: string };
type OriginUse = FileEvidence['origins'][number];

const hostOf = (url: string): string => new URL(url).host;

/** Records how one file was fetched, over all of its runs. */
export class EvidenceRecorder {
  readonly #evidence: FileEvidence;

  constructor(before: FileEvidence | null, nowMs: number) {
    this.#evidence = structuredClone(before) ?? {
      startedAtMs: nowMs,
      finishedAtMs: null,
      verifiedBy: null,
      refetchedBytes: 0,
      copiedFrom: null,
      repairedPieces: [],
      origins: [],
    };
  }

  get now(): FileEvidence {
    return this.#evidence;
  }

  answered(request: RequestRecord, { finalUrl, answer }: OpenedResponse): void {
    const use = this.#useOf(request);
    use.answers++;
    use.route = answer.route ?? use.route;
    if (hostOf(finalUrl) !== use.host) use.redirectedTo = hostOf(finalUrl);
  }

  received(request: RequestRecord, bytes: number): void {
    this.#useOf(request).bytes += bytes;
  }

  failed(request: RequestRecord, code: string): void {
    const use = this.#useOf(request);
    use.faults = [...use.faults, code].slice(-MAX_FAULTS);
  }

  dropped(request: RequestRecord): void {
    this.#useOf(request).dropped = true;
  }

  refetched(bytes: number): void {
    this.#evidence.refetchedBytes += bytes;
  }

  /** Verified content at this path was copied instead of fetched; null if none of it was right. */
  copiedFrom(path: string | null): void {
    this.#evidence.copiedFrom = path;
  }

  /** A repair found these pieces wrong. */
  repaired(pieces: readonly number[]): void {
    this.#evidence.repairedPieces = [...new Set([...this.#evidence.repairedPieces, ...pieces])];
  }

  finished(verifiedBy: FileEvidence['verifiedBy'], nowMs: number): FileEvidence {
    return Object.assign(this.#evidence, { verifiedBy, finishedAtMs: nowMs });
  }

  #useOf(request: RequestRecord): OriginUse {
    const originId = redactUrl(request.originId);
    const known = this.#evidence.origins.find((use) => use.originId === originId);
    if (known) return known;
    const fresh: OriginUse = {
      originId,
      host: hostOf(request.url),
      redirectedTo: null,
      route: null,
      answers: 0,
      bytes: 0,
      faults: [],
      dropped: false,
    };
    this.#evidence.origins = [...this.#evidence.origins, fresh].slice(-MAX_ORIGINS);
    return fresh;
  }
}
