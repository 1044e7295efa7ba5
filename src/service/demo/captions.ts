import { pad2 } from '../../shared/api/text.ts';
import { languagesOf, sayingIn, turnsOf } from './script-text.ts';
import type { AssetSource } from './source.ts';
import type { DemoCaptions, DemoLanguage } from './types.ts';

/** Broadcast subtitling practice: two lines, enough time to read, no flashes. */
const MAX_LINES = 2;
const MAX_LINE_LENGTH = 42;
const MAX_CHARACTERS_PER_SECOND = 20;
const MIN_CUE_MS = 1000;
const MAX_CUE_MS = 7000;
/** Factor by which a cue may stay longer than its reading time. */
const MAX_STRETCH = 1.5;

type Cue = { fromMs: number; toMs: number; lines: string[] };

/** Greedy line breaking. */
function wrapped(text: string, lineLength: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= lineLength)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function balanced(text: string): string[] {
  const count = wrapped(text, MAX_LINE_LENGTH).length;
  let length = Math.ceil(text.length / count);
  while (length < MAX_LINE_LENGTH && wrapped(text, length).length > count) length += 1;
  return wrapped(text, length);
}

/** Lines of a sentence, grouped into cues. */
function partsOf(sentence: string): string[][] {
  const lines = balanced(sentence);
  return Array.from({ length: Math.ceil(lines.length / MAX_LINES) }, (_, i) =>
    lines.slice(i * MAX_LINES, (i + 1) * MAX_LINES),
  );
}

const readingMs = (lines: readonly string[]): number =>
  Math.max(MIN_CUE_MS, Math.ceil((lines.join(' ').length * 1000) / MAX_CHARACTERS_PER_SECOND));
const totalMs = (parts: readonly string[][]): number =>
  parts.reduce((sum, lines) => sum + readingMs(lines), 0);
const sentencesOf = (text: string): string[] =>
  text.match(/.+?(?:[.!?…]+[»”"]?(?= |$)|$)\s*/gu)?.map((sentence) => sentence.trim()) ?? [];

/** Cues for as many whole sentences as can be read in the time; the rest is only in the script. */
function cuesIn(texts: readonly string[], fromMs: number, untilMs: number): Cue[] {
  const parts: string[][] = [];
  for (const sentence of texts.flatMap(sentencesOf)) {
    const more = partsOf(sentence);
    if (totalMs(parts) + totalMs(more) > untilMs - fromMs) break;
    parts.push(...more);
  }
  const stretch = Math.min(MAX_STRETCH, (untilMs - fromMs) / Math.max(1, totalMs(parts)));
  let atMs = fromMs;
  return parts.map((lines) => {
    const cue = {
      fromMs: atMs,
      toMs:
        atMs +
        Math.max(readingMs(lines), Math.min(MAX_CUE_MS, Math.floor(readingMs(lines) * stretch))),
      lines,
    };
    atMs = cue.toMs;
    return cue;
  });
}

/**
 * A soundbite starts with its shot and may last until the next one; commentary gets the remaining
 * time.
 */
function cuesOf(source: AssetSource, language: DemoLanguage, durationMs: number): Cue[] {
  const turns = turnsOf(source, language);
  const cues: Cue[] = [];
  let commentary: string[] = [];
  let freeFromMs = 0;
  for (const [i, turn] of turns.entries()) {
    if (typeof turn === 'string') {
      commentary.push(turn);
      continue;
    }
    cues.push(...cuesIn(commentary, freeFromMs, turn.span.inMs));
    commentary = [];
    const next = turns.slice(i + 1).find((later) => typeof later !== 'string');
    const spoken = cuesIn(
      [sayingIn(turn.bite, language)],
      turn.span.inMs,
      next?.span.inMs ?? durationMs,
    );
    cues.push(...spoken);
    freeFromMs = spoken.at(-1)?.toMs ?? turn.span.outMs;
  }
  return [...cues, ...cuesIn(commentary, freeFromMs, durationMs)];
}

function clock(ms: number, decimal: '.' | ','): string {
  return `${pad2(Math.floor(ms / 3_600_000))}:${pad2(Math.floor(ms / 60_000) % 60)}:${pad2(Math.floor(ms / 1000) % 60)}${decimal}${String(ms % 1000).padStart(3, '0')}`;
}

/** Escapes WebVTT cue text. */
export const escapeCue = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function captionTexts(
  source: AssetSource,
  durationMs: number,
): Omit<DemoCaptions, 'fileId'>[] {
  return languagesOf(source).flatMap((language): Omit<DemoCaptions, 'fileId'>[] => {
    const cues = cuesOf(source, language, durationMs);
    if (cues.length === 0) return [];
    const vtt = cues.map(
      ({ fromMs, toMs, lines }, i) =>
        `${i + 1}\n${clock(fromMs, '.')} --> ${clock(toMs, '.')}\n${lines.map(escapeCue).join('\n')}\n`,
    );
    const srt = cues.map(
      ({ fromMs, toMs, lines }, i) =>
        `${i + 1}\n${clock(fromMs, ',')} --> ${clock(toMs, ',')}\n${lines.join('\n')}\n`,
    );
    return [
      { language, kind: 'subtitles', format: 'vtt', text: `WEBVTT\n\n${vtt.join('\n')}` },
      { language, kind: 'subtitles', format: 'srt', text: srt.join('\n') },
    ];
  });
}
