import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { programOf } from '../../src/main/cli/program.ts';
import { nativeTexts } from '../../src/main/electron/texts.ts';
import { evidenceWords } from '../../src/main/transfers/evidence/texts.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main');

/** Another word stands for each of these, the same in every text. */
const NEVER_SAID = new RegExp(
  [
    'e-mails?|mailbox|machines?|by itself|go(es)? on|any more|(kept|put) aside|cannot',
    '(re-?)?fetch(es|ed|ing)?|mend(s|ed)?|timetable|held back|lists? of files|rights? notes?',
    '(some|any|no)body|who(ever)?(?! is signed in)|what (is|are|has|can) |there already',
    '[a-z]+s a second|th(e|is) program',
  ]
    .map((words) => `\\b(?:${words})\\b`)
    .join('|'),
  'iu',
);

function* descriptions(command: Command, name: string): Generator<[string, string]> {
  yield [name, command.description()];
  for (const { long, description } of command.options) yield [`${name} ${long}`, description];
  for (const argument of command.registeredArguments)
    yield [`${name} <${argument.name()}>`, argument.description];
  for (const sub of command.commands) yield* descriptions(sub, `${name} ${sub.name()}`);
}

test('the help of every command keeps to the terms', () => {
  const all = [...descriptions(programOf({ version: '', pages: '' }), 'desk')];
  expect(all.map(([name]) => name)).toContain('desk queue export');
  expect(all.filter(([, text]) => NEVER_SAID.test(text))).toEqual([]);
  // They stand in a list: no capital, no full stop.
  const [, ...rows] = all;
  expect(rows.filter(([, text]) => /^[A-Z][a-z]|\.$/u.test(text))).toEqual([]);
});

const COMMENT = /^\s*(?:\/\*\*?|\*|\/\/).*$/gmu;
const LITERAL = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/gu;
/** Literals of more than one word, without the figures that are put into them. */
const textsIn = (source: string): string[] =>
  (source.replaceAll(COMMENT, '').match(LITERAL) ?? [])
    .map((text) => text.replaceAll(/\$\{[^}]*\}/gu, '…'))
    .filter((text) => /\p{L} \p{L}/u.test(text));

test('so do all texts of the command line', async () => {
  const said: [string, string][] = [];
  for await (const file of glob('cli/*.ts', { cwd: MAIN }))
    for (const text of textsIn(readFileSync(path.join(MAIN, file), 'utf8')))
      said.push([file, text]);
  expect(said.length).toBeGreaterThan(150);
  expect(said.filter(([, text]) => NEVER_SAID.test(text))).toEqual([]);
  expect(said.filter(([, text]) => /\p{L}'\p{L}/u.test(text))).toEqual([]);
});

/** Every text, those with figures for one and for several. */
function* textsOf(value: unknown, name: string): Generator<[string, string]> {
  if (typeof value === 'string') yield [name, value];
  else if (typeof value === 'function')
    for (const n of [1, 3]) yield [`${name}(${n})`, String(Reflect.apply(value, null, [n, n, n]))];
  else
    for (const [key, inner] of Object.entries(value as object))
      yield* textsOf(inner, `${name}.${key}`);
}
const OWN = { native: nativeTexts, evidence: evidenceWords };
const allOf = (language: 'en' | 'fr'): [string, string][] =>
  Object.entries(OWN).flatMap(([name, texts]) => [...textsOf(texts[language], name)]);

/** As in English; *lot* reads as a batch, *conditions* are those of the account alone. */
const JAMAIS =
  /(?<!\p{L})(?:lots?|colis|transféré|tout seul|gardés?|valables?|abîmés?|réseau|lignes?|courriels?|machines?|suspendre|repos|horaire|preuve|mention|conditions(?! d’utilisation)|n’existe plus|arrivés?)(?!\p{L})/iu;

test('texts of the system and of the evidence report keep to the terms', () => {
  expect(allOf('en').length).toBeGreaterThan(120);
  expect(allOf('en').filter(([, text]) => NEVER_SAID.test(text) || /['"]/u.test(text))).toEqual([]);
  expect(allOf('fr').filter(([, text]) => JAMAIS.test(text) || /['"]/u.test(text))).toEqual([]);
});

test('in French no line begins with punctuation, and the narrow space stands where it must', () => {
  // U+00A0 before a colon, except in https://, and inside guillemets; U+202F before ; ! and ?
  const loose = allOf('fr').filter(([, text]) =>
    /(?<!\u00a0|https):|(?<!\u202f)[;!?]|«(?!\u00a0)|(?<!\u00a0)»|\d %/u.test(text),
  );
  expect(loose).toEqual([]);
});
