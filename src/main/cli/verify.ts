import path from 'node:path';
import { Command } from 'commander';
import type { TransfersClient } from '../transfers/client.ts';
import type { Output } from './output.ts';

/** Argument of `desk verify`; the one who opens the desk gives it its action, `runVerify`. No service is needed. */
export function verifyCommand(): Command {
  return new Command('verify').description('hash the files of a package again and compare them with its manifest').argument('<dir>', 'folder of the package');
}

/** Resolves to the exit code: 0 if every file is what the manifest says, 5 otherwise. */
export async function runVerify({ transfers, out }: { transfers: Pick<TransfersClient, 'verifyFolder'>; out: Output }, folder: string): Promise<number> {
  const { files } = await transfers.verifyFolder(path.resolve(folder));
  const wrong = files.filter(({ ok }) => !ok);
  if (wrong.length === 0) return out.done({ files }, `${files.length} files, all as they should be`);
  for (const file of wrong) out.note(`${file.path}: ${file.badPieces.length > 0 ? `pieces ${file.badPieces.join(', ')} are wrong` : 'wrong or missing'}`);
  const message = `${wrong.length} of ${files.length} files are wrong or missing`;
  return out.failedWith({ code: 'hash-mismatch', message, retryable: false }, { files });
}
