import type * as z from 'zod';
import type { CatalogueSource } from '../../catalogue/ports.ts';
import type { SourceTerms } from '../../../shared/contract/sources.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { digestOf } from './asset-parts.ts';
import type { OfferedFiles } from './packages.ts';

/** Id of the source of a kind that is at an address. */
export const sourceIdOf = (kind: string, address: string): SourceId =>
  `${kind}:${digestOf(address, 32)}`;

/** What a source wrote for itself into the mark of its last sync; null for any other text. */
export function readMark<S extends z.ZodType>(schema: S, mark: string | null): z.infer<S> | null {
  if (mark === null) return null;
  try {
    return schema.safeParse(JSON.parse(mark)).data ?? null;
  } catch {
    return null;
  }
}

/** What a source states about itself, as it was read last. */
export type PublisherFacts = {
  name: string;
  terms: SourceTerms | null;
  /** Where it has moved for good. */
  movedTo: string | null;
  /** How long it asks to be left alone, ms; null if it doesn't. */
  restMs: number | null;
};

/** A source of a publisher that has no packages of its own. */
export type PublisherSource = CatalogueSource & {
  /** Null until it has been read. */
  readonly facts: PublisherFacts | null;
  readonly files: OfferedFiles;
};
