/*
 * What a publisher has changed between two versions of a package: the texts as they were when it was
 * fetched against those of now, and the files of both manifests.
 */
import * as z from 'zod';
import { listPairs, paragraphs, type Changed } from './side-by-side.ts';

const restriction = z.object({
  id: z.string(),
  kind: z.string(),
  mode: z.string(),
  values: z.array(z.string()),
  note: z.string(),
});
const shot = z.object({ n: z.number(), in: z.string().nullable(), text: z.string() });
const caption = z.object({ language: z.string(), kind: z.string(), format: z.string() });

/** What an asset said about one version of it. */
export const assetSnapshot = z.object({
  version: z.literal(1),
  rev: z.number(),
  headline: z.string(),
  restrictions: z.array(restriction),
  shots: z.array(shot),
  /** In the language of the interface then; null if there was none, or it was too long. */
  script: z.object({ language: z.string(), text: z.string() }).nullable(),
  captions: z.array(caption),
});
export type AssetSnapshot = z.infer<typeof assetSnapshot>;

/** Both are null only where nothing can be compared; a text that moved is not a change. */
const changed = <T extends z.ZodType>(of: T) =>
  z.object({ before: of.nullable(), after: of.nullable() });

const fileChange = z.object({
  path: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  /** Of the newer version; of a removed one as it was. */
  bytes: z.number().nullable(),
  /** How many pieces differ, of how many; null if they can't be compared. */
  pieces: z.object({ different: z.number(), total: z.number() }).nullable(),
  /** To be fetched for it. */
  differentBytes: z.number(),
});

export const correctionDiff = z.object({
  /** What the package said when it was fetched isn't known: only files are compared. */
  isBlind: z.boolean(),
  headline: changed(z.string()).nullable(),
  restrictions: z.array(changed(restriction)),
  shots: z.array(changed(shot)),
  /** Paragraphs, in the language `language`; none if the two are in different ones. */
  script: z.object({ language: z.string().nullable(), paragraphs: z.array(changed(z.string())) }),
  captions: z.array(changed(caption)),
  /** Null if one of the manifests isn't known. */
  files: z
    .object({
      changes: z.array(fileChange),
      unchanged: z.number(),
      totalBytes: z.number(),
      differentBytes: z.number(),
    })
    .nullable(),
});
export type CorrectionDiff = z.infer<typeof correctionDiff>;
/** A file of a manifest, as far as two can be compared. */
export type ComparedFile = {
  path: string;
  bytes: number | null;
  sha256: string | null;
  pieces?: { pieceBytes: number; hashes: readonly string[] } | undefined;
};

const listChanges = <T>(
  before: readonly T[],
  after: readonly T[],
  textOf: (one: T) => string,
): Changed<T>[] => listPairs(before, after, textOf).filter(isDifferent(textOf));

const isDifferent =
  <T>(textOf: (one: T) => string) =>
  ({ before, after }: Changed<T>): boolean =>
    before === null || after === null || textOf(before) !== textOf(after);

/** By their key: what has the same one is the same thing. */
function keyedChanges<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (one: T) => string,
): Changed<T>[] {
  const known = new Map(before.map((one) => [keyOf(one), one]));
  const now = new Set(after.map((one) => keyOf(one)));
  return [
    ...after.map((one) => ({ before: known.get(keyOf(one)) ?? null, after: one })),
    ...before.filter((one) => !now.has(keyOf(one))).map((one) => ({ before: one, after: null })),
  ].filter(isDifferent((one: T) => JSON.stringify(one)));
}

function piecesChanged(
  before: ComparedFile,
  after: ComparedFile,
): { pieces: { different: number; total: number }; differentBytes: number } | null {
  const [was, is] = [before.pieces, after.pieces];
  if (!was || !is || after.bytes === null || was.pieceBytes !== is.pieceBytes) return null;
  const { bytes } = after;
  const lengthOf = (at: number): number => Math.min(is.pieceBytes, bytes - at * is.pieceBytes);
  const different = [...is.hashes.keys()].filter((at) => is.hashes[at] !== was.hashes[at]);
  return {
    pieces: { different: different.length, total: is.hashes.length },
    differentBytes: different.reduce((sum, at) => sum + lengthOf(at), 0),
  };
}

function filesChanged(
  before: readonly ComparedFile[],
  after: readonly ComparedFile[],
): CorrectionDiff['files'] {
  const changes = keyedChanges(before, after, ({ path }) => path).filter(
    (one) =>
      one.before === null ||
      one.after === null ||
      one.after.sha256 === null ||
      one.before.sha256 !== one.after.sha256,
  );
  const rows = changes.map(({ before: was, after: is }): z.infer<typeof fileChange> => {
    const known = was && is ? piecesChanged(was, is) : null;
    return {
      path: (is ?? was)?.path ?? '',
      change: was === null ? 'added' : is === null ? 'removed' : 'changed',
      bytes: (is ?? was)?.bytes ?? null,
      pieces: known?.pieces ?? null,
      differentBytes: is === null ? 0 : (known?.differentBytes ?? is.bytes ?? 0),
    };
  });
  return {
    changes: rows,
    unchanged: after.length - rows.filter(({ change }) => change !== 'removed').length,
    totalBytes: after.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    differentBytes: rows.reduce((sum, { differentBytes }) => sum + differentBytes, 0),
  };
}

/**
 * @param before null if what the package said isn't known
 * @param files those of both manifests; null if one isn't known
 */
export function diffOf(
  before: AssetSnapshot | null,
  after: AssetSnapshot,
  files: { before: readonly ComparedFile[]; after: readonly ComparedFile[] } | null,
): CorrectionDiff {
  const was = before ?? after;
  const isComparable = was.script?.language === after.script?.language;
  return {
    isBlind: before === null,
    headline:
      was.headline === after.headline ? null : { before: was.headline, after: after.headline },
    restrictions: keyedChanges(was.restrictions, after.restrictions, ({ id }) => id),
    shots: listChanges(was.shots, after.shots, ({ text }) => text),
    script: {
      language: after.script?.language ?? null,
      paragraphs:
        isComparable && was.script && after.script
          ? listChanges(paragraphs(was.script.text), paragraphs(after.script.text), (text) => text)
          : [],
    },
    captions: keyedChanges(
      was.captions,
      after.captions,
      ({ language, kind, format }) => `${language} ${kind} ${format}`,
    ),
    files: files && filesChanged(files.before, files.after),
  };
}

/** What is kept of a detail, as far as two versions are compared. */
export const snapshotOf = (
  detail: {
    headline: string;
    restrictions: readonly z.infer<typeof restriction>[];
    shotlist: readonly z.infer<typeof shot>[];
    script: { language: string; text: string } | null;
    captions: readonly z.infer<typeof caption>[];
  },
  rev: number,
): AssetSnapshot => ({
  version: 1,
  rev,
  headline: detail.headline,
  restrictions: detail.restrictions.map(({ id, kind, mode, values, note }) => ({
    id,
    kind,
    mode,
    values: [...values],
    note,
  })),
  shots: detail.shotlist.map(({ n, in: at, text }) => ({ n, in: at, text })),
  script: detail.script && { language: detail.script.language, text: detail.script.text },
  captions: detail.captions.map(({ language, kind, format }) => ({ language, kind, format })),
});

const MAX_SNAPSHOT_BYTES = 256 * 1024;
/** A character takes at most so many bytes. */
const BYTES_A_CHARACTER = 3;

/** As JSON; without its script, then without its shots, if it is too long. Null if it still is. */
export function snapshotText(snapshot: AssetSnapshot): string | null {
  const shorter = { ...snapshot, script: null };
  return (
    [snapshot, shorter, { ...shorter, shots: [] }]
      .map((one) => JSON.stringify(one))
      .find((text) => text.length * BYTES_A_CHARACTER <= MAX_SNAPSHOT_BYTES) ?? null
  );
}

/** Null for a text that is no snapshot of this version of the program. */
export function readSnapshot(text: string | null): AssetSnapshot | null {
  if (text === null) return null;
  return assetSnapshot.safeParse(JSON.parse(text)).data ?? null;
}
