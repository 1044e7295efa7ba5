import type { Browser } from '@playwright/test';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { openBrowser } from '../support/browser.ts';
import { median } from './contest.ts';
import { addressOf, stop } from './machine.ts';
import { seedHome } from './queue.ts';
import type { QueueField } from './queue-page.ts';

const ASSETS = 100_000;
const WORDS = [
  'harbour',
  'glacier',
  'library',
  'rings',
  'river',
  'bridge',
  'night survey',
  'rain',
  'volunteers',
  'lighthouse',
  'otter',
  'snow',
];
const KEY_MS = 80;
const STARTS = 3;

type Named = { name: string; ms: number };

function node(args: string[]): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}
const since = (startedAt: number): number => (performance.now() - startedAt) / 1000;

async function sync(desk: string, home: string, url: string): Promise<number> {
  const startedAt = performance.now();
  const child = node([desk, 'catalogue', 'sync', '--json', '--home', home, '--service', url]);
  child.stdout?.resume();
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`desk catalogue sync ended with ${code}`);
  return since(startedAt);
}

/**
 * In the page, before its own code: how long each question over the bridge waits for its answer.
 */
function watchBridge(): void {
  const asked = new Map<number, Named>();
  const answered: Named[] = [];
  Object.assign(globalThis, { bridgeAnswers: answered });
  const { send } = WebSocket.prototype;
  const sockets = new WeakSet<WebSocket>();
  WebSocket.prototype.send = function watched(this: WebSocket, data) {
    const { id, name } = JSON.parse(data as string) as { id: number; name: string };
    asked.set(id, { name, ms: performance.now() });
    if (!sockets.has(this))
      this.addEventListener('message', ({ data: reply }: MessageEvent<string>) => {
        const question = asked.get((JSON.parse(reply) as { id?: number }).id ?? -1);
        if (question) answered.push({ name: question.name, ms: performance.now() - question.ms });
      });
    sockets.add(this);
    send.call(this, data);
  };
}

/**
 * The station on this home: seconds from the start of its process to the first picture's name in
 * the page, and how long each key's search took.
 */
async function openPage(
  desk: string,
  home: string,
  url: string,
  browser: Browser,
  words: readonly string[],
): Promise<{ seconds: number; searches: number[] }> {
  const startedAt = performance.now();
  const child = node([desk, 'station', '--json', '--home', home, '--service', url]);
  try {
    const address = await addressOf(child);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(watchBridge);
    await page.goto(address, { waitUntil: 'commit' });
    await page.getByText(/^100,000 /u).waitFor();
    await page.locator('main img').first().waitFor();
    const seconds = since(startedAt);
    await page.waitForTimeout(1500);
    for (const word of words) {
      await page.keyboard.press('/');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(word, { delay: KEY_MS });
    }
    const answers = await page.evaluate(
      () => (globalThis as unknown as { bridgeAnswers: Named[] }).bridgeAnswers,
    );
    await page.close();
    return {
      seconds,
      searches: answers
        .filter(({ name }) => name === 'catalogue.search')
        .map(({ ms }) => ms)
        .slice(1),
    };
  } finally {
    await stop(child);
  }
}

/**
 * The library with 100,000 generated assets, as a table: the first sync over loopback, how soon the
 * page is of use, and a key's search in it.
 */
export async function catalogueRows(field: QueueField): Promise<string> {
  const { desk, folder } = field;
  const service = node([
    path.join(path.dirname(desk), 'service-cli.js'),
    '--seed',
    `bench:${ASSETS}`,
    '--limits',
    'relaxed',
  ]);
  const browser = await openBrowser();
  try {
    const url = await addressOf(service);
    const home = await seedHome(field, 'home-catalogue', []);
    const syncSeconds = await sync(desk, home, url);
    const opened = [];
    for (let i = 0; i < STARTS; i++)
      opened.push(await openPage(desk, home, url, browser, i === 0 ? WORDS : []));
    const searches = (opened[0]?.searches ?? []).toSorted((a, b) => a - b);
    const p95 = searches[Math.floor(searches.length * 0.95)] ?? NaN;
    return [
      `| ${new Intl.NumberFormat('en').format(ASSETS)} assets, 10,000 queued packages | |`,
      '|---|---|',
      `| first sync into the library, whole process | ${syncSeconds.toFixed(1)} s |`,
      `| a key's search, from the page over the bridge and back | median ${median(searches).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms of ${searches.length} |`,
      `| station and page, from the start of the process to the catalogue with pictures (browser open before) | ${median(opened.map(({ seconds }) => seconds)).toFixed(2)} s (median of ${STARTS}) |`,
    ].join('\n');
  } finally {
    await browser.close();
    await stop(service);
    await rm(path.join(folder, 'home-catalogue'), { recursive: true, force: true });
  }
}
