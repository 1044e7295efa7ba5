import type { Page } from '@playwright/test';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { openBrowser } from '../support/browser.ts';
import { addressOf, memoryOf, stop } from './machine.ts';
import type { BenchOrigin } from './origin.ts';

export type QueueField = { folder: string; origin: BenchOrigin; desk: string };

const SCROLLS = 240;

type Frames = {
  count: number;
  p50: number;
  p99: number;
  longest: number;
  over32: number;
  longTasks: number;
};

function parentOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
}

function isOurs(pid: number): boolean {
  for (let at = pid; at > 1; at = parentOf(at)) if (at === process.pid) return true;
  return false;
}

/**
 * The renderer of the page: of the renderers under this process the one that has used the most
 * memory.
 */
function rendererMiB(): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--type=renderer') &&
          isOurs(Number(name))
          ? [memoryOf(Number(name)).peakMiB]
          : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
  return Math.max(0, ...found);
}

/**
 * Time between frames while the list is scrolled from its top to its end and back, and pushes come
 * in.
 */
function framesOf(page: Page, scrolls: number): Promise<Frames> {
  return page.evaluate(async (count) => {
    const list = document.querySelector('ol')?.parentElement;
    if (!list) throw new Error('No list');
    let longTasks = 0;
    const observer = new PerformanceObserver(
      (entries) => void (longTasks += entries.getEntries().length),
    );
    observer.observe({ entryTypes: ['longtask'] });
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      times.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)));
      // Mostly by the wheel, now and then as far as one pulls the bar.
      const step = i % 40 === 39 ? list.scrollHeight / 6 : 120;
      list.scrollTop = (list.scrollTop + step) % (list.scrollHeight - list.clientHeight);
    }
    observer.disconnect();
    const gaps = times
      .slice(1)
      .map((at, i) => at - (times[i] ?? at))
      .toSorted((a, b) => a - b);
    const at = (share: number): number =>
      gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? 0;
    return {
      count: gaps.length,
      p50: at(0.5),
      p99: at(0.99),
      longest: gaps.at(-1) ?? 0,
      over32: gaps.filter((gap) => gap > 32).length,
      longTasks,
    };
  }, scrolls);
}

/** The station on this home, its page in Chromium. */
export async function measurePage(
  { desk, origin }: QueueField,
  home: string,
  median: (values: readonly number[]) => number,
): Promise<string> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', desk, 'station', '--json', '--home', home],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: origin.cert },
    },
  );
  const startedAt = performance.now();
  const address = await addressOf(child);
  const startSeconds = (performance.now() - startedAt) / 1000;
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(address);
    const skip = page.getByRole('link', { name: /^Downloads/u });
    await skip.click();
    await page.locator('ol li').first().waitFor();
    await page.waitForTimeout(3000);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const cpuSeconds = async (): Promise<number> =>
      (await devtools.send('Performance.getMetrics')).metrics.find(
        ({ name }) => name === 'TaskDuration',
      )?.value ?? 0;
    const cpuBefore = await cpuSeconds();
    const rounds: Frames[] = [];
    for (let i = 0; i < 5; i++) rounds.push(await framesOf(page, SCROLLS));
    const cpuMs = ((await cpuSeconds()) - cpuBefore) * 1000;
    const of = (value: (frames: Frames) => number): string => median(rounds.map(value)).toFixed(1);
    const sum = (value: (frames: Frames) => number): number =>
      rounds.reduce((total, frames) => total + value(frames), 0);
    const heap = await page.evaluate(
      () =>
        (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize /
        1024 /
        1024,
    );
    return [
      '| page with 10,000 rows and 20 active, scrolled, Chromium without a GPU | |',
      '|---|---|',
      `| frames | ${sum(({ count }) => count)}, every ${of(({ p50 }) => p50)} ms (median), p99 ${of(({ p99 }) => p99)}, longest ${Math.max(...rounds.map(({ longest }) => longest)).toFixed(0)} |`,
      `| frames over 32 ms; tasks over 50 ms | ${sum(({ over32 }) => over32)}; ${sum(({ longTasks }) => longTasks)} |`,
      `| CPU time of the page’s main thread | ${(cpuMs / sum(({ count }) => count)).toFixed(1)} ms a frame |`,
      `| renderer process, JavaScript heap | ${rendererMiB().toFixed(0)} MiB, ${heap.toFixed(0)} MiB |`,
      `| station from its start to its address | ${startSeconds.toFixed(2)} s |`,
    ].join('\n');
  } finally {
    await browser.close();
    await stop(child);
    await rm(home, { recursive: true, force: true });
  }
}
