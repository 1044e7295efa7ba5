import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('without the programs it needs, the benchmark names them and how to install them before it measures', () => {
  const bench = path.resolve(import.meta.dirname, '../../bench/bench.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bench], {
    env: { ...process.env, PATH: '/nonexistent' },
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('need nginx, curl, wget2, aria2c, which are not installed');
  expect(stderr).toContain('apt-get install --no-install-recommends nginx-light curl wget2 aria2');
  expect(stderr).not.toContain('at ');
});
