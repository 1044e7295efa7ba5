import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { requestLink, serveLinks } from '../../../src/main/station/link-socket.ts';
import { startDesk } from '../../support/app/desk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const link = `http://127.0.0.1:4000/#t=${'a'.repeat(43)}`;
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
const serve = async (home: string, what = link): Promise<void> =>
  void stops.push(await serveLinks(home, () => what));

describe.skipIf(process.platform === 'win32')('a fresh link is for the owner of the home', () => {
  test('also in a home that others may enter, with a lax umask', async () => {
    const home = temporaryFolder();
    chmodSync(home, 0o777);
    const before = process.umask(0);
    try {
      await serve(home);
    } finally {
      process.umask(before);
    }
    expect(statSync(path.join(home, 'station.sock')).mode & 0o777).toBe(0o600);
    expect(await requestLink(home)).toBe(link);
  });

  test('in a home whose path is too long for a socket, in a folder that others can neither enter nor foresee', async () => {
    const home = path.join(temporaryFolder(), 'long'.repeat(30));
    mkdirSync(home);
    await serve(home);
    const at = readFileSync(path.join(home, 'station.sock-at'), 'utf8');
    expect([path.dirname(at), at].map((name) => statSync(name).mode & 0o777)).toEqual([
      0o700, 0o600,
    ]);
    expect(await requestLink(home)).toBe(link);
    for (const stop of stops.splice(0)) stop();
    expect(existsSync(path.dirname(at))).toBe(false);
    expect(readdirSync(home)).toEqual([]);
    expect(await requestLink(home)).toBeNull();
    await serve(home);
    expect(path.dirname(readFileSync(path.join(home, 'station.sock-at'), 'utf8'))).not.toBe(
      path.dirname(at),
    );
  });

  test('a folder in the place of the socket, or of the note that says where it is, is set aside by the station', async () => {
    const home = temporaryFolder();
    const names = ['station.sock', 'station.sock-at'];
    for (const name of names) mkdirSync(path.join(home, name, 'mine'), { recursive: true });
    const station = startDesk(['station'], { home });
    try {
      await station.line(({ type }) => type === 'station');
      expect(await requestLink(home)).toMatch(/^http:/u);
    } finally {
      station.child.kill();
    }
    await station.end;
    for (const name of names)
      expect(
        readdirSync(home).filter(
          (other) =>
            other.startsWith(`${name}.damaged-`) && existsSync(path.join(home, other, 'mine')),
        ),
      ).toHaveLength(1);
  });

  test('who only listens hears nothing; who goes away or says something else ends nothing', async () => {
    const home = temporaryFolder();
    await serve(home);
    const file = path.join(home, 'station.sock');
    const heard: string[] = [];
    const listener = net.connect(file).on('data', (part) => heard.push(String(part)));
    const wrong = net.connect(file, () => wrong.write('GET / HTTP/1.1\r\n\r\n'));
    await new Promise((resolve) => wrong.once('close', resolve).on('error', () => undefined));
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await new Promise<void>((resolve) => {
        const peer = net.connect(file, () => peer.write('link\n', () => peer.destroy()));
        peer.once('close', () => resolve()).on('error', () => undefined);
      });
    }
    expect(await requestLink(home)).toBe(link);
    expect(heard).toEqual([]);
    listener.destroy();
  });

  test('an answer that is no link of ours is not printed', async () => {
    const home = temporaryFolder();
    await serve(home, 'https://evil.example/#t=x');
    expect(await requestLink(home)).toBeNull();
  });
});
