import type { RightsViewer } from '../../src/main/catalogue/rights.ts';
import { UNSTATED_PROFILE } from '../../src/shared/api/rights.ts';

/** One who has said nothing of itself and has no account; by the clock of this machine unless named. */
export const viewerAt = (nowMs: number = Date.now()): RightsViewer => ({
  nowMs,
  sourceTimes: {},
  profile: UNSTATED_PROFILE,
  earlySource: null,
});
