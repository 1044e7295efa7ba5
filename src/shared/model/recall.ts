import * as z from 'zod';
import { isRecalled } from '../api/rights.ts';
import { ERROR_CODES } from '../errors.ts';

/**
 * What a publisher may do to footage that has been fetched. `expired` and `lifted` are for the
 * record; the others are acknowledged by a person.
 */
export const RECALL_KINDS = ['withdrawn', 'on-hold', 'corrected', 'lifted', 'expired'] as const;
export type RecallKind = (typeof RECALL_KINDS)[number];

/** Where a recalled package is, and what was done there. */
export const recallPlace = z.object({
  folder: z.string(),
  /** `copy`: found by its hash below a folder that downloads went to. */
  kind: z.enum(['package', 'copy']),
  /** Names of a copy's files; empty for the package's own folder. */
  files: z.array(z.string()),
  /**
   * The text beside the files. `failed` is tried again at every check; `removed` and `left` (it was
   * changed by somebody, so it stayed) once the recall is lifted; `none` where none belongs.
   */
  notice: z.enum(['pending', 'written', 'failed', 'removed', 'left', 'none']),
  /** Name of the notice in the folder; null before it was written. */
  name: z.string().nullable(),
  /** The marker of a finished package: `.done` renamed to `.recalled`, and back. */
  done: z.enum(['none', 'set-aside', 'released', 'failed']),
  /** Why something failed there. */
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).nullable(),
});
export type RecallPlace = z.infer<typeof recallPlace>;

/** One recall or correction of one download. Times are ms since 1970 by the service's clock. */
export const recall = z.object({
  id: z.string(),
  transferId: z.string(),
  assetId: z.string(),
  packageId: z.string(),
  title: z.string(),
  kind: z.enum(RECALL_KINDS),
  atMs: z.number(),
  /** The publisher's reason or the editor's note; null while unknown, or if there is none. */
  words: z.string().nullable(),
  /** Version that is here, and that of a correction. */
  rev: z.object({ from: z.number().nullable(), to: z.number().nullable() }),
  /** How far the download was. */
  phase: z.enum(['done', 'running', 'queued']),
  places: z.array(recallPlace),
  /** Whether copies were looked for; `partial` if a limit or a folder that can't be read ended it. */
  copies: z.enum(['none', 'due', 'searched', 'partial']),
  /** Something newer has taken its place: it was released, or recalled or corrected once more. */
  isOver: z.boolean(),
  acknowledged: z
    .object({
      atMs: z.number(),
      who: z.string(),
      /** A newsroom system with its token, whose name `who` is. */
      isSystem: z.boolean().optional(),
    })
    .nullable(),
});
export type Recall = z.infer<typeof recall>;

/** Whether a person has yet to say that they have read it. */
export const isToAcknowledge = ({
  kind,
  isOver,
  acknowledged,
}: Pick<Recall, 'kind' | 'isOver' | 'acknowledged'>): boolean =>
  !isOver && acknowledged === null && (isRecalled(kind) || kind === 'corrected');
