import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import { EVENT_KINDS } from '../../../src/shared/contract/events.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { startDesk } from '../../support/app/desk.ts';
import { eventually } from '../../support/eventually.ts';
import { startReceiver, status, type Receiver } from '../../support/events.ts';
import { startDemo } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const keyFile = path.join(temporaryFolder(), 'key');
writeFileSync(keyFile, randomBytes(32), { mode: 0o600 });

const openHome = (home: string, background: boolean, serviceUrl?: string): Promise<Application> =>
  openApplication(home, {
    background,
    credentials: { store: 'file', keyFile },
    ...(serviceUrl !== undefined && { serviceUrl }),
  });

/** A home with a webhook, that has been open before. */
async function newHome(receiver: Receiver, serviceUrl?: string): Promise<string> {
  const home = temporaryFolder();
  const application = await openHome(home, true, serviceUrl);
  await invoke(application, 'settings.set', { destination: path.join(home, 'to') });
  await invoke(application, 'webhooks.add', {
    name: null,
    address: receiver.url,
    events: [...EVENT_KINDS],
  });
  await application.services.events.after(0, 1);
  await application.close();
  return home;
}

/** Starts a station, and kills it. */
async function runUntilKilled(
  home: string,
  service: string | undefined,
  kill: Promise<unknown>,
): Promise<void> {
  const station = startDesk(['station'], { home, ...(service !== undefined && { service }) });
  // A station that is killed while it starts has no line.
  const started = station.line(({ type }) => type === 'station').catch(() => undefined);
  await Promise.race([kill, station.end]);
  station.child.kill('SIGKILL');
  await Promise.all([station.end, started]);
}

const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test(
  'however often the station is killed, each failure is recorded once and sent in order',
  { tags: ['long'], timeout: 240_000 },
  async () => {
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const nowhere = http.createServer((_request, response) => void response.writeHead(404).end());
    await new Promise<void>((resolve) => nowhere.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void nowhere.close());
    const { port } = nowhere.address() as AddressInfo;
    const home = await newHome(receiver);
    const names = Array.from({ length: 8 }, (_, at) => `clip-${at}.mov`);
    const setUp = await openHome(home, false);
    await setUp.services.transfers.configure({ activeTransfers: 0 });
    for (const name of names)
      await invoke(setUp, 'transfers.import', { url: `http://127.0.0.1:${port}/${name}` });
    await setUp.close();

    // Somewhere between the start, the failures, their record and the first of them sent.
    receiver.answers.splice(0, receiver.answers.length, () => undefined);
    for (let round = 0; round < 5; round += 1)
      await runUntilKilled(home, undefined, soon(300 + 900 * Math.random()));
    // When an event has arrived and isn't answered, and when it is answered and not yet noted.
    for (let round = 0; round < 6; round += 1) {
      const arrived = new Promise<void>((resolve) => {
        receiver.answers.splice(0, receiver.answers.length, (_request, response) => {
          if (round % 2 === 0) return resolve();
          response.writeHead(204).end();
          response.on('finish', () => resolve());
        });
      });
      await runUntilKilled(home, undefined, Promise.race([arrived, soon(20_000)]));
    }
    receiver.answers.splice(0, receiver.answers.length, status(204));
    const last = await openHome(home, true);
    onTestFinished(() => last.close());
    const seen = (): string[] => [...new Set(receiver.received.map(({ event }) => event.id))];
    await eventually(() => expect(seen()).toHaveLength(names.length));
    const events = await last.services.events.after(0, 100);
    expect(events.map(({ data }) => data.title).toSorted()).toEqual(names);
    expect(seen()).toEqual(events.map(({ id }) => id));
    // An earlier one comes again only as the last that was sent.
    const numbers = receiver.received.map(({ event }) => event.number);
    for (const [at, number] of numbers.entries())
      expect(number).toBeGreaterThanOrEqual(Math.max(...numbers.slice(0, at), 0));
  },
);

test(
  'however often the station is killed, each package is ready once',
  { tags: ['long'], timeout: 240_000 },
  async () => {
    const service = await startDemo({ testControls: true, limits: 'relaxed' });
    onTestFinished(() => service.close());
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const home = await newHome(receiver, service.url);
    const setUp = await openHome(home, false, service.url);
    await invoke(setUp, 'account.sign-in', service.demoAccount);
    await invoke(setUp, 'library.sync');
    await setUp.services.transfers.configure({ activeTransfers: 0 });
    const { items } = await invoke(setUp, 'catalogue.search', {
      query: { text: '', sort: 'newest' },
      range: { offset: 0, count: 100 },
    });
    const plan = await invoke(setUp, 'transfers.plan', {
      assetIds: items.map(({ id }) => id),
      profile: 'preview',
    });
    const wanted = plan.items
      .filter(({ blocked, embargoUntil }) => blocked === null && embargoUntil === null)
      .slice(0, 4);
    expect(wanted).toHaveLength(4);
    await invoke(setUp, 'transfers.enqueue', {
      packages: wanted.map(({ assetId, packageId }) => ({ assetId, packageId })),
      acknowledge: wanted.flatMap(({ restrictionIds }) => restrictionIds),
    });
    await setUp.close();
    for (let round = 0; round < 8; round += 1)
      await runUntilKilled(home, service.url, soon(500 + 1500 * Math.random()));
    const last = await openHome(home, true, service.url);
    onTestFinished(() => last.close());
    const seen = (): Set<string> => new Set(receiver.received.map(({ event }) => event.id));
    await eventually(() => expect(seen().size).toBe(4));
    const events = await last.services.events.after(0, 100);
    expect(events.map(({ type }) => type)).toEqual(
      Array.from({ length: 4 }, () => 'package.ready'),
    );
    expect(new Set(events.map(({ data }) => data.packageId))).toEqual(
      new Set(wanted.map(({ packageId }) => packageId)),
    );
  },
);
