import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readPolicyFile, systemPolicy } from '../../../src/main/adapters/fs/policy-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = path.join(temporaryFolder(), 'multimedia-desk');
  file = path.join(folder, 'policy.json');
  mkdirSync(folder, { mode: 0o755 });
});

test('where the system’s policy is', () => {
  const { file: place } = systemPolicy();
  expect(path.isAbsolute(place)).toBe(true);
  expect(path.basename(place)).toBe('policy.json');
});

test('no file and no folder are no policy', () => {
  const none = { text: null, fault: null };
  expect(readPolicyFile({ file, owner: null })).toEqual({ file, ...none });
  const beyond = path.join(file, 'policy.json');
  expect(readPolicyFile({ file: beyond, owner: null })).toEqual({ file: beyond, ...none });
});

test('what is no file, or too large, is said to be unreadable', () => {
  mkdirSync(file);
  expect(readPolicyFile({ file, owner: null })).toMatchObject({
    text: null,
    fault: { kind: 'unreadable' },
  });
  const large = path.join(folder, 'large.json');
  writeFileSync(large, ' '.repeat(1024 * 1024 + 1));
  expect(readPolicyFile({ file: large, owner: null })).toMatchObject({
    text: null,
    fault: { kind: 'unreadable', detail: 'it is larger than 1 MB' },
  });
});

describe.skipIf(process.platform === 'win32')('an owner (Windows has none)', () => {
  const me = process.getuid?.() ?? 0;

  test('a file that only its owner can write is read, also through a link', () => {
    writeFileSync(file, '{}', { mode: 0o644 });
    expect(readPolicyFile({ file, owner: me })).toEqual({ file, text: '{}', fault: null });
    const link = path.join(folder, 'link.json');
    symlinkSync(file, link);
    expect(readPolicyFile({ file: link, owner: me })).toMatchObject({ text: '{}', fault: null });
  });

  test('one that others can write, or replace, or of another owner, is refused', () => {
    writeFileSync(file, '{}');
    const refused = { file, text: null, fault: { kind: 'writable' } };
    for (const mode of [0o664, 0o646, 0o666]) {
      chmodSync(file, mode);
      expect(readPolicyFile({ file, owner: me })).toMatchObject(refused);
    }
    chmodSync(file, 0o644);
    expect(readPolicyFile({ file, owner: me + 1 })).toMatchObject(refused);
    for (const mode of [0o775, 0o777, 0o1777]) {
      chmodSync(folder, mode);
      expect(readPolicyFile({ file, owner: me })).toMatchObject(refused);
    }
    chmodSync(folder, 0o755);
    expect(readPolicyFile({ file, owner: me })).toMatchObject({ text: '{}' });
  });
});
