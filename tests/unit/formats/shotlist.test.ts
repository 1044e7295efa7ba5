import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseShotlist,
  type ListedShot,
  type Shotlist,
} from '../../../src/main/formats/shotlist.ts';
import { NO_SHOTLISTS, SHOTLISTS, type ListedText } from '../../support/sources/shotlists.ts';

/** True for spans in order and without gaps, of things that there are. */
function isTiled(text: string, { spans, head, sections, shots, stories }: Shotlist): boolean {
  const counts = {
    head: head.lines.length,
    section: sections.length,
    shot: shots.length,
    story: stories.length,
  };
  return (
    spans.every(({ from, to }, at) => from === (spans[at - 1]?.to ?? 0) && to > from) &&
    (spans.at(-1)?.to ?? 0) === text.length &&
    spans.every((span) => !('index' in span) || span.index < counts[span.kind])
  );
}

const isTime = (ms: number | null): boolean => ms === null || (Number.isSafeInteger(ms) && ms >= 0);
/** True for times that can be, and an end after the start. */
const hasSoundTimes = ({ startMs, endMs, end }: ListedShot): boolean =>
  isTime(startMs) &&
  isTime(endMs) &&
  (end === null) === (endMs === null) &&
  (endMs === null || (startMs !== null && endMs > startMs));

/** Reads a text and checks what holds for any. */
function read(text: string): Shotlist {
  const parsed = parseShotlist(text);
  const { shots, restrictions, spans } = parsed;
  expect(isTiled(text, parsed)).toBe(true);
  expect(parsed.isShotlist).toBe(shots.length > 0);

  const ofShots = spans.flatMap((span) => (span.kind === 'shot' ? span : []));
  expect(ofShots.map(({ index }) => index)).toEqual(shots.map((_, at) => at));
  const wordings = shots.map((shot, at) => ({
    whole: text.slice(ofShots[at]?.from, ofShots[at]?.to),
    parts: [shot.text, shot.quote ?? ''],
  }));
  expect(
    wordings.filter(({ whole, parts }) => !parts.every((part) => whole.includes(part))),
  ).toEqual([]);

  expect(shots.filter((shot) => !hasSoundTimes(shot))).toEqual([]);
  const sound = shots.flatMap(({ startMs, fault }) => (fault === null ? (startMs ?? []) : []));
  expect(sound).toEqual(sound.toSorted((a, b) => a - b));

  expect(restrictions.filter((one) => !text.includes(one.text))).toEqual([]);
  const onShots = restrictions.flatMap((one, index) =>
    (one.shots ?? []).map((shot) => `${shot} ${index}`),
  );
  expect(
    shots.flatMap((shot, at) => shot.restrictions.map((index) => `${at} ${index}`)).toSorted(),
  ).toEqual(onShots.toSorted());
  expect(restrictions.filter((one) => one.shots?.length === 0)).toEqual([]);
  return parsed;
}

const expected = ({
  name: _name,
  text: _text,
  shots,
  restrictions,
  stories,
  ...more
}: ListedText) => ({
  isShotlist: shots !== undefined,
  shots: (shots ?? []).map((shot) => (typeof shot === 'string' ? { text: shot } : shot)),
  ...(restrictions && { restrictions: restrictions.map(([text, on]) => ({ text, shots: on })) }),
  ...(stories && { stories: stories.map(([kind, text]) => ({ kind, text })) }),
  ...more,
});

describe('a shotlist', () => {
  test.each(SHOTLISTS.map((listed) => [listed.name, listed] as const))('%s', (_, listed) => {
    expect(read(listed.text)).toMatchObject(expected(listed));
  });
});

describe('no shotlist', () => {
  test.each(NO_SHOTLISTS.map((listed) => [listed.name, listed] as const))('%s', (_, listed) => {
    expect(read(listed.text)).toMatchObject({
      ...expected(listed),
      restrictions: (listed.restrictions ?? []).map(([text, shots]) => ({ text, shots })),
    });
  });
});

describe('any text', () => {
  test('of whatever characters is in spans without gaps', () => {
    const characters = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      // What the patterns look for, and hardly anything else.
      fc.string({
        unit: fc.constantFrom(...'10:2.)([]+-–—“”"«»\'\n\r \u00a0STAé,/•#'.split('')),
        maxLength: 200,
      }),
    );
    fc.assert(
      fc.property(characters, (text) => {
        expect(read(text).spans.length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 300 },
    );
  });

  test('of pieces of real layouts, shuffled and cut, is in spans without gaps', () => {
    const lines = SHOTLISTS.flatMap(({ text }) => text.split(/(?<=[\n\r])/u));
    const piece = fc.oneof(
      fc.constantFrom(...lines),
      fc
        .tuple(fc.constantFrom(...lines), fc.nat({ max: 60 }), fc.nat({ max: 60 }))
        .map(([line, from, length]) => line.slice(from, from + length)),
      fc.constantFrom('SHOTLIST:\n', ' ', '\n\n', '“', '1. ', '(00:18) ', 'RESTRICTIONS: '),
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (shuffled) => {
        expect(read(shuffled).spans.length).toBeLessThanOrEqual(shuffled.length);
      }),
      { numRuns: 1000 },
    );
  });

  test('that restricts something does so with anything around it', () => {
    const lines = SHOTLISTS.flatMap(({ text }) => text.split('\n'));
    const some = fc.array(fc.constantFrom(...lines), { maxLength: 10 });
    fc.assert(
      fc.property(some, some, (before, after) => {
        const text = [...before, '', 'RESTRICTIONS: NO ACCESS QUAYLAND', '', ...after].join('\n');
        expect(read(text).restrictions.map((one) => one.text)).toContainEqual(
          expect.stringContaining('NO ACCESS QUAYLAND'),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** Work growing with the square of such lengths would not end. */
const MEGABYTE = 1_000_000;
const MANY_PARTS = 30_000;
const long = (piece: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length));
/** Where it may go on: nowhere, in a shot, in what is said. */
const STARTS = ['', 'SHOTLIST\n1. Wide shot\n', 'SHOTLIST\n1. SOUNDBITE (English) A: “'];

describe('what is made to take long', () => {
  test.each([
    ...'1(["“:-—+/ \u00a0'.split(''),
    'SOUNDBITE',
    'SOUNDBITE (',
    '(a',
    '++a',
    '1 ',
    'a b ',
  ])('a megabyte of %j', (piece) => {
    for (const start of STARTS) {
      const text = start + long(piece, MEGABYTE);
      const parsed = parseShotlist(text);
      expect(isTiled(text, parsed)).toBe(true);
      expect(parsed.spans.length).toBeLessThan(5);
    }
  });

  test.each([
    '\n',
    '\r',
    'A\n',
    'a\n\n',
    '“a\n',
    '1.\n',
    '1. ',
    '00:00 ',
    '[00:24] ',
    '00:01 W\n',
    '(a)',
    '(NO USE) ',
    '++A++\n',
    ' - NO USE',
    '/no ',
    'FOR A ONLY ',
    'STORY: ',
    'STORYLINE:\n',
    'RESTRICTIONS: ',
    'RESTRICTIONS: NO\n',
    'NO ACCESS A\n',
    'NO ACCESS A\n1. Wide shot\n',
    '1. Wide shot (NOT FOR USE) - NO ARCHIVE\n',
    'FILE - A, B - 2019\n',
    '1 JAN 2020, A\n',
    'SOUNDBITE (English) A: “',
    '1. SOUNDBITE ',
    '—SOUNDBITE IN ENGLISH—\n',
    '++NO USE++\n',
  ])('%j, again and again', (piece) => {
    for (const start of STARTS) {
      const text = start + long(piece, MANY_PARTS);
      const parsed = parseShotlist(text);
      expect(isTiled(text, parsed)).toBe(true);
      // What is made of it grows with it, and no faster.
      expect(JSON.stringify(parsed).length).toBeLessThan(200 * text.length);
    }
  });
});
