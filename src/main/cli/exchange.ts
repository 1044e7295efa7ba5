import { open } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { MAX_DOCUMENT_BYTES } from '../../shared/model/document-limits.ts';
import type { ExportFormat, TransfersClient } from '../transfers/client.ts';
import type { Output } from './output.ts';
import { writeDocument } from './report.ts';

type Context = { transfers: TransfersClient; out: Output };
export type ExportOptions = { to: string };
export type ImportOptions = { to?: string };

const FORMATS: Record<string, ExportFormat> = { '.json': 'queue', '.meta4': 'metalink', '.txt': 'aria2' };

/** `desk queue export` and `import`; the one who opens the desk gives them their actions. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write the queue, or these of it, for another machine (.json), as a Metalink 4 (.meta4) or as an input list of aria2 (.txt)')
    .argument('[id...]')
    .requiredOption('--to <file>', 'file to write; what is there is replaced');
}

export function importCommand(): Command {
  return new Command('import')
    .description('queue what such a .json or a .meta4 file asks for; queue run fetches it')
    .argument('<file>')
    .option('--to <dir>', 'folder it lands in; otherwise the one of the settings');
}

export async function runExport({ transfers, out }: Context, ids: string[], { to }: ExportOptions): Promise<number> {
  const format = FORMATS[path.extname(to).toLowerCase()];
  if (!format) throw new AppError('usage', '--to takes a file that ends in .json, .meta4 or .txt');
  const { text, count, leftOut } = await transfers.exportQueue(ids.length === 0 ? null : ids, format);
  const target = await writeDocument(to, text);
  if (leftOut > 0) out.note(`${leftOut} addresses are not in it: those of packages, with a query or a password, which may be secrets, and files of this machine`);
  return out.done({ path: target, count, leftOut }, `${count} entries are in ${target}`);
}

async function readDocument(file: string): Promise<string> {
  try {
    const opened = await open(file);
    try {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of opened.createReadStream() as AsyncIterable<Buffer>) {
        bytes += chunk.byteLength;
        // It may be a device that never ends.
        if (bytes > MAX_DOCUMENT_BYTES) throw new AppError('usage', `${path.resolve(file)} is larger than a list of downloads may be, 16 MiB`);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    } finally {
      await opened.close();
    }
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError('not-found', `${path.resolve(file)} cannot be read`, { cause: thrown });
  }
}

/** @param folder where it lands unless `to` says otherwise */
export async function runImport({ transfers, out }: Context, file: string, { to }: ImportOptions, folder: string): Promise<number> {
  const destination = to === undefined ? folder : path.resolve(to);
  const text = await readDocument(file);
  // Adding to the queue is not running it.
  await transfers.configure({ scope: 'touched', activeTransfers: 0 });
  const isMetalink = /\.(?:meta4|metalink)$/iu.test(file);
  const ids = isMetalink
    ? await transfers.enqueue([{ url: path.basename(file), metalink: true, metalinkText: text, destination, sha256: null, hashAnyway: false }], { makeDestination: true })
    : await transfers.importQueue(text, destination);
  return out.done({ count: ids.length, ids }, `${ids.length} queued; desk queue run fetches them`);
}
