import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { WebVTTParser } from 'webvtt-parser';
import { loadDemo } from '../../../src/service/demo/index.ts';

const { assets } = loadDemo(path.resolve(import.meta.dirname, '../../../assets/demo'));
type Track = {
  id: string;
  slug: string;
  language: string;
  durationMs: number;
  format: string;
  text: string;
};
const tracks: Track[] = assets.flatMap(({ slug, durationMs, captions }) =>
  captions.map(({ language, format, text }) => ({
    id: `${slug} ${language}`,
    slug,
    language,
    durationMs,
    format,
    text,
  })),
);
const vtt = tracks.filter(({ format }) => format === 'vtt');

function cuesOf({ id, text }: Track) {
  const { cues, errors } = new WebVTTParser().parse(text, 'captions');
  expect([id, errors]).toEqual([id, []]);
  return cues;
}
const decoded = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

describe('the captions of the demo', () => {
  test('can be read: two lines of 42 characters, 20 a second, from one to seven seconds, one after the other', () => {
    const faults: string[] = [];
    for (const track of vtt) {
      const cues = cuesOf(track);
      for (const [i, { startTime, endTime, text }] of cues.entries()) {
        const lines = decoded(text).split('\n');
        const seconds = endTime - startTime;
        const speed = lines.join(' ').length / seconds;
        if (lines.length > 2 || lines.some((line) => line.length > 42 || line.trim() === ''))
          faults.push(`${track.id}: ${JSON.stringify(lines)}`);
        if (speed > 20.001) faults.push(`${track.id}: ${speed.toFixed(1)} a second: ${text}`);
        if (seconds < 1 || seconds > 7) faults.push(`${track.id}: ${seconds} s: ${text}`);
        if (startTime < (cues[i - 1]?.endTime ?? 0) || endTime * 1000 > track.durationMs)
          faults.push(`${track.id}: out of order at ${startTime}`);
      }
    }
    expect(vtt.length).toBeGreaterThan(30);
    expect(faults).toEqual([]);
  });

  test('have the same cues in both formats', () => {
    for (const track of vtt) {
      const srt = tracks.find(({ id, format }) => id === track.id && format === 'srt');
      expect([
        track.id,
        srt && `WEBVTT\n\n${srt.text.replaceAll(/(\d\d:\d\d:\d\d),(\d{3})/g, '$1.$2')}`,
      ]).toEqual([track.id, decoded(track.text)]);
    }
  });

  test('begin to tell every soundbite while it is seen, in both languages', () => {
    for (const { slug, soundbites, shotlist, headline } of assets) {
      for (const language of headline.fr === undefined ? ['en'] : ['en', 'fr']) {
        const track = vtt.find((one) => one.slug === slug && one.language === language);
        const starts = track
          ? cuesOf(track).map(({ startTime }) => Math.round(startTime * 1000))
          : [];
        const shots = shotlist.filter(({ quote }) => quote !== undefined);
        expect([
          slug,
          language,
          shots.filter(({ inMs }) => !starts.includes(inMs)).map(({ quote }) => quote),
        ]).toEqual([slug, language, []]);
        expect(shots).toHaveLength(soundbites.length);
      }
    }
  });

  test('the shotlist says who speaks, in which language', () => {
    const [lake] = assets.filter(({ slug }) => slug === 'AUR-26-1147');
    const [bite] = lake?.shotlist.filter(({ quote }) => quote !== undefined) ?? [];
    expect(bite?.text).toEqual({
      en: 'SOUNDBITE (English), Maren Tolveg, survey lead: “We do not decide where the line is. The lake gives the reading back to us, and this year it came early.”',
      fr: 'SONORE (anglais), Maren Tolveg, responsable du relevé\u00a0: «\u00a0Ce n’est pas nous qui fixons la ligne. Le lac nous rend la mesure, et cette année elle est venue tôt.\u00a0»',
    });
  });

  test('a translation is no copy of the original', () => {
    expect(
      assets
        .flatMap(({ soundbites }) => soundbites)
        .filter(({ verbatim, translation }) => translation === verbatim),
    ).toEqual([]);
  });
});
