import type { AssetSource, BiteSource, ShotSource } from './source.ts';
import { countWords, escapeMarkup } from './text.ts';
import { spansOf, type Span } from './timeline.ts';
import type { DemoCaptions, DemoLanguage, DemoScript } from './types.ts';

type Spoken = { shot: ShotSource; span: Span; bite: BiteSource };

export function spokenShots(source: AssetSource): Spoken[] {
  const spans = spansOf(source);
  return source.shots.flatMap((shot, i) => {
    const span = spans[i];
    return shot.bite && span ? [{ shot, span, bite: shot.bite }] : [];
  });
}

/** What was said, in the language asked for when there is a translation. */
export const sayingIn = (bite: BiteSource, language: DemoLanguage): string =>
  bite.language === language ? bite.verbatim : (language === 'en' ? bite.en : bite.fr) ?? bite.en ?? bite.verbatim;

const roleIn = (bite: BiteSource, language: DemoLanguage): string => (language === 'fr' ? bite.roleFr : undefined) ?? bite.role;

export const languagesOf = (source: AssetSource): DemoLanguage[] => (source.headline.fr === undefined ? ['en'] : ['en', 'fr']);

/** Commentary and soundbites in turn: paragraph, bite, paragraph, bite, and what is left. */
function turns(source: AssetSource, language: DemoLanguage): (string | Spoken)[] {
  const paragraphs = source.script[language] ?? [];
  const spoken = spokenShots(source);
  return Array.from({ length: Math.max(paragraphs.length, spoken.length) }, (_, i) => [paragraphs[i], spoken[i]])
    .flat().filter((turn) => turn !== undefined);
}

/** None for an asset without commentary and soundbites. */
export function scriptsOf(source: AssetSource): DemoScript[] {
  return languagesOf(source).flatMap((language) => {
    const all = turns(source, language);
    if (all.length === 0) return [];
    const blocks = all.map((turn) => {
      if (typeof turn === 'string') return { html: `<p>${escapeMarkup(turn)}</p>`, text: turn };
      const saying = sayingIn(turn.bite, language);
      const who = `${turn.bite.speaker}, ${roleIn(turn.bite, language)}`;
      return {
        html: `<blockquote><p>${escapeMarkup(saying)}</p><p><cite>${escapeMarkup(who)}</cite> ${turn.span.in}</p></blockquote>`,
        text: `${saying} (${who}, ${turn.span.in})`,
      };
    });
    const text = blocks.map((block) => block.text).join('\n');
    return [{ language, html: blocks.map((block) => block.html).join('\n'), text, wordCount: countWords(text) }];
  });
}

type Cue = { fromMs: number; toMs: number; text: string };

/** A soundbite is subtitled over its shot; commentary shares the time before, between and after the soundbites. */
function cuesOf(source: AssetSource, language: DemoLanguage, durationMs: number): Cue[] {
  const cues: Cue[] = [];
  let freeFromMs = 0;
  let waiting: string[] = [];
  const placeCommentary = (untilMs: number): void => {
    const eachMs = (untilMs - freeFromMs) / Math.max(1, waiting.length);
    waiting.forEach((text, i) => cues.push({ fromMs: Math.round(freeFromMs + i * eachMs), toMs: Math.round(freeFromMs + (i + 1) * eachMs), text }));
    waiting = [];
  };
  for (const turn of turns(source, language)) {
    if (typeof turn === 'string') {
      waiting.push(turn);
      continue;
    }
    placeCommentary(turn.span.inMs);
    cues.push({ fromMs: turn.span.inMs, toMs: turn.span.outMs, text: `${turn.bite.speaker}: ${sayingIn(turn.bite, language)}` });
    freeFromMs = turn.span.outMs;
  }
  placeCommentary(durationMs);
  return cues;
}

const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');

function clock(ms: number, decimal: '.' | ','): string {
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${decimal}${String(ms % 1000).padStart(3, '0')}`;
}

/** Lines of at most 42 characters, as subtitles have them. */
function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= 42) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

export function captionTexts(source: AssetSource, durationMs: number): Omit<DemoCaptions, 'fileId'>[] {
  return languagesOf(source).flatMap((language): Omit<DemoCaptions, 'fileId'>[] => {
    const cues = cuesOf(source, language, durationMs);
    if (cues.length === 0) return [];
    const vtt = cues.map(({ fromMs, toMs, text }, i) => `${i + 1}\n${clock(fromMs, '.')} --> ${clock(toMs, '.')}\n${wrap(escapeMarkup(text))}\n`);
    const srt = cues.map(({ fromMs, toMs, text }, i) => `${i + 1}\n${clock(fromMs, ',')} --> ${clock(toMs, ',')}\n${wrap(text)}\n`);
    return [
      { language, kind: 'subtitles', format: 'vtt', text: `WEBVTT\n\n${vtt.join('\n')}` },
      { language, kind: 'subtitles', format: 'srt', text: srt.join('\n') },
    ];
  });
}
