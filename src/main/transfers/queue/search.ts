import type { StoredTransfer } from '../ports.ts';

/** Shorter words are in too many names of files to be looked for there. */
const MIN_FILE_WORD = 3;

const plain = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
const two = (n: number): string => String(n).padStart(2, '0');

/** In the forms people type: 2026-11-24, 24.11.2026, 24/11/2026; local time. */
function datesOf(ms: number | null): string {
  if (ms === null) return '';
  const at = new Date(ms);
  const [year, month, day] = [String(at.getFullYear()), two(at.getMonth() + 1), two(at.getDate())];
  return `${year}-${month}-${day} ${day}.${month}.${year} ${day}/${month}/${year}`;
}

const textOf = ({
  title,
  label,
  id,
  assetId,
  packageId,
  source,
  folder,
  addedAtMs,
  finishedAtMs,
}: StoredTransfer): string =>
  plain(
    [
      title,
      label,
      id,
      assetId,
      packageId,
      source,
      folder,
      datesOf(addedAtMs),
      datesOf(finishedAtMs),
    ].join('\n'),
  );

/** Whether a transfer has every word, in itself or in the names of its files. */
export function searcher(
  search: string,
  withFile: (word: string) => readonly string[],
): (transfer: StoredTransfer) => boolean {
  const words = plain(search)
    .split(/\s+/u)
    .filter(Boolean)
    .map((word) => ({ word, files: new Set(word.length < MIN_FILE_WORD ? [] : withFile(word)) }));
  return (transfer) => {
    const text = textOf(transfer);
    return words.every(({ word, files }) => text.includes(word) || files.has(transfer.id));
  };
}
