import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { documents } from '../../scripts/openapi.ts';
import { endpointNames } from '../../src/shared/api/endpoints.ts';
import { apiEndpointNames } from '../../src/shared/desk-api/endpoints.ts';

describe.each([
  ['openapi.yaml', endpointNames],
  ['desk-api.yaml', apiEndpointNames],
] as const)('%s', (name, names) => {
  const committed = readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

  test('is what the endpoint table says ("npm run openapi" writes it)', async () => {
    expect(await committed).toBe(documents[name]?.());
  });

  test('every reference leads somewhere', async () => {
    const text = await committed;
    const document: unknown = parse(text);
    const found = new Set(
      Array.from(text.matchAll(/\$ref: "#\/([^"]+)"/g), ([, path = '']) => path),
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

  test('names only formats that are registered', async () => {
    expect(
      new Set(Array.from((await committed).matchAll(/^ *format: (.+)$/gm), ([, format]) => format)),
    ).toEqual(new Set(['date-time', 'uri']));
  });

  test('has every operation', async () => {
    expect(
      Array.from((await committed).matchAll(/operationId: (\w+)/g), ([, id = '']) => id).toSorted(
        (a, b) => a.localeCompare(b),
      ),
    ).toEqual([...names].toSorted((a, b) => a.localeCompare(b)));
  });
});
