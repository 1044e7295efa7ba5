import type { Clock } from '../../../shared/clock.ts';
import { createMutex, type Mutex } from '../../../shared/mutex.ts';

/** Waits until a publisher may be asked again. @throws what the signal was aborted with */
export type Pace = (host: string, signal: AbortSignal) => Promise<void>;

type Place = { inTurn: Mutex; takenAtMs: number };

/** @param intervalMs shortest time from one request to the next at the same host, ms */
export function createPace(clock: Pick<Clock, 'nowMs' | 'sleep'>, intervalMs: number): Pace {
  const places = new Map<string, Place>();
  return (host, signal) => {
    const place = places.get(host) ?? { inTurn: createMutex(), takenAtMs: -Infinity };
    places.set(host, place);
    return place.inTurn(async () => {
      // Also where the clock was put back.
      const sinceMs = Math.max(0, clock.nowMs() - place.takenAtMs);
      if (sinceMs < intervalMs) await clock.sleep(intervalMs - sinceMs, signal);
      place.takenAtMs = clock.nowMs();
    });
  };
}
