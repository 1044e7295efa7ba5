import * as z from 'zod';
import { LEDGER_KINDS } from '../model/ledger-kinds.ts';
import { instant, range, rev, wireError } from './common.ts';
import { command, push } from './define.ts';

const text = z.string();
/** More is no number that the ledger has given: one that follows it could no longer be told apart. */
export const MAX_ENTRY_NUMBER = 1e12;
/** ms since 1970, as far as there are dates (ECMA-262 §21.4.1.1). */
export const moment = z.number().min(-8.64e15).max(8.64e15);

/** Facts of an entry; which ones it has depends on its kind. */
const facts = z.object({
  /** Id of the transfer. */
  transferId: text.optional(),
  folder: text.optional(),
  /** Format of what was exported, such as `evidence-html`. */
  format: text.optional(),
  /** Name of the exported document. */
  name: text.optional(),
  /** Number of packages confirmed together, of exported entries, of copies. */
  count: z.number().int().nonnegative().optional(),
  /** End of the embargo that was confirmed. */
  untilMs: moment.optional(),
  /** When the package was complete. */
  completedAtMs: moment.optional(),
  /**
   * The saved search whose rule confirmed it, and who had chosen that, when: nobody was asked.
   */
  rule: text.optional(),
  chosenBy: text.optional(),
  chosenAtMs: moment.optional(),
  /** The newsroom system that did it with its token, or that was given access or has lost it. */
  system: text.optional(),
  /** A setting and its new value. */
  setting: text.optional(),
  value: text.nullable().optional(),
});

export const ledgerEntry = z.object({
  /** From 1. */
  number: z.number().int().min(1).max(MAX_ENTRY_NUMBER),
  /** By the service's clock, as far as it was known. */
  atMs: moment,
  localAtMs: moment,
  /** The service's clock was known: it had answered in this run. */
  isServiceTime: z.boolean(),
  kind: z.enum(LEDGER_KINDS),
  who: z.object({
    /** E-mail address of the account; null without one. */
    account: text.nullable(),
    /** Name of the operating system's user. */
    user: text,
    /** Name of this desk, from the settings. */
    desk: text,
  }),
  /** The package or source it is about; null for none. */
  subject: z
    .object({
      assetId: text.nullable(),
      packageId: text.nullable(),
      rev: z.number().nullable(),
      title: text,
      /** Origin of the service, `demo` or the id of another source. */
      source: text.nullable(),
    })
    .nullable(),
  what: facts,
  /** The exact texts that were shown and confirmed, with their ids. */
  words: z.array(z.object({ id: text, text })),
  /** Language of the interface in which they were shown. */
  language: text.nullable(),
  /** Version of the terms of use that were accepted or in force. */
  termsVersion: text.nullable(),
});

/** An entry as its line in the file has it. */
const ledgerRow = z.object({
  number: z.number().int().min(1),
  /** Null for a line that can't be read. */
  entry: ledgerEntry.nullable(),
  hash: text.nullable(),
  /** Hash of the entry before. */
  previous: text.nullable(),
  /** The line is as it was written: its hash is that of its content. */
  isSound: z.boolean(),
});

/**
 * How the chain is broken, and at which entry. `changed`: it's not as it was written. `removed`: it
 * is missing, and later ones are there. `reordered`: another one is in its place. `cut`: it and all
 * later ones are missing. `rewritten`: it isn't the one that this computer had noted as the newest.
 * `head-missing`: nothing says how many entries there were.
 */
export const chainFault = z.object({
  how: z.enum(['changed', 'removed', 'reordered', 'cut', 'rewritten', 'head-missing']),
  /** Null for `head-missing`. */
  entry: z.number().int().min(1).nullable(),
});

const ledgerState = z.object({
  rev,
  entries: z.number().int().nonnegative(),
  /** Time of the first entry. */
  sinceMs: instant.nullable(),
  broken: chainFault.nullable(),
  /** Last check of the whole chain in this run, by this computer's clock. */
  checkedAtMs: instant.nullable(),
  isChecking: z.boolean(),
  /** Why entries can't be written now. */
  fault: wireError.nullable(),
});

const ledgerQuery = z.strictObject({
  /** All these words in the package, a person, facts or the words shown. */
  search: z.string().max(200),
  /** Empty for all. */
  kinds: z.array(z.enum(LEDGER_KINDS)),
  /** Account, user or desk. */
  person: z.string().max(400).nullable(),
  fromMs: instant.nullable(),
  toMs: instant.nullable(),
});

const entryNumber = z.strictObject({ number: z.number().int().min(1) });

export const ledgerArea = {
  'ledger.state': command(z.void(), ledgerState),
  'ledger.changed': push(ledgerState),
  /** Newest first. `people` are all accounts, users and desks of the whole ledger. */
  'ledger.list': command(
    z.strictObject({ query: ledgerQuery, range }),
    z.object({
      total: z.number().int(),
      items: z.array(ledgerRow),
      people: z.array(z.string()),
    }),
  ),
  /** One entry, and the others of the same package, newest first. @throws `not-found` */
  'ledger.entry': command(
    entryNumber,
    z.object({
      row: ledgerRow,
      others: z.array(
        z.object({
          number: z.number().int(),
          atMs: instant,
          kind: z.enum(LEDGER_KINDS),
        }),
      ),
    }),
  ),
  /** Starts to check the whole chain; the result follows in `ledger.changed`. */
  'ledger.check': command(z.void(), ledgerState),
  /**
   * The whole ledger with a last line that names the newest entry, as `desk ledger check` reads it.
   * @throws `usage` for one that is too large to hand over; the command line writes it
   */
  'ledger.export': command(z.void(), z.object({ name: z.string(), text: z.string() })),
} as const;
