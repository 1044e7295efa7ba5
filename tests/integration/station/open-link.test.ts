import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDesk } from '../../support/app/desk.ts';
import { program } from '../../support/built.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A computer whose browser notes its command line and what it was told to show. */
function withBrowser(): { env: NodeJS.ProcessEnv; user: string; noted(name: string): string } {
  const folder = temporaryFolder();
  const user = path.join(folder, 'user');
  const bin = path.join(folder, 'bin');
  for (const made of [user, bin]) mkdirSync(made);
  const fileOf = (name: string): string => path.join(folder, name);
  for (const command of ['xdg-open', 'open'])
    writeFileSync(
      path.join(bin, command),
      `#!/bin/sh
echo "$0 $*" > '${fileOf('command')}'
stat -c '%a' "$1" "$(dirname "$1")" > '${fileOf('modes')}' 2>/dev/null || stat -f '%Lp' "$1" "$(dirname "$1")" > '${fileOf('modes')}'
cat "$1" > '${fileOf('part')}'; mv '${fileOf('part')}' '${fileOf('page')}'
`,
      { mode: 0o755 },
    );
  return {
    user,
    noted: (name) => readFileSync(fileOf(name), 'utf8'),
    env: { ...process.env, HOME: user, PATH: `${bin}:${process.env['PATH']}` },
  };
}

const attempt = (read: () => string): string => {
  try {
    return read();
  } catch {
    return '';
  }
};
const opened = (link: string): Promise<Response> => {
  const { origin, hash } = new URL(link);
  return fetch(`${origin}/session`, { method: 'POST', headers: { origin }, body: hash.slice(3) });
};
const linkIn = (page: string): string => /url=([^"]+)"/u.exec(page)?.[1] ?? '';

test.skipIf(process.platform === 'win32')(
  'the browser gets a link by a page that only its user can read, never by its command line',
  async () => {
    const { env, user, noted } = withBrowser();
    const station = startDesk(['station', '--open'], { home: temporaryFolder(), env });
    onTestFinished(() => void station.child.kill());
    const { url } = await station.line(({ type }) => type === 'station');
    await expect.poll(() => attempt(() => noted('page'))).toContain(String(url));
    expect(linkIn(noted('page'))).toBe(url);
    expect(noted('command')).toContain(user);
    expect(noted('command')).not.toContain('t=');
    expect(noted('modes')).toBe('600\n700\n');
    expect(readdirSync(user).filter((name) => name.startsWith('multimedia-desk-'))).toHaveLength(1);
    expect((await opened(String(url))).status).toBe(200);
    await expect.poll(() => readdirSync(user)).toEqual([]);
    // Its owner hears of a second use and gets a new link.
    expect((await opened(String(url))).status).toBe(410);
    const { url: next } = await station.line(
      (line) => line.type === 'station' && line['url'] !== url,
    );
    expect((await opened(String(next))).status).toBe(200);
  },
);

test.skipIf(process.platform === 'win32')(
  'a link that was not opened takes its page along with the station',
  async () => {
    const { env, user, noted } = withBrowser();
    const station = startDesk(['station', '--open'], { home: temporaryFolder(), env });
    await station.line(({ type }) => type === 'station');
    await expect.poll(() => attempt(() => noted('page'))).not.toBe('');
    station.child.kill('SIGTERM');
    await station.end;
    expect(readdirSync(user)).toEqual([]);
  },
);

test.skipIf(process.platform !== 'linux')(
  'under systemd no link goes to the journal, and how to get one does',
  async () => {
    const home = temporaryFolder();
    const journal = path.join(temporaryFolder(), 'journal');
    const handle = openSync(journal, 'a');
    const { dev, ino } = fstatSync(handle);
    const child = spawn(process.execPath, [program('desk'), 'station', '--home', home], {
      stdio: ['ignore', handle, handle],
      env: { ...process.env, JOURNAL_STREAM: `${dev}:${ino}` },
    });
    closeSync(handle);
    const said = (): string => readFileSync(journal, 'utf8');
    await expect.poll(said).toContain('Get a link with: desk station link');
    expect(said()).not.toContain('#t=');
    const { result } = await startDesk(['station', 'link'], { home }).end;
    expect((await opened(String(result['url']))).status).toBe(200);
    expect((await opened(String(result['url']))).status).toBe(410);
    await expect.poll(said).toContain('somebody else has seen the link');
    expect(said()).not.toContain('#t=');
    child.kill();
    await once(child, 'exit');
  },
);
