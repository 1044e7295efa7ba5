import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { programOf } from '../../../src/main/cli/program.ts';
import { nativeTexts } from '../../../src/main/electron/texts.ts';
import { nasaWords } from '../../../src/main/adapters/sources/nasa-terms.ts';
import { dvidsTermsWords } from '../../../src/main/adapters/sources/dvids-terms.ts';
import { rightsSheetWords } from '../../../src/shared/api/sidecars/rights-sheet.ts';
import { shotTypeWords } from '../../../src/shared/api/sidecars/shot-types.ts';
import { shotlistWords } from '../../../src/shared/api/sidecars/shotlist-text.ts';
import { CONNECTION_WORDS } from '../../../src/shared/model/connection-words.ts';
import { integrityWords } from '../../../src/shared/model/integrity.ts';
import { exportWords } from '../../../src/main/articles/export/texts.ts';
import { evidenceWords } from '../../../src/main/transfers/evidence/texts.ts';
import { checkEnglish, checkFrench, neverSaid } from '../../support/typography.ts';

type Named = [name: string, text: string];
const faultsOf = (texts: readonly Named[], language: 'en' | 'fr'): string[] =>
  texts.flatMap(([name, text]) =>
    [...(language === 'en' ? checkEnglish : checkFrench)(text), ...neverSaid(text, language)].map(
      (fault) => `${name}: ${fault}`,
    ),
  );

function* descriptions(command: Command, name: string): Generator<Named> {
  yield [name, command.description()];
  for (const { long, description } of command.options) yield [`${name} ${long}`, description];
  for (const argument of command.registeredArguments)
    yield [`${name} <${argument.name()}>`, argument.description];
  for (const sub of command.commands) yield* descriptions(sub, `${name} ${sub.name()}`);
}

test('the help of every command keeps to voice and terms', () => {
  const all = [...descriptions(programOf({ version: '', pages: '' }), 'desk')];
  expect(all.map(([name]) => name)).toContain('desk queue export');
  expect(faultsOf(all, 'en')).toEqual([]);
  // They stand in a list: no capital, no full stop.
  const [, ...rows] = all;
  expect(rows.filter(([, text]) => /^[A-Z][a-z]|\.$/u.test(text))).toEqual([]);
});

const COMMENT = /^\s*(?:\/\*\*?|\*|\/\/).*$/gmu;
const LITERAL = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/gu;
/** Literals of more than one word; what is put into them is code. */
const literalsIn = (source: string): string[] =>
  (source.replaceAll(COMMENT, '').match(LITERAL) ?? []).filter((text) => /\p{L} \p{L}/u.test(text));

test('so do all messages: those of errors are read on the command line', async () => {
  const said: Named[] = [];
  for await (const file of glob('src/main/**/*.ts'))
    if (!file.endsWith('texts.ts'))
      for (const text of literalsIn(readFileSync(file, 'utf8'))) said.push([file, text]);
  expect(said.length).toBeGreaterThan(500);
  expect(said.filter(([, text]) => neverSaid(text, 'en').length > 0)).toEqual([]);
  expect(said.filter(([, text]) => /\p{L}'\p{L}/u.test(text))).toEqual([]);
});

/** Every text, those with figures for one and for several. */
function* textsOf(value: unknown, name: string): Generator<Named> {
  if (typeof value === 'string') yield [name, value];
  else if (typeof value === 'function')
    for (const n of [1, 3]) yield [`${name}(${n})`, String(Reflect.apply(value, null, [n, n, n]))];
  else
    for (const [key, inner] of Object.entries(value as object))
      yield* textsOf(inner, `${name}.${key}`);
}

test.each(['en', 'fr'] as const)(
  'so do the texts of the system and of the documents that leave it: %s',
  (language) => {
    const all = [
      ...textsOf(nativeTexts[language], 'native'),
      ...textsOf(evidenceWords[language], 'evidence'),
      ...textsOf(exportWords[language], 'exported articles'),
      ...textsOf(integrityWords[language], 'integrity'),
      ...textsOf(rightsSheetWords[language], 'rights sheet'),
      ...textsOf(shotlistWords[language], 'shotlist'),
      ...textsOf(shotTypeWords[language], 'types of shots'),
      ...textsOf(CONNECTION_WORDS[language], 'connection'),
      ...textsOf(nasaWords[language], 'NASA'),
      ...textsOf(dvidsTermsWords[language], 'terms of DVIDS'),
    ];
    expect(all.length).toBeGreaterThan(120);
    expect(faultsOf(all, language)).toEqual([]);
  },
);
