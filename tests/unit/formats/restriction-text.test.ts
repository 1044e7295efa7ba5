import { describe, expect, test } from 'vitest';
import {
  beginsRestrictive,
  isRestrictive,
  isRestrictiveInCapitals,
  restrictionsIn,
  saysNone,
} from '../../../src/main/formats/restriction-text.ts';

test.each([
  ['NONE', true],
  ['None.', true],
  [' « Aucune » ', true],
  ['AUCUNE RESTRICTION', true],
  ['NÉANT', true],
  ['No restrictions', true],
  ['NONE, but with credit', false],
  ['NONE NONE', false],
  ['', false],
  ['-', false],
  ['N/A', false],
  ['none of it', false],
])('%j says that there is none: %s', (text, none) => {
  expect(saysNone(text)).toBe(none);
});

test.each([
  ['NO ACCESS INDIA', true],
  ['Nord TV - no access Norway', true],
  ['Pas d’accès en Norvège', true],
  ['Usage éditorial', true],
  ['Must credit Nord TV', true],
  ['48 hours news use', true],
  ['Nobody has access to the pier', false],
  ['No harbour is open', false],
  ['', false],
])('%j restricts: %s', (text, does) => {
  expect(isRestrictive(text)).toBe(does);
});

test('capitals alone, and words at the beginning', () => {
  expect(isRestrictiveInCapitals('Sign with no access, then NO ARCHIVE')).toBe(true);
  expect(isRestrictiveInCapitals('Sign with no access')).toBe(false);
  expect(isRestrictiveInCapitals('PAS D’ACCÈS')).toBe(true);
  expect(beginsRestrictive('(no access India)')).toBe(true);
  expect(beginsRestrictive('Nord TV - no access')).toBe(false);
});

describe('what a statement restricts', () => {
  test.each<[text: string, kind: string, mode: string, values: string[]]>([
    ['NO ACCESS INDIA', 'territory', 'deny', ['IN']],
    ['NO ACCESS India/US', 'territory', 'deny', ['IN', 'US']],
    ['PART NO ACCESS NORWAY', 'territory', 'deny', ['NO']],
    [
      'NORD TV - NO ACCESS NORWAY, SWEDEN AND THE NETHERLANDS',
      'territory',
      'deny',
      ['NO', 'SE', 'NL'],
    ],
    ['No use in Papua New Guinea', 'territory', 'deny', ['PG']],
    ['NO ACCESS U.K./U.S.A.', 'territory', 'deny', ['GB', 'US']],
    ['Pas d’accès en Côte d’Ivoire', 'territory', 'deny', ['CI']],
    ['Pas d’accès : Norvège, États-Unis', 'territory', 'deny', ['NO', 'US']],
    ['FOR USE IN NORWAY ONLY', 'territory', 'allow', ['NO']],
    ['Utilisation en France uniquement', 'territory', 'allow', ['FR']],
    // Names that aren't known, and more than names: the words alone say it.
    ['NO ACCESS QUAYLAND', 'territory', 'deny', []],
    ['NO ACCESS NORWAY AND QUAYLAND', 'territory', 'deny', []],
    ['NO ACCESS NORWAY EXCEPT NORD TV', 'territory', 'deny', []],
    ['NO USE OUTSIDE NORWAY', 'territory', 'deny', []],
    ['NO ACCESS NORTHERN IRELAND', 'territory', 'deny', []],
    ['NO ACCESS INDIA ONLINE', 'territory', 'deny', []],
    ['STRICTLY NO ACCESS ONLINE OR MOBILE', 'platform', 'deny', ['online', 'mobile']],
    ['NOT FOR SOCIAL MEDIA', 'platform', 'deny', ['social']],
    ['NO INTERNET', 'platform', 'deny', ['online']],
    ['ONLINE USE ONLY', 'platform', 'allow', ['online']],
    ['FOR TV USE ONLY', 'platform', 'allow', ['tv']],
    [
      'Pas d’utilisation en ligne ni sur les réseaux sociaux',
      'platform',
      'deny',
      ['online', 'social'],
    ],
    ['NOT FOR ONLINE USE BY NORD CLIENTS', 'platform', 'deny', []],
    ['EMBARGO UNTIL 18:00 GMT', 'time', 'deny', []],
    ['NO ACCESS NORWAY UNTIL 1 DECEMBER', 'time', 'deny', []],
    ['48 HOURS NEWS USE ONLY', 'time', 'allow', []],
    ['Not after 1 December', 'time', 'deny', []],
    ['NO ARCHIVE', 'archive', 'deny', []],
    ['No resales', 'archive', 'deny', []],
    ['Sans archivage', 'archive', 'deny', []],
    ['CLIENTS ONLY', 'editorial', 'allow', []],
    ['EDITORIAL USE ONLY', 'editorial', 'allow', []],
    ['MUST CREDIT NORD TV', 'editorial', 'deny', []],
    ['see below', 'editorial', 'deny', []],
    ['?', 'editorial', 'deny', []],
    ['toString constructor __proto__', 'editorial', 'deny', []],
  ])('%s', (text, kind, mode, values) => {
    expect(restrictionsIn(text)).toEqual([{ kind, mode, values, text }]);
  });
});

const wordings = (text: string): string[] => restrictionsIn(text).map((one) => one.text);
test.each<[string, string[]]>([
  ['NO ACCESS INDIA / NO ONLINE; NO ARCHIVE', ['NO ACCESS INDIA', 'NO ONLINE', 'NO ARCHIVE']],
  ['NORD TV - NO ACCESS NORWAY', ['NORD TV - NO ACCESS NORWAY']],
  ['NO ACCESS INDIA\nNOT FOR SOCIAL MEDIA', ['NO ACCESS INDIA', 'NOT FOR SOCIAL MEDIA']],
  ['NO ACCESS INDIA/US', ['NO ACCESS INDIA/US']],
  ['MUST CREDIT NORD TV, NO RESALE', ['MUST CREDIT NORD TV', 'NO RESALE']],
  ['pas d’accès en Norvège, sans archivage', ['pas d’accès en Norvège', 'sans archivage']],
  ['NO ARCHIVE / NO ONLINE, EXCEPT NORWAY', ['NO ARCHIVE / NO ONLINE, EXCEPT NORWAY']],
  ['NONE / NO ARCHIVE', ['NONE / NO ARCHIVE']],
])('%j is %j', (text, parts) => {
  expect(wordings(text)).toEqual(parts);
});

test('more parts than anybody reads are one, and a long text too', () => {
  const many = Array.from({ length: 30 }, (_, n) => `NO ACCESS ${n}`).join(' / ');
  expect(wordings(many)).toEqual([many]);
  const long = `NO ACCESS ${'a '.repeat(5000)}/ NO ARCHIVE`;
  expect(wordings(long)).toEqual([long]);
});
