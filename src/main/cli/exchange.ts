import { open } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { AppError, type WireError } from '../../shared/errors.ts';
import { MAX_DOCUMENT_BYTES } from '../../shared/model/document-limits.ts';
import type { ExportFormat, LeftOut, TransfersClient } from '../transfers/api.ts';
import type { Output } from './output.ts';
import { writeDocument } from './report.ts';

type Context = { transfers: TransfersClient; out: Output };
export type ExportOptions = { to: string };
export type ImportOptions = { to?: string; strict?: boolean };

const REASONS: Record<LeftOut['reason'], string> = {
  secret: 'its address has a query or a password, which may be secrets',
  address: 'one of its addresses has a query or a password, which may be secrets',
  package: 'a package travels in a .json list',
  unread: 'a Metalink that was not read yet',
  local: 'it came from a file of this machine',
  name: 'its name leads out of the folder',
  'too-long': 'its address is too long',
  same: 'it is in the list already',
};
const FORMATS: Record<string, ExportFormat> = {
  '.json': 'queue',
  '.meta4': 'metalink',
  '.txt': 'aria2',
};

/** `desk queue export` and `import`; the one who opens the desk gives them their actions. */
export function exportCommand(): Command {
  return new Command('export')
    .description(
      'write the queue, or these of it, for another machine (.json), as a Metalink 4 (.meta4) or as an input list of aria2 (.txt)',
    )
    .argument('[id...]')
    .requiredOption('--to <file>', 'file to write; what is there is replaced');
}

export function importCommand(): Command {
  return new Command('import')
    .description('queue what such a file asks for, or a Metalink; queue run fetches it')
    .argument('<file>')
    .option('--to <dir>', 'folder it lands in; otherwise the one of the settings')
    .option(
      '--strict',
      'queue nothing of a list in which a name leads out of the folder, rather than all but that file',
    );
}

export async function runExport(
  { transfers, out }: Context,
  ids: string[],
  { to }: ExportOptions,
): Promise<number> {
  const format = FORMATS[path.extname(to).toLowerCase()];
  if (!format) throw new AppError('usage', '--to takes a file that ends in .json, .meta4 or .txt');
  const { text, count, leftOut } = await transfers.exportQueue(
    ids.length === 0 ? null : ids,
    format,
  );
  for (const entry of leftOut) {
    out.line({ type: 'left-out', ...entry });
    out.note(`Left out, ${REASONS[entry.reason]}: ${entry.name}`);
  }
  const target = await writeDocument(to, text);
  return out.done(
    { path: target, count, leftOut: leftOut.length },
    `Exported ${count} entries to ${target}${leftOut.length > 0 ? `, ${leftOut.length} left out` : ''}`,
  );
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
        if (bytes > MAX_DOCUMENT_BYTES)
          throw new AppError(
            'usage',
            `${path.resolve(file)} is larger than a list of downloads may be, 16 MiB`,
          );
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
export async function runImport(
  { transfers, out }: Context,
  file: string,
  { to, strict = false }: ImportOptions,
  folder: string,
): Promise<number> {
  const destination = to === undefined ? folder : path.resolve(to);
  const text = await readDocument(file);
  // Adding to the queue is not running it.
  await transfers.configure({ scope: 'touched', activeTransfers: 0 });
  const { ids, renamed, refused } = await transfers.importDocument(
    { name: path.basename(file), text },
    destination,
    { strict },
  );
  for (const { given, path: name } of renamed) {
    out.line({ type: 'renamed', given, path: name });
    out.note(`${JSON.stringify(given)} will be ${name}`);
  }
  const errors = refused.map(({ given, fault }): WireError => ({
    code: 'unsafe-name',
    message: `${JSON.stringify(given)} is refused (${fault}) and not queued`,
    retryable: false,
  }));
  const [first, ...others] = errors;
  const queued = `${ids.length} queued. Download them with: desk queue run`;
  if (!first) return out.done({ count: ids.length, ids }, queued);
  for (const { code, message } of others)
    out.line({ type: 'error', code, message, retryable: false }, message);
  out.note(queued);
  return out.failedWith(first, {
    count: ids.length,
    ids,
    refused: refused.map(({ given }) => given),
  });
}
