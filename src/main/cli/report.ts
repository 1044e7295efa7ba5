import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import type { TransfersClient } from '../transfers/api.ts';
import type { Output } from './output.ts';

export type ReportOptions = { to: string; language: 'en' | 'fr' };

/** `desk queue report`; the one who opens the desk gives it its action, `runReport`. */
export function reportCommand(): Command {
  return new Command('report')
    .description(
      'evidence report of a transfer: what came from where, how it was verified, what was accepted',
    )
    .argument('<id>', 'transfer, as `queue list` names it')
    .requiredOption('--to <file>', 'file to write, .json or .html; what is there is replaced')
    .addOption(
      new Option('--language <language>', 'of the page').choices(['en', 'fr']).default('en'),
    );
}

const CODES: Record<string, ErrorCode> = {
  ENOENT: 'destination-missing',
  ENOTDIR: 'destination-missing',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
};

async function writeNew(file: string, text: string): Promise<void> {
  const opened = await open(file, 'wx');
  try {
    await opened.writeFile(text);
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/**
 * Writes a document. It takes its place only once it is whole: what was there before outlives a
 * full disk and a kill. `disk-full`, `not-permitted` or `destination-missing` with the path where
 * that fails.
 */
export async function writeDocument(file: string, text: string): Promise<string> {
  const target = path.resolve(file);
  const fresh = `${target}.${randomUUID()}.part`;
  try {
    await writeNew(fresh, text);
    await rename(fresh, target);
    return target;
  } catch (thrown) {
    await rm(fresh, { force: true }).catch(() => undefined);
    const errno = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    throw new AppError(CODES[errno] ?? 'not-permitted', `${target} cannot be written`, {
      cause: thrown,
    });
  }
}

export async function runReport(
  { transfers, out }: { transfers: Pick<TransfersClient, 'evidence'>; out: Output },
  id: string,
  { to, language }: ReportOptions,
): Promise<number> {
  const extension = path.extname(to).toLowerCase();
  if (extension !== '.json' && extension !== '.html')
    throw new AppError('usage', '--to takes a file that ends in .json or .html');
  const { text } = await transfers.evidence(id, extension === '.json' ? 'json' : 'html', language);
  const target = await writeDocument(to, text);
  return out.done({ path: target }, `The report is in ${target}`);
}
