import canonicalize from 'canonicalize';
import { createMaster, type Master, type MasterOptions } from '../media/v210-master.ts';
import { hexPieces, type MasterFacts } from './facts.ts';
import type { DemoBytes } from './types.ts';

const nameOf = (options: object): string => canonicalize(options) ?? '';

/** Options of the same master with another line, or none, from one time to another. */
export function relinedOptions(
  options: MasterOptions,
  fromMs: number,
  toMs: number,
  text: string,
): MasterOptions {
  const [frames = 25, seconds = 1] = options.frameRate.split('/').map(Number);
  const [from = 0, to = 0] = [fromMs, toMs].map((ms) =>
    Math.round((ms * frames) / (1000 * seconds)),
  );
  const others = (options.lines ?? []).filter((line) => line.to <= from || line.from >= to);
  return { ...options, lines: text === '' ? others : [...others, { from, to, text }] };
}

/**
 * A master that is made on the first read.
 * @param later hashes, where they are known, of what it becomes by an edit
 */
export function generatedMaster(
  options: MasterOptions,
  later?: MasterFacts,
): Pick<DemoBytes, 'read' | 'relined'> {
  let master: Master | undefined;
  return {
    read: async (offset, length) => {
      master ??= createMaster(options);
      return master.read(offset, length);
    },
    relined(fromMs, toMs, text) {
      const edited = relinedOptions(options, fromMs, toMs, text);
      const of = nameOf(edited);
      const isKnown = later !== undefined && nameOf(later.of) === of;
      return {
        of,
        hashes: isKnown
          ? { sha256: later.sha256, pieceBytes: later.pieceBytes, pieces: hexPieces(later) }
          : null,
        ...generatedMaster(edited, later),
      };
    },
  };
}
