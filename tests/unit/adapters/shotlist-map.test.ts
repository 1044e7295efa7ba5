import { expect, test } from 'vitest';
import * as z from 'zod';
import { shotlistParts } from '../../../src/main/adapters/sources/shotlist-map.ts';
import { assetDetail } from '../../../src/main/catalogue/asset.ts';
import { parseShotlist } from '../../../src/main/formats/shotlist.ts';
import { NO_SHOTLISTS, SHOTLISTS } from '../../support/sources/shotlists.ts';

const { shotlist, soundbites, restrictions } = assetDetail.shape;
const model = z.object({ shotlist, soundbites, restrictions });
const mapped = (texts: string[], durationMs: number | null = null) =>
  shotlistParts(
    texts.map((text) => parseShotlist(text)),
    { durationMs },
  );

test('whatever was read fits the model, and no two shots or restrictions are called the same', () => {
  for (const { name, text } of [...SHOTLISTS, ...NO_SHOTLISTS]) {
    const parts = mapped([text]);
    expect(model.safeParse(parts).error, name).toBeUndefined();
    expect(new Set(parts.shotlist.map(({ n }) => n)).size, name).toBe(parts.shotlist.length);
    expect(new Set(parts.restrictions.map(({ id }) => id)).size, name).toBe(
      parts.restrictions.length,
    );
  }
});

test('a shot has what its text says, and no timecode', () => {
  const { shotlist: shots, soundbites: bites } = mapped([
    `SHOTLIST:
FILE – TROMSØ, NORWAY – 2019
3. (00:00-00:07) Wide shot,
ferry
4. (00:07) SOUNDBITE (Norwegian) Ana Berg, Cook: “It
is hot.”
7. (00:20) GRAPHIC: Map`,
  ]);
  expect(shots).toEqual([
    {
      n: 3,
      in: null,
      out: null,
      startMs: 0,
      durationMs: 7000,
      text: 'Wide shot, ferry',
      location: 'FILE – TROMSØ, NORWAY – 2019',
      type: 'wide',
      restrictionIds: [],
    },
    {
      n: 4,
      in: null,
      out: null,
      startMs: 7000,
      durationMs: null,
      text: 'SOUNDBITE (Norwegian) Ana Berg, Cook: “It is hot.”',
      location: 'FILE – TROMSØ, NORWAY – 2019',
      type: 'interview',
      language: 'no',
      speaker: 'Ana Berg',
      quote: 'It is hot.',
      restrictionIds: [],
    },
    expect.objectContaining({ n: 7, startMs: 20_000, durationMs: null, type: 'graphic' }),
  ]);
  expect(bites).toEqual([
    {
      speaker: 'Ana Berg',
      role: 'Cook',
      language: 'no',
      in: null,
      out: null,
      startMs: 7000,
      verbatim: 'It is hot.',
      translation: null,
    },
  ]);
});

test('what nobody said stays open: who speaks, in which language, what', () => {
  const { soundbites: bites } = mapped([
    'SHOTLIST\n1. SOUNDBITE: “It holds.”\n2. SOUNDBITE (English) Ole Vik, Skipper',
  ]);
  expect(bites).toEqual([
    expect.objectContaining({ speaker: '', role: '', language: 'und', startMs: null }),
  ]);
});

const numbers = (list: string) => mapped([`SHOTLIST\n${list}`]).shotlist.map(({ n }) => n);
test('numbers that tell nothing apart are counted anew', () => {
  expect(numbers('2. Ferry\n5. Crane')).toEqual([2, 5]);
  expect(numbers('1. Ferry\n1. Crane\n2. Rope')).toEqual([1, 2, 3]);
  expect(numbers('0. Ferry\n1. Crane')).toEqual([1, 2]);
  expect(numbers('00:10 Ferry\n00:20 Crane')).toEqual([1, 2]);
});

test('times in disorder, or past the end of the film or of what its text states, are left out', () => {
  const text =
    'TRT: 01:00\nSHOTLIST\n00:10 Ferry\n00:50 Crane\n00:20 Rope\n00:30 Gulls\n02:00 Waves';
  const starts = (durationMs: number | null) =>
    mapped([text], durationMs).shotlist.map(({ startMs }) => startMs);
  expect(starts(null)).toEqual([10_000, null, 20_000, 30_000, null]);
  expect(starts(25_000)).toEqual([10_000, null, 20_000, null, null]);
});

const AP = `RESTRICTIONS: MUST CREDIT NORD TV
SHOTLIST
NORD TV - NO ACCESS NORWAY
1. Wide of harbour
2. Mid of crane (NOT FOR ONLINE USE)
QUAY POOL
3. Close of rope`;
test('restrictions are on the shots that the text puts them on, those of the whole on none alone', () => {
  const parts = mapped([AP]);
  const noteOf = (id: string) => parts.restrictions.find((one) => one.id === id)?.note;
  expect(parts.restrictions.map(({ id: _id, ...one }) => one)).toEqual([
    { kind: 'editorial', mode: 'deny', values: [], note: 'MUST CREDIT NORD TV' },
    {
      kind: 'territory',
      mode: 'deny',
      values: ['NO'],
      note: 'NORD TV - NO ACCESS NORWAY',
      shots: [1, 2],
    },
    {
      kind: 'platform',
      mode: 'deny',
      values: ['online'],
      note: '(NOT FOR ONLINE USE)',
      shots: [2],
    },
  ]);
  expect(parts.shotlist.map(({ restrictionIds }) => restrictionIds.map(noteOf))).toEqual([
    ['NORD TV - NO ACCESS NORWAY'],
    ['NORD TV - NO ACCESS NORWAY', '(NOT FOR ONLINE USE)'],
    [],
  ]);
});

test('one that is on every shot, or stated for the whole elsewhere, is on the whole', () => {
  const all = 'SHOTLIST\nNO ACCESS INDIA\n1. Wide of harbour\n2. Mid of crane';
  expect(mapped([all])).toMatchObject({
    restrictions: [{ values: ['IN'] }],
    shotlist: [{ restrictionIds: [] }, { restrictionIds: [] }],
  });
  const whole = mapped([AP, 'RESTRICTIONS: NORD TV - NO ACCESS NORWAY']);
  expect(whole.restrictions).toHaveLength(3);
  expect(whole.shotlist[0]?.restrictionIds).toEqual([]);
});

test('of several texts the longest list is taken, and the restrictions of all', () => {
  const parts = mapped(['SHOTLIST\n1. Wide shot, ferry\nRESTRICTIONS: NO ARCHIVE', AP, AP]);
  expect(parts.shotlist).toHaveLength(3);
  expect(parts.restrictions.map(({ note }) => note)).toEqual([
    'MUST CREDIT NORD TV',
    'NO ARCHIVE',
    'NORD TV - NO ACCESS NORWAY',
    '(NOT FOR ONLINE USE)',
  ]);
});

const idOf = (value: string) => mapped([`RESTRICTIONS: ${value}`]).restrictions[0]?.id;
test('the id of a restriction is of what it says', () => {
  expect(idOf('NO ACCESS INDIA')).toMatch(/^rst_[0-9a-f]{16}$/u);
  expect(idOf('NO  ACCESS\nINDIA')).toBe(idOf('NO ACCESS INDIA'));
  expect(idOf('NO ACCESS NORWAY')).not.toBe(idOf('NO ACCESS INDIA'));
});

test('more than anybody reads is cut, and says so; a restriction never vanishes with its shots', () => {
  const many = Array.from({ length: 150 }, (_, n) => `RESTRICTIONS: rule ${n}`).join('\n\n');
  const { restrictions: rules } = mapped([many]);
  expect(rules).toHaveLength(100);
  expect(rules.at(-1)?.note).toContain('description');
  const long = Array.from({ length: 1100 }, (_, n) => `• Wide shot ${n}`).join('\n');
  const parts = mapped([`SHOTLIST\n${long}\nNORD TV - NO ACCESS INDIA\n• Wide shot`]);
  expect(parts.shotlist).toHaveLength(1000);
  expect(parts.restrictions).toHaveLength(1);
  const [shot] = mapped([`SHOTLIST\n1. Wide shot ${'a'.repeat(9000)}`]).shotlist;
  expect(shot?.text).toMatch(/^.{1999}…$/u);
});
