import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { pubStatus } from '../../shared/api/common.ts';
import type { AssetFeed } from '../catalogue/handlers.ts';
import type { AdvancingClock } from '../clock.ts';
import type { Library } from '../content/library.ts';
import { problem } from '../http/problems.ts';
import { validated } from '../http/validate.ts';
import { faultRule, type Faults } from '../origin/faults.ts';

const status = z.strictObject({ pubStatus, statusReason: z.string().max(500).optional() });
const advance = z.strictObject({
  advanceSeconds: z
    .number()
    .nonnegative()
    .max(400 * 86_400),
});

function json(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    throw problem('malformed-request');
  }
}

/**
 * Lets a test move the clock, break the origin, and withdraw, hold or release an asset. Loopback
 * only, and only if enabled at the start.
 */
export function registerTestControls(
  app: FastifyInstance,
  {
    clock,
    faults,
    library,
    feed,
  }: { clock: AdvancingClock; faults: Faults; library: Library; feed: AssetFeed },
): void {
  app.post('/test/clock', async (request, reply) => {
    const { advanceSeconds } = advance.parse(validated(advance, json(request.body)));
    clock.advance(advanceSeconds * 1000);
    return reply.send({ now: new Date(clock.now()).toISOString() });
  });
  app.put<{ Params: { id: string } }>('/test/assets/:id', async (request, reply) => {
    const { pubStatus: next, statusReason } = status.parse(validated(status, json(request.body)));
    const asset = library.revise(
      request.params.id,
      {
        pubStatus: next,
        ...(statusReason === undefined ? {} : { statusReason: { en: statusReason } }),
      },
      clock.now(),
    );
    if (!asset) throw problem('not-found');
    feed.announce(asset, clock.now());
    return reply.send({ rev: asset.rev });
  });
  app.put('/test/faults', async (request, reply) => {
    faults.set(faultRule.parse(validated(faultRule, json(request.body))));
    return reply.code(204).send();
  });
}
