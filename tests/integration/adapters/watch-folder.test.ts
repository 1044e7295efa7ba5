import { readdirSync, readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { watchFolder } from '../../../src/main/adapters/fs/watch-folder.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let end = (): void => undefined;
afterEach(() => end());

/** Watches of this process, as Linux counts them. */
const watches = (): number =>
  readdirSync('/proc/self/fdinfo')
    .map((name) => {
      try {
        return readFileSync(`/proc/self/fdinfo/${name}`, 'utf8').split('inotify wd:').length - 1;
      } catch {
        return 0;
      }
    })
    .reduce((sum, count) => sum + count, 0);

test('changes in a folder, and in one that came after the start, are told', async () => {
  const root = temporaryFolder();
  mkdirSync(path.join(root, 'one'));
  let calls = 0;
  end = watchFolder(root, () => calls++, 1);
  let count = 0;
  /** Tells of each, however soon after the one before. */
  const told = async (write: (name: string) => void): Promise<void> => {
    const before = calls;
    await eventually(() => {
      write(`${count++}.mp4`);
      expect(calls).toBeGreaterThan(before);
    });
  };
  await told((name) => writeFileSync(path.join(root, 'one', name), 'x'));
  mkdirSync(path.join(root, 'two'));
  await told((name) => writeFileSync(path.join(root, 'two', name), 'x'));
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('files take no watch, and folders a thousand at most', async () => {
    const root = temporaryFolder();
    for (let at = 0; at < 1100; at++) mkdirSync(path.join(root, `${at}`));
    for (let at = 0; at < 500; at++) writeFileSync(path.join(root, '0', `${at}.mp4`), '');
    const before = watches();
    end = watchFolder(root, () => undefined, 1);
    await eventually(() => expect(watches() - before).toBe(1000));
    end();
    expect(watches()).toBe(before);
  });

  test('one that isn’t there is no fault', () => {
    end = watchFolder(path.join(temporaryFolder(), 'gone'), () => undefined, 1);
    expect(end).not.toThrow();
  });
});
