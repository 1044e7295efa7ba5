import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceOf } from '../../../src/main/app/service-switch.ts';
import { createPackageSource } from '../../../src/main/adapters/service/packages.ts';
import {
  createServiceClient,
  type ServiceClient,
} from '../../../src/main/adapters/service/client.ts';
import { PROBLEM_BASE } from '../../../src/shared/api/problem.ts';
import { settled, type Bench } from '../../support/engine/bench.ts';
import { openBench } from '../../support/engine/per-test.ts';

const PACKAGES = 20;
const HOUR_MS = 3_600_000;

let retryAfter = '';
let isProblem = true;
let asked = 0;
let server: http.Server;
let client: ServiceClient;
let bench: Bench;
const url = (path: string): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const warnings: string[] = [];
const warned = ({ name }: Error): void => void warnings.push(name);

beforeEach(async () => {
  asked = 0;
  isProblem = true;
  warnings.length = 0;
  process.on('warning', warned);
  server = http.createServer((request, response) => {
    if (request.url === '/other') {
      response.end('ok');
      return;
    }
    asked += 1;
    response.writeHead(429, {
      'retry-after': retryAfter,
      'content-type': isProblem ? 'application/problem+json' : 'text/html',
    });
    response.end(
      isProblem
        ? JSON.stringify({
            type: `${PROBLEM_BASE}rate-limited`,
            title: 'Later',
            status: 429,
            detail: 'Later',
            instance: 'urn:uuid:0',
          })
        : '<html>Later',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = createServiceClient({ origin: url(''), version: '0', language: () => 'en' });
  const source = createPackageSource(
    client,
    (work) => work('token'),
    async () => [],
    () => 'key',
    () => undefined,
  );
  const ports = {
    source: sourceOf(
      () => ({ scope: url(''), source }),
      async () => [],
      () => null,
    ),
  };
  bench = await openBench({ ports, settings: { maxAttempts: null } });
});
afterEach(async () => {
  client.close();
  server.closeAllConnections();
  server.close();
  process.off('warning', warned);
});

/** So long that whoever asks in a loop has asked many times. */
async function meanwhile(): Promise<void> {
  for (let i = 0; i < 300; i += 1) await (await fetch(url('/other'))).text();
}

const VALUES = ['99999999999', '9'.repeat(30), '2147484', 'Fri, 31 Dec 9999 23:59:59 GMT'];

test.each([
  ...VALUES.map((value) => [value, 'itself'] as const),
  ['99999999999', 'the proxy before it'] as const,
])(
  'a service that answers Retry-After: %s by %s is left alone, and the queue says until when',
  async (value, who) => {
    retryAfter = value;
    isProblem = who === 'itself';
    const ids = await bench.transfers.enqueue(
      Array.from({ length: PACKAGES }, (_, i) => ({
        packageId: `pkg_${i}`,
        assetId: `ast_${i}`,
        rev: 1,
        purpose: 'broadcast',
        title: `Package ${i}`,
        label: 'HD',
        destination: bench.to,
        acknowledge: [],
      })),
      { makeDestination: true },
    );
    const state = await Promise.race(ids.map((id) => settled(bench.transfers, id, 'retry')));
    expect(state).toMatchObject({ phase: 'waiting', reason: 'retry' });
    await meanwhile();
    // Those that were under way together with the first.
    expect(asked).toBeLessThanOrEqual(6);
    expect(warnings).toEqual([]);
    const untilMs = state.phase === 'waiting' ? Number(state.untilMs) : 0;
    expect(untilMs - Date.now()).toSatisfy((ms: number) => ms > 23 * HOUR_MS && ms <= 24 * HOUR_MS);
  },
);

test.each(VALUES)(
  'an origin that answers Retry-After: %s is asked once in an hour',
  async (value) => {
    retryAfter = value;
    const [id = ''] = await bench.transfers.enqueue(
      [
        {
          url: url('/a.mov'),
          metalink: false,
          destination: bench.to,
          sha256: null,
          hashAnyway: false,
        },
      ],
      { makeDestination: true },
    );
    const state = await settled(bench.transfers, id, 'retry');
    const untilMs = state.phase === 'waiting' ? Number(state.untilMs) : 0;
    expect(untilMs - Date.now()).toSatisfy((ms: number) => ms > 0.9 * HOUR_MS && ms <= HOUR_MS);
    await meanwhile();
    expect(asked).toBe(1);
    expect(warnings).toEqual([]);
  },
);

test.each(['-5', 'soon', '', '1e400', 'Fri, never'])(
  'what is no Retry-After (%j) leaves the pauses to the queue, which grow',
  async (value) => {
    retryAfter = value;
    const [id = ''] = await bench.transfers.enqueue(
      [
        {
          url: url('/a.mov'),
          metalink: false,
          destination: bench.to,
          sha256: null,
          hashAnyway: false,
        },
      ],
      { makeDestination: true },
    );
    await settled(bench.transfers, id, 'retry');
    await meanwhile();
    expect(asked).toBeLessThanOrEqual(8);
    expect(warnings).toEqual([]);
  },
);
