import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openapi } from '../../scripts/openapi.ts';
import { endpointNames } from '../../src/shared/api/endpoints.ts';

const committed = await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8');

describe('openapi.yaml', () => {
  test('is what the endpoint table says ("npm run openapi" writes it)', () => {
    expect(committed).toBe(openapi());
  });

  test('every reference leads somewhere', () => {
    const document: unknown = parse(committed);
    const found = new Set(
      Array.from(committed.matchAll(/\$ref: "#\/([^"]+)"/g), ([, path = '']) => path),
    );
    expect(found.size).toBeGreaterThan(20);
    const reached = [...found].filter(
      (path) =>
        path
          .split('/')
          .reduce<unknown>(
            (at, key) => (at instanceof Object ? Reflect.get(at, key) : undefined),
            document,
          ) !== undefined,
    );
    expect(reached).toEqual([...found]);
  });

  test('names only formats that are registered', () => {
    expect(
      new Set(Array.from(committed.matchAll(/^ *format: (.+)$/gm), ([, format]) => format)),
    ).toEqual(new Set(['date-time', 'uri']));
  });

  test('has every operation', () => {
    expect(
      Array.from(committed.matchAll(/operationId: (\w+)/g), ([, name = '']) => name).toSorted(
        (a, b) => a.localeCompare(b),
      ),
    ).toEqual([...endpointNames].toSorted((a, b) => a.localeCompare(b)));
  });
});
