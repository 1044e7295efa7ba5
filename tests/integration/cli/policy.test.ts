import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { desk } from '../../support/app/desk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// The policy of the system has one place, which no option or variable changes: what it refuses is
// tested where the program is put together, tests/integration/app/policy.test.ts.
const home = temporaryFolder();
const check = (policy: string) => {
  const file = path.join(temporaryFolder(), 'policy.json');
  writeFileSync(file, policy);
  return desk(['policy', '--check', file], { home });
};

test('a policy is checked before it is put into its place', async () => {
  const right = {
    organisation: 'Channel Nine IT',
    settings: { tray: false },
    disabled: ['auto-fetch'],
  };
  const { code, lines } = await check(JSON.stringify(right));
  expect(code).toBe(0);
  expect(lines.find(({ type }) => type === 'policy')).toMatchObject({
    organisation: 'Channel Nine IT',
    managed: ['tray'],
    disabled: ['auto-fetch'],
    faults: [],
  });
});

test('one with a fault ends with it', async () => {
  const { code, result, lines } = await check('{"settings":{"trey":false}}');
  expect([code, result]).toEqual([2, expect.objectContaining({ ok: false, code: 'managed' })]);
  expect(lines.find(({ type }) => type === 'policy')).toMatchObject({
    faults: [{ kind: 'unknown', at: 'settings.trey' }],
  });
  expect((await check('{')).code).toBe(2);
  const none = path.join(temporaryFolder(), 'policy.json');
  expect((await desk(['policy', '--check', none], { home })).code).toBe(7);
});

test('the doctor says where the policy is', async () => {
  const { lines } = await desk(['doctor'], { home });
  expect(lines.find(({ name }) => name === 'policy')).toMatchObject({
    found: expect.stringContaining('policy.json'),
  });
});
