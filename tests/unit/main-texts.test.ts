import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { programOf } from '../../src/main/cli/program.ts';

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
