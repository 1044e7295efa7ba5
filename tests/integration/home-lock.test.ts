import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bootId } from '../../src/main/adapters/boot-id.ts';
import { lockHome } from '../../src/main/adapters/home-lock.ts';
import { temporaryFolder } from '../support/demo.ts';

const module = JSON.stringify(new URL('../../src/main/adapters/home-lock.ts', import.meta.url).href);

test('a home has one owner at a time, and is free again when it lets go', () => {
  const home = temporaryFolder();
  const release = lockHome(home);
  expect(() => lockHome(home)).toThrow(expect.objectContaining({ code: 'home-in-use' }));
  release();
  expect(readdirSync(home)).toEqual([]);
  lockHome(home)();
});

test.each<[string, string]>([
  ['a process that died', `${spawnSync(process.execPath, ['-e', '']).pid} ${bootId()}`],
  ['an earlier start of the machine', `1 some-other-boot`],
  ['our own pid of an earlier run', `${process.pid} ${bootId()}`],
  ['nobody: an empty file', ''],
])('a lock left by %s is taken over', (_whose, text) => {
  const home = temporaryFolder();
  writeFileSync(path.join(home, 'desk.lock'), text);
  lockHome(home)();
  expect(existsSync(path.join(home, 'desk.lock'))).toBe(false);
});

test('of many that come at once over a dead lock, one gets the home', async () => {
  const home = temporaryFolder();
  writeFileSync(path.join(home, 'desk.lock'), `${spawnSync(process.execPath, ['-e', '']).pid} ${bootId()}`);
  // Each holds what it got until its input ends.
  const script = `const { lockHome } = await import(${module}); try { lockHome(${JSON.stringify(home)}); console.log('mine'); } catch (e) { console.log(e.code); } process.stdin.resume();`;
  const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }));
  const said = await Promise.all(children.map((child) => new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())))));
  for (const child of children) child.stdin.end();
  expect(said.toSorted()).toEqual([...Array.from({ length: 5 }, () => 'home-in-use'), 'mine']);
});

test('a home that is no folder is said to be so', () => {
  const file = path.join(temporaryFolder(), 'a-file');
  writeFileSync(file, '');
  for (const home of [file, path.join(file, 'below')]) expect(() => lockHome(home)).toThrow(expect.objectContaining({ code: 'disk-error', message: expect.stringContaining(home) }));
});
