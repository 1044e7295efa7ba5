import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  readBounded,
  streamFile,
  withLocalFiles,
} from '../../../src/main/adapters/fs/file-source.ts';
import { createByteSource } from '../../../src/main/adapters/http/byte-source.ts';
import type { ByteAnswer } from '../../../src/main/transfers/ports.ts';
import { content } from '../../support/engine/origin.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { eventually } from '../../support/eventually.ts';

const source = withLocalFiles(createByteSource());
const { signal } = new AbortController();
const bytes = content(2.5 * 1024 * 1024);
let folder: string;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = path.join(folder, 'a b#.mov');
  writeFileSync(file, bytes);
});
const named = (name: string): string => path.join(folder, name);
const open = (name: string, headers: Record<string, string> = {}): Promise<ByteAnswer> =>
  source.open({ url: pathToFileURL(name).href, headers, signal });
async function read({ body }: ByteAnswer): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const block of body) all.push(Buffer.from(block.bytes));
  return Buffer.concat(all);
}

test('a file is sent whole, in part, and in part only while it is the same', async () => {
  const whole = await open(file);
  expect(whole).toMatchObject({ status: 200, headers: { 'content-length': String(bytes.length) } });
  expect((await read(whole)).equals(bytes)).toBe(true);
  const { etag = '' } = whole.headers;
  const range = { range: 'bytes=1048576-1048577' };
  for (const headers of [range, { ...range, 'if-range': etag }]) {
    const part = await open(file, headers);
    expect(part).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes 1048576-1048577/${bytes.length}`, etag },
    });
    expect((await read(part)).equals(bytes.subarray(1_048_576, 1_048_578))).toBe(true);
  }
  const rest = await open(file, { range: `bytes=${bytes.length - 3}-` });
  expect((await read(rest)).equals(bytes.subarray(-3))).toBe(true);
  const other = await open(file, { ...range, 'if-range': '"other"' });
  expect(other.status).toBe(200);
  other.discard();
  expect(await open(file, { range: `bytes=${bytes.length}-` })).toMatchObject({
    status: 416,
    headers: { 'content-range': `bytes */${bytes.length}` },
  });
});

test('a file that changes while it is read is no part of the old one', async () => {
  const answer = await open(file);
  appendFileSync(file, 'more');
  await expect(read(answer)).rejects.toMatchObject({ code: 'source-changed' });
});

test('what is no file, or leads to one, is not found, and a pipe is not waited for', async () => {
  const link = path.join(folder, 'link');
  symlinkSync(file, link);
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const below = path.join(folder, 'below');
  mkdirSync(below);
  for (const name of [link, pipe, below, path.join(folder, 'gone')])
    expect(await open(name), name).toMatchObject({ status: 404 });
});

test('the player gets it as it asks for it', async () => {
  const answer = await streamFile(file, 'bytes=0-9', 'video/quicktime');
  expect(answer).toMatchObject({ status: 206, headers: { 'content-type': 'video/quicktime' } });
  expect(Buffer.concat(await answer.body.toArray()).equals(bytes.subarray(0, 10))).toBe(true);
  await expect(streamFile(path.join(folder, 'gone'), null, 'video/mp4')).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('a small file is read up to its limit; a pipe, a link or a folder in its place isn’t', async () => {
  writeFileSync(named('card.jpg'), 'picture');
  expect(Buffer.from((await readBounded(named('card.jpg'), 7)) ?? []).toString()).toBe('picture');
  expect(await readBounded(named('card.jpg'), 6)).toBeNull();
  execFileSync('mkfifo', [named('pipe.jpg')]);
  symlinkSync(named('card.jpg'), named('link.jpg'));
  mkdirSync(named('folder.jpg'));
  for (const other of ['pipe.jpg', 'link.jpg', 'folder.jpg', 'gone.jpg'])
    expect(await readBounded(named(other), 100), other).toBeNull();
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('a folder on the way that has become a link leads nowhere', async () => {
    const top = realpathSync(folder);
    const other = realpathSync(temporaryFolder());
    writeFileSync(path.join(other, 'clip.mov'), 'secret');
    mkdirSync(path.join(top, 'day'));
    const name = path.join(top, 'day', 'clip.mov');
    writeFileSync(name, 'film');
    expect((await read(await open(name))).toString()).toBe('film');
    renameSync(path.join(top, 'day'), path.join(top, 'away'));
    symlinkSync(other, path.join(top, 'day'));
    expect((await open(name)).status).toBe(404);
  });

  test('a stream that nobody has begun to read leaves nothing open', async () => {
    const isOpen = (): boolean =>
      readdirSync('/proc/self/fd').some((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === realpathSync(file);
        } catch {
          return false;
        }
      });
    const { body } = await streamFile(realpathSync(file), null, 'video/mp4');
    expect(isOpen()).toBe(true);
    body.destroy();
    await eventually(() => expect(isOpen()).toBe(false));
  });
});
