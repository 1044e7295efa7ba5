import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { AdvancingClock } from '../clock.ts';
import type { Editor } from '../editing/editor.ts';
import { ACTS, EditRefused } from '../editing/request.ts';
import { problem } from '../http/problems.ts';
import { validated } from '../http/validate.ts';
import { faultRule, type Faults } from '../origin/faults.ts';

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
 * Lets a test move the clock, break the origin, and edit assets: `POST /test/assets/{id}/hold` with
 * the members of an edit but `act`. An edit that is refused answers 409 with the reason. Loopback
 * only, and only if enabled at the start.
 */
export function registerTestControls(
  app: FastifyInstance,
  { clock, faults, editor }: { clock: AdvancingClock; faults: Faults; editor: Editor },
): void {
  app.post('/test/clock', async (request, reply) => {
    const { advanceSeconds } = advance.parse(validated(advance, json(request.body)));
    clock.advance(advanceSeconds * 1000);
    return reply.send({ now: new Date(clock.now()).toISOString() });
  });
  for (const act of ACTS)
    app.post<{ Params: { id: string } }>(`/test/assets/:id/${act}`, async (request, reply) => {
      const given = json(request.body);
      const isObject = typeof given === 'object' && given !== null;
      try {
        return await reply.send(
          await editor.edit(request.params.id, isObject ? { ...given, act } : given),
        );
      } catch (error) {
        if (!(error instanceof EditRefused)) throw error;
        return reply.code(409).send({ refused: error.message });
      }
    });
  app.put('/test/faults', async (request, reply) => {
    faults.set(faultRule.parse(validated(faultRule, json(request.body))));
    return reply.code(204).send();
  });
}
