import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createByteSource } from '../../../src/main/adapters/http/byte-source.ts';
import { environmentNetwork } from '../../../src/main/adapters/http/network.ts';
import type { ByteSource } from '../../../src/main/transfers/ports.ts';
import { content } from '../../support/engine/origin.ts';
import { openOrigin } from '../../support/engine/per-test.ts';

/** A proxy that records requests and answers them itself. */
let proxy: http.Server;
let asked: string[];
let proxyUrl: string;
beforeEach(async () => {
  asked = [];
  proxy = http.createServer((request, response) => {
    asked.push(`GET ${request.url}`);
    response.end('through the proxy');
  });
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterEach(async () => {
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
});

const { signal } = new AbortController();

async function textOf(source: ByteSource, url: string): Promise<string> {
  const { body } = await source.open({ url, headers: {}, signal });
  const chunks: Uint8Array[] = [];
  for await (const { bytes, release } of body) {
    chunks.push(Uint8Array.from(bytes));
    release();
  }
  return Buffer.concat(chunks).toString();
}

test('http goes through HTTP_PROXY, https asks HTTPS_PROXY for a tunnel', async () => {
  const source = createByteSource({
    network: environmentNetwork({ HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl }),
  });
  expect(await textOf(source, 'http://origin.invalid/a.mov?x=1')).toBe('through the proxy');
  await expect(
    source.open({ url: 'https://origin.invalid/a.mov', headers: {}, signal }),
  ).rejects.toMatchObject({ code: 'proxy-refused' });
  expect(asked).toEqual(['GET http://origin.invalid/a.mov?x=1', 'CONNECT origin.invalid:443']);
  source.close();
});

test('NO_PROXY and the demo on loopback go without', async () => {
  const source = createByteSource({
    network: environmentNetwork({
      HTTP_PROXY: proxyUrl,
      HTTPS_PROXY: proxyUrl,
      NO_PROXY: 'origin.invalid',
    }),
  });
  const origin = await openOrigin();
  origin.serve('/a.mov', content(10));
  expect(await textOf(source, `${origin.url}/a.mov`)).toHaveLength(10);
  await expect(
    source.open({ url: 'http://origin.invalid/a.mov', headers: {}, signal }),
  ).rejects.toMatchObject({ code: 'offline' });
  expect(asked).toEqual([]);
  await origin.stop();
  source.close();
});
