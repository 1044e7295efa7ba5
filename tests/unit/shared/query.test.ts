import { array, assert, constantFrom, oneof, property, string, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  datesIn,
  identityOf,
  valuesIn,
  withoutFilters,
  withSourceIds,
  withValues,
} from '../../../src/shared/api/query/edit.ts';
import {
  editDistance,
  fieldName,
  fieldOf,
  QUERY_FIELDS,
  QUERY_LANGUAGES,
  SET_FIELDS,
} from '../../../src/shared/api/query/fields.ts';
import { parseQuery, type Criterion } from '../../../src/shared/api/query/parse.ts';
import { namesOf, valueOf, valuesOf } from '../../../src/shared/api/query/values.ts';

const NOW = new Date(2026, 10, 25, 16, 45).getTime();
const parse = (text: string) => parseQuery(text, NOW);
const day = (year: number, month: number, date = 1): number =>
  new Date(year, month - 1, date).getTime();

const words = (text: string, isPhrase = false, column: string | null = null) => ({
  kind: 'text',
  column,
  anyOf: [{ text, isPhrase }],
});
const set = (field: string, ...anyOf: string[]) => ({ kind: 'set', field, anyOf });
const dates = (from: number | null, below: number | null) => ({
  kind: 'range',
  field: 'date',
  from,
  below,
});
const lengths = (from: number | null, below: number | null) => ({
  kind: 'range',
  field: 'duration',
  from,
  below,
});

/** Terms of each clause, excluded ones behind a minus. */
const read = (text: string): (object | ['-', Criterion])[][] =>
  parse(text).clauses.map((clause) =>
    clause.map(({ isExcluded, criterion }) => (isExcluded ? ['-', criterion] : criterion)),
  );

describe('a query is read', () => {
  test.each<[string, object[][]]>([
    ['', []],
    ['  ', []],
    ['flood', [[words('flood')]]],
    ['flood relief', [[words('flood')], [words('relief')]]],
    ['"tide gauge"', [[words('tide gauge', true)]]],
    ['“tide gauge”', [[words('tide gauge', true)]]],
    ['« marée basse »', [[words('marée basse', true)]]],
    ['"not closed', [[words('not closed', true)]]],
    ['flood -night', [[words('flood')], [['-', words('night')]]]],
    ['-"night shift"', [[['-', words('night shift', true)]]]],
    ['rain OR snow wind', [[words('rain'), words('snow')], [words('wind')]]],
    ['pluie OU neige', [[words('pluie'), words('neige')]]],
    ['rain or snow', [[words('rain')], [words('or')], [words('snow')]]],
    ['OR rain OR', [[words('rain')]]],
    ['rain OR -snow', [[words('rain'), ['-', words('snow')]]]],
    ['AUR-26-1131', [[words('AUR-26-1131')]]],
    ['12:30', [[words('12:30')]]],
    ['https://example.org/a', [[words('https://example.org/a')]]],
    ['- – & ()', []],
    ['country:EE', [[set('country', 'EE')]]],
    ['country:nl,it', [[set('country', 'NL', 'IT')]]],
    ['country:Germany,Allemagne', [[set('country', 'DE')]]],
    ['pays:"Pays-Bas"', [[set('country', 'NL')]]],
    ['-country:NL', [[['-', set('country', 'NL')]]]],
    ['lang:fr', [[set('language', 'fr')]]],
    ['langue:Néerlandais', [[set('language', 'nl')]]],
    ['LANG:French', [[set('language', 'fr')]]],
    ['type:b-roll', [[set('type', 'b-roll')]]],
    ['genre:"images brutes"', [[set('type', 'b-roll')]]],
    ['rights:none', [[set('rights', 'none')]]],
    ['droits:aucune', [[set('rights', 'none')]]],
    ['has:soundbite', [[set('has', 'soundbite')]]],
    ['avec:sonores', [[set('has', 'soundbite')]]],
    ['format:1080I50', [[set('format', '1080i50')]]],
    ['format:4K', [[set('format', 'uhd')]]],
    ['fps:25', [[set('rate', '25/1')]]],
    ['ips:"29,97"', [[set('rate', '30000/1001')]]],
    ['fps:29.97,23.976', [[set('rate', '30000/1001', '24000/1001')]]],
    ['topic:"Rivers and lakes"', [[set('topic', 'Rivers and lakes')]]],
    ['sujet:"rivieres et lacs"', [[set('topic', 'Rivers and lakes')]]],
    ['topic:Gardening', [[set('topic', 'Gardening')]]],
    ['source:DVIDS', [[set('source', 'DVIDS')]]],
    ['speaker:"van der Lende"', [[words('van der Lende', true, 'speaker')]]],
    [
      'place:Utrecht OR title:otters',
      [[words('Utrecht', false, 'place'), words('otters', false, 'title')]],
    ],
    ['country:NL OR flood', [[set('country', 'NL'), words('flood')]]],
    ['duration:<60', [[lengths(null, 60_000)]]],
    ['duration:<=60', [[lengths(null, 61_000)]]],
    ['duration:>5:00', [[lengths(301_000, null)]]],
    ['durée:1:30..3:00', [[lengths(90_000, 181_000)]]],
    ['duration:2m..', [[lengths(120_000, null)]]],
    ['duration:1h30', [[lengths(5_400_000, 5_401_000)]]],
    ['date:2026-11-20..24', [[dates(day(2026, 11, 20), day(2026, 11, 25))]]],
    ['date:2026-11-28..12-03', [[dates(day(2026, 11, 28), day(2026, 12, 4))]]],
    ['date:2026-11', [[dates(day(2026, 11), day(2026, 12))]]],
    ['date:2026-11..12', [[dates(day(2026, 11), day(2027, 1))]]],
    ['date:2026', [[dates(day(2026, 1), day(2027, 1))]]],
    ['date:today', [[dates(day(2026, 11, 25), day(2026, 11, 26))]]],
    ['date:aujourd’hui', [[dates(day(2026, 11, 25), day(2026, 11, 26))]]],
    ['date:7d', [[dates(day(2026, 11, 19), day(2026, 11, 26))]]],
    ['date:>2026-11-20', [[dates(day(2026, 11, 21), null)]]],
    ['date:..2026-11-20', [[dates(null, day(2026, 11, 21))]]],
    ['after:2026-11-20', [[dates(day(2026, 11, 20), null)]]],
    ['before:2026-11-20', [[dates(null, day(2026, 11, 20))]]],
  ])('%s', (text, clauses) => {
    const query = parse(text);
    expect(read(text)).toEqual(clauses);
    expect(query.faults).toEqual([]);
  });

  test('all names of fields are understood in both languages, whatever their accents', () => {
    for (const field of QUERY_FIELDS)
      for (const language of QUERY_LANGUAGES) {
        expect(fieldOf(fieldName(field, language))).toBe(field);
        expect(fieldOf(fieldName(field, language).toUpperCase())).toBe(field);
      }
    expect(fieldOf('duree')).toBe('duration');
  });
});

describe('what isn’t understood is left out and told', () => {
  test.each<[string, string, object]>([
    ['duraton:<60', 'duraton', { reason: 'unknown-field', suggestion: 'duration' }],
    ['-contry:NL', 'contry', { reason: 'unknown-field', suggestion: 'country' }],
    ['zzz:1', 'zzz', { reason: 'unknown-field', suggestion: null }],
    ['country:XX', 'XX', { reason: 'unknown-value', value: 'XX' }],
    ['country:NL,Germny', 'Germny', { reason: 'unknown-value', suggestion: 'DE' }],
    ['has:soundbyte', 'soundbyte', { reason: 'unknown-value', suggestion: 'soundbite' }],
    ['country:', 'country:', { reason: 'no-value', field: 'country' }],
    ['duration:soon', 'duration:soon', { reason: 'no-length' }],
    ['duration:3:00..1:00', 'duration:3:00..1:00', { reason: 'no-length' }],
    ['duration:1:75', 'duration:1:75', { reason: 'no-length' }],
    ['date:2026-02-30', 'date:2026-02-30', { reason: 'no-date' }],
    ['date:12/11/2026', 'date:12/11/2026', { reason: 'no-date' }],
    ['date:2026-11-24..20', 'date:2026-11-24..20', { reason: 'no-date' }],
    ['date:..', 'date:..', { reason: 'no-date' }],
    ['date:constructor', 'date:constructor', { reason: 'no-date' }],
    ['date:2026..__proto__', 'date:2026..__proto__', { reason: 'no-date' }],
  ])('%s', (text, marked, fault) => {
    const query = parse(`flood ${text} relief`);
    expect(query.faults).toMatchObject([fault]);
    const [{ start, end } = { start: 0, end: 0 }] = query.faults;
    expect(`flood ${text} relief`.slice(start, end)).toBe(marked);
    expect(query.clauses).toHaveLength(2);
  });
});

const same = (a: string, b: string) => identityOf(parse(a), a) === identityOf(parse(b), b);

const QUERY_CHARS = [
  ...Array.from('ab -:,"“”«»<>.OR|()é\n'),
  'country:',
  'date:',
  'OR ',
  '2026-11',
  'NL',
  '..',
];
const anyText = oneof(
  string({ unit: 'grapheme', maxLength: 60 }),
  array(constantFrom(...QUERY_CHARS), { maxLength: 40 }).map((parts) => parts.join('')),
);

describe('any text', () => {
  test('is read without an error, and all that is read lies in it, in order', () => {
    assert(
      property(anyText, (text) => {
        const { clauses, faults, fields } = parse(text);
        for (const spans of [clauses.flat(), faults, fields]) {
          let before = 0;
          for (const { start, end } of spans) {
            expect(start).toBeGreaterThanOrEqual(before);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(text.length);
            before = start;
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of 10,000 letters is read at once', () => {
    expect(
      parse('country:'.repeat(1250)).clauses.length + parse('"'.repeat(10_000)).clauses.length,
    ).toBe(0);
    expect(parse('a '.repeat(5000)).clauses).toHaveLength(100);
  });
});

const change = (text: string, field: (typeof SET_FIELDS)[number], values: string[]) =>
  withValues(text, parse(text), { field, values, language: 'en' });

describe('filters and query are one state', () => {
  test.each<[string, (typeof SET_FIELDS)[number], string[], string]>([
    ['', 'country', ['NL'], 'country:NL'],
    ['flood', 'country', ['NL', 'IT'], 'flood country:NL,IT'],
    ['country:NL flood', 'country', ['NL', 'IT'], 'country:NL,IT flood'],
    ['a pays:NL b', 'country', ['IT'], 'a country:IT b'],
    ['a country:NL b country:IT c', 'country', ['DE'], 'a country:DE b c'],
    ['a country:NL b country:IT c', 'country', [], 'a b c'],
    ['country:NL', 'country', [], ''],
    ['-country:NL', 'country', ['IT'], '-country:NL country:IT'],
    ['country:NL OR flood', 'country', ['IT'], 'country:NL OR flood country:IT'],
    ['', 'topic', ['Rivers and lakes', 'Space'], 'topic:"Rivers and lakes",Space'],
  ])('%s with %s %j', (text, field, values, after) => {
    expect(change(text, field, values)).toBe(after);
    expect(valuesIn(parse(after), field)).toEqual(values);
  });

  test('whatever the query, a filter that is set is read again, and the other terms stay', () => {
    const values = uniqueArray(constantFrom('NL', 'IT', 'DE', 'EE'), { maxLength: 3 });
    assert(
      property(anyText, values, (text, chosen) => {
        const after = change(text, 'country', chosen);
        expect(valuesIn(parse(after), 'country')).toEqual(chosen);
        const others = (of: string) =>
          parse(of).clauses.filter(
            (clause) =>
              clause.length > 1 ||
              clause.some(
                ({ isExcluded, criterion }) =>
                  isExcluded || criterion.kind !== 'set' || criterion.field !== 'country',
              ),
          ).length;
        expect(others(after)).toBe(others(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('the dates are the ones that all of its terms allow', () => {
    expect(datesIn(parse('after:2026-11-20 date:2026-11'))).toEqual({
      from: day(2026, 11, 20),
      below: day(2026, 12),
    });
    expect(datesIn(parse('flood'))).toEqual({ from: null, below: null });
  });

  test('cleared, words stay, and what is excluded or one of several', () => {
    const text = 'water country:NL type:b-roll -night lang:fr OR ice speaker:Otto';
    expect(withoutFilters(text, parse(text))).toBe('water -night lang:fr OR ice');
  });

  test('what asks for the same is the same, however it is written', () => {
    expect(same('flood country:NL,IT', 'pays:Italie,nl  flood')).toBe(true);
    expect(same('flood', 'flood country:NL')).toBe(false);
    expect(same('flood', '-flood')).toBe(false);
    expect(same('flood zzz:1', 'flood')).toBe(false);
  });
});

test.each<[string, string[]]>([
  ['source:"Harbour Notes"', ['feed:1']],
  ['source:harbour', ['feed:1', 'feed:2']],
  ['source:notes', ['feed:1', 'feed:2']],
  ['source:"NOT film"', ['feed:2']],
  ['source:Élysée', ['feed:3']],
  ['source:ysee', ['ysee']],
  ['source:nasa', ['nasa']],
  ['source:"feed:2"', ['feed:2']],
  ['source:"!"', ['!']],
])('a source is named whole, or by beginnings of its words, or by its id: %s', (text, ids) => {
  const names = [
    { id: 'feed:1', name: 'Harbour Notes' },
    { id: 'feed:2', name: 'Harbour Notes – Film' },
    { id: 'feed:3', name: 'L’Elysee' },
    { id: 'nasa', name: 'Moon films' },
    { id: 'feed:4', name: 'All of NASA' },
  ];
  expect(withSourceIds(parseQuery(text, 0).clauses, names)).toMatchObject([
    [{ criterion: { kind: 'set', field: 'source', anyOf: ids } }],
  ]);
});

describe('values and their names', () => {
  test('each name of a value is that value', () => {
    for (const [field, value] of [
      ['country', 'DE'],
      ['language', 'fr'],
      ['type', 'b-roll'],
      ['rights', 'archive'],
      ['has', 'captions'],
      ['topic', 'Weather'],
      ['format', 'uhd'],
    ] as const)
      for (const name of namesOf(field, value))
        expect([name, valueOf(field, name)]).toEqual([name, value]);
  });
  test('a rate is a number or a fraction, and nothing else', () => {
    expect(['25', '29.97', '23,976', '30000/1001'].map((text) => valueOf('rate', text))).toEqual([
      '25/1',
      '30000/1001',
      '24000/1001',
      '30000/1001',
    ]);
    for (const text of ['abc', '0', '25/0', '50i']) expect(valueOf('rate', text)).toBeNull();
  });
  test('fields that take no other values list them', () => {
    expect(valuesOf('has')).toContain('soundbite');
    for (const field of ['country', 'topic', 'format'] as const)
      expect(valuesOf(field)).toEqual([]);
  });
  test('names that every object has are no values', () => {
    for (const field of SET_FIELDS) expect(namesOf(field, '__proto__')).toEqual(['__proto__']);
    expect(fieldOf('constructor')).toBeNull();
  });
});

test('letters added, left out, replaced and swapped count one each', () => {
  expect(editDistance('duration', 'duraton', 9)).toBe(1);
  expect(editDistance('duration', 'durattion', 9)).toBe(1);
  expect(editDistance('duration', 'durasion', 9)).toBe(1);
  expect(editDistance('duration', 'duraiton', 9)).toBe(1);
  expect(editDistance('duration', 'country', 3)).toBe(3);
});

test('of more words and values than 100 the first are searched for, and the rest is told once', () => {
  const words = Array.from({ length: 130 }, (_, n) => `w${n}`);
  const { clauses, faults } = parseQuery(words.join(' '), NOW);
  expect(clauses).toHaveLength(100);
  expect(faults).toMatchObject([{ reason: 'too-many', value: 'w100' }]);
  expect(words.join(' ').slice(faults[0]?.start, faults[0]?.end)).toBe(words.slice(100).join(' '));
  expect(parseQuery(`title:${words.join(',')}`, NOW)).toMatchObject({
    clauses: [],
    faults: [{ reason: 'too-many' }],
  });
});
