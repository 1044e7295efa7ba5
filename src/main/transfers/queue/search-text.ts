import { foldText, pad2 } from '../../../shared/api/text.ts';

/** What the searches of the queue and of the history have in common. */

/** Local date in the forms people type: 2026-11-24, 24.11.2026, 24/11/2026. */
export function datesOf(ms: number | null): string {
  if (ms === null) return '';
  const at = new Date(ms);
  const [year, month, day] = [
    String(at.getFullYear()),
    pad2(at.getMonth() + 1),
    pad2(at.getDate()),
  ];
  return `${year}-${month}-${day} ${day}.${month}.${year} ${day}/${month}/${year}`;
}

/** Folded words of what was typed: all of them are to be found. */
export const wordsIn = (search: string): string[] => foldText(search).split(/\s+/u).filter(Boolean);
