import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { writeFileAtomicSync } from './atomic-write.ts';
import { fsError, hasErrno } from './errors.ts';
import { quarantine } from './quarantine.ts';

/** SHA-256 in 64 hex digits: all that is stored of a token. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/u);

export type ListFile<Item> = {
  /** @returns `aside`: new path of a file that can't be used; nothing is in the list then */
  read(): { items: Item[]; aside: string | null };
  /**
   * @param durable survives a loss of power
   * @throws `disk-full`, `disk-error`, `not-permitted`
   */
  write(items: readonly Item[], durable: boolean): void;
};

/**
 * A list in a JSON file: who has access, by hashes alone. What isn't understood lets nobody in.
 *
 * @param member by which the file calls the list
 */
export function createListFile<Item>(
  file: string,
  member: string,
  item: z.ZodType<Item>,
): ListFile<Item> {
  const stored = z.object({ version: z.literal(1), [member]: z.array(item) });
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (thrown) {
        if (hasErrno(thrown, 'ENOENT')) return { items: [], aside: null };
        return { items: [], aside: quarantine(file) };
      }
      try {
        return { items: stored.parse(JSON.parse(text))[member] as Item[], aside: null };
      } catch {
        return { items: [], aside: quarantine(file) };
      }
    },
    write(items, durable) {
      try {
        writeFileAtomicSync(file, JSON.stringify({ version: 1, [member]: items }), { durable });
      } catch (thrown) {
        throw fsError(thrown, file);
      }
    },
  };
}
