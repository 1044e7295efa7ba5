import * as z from 'zod';
import { id } from './common.ts';
import { command } from './define.ts';

/** As many characters as a document may have that crosses to the queue: it must fit into one message of the station. */
export const MAX_DOCUMENT_CHARACTERS = 4 * 1024 * 1024;
export const exportFormat = z.enum(['queue', 'metalink', 'aria2']);

const name = z.string().min(1).max(200);
const text = z.string().max(MAX_DOCUMENT_CHARACTERS);

export const exchangeArea = {
  /**
   * The queue, or these of it, as a document for another machine (`queue`) or another tool. Addresses that may be secrets stay out:
   * `leftOut` counts what is missing for that.
   */
  'transfers.export': command(
    z.strictObject({ ids: z.array(id).min(1).max(10_000).nullable(), format: exportFormat }),
    z.object({ name: z.string(), text: z.string(), count: z.number().int(), leftOut: z.number().int() }),
  ),
  /** Queues an address, a Metalink or a document of `transfers.export`, into the folder of the settings. Nothing is queued of what is not valid. */
  'transfers.add': command(
    z.union([z.strictObject({ url: z.url({ protocol: /^https?$/u }).max(8000) }), z.strictObject({ name, text })]),
    z.object({ ids: z.array(id) }),
  ),
} as const;
