import { describe, expect, test } from 'vitest';
import { completed, completionsAt, type Known } from '../../src/renderer/state/query-completion.ts';
import { parseQuery } from '../../src/shared/api/query/parse.ts';

const value = (name: string, count: number) => ({ value: name, label: name, count });
const KNOWN: Known = {
  language: 'en',
  counts: {
    country: [value('NL', 13), value('IT', 11), value('DE', 6)],
    language: [value('en', 20), value('fr', 9), value('fi', 2)],
    topic: [value('Rivers and lakes', 5), value('Weather', 2)],
    rate: [value('25/1', 9), value('30000/1001', 2)],
    source: [{ value: 'feed:01', label: 'Quay Media', count: 4 }],
  },
};
/** The caret stands at the bar. */
const at = (marked: string, known = KNOWN) => {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = completionsAt(text, parseQuery(text, 0), caret, known);
  return { text, found, written: found?.items.map(({ written }) => written) ?? [] };
};

describe('while one types', () => {
  test.each<[string, string[]]>([
    ['|', []],
    ['wat|', []],
    ['cou|', ['country:']],
    ['pay|', ['country:']],
    ['-lan|', ['lang:']],
    ['water d|', ['date:', 'duration:', 'rights:']],
    ['cou|ntry', []],
    ['country:|', ['NL', 'IT', 'DE']],
    ['country:n|', ['NL']],
    ['country:allem|', ['DE']],
    ['country:germ| water', ['DE']],
    ['country:NL,|', ['IT', 'DE']],
    ['lang:f|', ['fr', 'fi']],
    ['topic:lak|', ['"Rivers and lakes"']],
    ['sujet:"rivi|"', ['"Rivers and lakes"']],
    ['fps:|', ['25', '29.97']],
    ['source:q|', ['"Quay Media"']],
    ['date:to|', ['today']],
    ['duration:<|', ['<30', '<60']],
    ['speaker:van|', []],
    ['zzz:v|', []],
    ['country:NL |', []],
  ])('%s', (marked, written) => expect(at(marked).written).toEqual(written));

  test('in French the field has its French name, and a value says what it is called', () => {
    expect(at('coun|', { ...KNOWN, language: 'fr' }).written).toEqual(['pays:']);
    expect(at('pays:n|', { ...KNOWN, language: 'fr' }).found?.items).toEqual([
      { written: 'NL', label: 'Pays-Bas', count: 13 },
    ]);
  });

  test.each<[string, string]>([
    ['cou|', 'country:|'],
    ['-cou| water', '-country:| water'],
    ['country:n|', 'country:NL |'],
    ['country:n| water', 'country:NL | water'.replace(' | ', ' |')],
    ['country:NL,i|', 'country:NL,IT |'],
    ['topic:lak|', 'topic:"Rivers and lakes" |'],
  ])('%s is completed', (marked, after) => {
    const { text, found } = at(marked);
    const [first] = found?.items ?? [];
    expect(found && first).toBeTruthy();
    if (!found || !first) return;
    const { text: next, caret } = completed(text, found, first);
    expect(`${next.slice(0, caret)}|${next.slice(caret)}`).toBe(after);
  });
});
