import { AppError } from '../../shared/errors.ts';
import {
  MAX_ADDRESSES,
  MAX_ADDRESS_CHARACTERS,
  MAX_ELEMENTS,
  MAX_FILES,
} from '../../shared/model/document-limits.ts';
import { type Steps, nameFromUrl } from '../../shared/model/names.ts';
import type { MetalinkFile } from './metalink.ts';

/** URLs per file, as in a Metalink. */
const MAX_MIRRORS = 100;
/** Lines parsed per step. */
const STEP_LINES = 1_000;

/** The error for a text of no known format. */
export const notImportable = (cause?: unknown) =>
  new AppError('usage', 'This isn’t an exported queue or a Metalink.', { cause });
const invalid = (why: string) => new AppError('usage', `The aria2 list isn’t valid: ${why}`);

/** Input of `aria2c --input-file`: the URLs of a file on one line, followed by its options. */
export function aria2List(files: readonly MetalinkFile[]): string {
  return files
    .map(
      ({ name, sha256, urls }) =>
        `${urls.join('\t')}\n  out=${name}\n${sha256 === null ? '' : `  checksum=sha-256=${sha256}\n`}`,
    )
    .join('');
}

/** Without `out`, aria2 takes the name from the URL. */
const nameOf = (url: string): string => nameFromUrl(new URL(url)).given || new URL(url).hostname;

function withOption(file: MetalinkFile, line: string): MetalinkFile {
  const [, option = '', value = ''] = /^\s+([a-z0-9-]+)=(.*)$/u.exec(line) ?? [];
  if (option === 'out') return { ...file, name: value };
  const [, sha256] = option === 'checksum' ? (/^sha-256=([0-9a-f]{64})$/iu.exec(value) ?? []) : [];
  // Other options concern aria2 and the machine of the list, such as folders and retries.
  return sha256 === undefined ? file : { ...file, sha256: sha256.toLowerCase() };
}

/**
 * Parses an aria2 input file; of the options only `out` and `checksum` count.
 *
 * @throws `usage` for anything else, and beyond the limits of a Metalink
 */
export function* filesOfAria2List(text: string): Steps<MetalinkFile[]> {
  const files: MetalinkFile[] = [];
  let addresses = 0;
  const lines = text.split(/\r?\n/u, MAX_ELEMENTS + 1);
  if (lines.length > MAX_ELEMENTS) throw invalid(`it has more than ${MAX_ELEMENTS} lines`);
  for (const [at, line] of lines.entries()) {
    if (at % STEP_LINES === STEP_LINES - 1) yield;
    const file = files.at(-1);
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (/^\s/u.test(line)) {
      if (!file) throw notImportable();
      files[files.length - 1] = withOption(file, line);
      continue;
    }
    const urls = line
      .trim()
      .split('\t')
      .filter((url) => url !== '');
    if (
      !urls.every(
        (url) => url.length <= MAX_ADDRESS_CHARACTERS && URL.canParse(url) && url.includes('://'),
      )
    )
      throw file ? invalid(`line ${at + 1} isn’t a URL`) : notImportable();
    addresses += urls.length;
    if (urls.length > MAX_MIRRORS || addresses > MAX_ADDRESSES || files.length === MAX_FILES)
      throw invalid(
        `it has more than ${MAX_FILES} files, ${MAX_MIRRORS} URLs for one or ${MAX_ADDRESSES} in all`,
      );
    files.push({ name: nameOf(urls[0] ?? ''), bytes: null, sha256: null, pieces: null, urls });
  }
  if (files.length === 0) throw notImportable();
  return files;
}
