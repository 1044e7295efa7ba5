import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { policySchema } from '../../scripts/policy-schema.ts';
import { Policy } from '../../src/main/settings/policy.ts';
import { MANAGED_SETTINGS, POLICY_FEATURES } from '../../src/shared/contract/policy.ts';

const read = (name: string): Promise<string> =>
  readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('docs/policy.schema.json is what the program reads ("npm run policy-schema" writes it)', async () => {
  expect(await read('policy.schema.json')).toBe(policySchema());
});

test('docs/policy.md names every setting and feature, and its example is understood', async () => {
  const text = await read('policy.md');
  const missing = [...MANAGED_SETTINGS, ...POLICY_FEATURES].filter(
    (name) => !text.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
  const [, example = ''] = /```json\n(.+?)```/su.exec(text) ?? [];
  const { faults, managed } = new Policy({ file: '', text: example, fault: null }).view;
  expect(faults).toEqual([]);
  expect(managed.length).toBeGreaterThan(10);
});
