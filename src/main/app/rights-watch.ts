import { embargoOf, localState, type RightsVerdict } from '../../shared/api/rights.ts';
import { systemClock } from '../../shared/clock.ts';
import { Coalesced } from '../../shared/coalesced.ts';
import type { Log } from '../adapters/log.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { AssetRights as CatalogueRights } from '../catalogue/ports.ts';
import { forbiddance } from '../catalogue/rights.ts';
import { AppError, toWire } from '../../shared/errors.ts';
import type { AssetRights, Explanation, TransfersApi } from '../transfers/api.ts';

export type RightsDeps = {
  /** Null while no source is open. */
  catalogue(): Catalogue | null;
  /** Rights by what is stored of all sources, also while none is open. */
  storedRights(assetIds: string[]): Promise<CatalogueRights[]>;
  transfers: Pick<
    TransfersApi,
    'checkHere' | 'packages' | 'releaseHeld' | 'setRights' | 'unexplainedRecalls' | 'explainRecalls'
  >;
  serviceNow(): number;
  /** What the service's clock shows by its last answer in this run; null without one. */
  knownServiceNow(): number | null;
  /** What the clocks of other sources show that have told theirs in this run. */
  sourceTimes(): Readonly<Record<string, number>>;
  /** The service whose clock that is: its origin, or `demo`; null for none. */
  scope(): string | null;
  log: Log;
};

/** Assets whose detail is fetched after one check; the others follow with the next ones. */
const MAX_EXPLAINED = 50;
/** Polls are more frequent. */
const MAX_AWAITED_MS = 10 * 60_000;
/** Times that one is asked for in a run of the program: it may have gone for good. */
const MAX_ASKED = 5;

/** As its next authorisation would be refused; an embargo only makes it wait. */
function barredBecause(
  slug: string,
  verdict: RightsVerdict,
  nowMs: number,
): AssetRights['refusal'] {
  const forbidden = forbiddance(verdict, { slug }, nowMs);
  return forbidden && forbidden.code !== 'embargoed' ? toWire(forbidden) : null;
}

/**
 * Passes the catalogue's rights to the packages in the queue and on disk, and what publishers say
 * about a recall or correction. Run it after each poll, also a failed one: embargoes and expiry
 * depend on time alone.
 */
export class RightsWatch {
  readonly #deps: RightsDeps;
  readonly #checks = new Coalesced(() =>
    this.#check().catch((thrown: unknown) => this.#deps.log.error('rights', thrown)),
  );
  readonly #explanations = new Coalesced(() =>
    this.#explain().catch((thrown: unknown) => this.#deps.log.error('recalls', thrown)),
  );
  #isClosed = false;
  #cancelTimer = (): void => undefined;
  readonly #asked = new Map<string, number>();
  /** Asked for since explanations were last idle: not again right away where it can't be reached. */
  readonly #tried = new Set<string>();

  constructor(deps: RightsDeps) {
    this.#deps = deps;
  }

  /**
   * Concurrent calls share a run that sees what had changed by the last of them. Never rejects: the
   * next poll looks again.
   */
  async check(): Promise<void> {
    if (this.#isClosed) return;
    await this.#checks.run();
    if (this.#isClosed) return;
    // A slow service holds up no later check; what that finds is asked for when this is over.
    if (this.#explanations.isIdle) this.#tried.clear();
    await this.#explanations.run();
  }

  /** Looks again as soon as the first of these waits no longer. */
  await(rows: readonly { heldUntil: number | null }[]): void {
    const { knownServiceNow, sourceTimes } = this.#deps;
    const times = [knownServiceNow() ?? [], ...Object.values(sourceTimes())].flat();
    const ends = rows.flatMap(({ heldUntil }) => heldUntil ?? []);
    if (times.length === 0 || ends.length === 0) return;
    // By the clock that is ahead of the others: looking too early does no harm.
    const delayMs = Math.max(0, Math.min(...ends) - Math.max(...times));
    // Later ones are found by the next polls.
    if (delayMs > MAX_AWAITED_MS) return;
    this.#cancelTimer();
    this.#cancelTimer = systemClock.after(delayMs, () => void this.release());
  }

  /**
   * Judges by what is stored alone, for a command that lists what is here: nothing polls beside it.
   * Never rejects.
   */
  async judge(): Promise<void> {
    await this.#judge().catch((thrown: unknown) => this.#deps.log.error('rights', thrown));
  }

  /** Ends with the check that runs: what has changed right before is judged by this run. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer();
    await this.#checks.idle();
  }

  /**
   * Writes the markers that waited for an embargo, by the clocks of the service and of the sources,
   * and never by this computer's. Never rejects.
   */
  async release(): Promise<void> {
    const [nowMs, scope] = [this.#deps.knownServiceNow(), this.#deps.scope()];
    const sources = this.#deps.sourceTimes();
    const service = nowMs === null || scope === null ? null : { name: scope, nowMs };
    if (service === null && Object.keys(sources).length === 0) return;
    await this.#deps.transfers
      .releaseHeld({ service, sources })
      .catch((thrown: unknown) => this.#deps.log.error('embargo', thrown));
  }

  async #check(): Promise<void> {
    await this.#judge();
    await this.release();
    await this.#deps.transfers.checkHere();
  }

  async #judge(): Promise<void> {
    const { transfers, serviceNow, storedRights } = this.#deps;
    const assetIds = new Set((await transfers.packages()).map(({ assetId }) => assetId));
    if (assetIds.size === 0) return;
    const midnight = new Date(serviceNow()).setHours(24, 0, 0, 0);
    const rights = (await storedRights([...assetIds])).map(
      ({ assetId, source, slug, verdict, embargoEndsMs, packages }): AssetRights => ({
        assetId,
        source,
        embargoUntil: embargoOf(verdict),
        embargoEndsMs,
        packages,
        state: localState(verdict, midnight),
        refusal: barredBecause(slug, verdict, serviceNow()),
      }),
    );
    await transfers.setRights(rights, serviceNow());
  }

  /** The words are in an asset's detail, which may have to be fetched. */
  async #explain(): Promise<void> {
    if (this.#isClosed) return;
    const { transfers } = this.#deps;
    const catalogue = this.#deps.catalogue();
    if (!catalogue) return;
    const explanations: Explanation[] = [];
    const unexplained = await transfers.unexplainedRecalls();
    for (const known of this.#asked.keys())
      if (!unexplained.includes(known)) this.#asked.delete(known);
    const due = unexplained.filter(
      (assetId) => !this.#tried.has(assetId) && (this.#asked.get(assetId) ?? 0) < MAX_ASKED,
    );
    for (const assetId of due.slice(0, MAX_EXPLAINED)) {
      this.#tried.add(assetId);
      this.#asked.set(assetId, (this.#asked.get(assetId) ?? 0) + 1);
      try {
        const { pubStatus, statusNote, history } = await catalogue.detail(assetId);
        explanations.push({
          assetId,
          pubStatus,
          note: statusNote,
          history: history.map(({ rev, note, packages }) => ({ rev, note, packages })),
        });
      } catch (thrown) {
        // Not reached, or gone from the catalogue: asked again after the next poll.
        if (!(thrown instanceof AppError)) throw thrown;
      }
    }
    if (explanations.length > 0) await transfers.explainRecalls(explanations);
  }
}
