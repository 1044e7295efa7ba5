import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { demoFiles } from './masters.ts';
import type { MasterFormat } from './source.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const FileFacts = z.strictObject({
  bytes: z.int().positive(),
  sha256: Sha256,
  width: z.int().positive(),
  height: z.int().positive(),
});
const MasterFacts = z.strictObject({
  bytes: z.int().positive(),
  sha256: Sha256,
  pieceBytes: z.int().positive(),
  pieces: z.base64(),
  of: z.looseObject({}),
});

/** Facts about a generated file below the demo directory. */
export type FileFacts = z.output<typeof FileFacts>;
/**
 * Hashes of a master. `pieces` is the concatenated SHA-256 of its pieces in Base64, `of` the
 * options the master was made with.
 */
export type MasterFacts = z.output<typeof MasterFacts>;

export type Facts = {
  /** @throws if the generator did not make this file */
  file(name: string): FileFacts;
  master(slug: string, format: MasterFormat): MasterFacts;
  /** Of a master that the demo’s day corrects, as it is afterwards. */
  laterMaster(slug: string, format: MasterFormat): MasterFacts | undefined;
};

export const hexPieces = ({ pieces }: MasterFacts): string[] => {
  const all = Buffer.from(pieces, 'base64');
  return Array.from({ length: all.length / 32 }, (_, i) =>
    all.toString('hex', 32 * i, 32 * i + 32),
  );
};

/** @throws if the directory was not made by scripts/make-demo-media.ts */
export function readFacts(demoDir: string): Facts {
  const readJson = (name: string): unknown =>
    JSON.parse(readFileSync(path.join(demoDir, name), 'utf8'));
  const files = z.record(z.string(), FileFacts).parse(readJson(demoFiles.facts));
  return {
    file(name) {
      const facts = files[name];
      if (!facts) throw new Error(`the demo has no file ${name}`);
      return facts;
    },
    master: (slug, format) => MasterFacts.parse(readJson(demoFiles.hashes(slug, format))),
    laterMaster(slug, format) {
      const file = demoFiles.laterHashes(slug, format);
      return existsSync(path.join(demoDir, file)) ? MasterFacts.parse(readJson(file)) : undefined;
    },
  };
}
