import type http from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPublisherMedia } from '../../../src/main/adapters/sources/media-client.ts';
import { FeedServer } from '../../support/sources/feed-server.ts';
import { DIRECT } from '../../support/network/ways.ts';

let server: FeedServer;
let media: ReturnType<typeof createPublisherMedia>;
/** Each sends one byte now and then, so that its connection is never idle. */
const drips: NodeJS.Timeout[] = [];
function drip(write: () => void): void {
  drips.push(setInterval(write, 20));
}
beforeEach(async () => {
  server = await FeedServer.start();
  media = createPublisherMedia('0.1.0', { network: DIRECT, maxMs: 300 });
});
afterEach(async () => {
  for (const one of drips.splice(0)) clearInterval(one);
  media.close();
  await server.stop();
});
function slowly(_request: http.IncomingMessage, response: http.ServerResponse): void {
  response.writeHead(200, { 'content-type': 'image/jpeg' });
  drip(() => void response.write('a'));
}
const of = () => media.of(server.url('/feed.xml'));

test('headers that never end, and redirects that are slow, end in time', async () => {
  server.on('/headers.mp4', ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
    drip(() => void socket.write('a'));
  });
  server.on('/hops.mp4', (_request, response) => {
    setTimeout(() => response.writeHead(302, { location: '/hops.mp4' }).end(), 120);
  });
  for (const path of ['/headers.mp4', '/hops.mp4'])
    await expect(of().stream(server.url(path), 'bytes=0-0')).rejects.toMatchObject({
      code: 'timeout',
    });
});

test('a picture that never ends, ends in time; a preview that has begun may take longer', async () => {
  server.on('/picture.jpg', slowly);
  server.on('/preview.mp4', slowly);
  await expect(of().bytes(server.url('/picture.jpg'))).rejects.toMatchObject({ code: 'timeout' });
  const { body } = await of().stream(server.url('/preview.mp4'), null);
  const begunAt = Date.now();
  for await (const _chunk of body) if (Date.now() - begunAt > 600) break;
  expect(Date.now() - begunAt).toBeGreaterThan(600);
});

test('a connection that the server has closed while it was idle is opened anew', async () => {
  server.resetIdle = true;
  server.serve('/picture.jpg', 'picture', { 'content-type': 'image/jpeg' });
  for (let times = 0; times < 3; times += 1)
    expect(Buffer.from(await of().bytes(server.url('/picture.jpg'))).toString()).toBe('picture');
});

test('a new connection that is reset fails, and is not asked again', async () => {
  server.on('/picture.jpg', ({ socket }) => void socket.resetAndDestroy());
  await expect(of().bytes(server.url('/picture.jpg'))).rejects.toMatchObject({
    code: 'service-unreachable',
  });
  expect(server.requests).toHaveLength(1);
});
