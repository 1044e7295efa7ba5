import { spawnSync } from 'node:child_process';

/** Programs that the benchmarks run, and the Debian package of each. */
export const TOOLS = { nginx: 'nginx-light', curl: 'curl', wget2: 'wget2', aria2c: 'aria2' };

/** @returns what is missing and how to install it; null where all is there. */
export function missingTools(): string | null {
  const missing = Object.entries(TOOLS).filter(
    ([program]) => spawnSync(program, ['--version']).error !== undefined,
  );
  if (missing.length === 0) return null;
  const programs = missing.map(([program]) => program);
  return `The benchmarks need ${programs.join(', ')}, which ${programs.length === 1 ? 'is' : 'are'} not installed.\nOn Debian: apt-get install --no-install-recommends ${missing.map(([, name]) => name).join(' ')}\nOn macOS: brew install ${missing.map(([program, name]) => (program === 'nginx' ? 'nginx' : name)).join(' ')}`;
}
