import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { AdvancingClock } from './clock.ts';
import { problem } from './http/problems.ts';
import { validated } from './http/validate.ts';
import { faultOrder } from './origin/faults.ts';
import type { Faults } from './origin/faults.ts';

const advance = z.strictObject({ advanceSeconds: z.number().nonnegative().max(400 * 86_400) });

function json(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    throw problem('malformed-request');
  }
}

/** Lets a test move the clock and break the origin. Only ever on loopback and only when asked for at the start. */
export function registerTestControls(app: FastifyInstance, clock: AdvancingClock, faults: Faults): void {
  app.post('/test/clock', async (request, reply) => {
    const { advanceSeconds } = advance.parse(validated(advance, json(request.body)));
    clock.advance(advanceSeconds * 1000);
    return reply.send({ now: new Date(clock.now()).toISOString() });
  });
  app.put('/test/faults', async (request, reply) => {
    faults.set(faultOrder.parse(validated(faultOrder, json(request.body))));
    return reply.code(204).send();
  });
}
