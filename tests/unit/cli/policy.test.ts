import { expect, test } from 'vitest';
import { policyFacts } from '../../../src/main/cli/policy.ts';
import { Policy } from '../../../src/main/settings/policy.ts';

const FILE = '/etc/multimedia-desk/policy.json';
const factsOf = (text: string): string[] =>
  policyFacts(new Policy({ file: FILE, text, fault: null }).view);

test('what a policy says is one line, and each fault of it another', () => {
  const policy = {
    organisation: 'Channel Nine IT',
    settings: { tray: false, notify: 'loud' },
    sources: {
      allowed: [{ kind: 'nasa' }, { kind: 'feed', host: '*.quay.example' }],
      fixed: [{ kind: 'nasa', name: 'Archive', follows: [] }],
    },
    disabled: ['auto-fetch'],
  };
  const [line, fault, ...others] = factsOf(JSON.stringify(policy));
  expect(line).toBe(
    `Channel Nine IT: ${FILE}; settings fixed: notify, tray; off: auto-fetch; sources allowed: nasa, feed at *.quay.example; sources fixed: Archive`,
  );
  expect(fault).toMatch(/^settings\.notify: /u);
  expect(others).toEqual([]);
});

test('of one that can’t be used it isn’t said what it fixes, but what is refused', () => {
  expect(factsOf('{')).toEqual([
    FILE,
    'It can’t be used, and every change that a policy can rule out is refused: it isn’t JSON in UTF-8',
  ]);
});
