import * as z from 'zod';
import { id } from './common.ts';
import { command } from './define.ts';

/**
 * As many characters as a document may have that crosses to the queue: it must fit into one message
 * of the station.
 */
export const MAX_DOCUMENT_CHARACTERS = 4 * 1024 * 1024;
export const exportFormat = z.enum(['queue', 'metalink', 'aria2']);

export const leftOutEntry = z.object({
  /** Of the file, or the title of what it is in. */
  name: z.string(),
  /**
   * `secret`: it has a query, a user or a password. `address`: one of several has. `package`: it
   * travels in our own list. `unread`: a Metalink that has not run. `local`: a file of this
   * machine. `name`: it leads out of the folder. `same`: it is in it already.
   */
  reason: z.enum(['secret', 'address', 'package', 'unread', 'local', 'name', 'too-long', 'same']),
});
/** How many there are, and the first of them. */
const shortened = <T extends z.ZodType>(entry: T) =>
  z.object({ count: z.number().int(), first: z.array(entry) });

const name = z.string().min(1).max(200);
const text = z.string().max(MAX_DOCUMENT_CHARACTERS);

export const exchangeArea = {
  /**
   * The queue, or these of it, as a document for another machine (`queue`) or another tool.
   * Addresses that may be secrets stay out: `leftOut` names what is missing.
   */
  'transfers.export': command(
    z.strictObject({ ids: z.array(id).min(1).max(10_000).nullable(), format: exportFormat }),
    z.object({
      name: z.string(),
      text: z.string(),
      count: z.number().int(),
      leftOut: shortened(leftOutEntry),
    }),
  ),
  /**
   * Queues an address, a Metalink or a document of `transfers.export`, into the folder of the
   * settings. Nothing is queued of what is not valid; a file whose name leads out of the folder is
   * refused alone.
   */
  'transfers.add': command(
    z.union([
      z.strictObject({ url: z.url({ protocol: /^https?$/u }).max(8000) }),
      z.strictObject({ name, text }),
    ]),
    z.object({
      ids: z.array(id),
      renamed: shortened(z.object({ given: z.string(), path: z.string() })),
      refused: shortened(z.object({ given: z.string() })),
    }),
  ),
} as const;
