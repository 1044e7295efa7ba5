import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { id, instant, rev } from './common.ts';
import { command, push } from './define.ts';
import { EVENT_KINDS, eventKind } from './events.ts';

export const MAX_WEBHOOKS = 20;
export const MAX_WEBHOOK_ADDRESS = 2048;
export const webhookEvents = z.array(eventKind).min(1).max(EVENT_KINDS.length);
export const webhookName = z.string().trim().min(1).max(80);

/** A webhook in the settings: its address and signing key are where passwords are kept. */
export const storedWebhook = z.object({
  /** Never one of the administrator's: who edits the file would have them get nothing. */
  id: z.string().regex(/^whk_[\da-f-]{36}$/u),
  name: webhookName,
  /** Origin of its address, for people: the rest may be a secret. */
  origin: z.string().max(300),
  events: webhookEvents,
});
export type StoredWebhook = z.infer<typeof storedWebhook>;

/** Where events go: a webhook, or the administrator's command. Times are ms since 1970. */
const target = z.object({
  id,
  kind: z.enum(['webhook', 'command']),
  name: z.string(),
  /** The origin of a webhook, the path of a command. */
  where: z.string(),
  events: webhookEvents,
  /** Fixed by the administrator. */
  isManaged: z.boolean(),
  isSigned: z.boolean(),
  /** Events that it has yet to get. */
  waiting: z.int().nonnegative(),
  lastDeliveredAt: instant.nullable(),
  /** Since when nothing could be delivered; null if all is well. */
  failingSince: instant.nullable(),
  nextTryAt: instant.nullable(),
  fault: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).nullable(),
  /** Why nothing is sent any more; null while it is. */
  off: z.enum(['gone', 'failing']).nullable(),
  /** Events that the command has refused for good, or that were dropped before they were sent. */
  missed: z.int().nonnegative(),
});
export type DeliveryTarget = z.infer<typeof target>;

export const webhooksView = z.object({ rev, items: z.array(target) });
export type WebhooksView = z.infer<typeof webhooksView>;

const one = z.strictObject({ id });
export const webhooksArea = {
  'webhooks.get': command(z.void(), webhooksView),
  'webhooks.changed': push(webhooksView),
  /**
   * Adds a webhook, which gets what happens from now on. Its key is answered here and never again.
   * @throws `usage`, `https-required`, `managed`, `keychain-absent`, `keychain-locked`
   */
  'webhooks.add': command(
    z.strictObject({
      name: webhookName.nullable(),
      address: z.string().max(MAX_WEBHOOK_ADDRESS),
      events: webhookEvents,
    }),
    z.object({ id, signingKey: z.string(), view: webhooksView }),
  ),
  'webhooks.remove': command(one, webhooksView),
  /** Sends an event of type `test` at once, whatever waits. @throws what is wrong */
  'webhooks.test': command(one, z.object({ status: z.int().nullable(), ms: z.number() })),
  /** Switches one on again, or tries now what would be tried later. */
  'webhooks.resume': command(one, webhooksView),
} as const;
