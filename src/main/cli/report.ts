import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { AppError } from '../../shared/errors.ts';
import type { TransfersClient } from '../transfers/client.ts';
import type { Output } from './output.ts';

export type ReportOptions = { to: string; language: 'en' | 'fr' };

/** `desk queue report`; the one who opens the desk gives it its action, `runReport`. */
export function reportCommand(): Command {
  return new Command('report')
    .description('evidence report of a transfer: what came from where, how it was verified, what was accepted')
    .argument('<id>', 'transfer, as `queue list` names it')
    .requiredOption('--to <file>', 'file to write, .json or .html; what is there is replaced')
    .addOption(new Option('--language <language>', 'of the page').choices(['en', 'fr']).default('en'));
}

/** Writes a document; `not-permitted` or `destination-missing` with the path where that fails. */
export async function writeDocument(file: string, text: string): Promise<string> {
  const target = path.resolve(file);
  try {
    await writeFile(target, text);
    return target;
  } catch (thrown) {
    const isMissing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    throw new AppError(isMissing ? 'destination-missing' : 'not-permitted', `${target} cannot be written`, { cause: thrown });
  }
}

export async function runReport({ transfers, out }: { transfers: Pick<TransfersClient, 'evidence'>; out: Output }, id: string, { to, language }: ReportOptions): Promise<number> {
  const extension = path.extname(to).toLowerCase();
  if (extension !== '.json' && extension !== '.html') throw new AppError('usage', '--to takes a file that ends in .json or .html');
  const { text } = await transfers.evidence(id, extension === '.json' ? 'json' : 'html', language);
  const target = await writeDocument(to, text);
  return out.done({ path: target }, `The report is in ${target}`);
}
