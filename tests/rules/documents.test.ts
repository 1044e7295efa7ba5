import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const documents = globSync(['*.md', 'docs/**/*.md', 'tests/**/*.md'], { cwd: root }).filter(
  // It tells what was there in each version.
  (file) => file !== 'CHANGELOG.md',
);

/** First segments of what is a path in a document; anything else with a slash is not looked at. */
const TOP = ['src', 'tests', 'docs', 'scripts', 'assets', '.github'];
const TEST_PROJECTS = ['unit', 'renderer', 'rules', 'contract', 'integration', 'long', 'e2e'];

/** `a/{b,c}/d` is two paths. */
function expanded(name: string): string[] {
  const braces = /^(.*?)\{([^}]*)\}(.*)$/u.exec(name);
  if (!braces) return [name];
  const [, before = '', choices = '', after = ''] = braces;
  return choices.split(',').flatMap((choice) => expanded(`${before}${choice}${after}`));
}

/** Paths that a document names: in backticks, or as the target of a link. */
function namedPaths(text: string): string[] {
  const ticked = Array.from(text.matchAll(/`([^`\s]+\/[^`\s]*)`/gu), ([, name = '']) => name)
    .flatMap(expanded)
    // `<name>` stands for any.
    .map((name) => name.replaceAll(/<[^>]*>/gu, '*'))
    .filter((name) => [...TOP, ...TEST_PROJECTS].includes(name.split('/')[0] ?? ''));
  const linked = Array.from(text.matchAll(/\]\(([^)#\s]+)\)/gu), ([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/u.test(target))
    .map((target) => `link:${target}`);
  return [...ticked, ...linked];
}

function exists(document: string, name: string): boolean {
  if (name.startsWith('link:'))
    return existsSync(path.join(root, path.dirname(document), name.slice('link:'.length)));
  const [top = ''] = name.split('/');
  if (TOP.includes(top))
    return name.includes('*')
      ? globSync(name, { cwd: root }).length > 0
      : existsSync(path.join(root, name));
  // Evidence for a claim: a test file by its project.
  return globSync(`tests/${name}{.test.ts,.test.tsx,.spec.ts}`, { cwd: root }).length > 0;
}

describe('every path that a document names exists', () => {
  test.each(documents)('%s', (document) => {
    const text = readFileSync(path.join(root, document), 'utf8');
    expect(namedPaths(text).filter((name) => !exists(document, name))).toEqual([]);
  });
});

test('a path that is not there is found, in every form', () => {
  const text =
    'See `src/main/gone.ts`, `src/shared/{api,gone}`, [there](docs/gone.md) and `unit/gone`.';
  expect(namedPaths(text).filter((name) => !exists('README.md', name))).toEqual([
    'src/main/gone.ts',
    'src/shared/gone',
    'unit/gone',
    'link:docs/gone.md',
  ]);
});
