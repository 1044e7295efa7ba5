/**
 * Loaded into a program with `--import` (plain JavaScript: Node’s TypeScript would add 30 MiB to
 * what is measured): writes how late its main thread's event loop was to the file that BENCH_LOOP
 * names, once a second.
 */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const file = process.env['BENCH_LOOP'];
if (isMainThread && file !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  // The start of the program is not what is measured.
  setTimeout(() => delay.enable(), 2000).unref();
  setInterval(
    () =>
      writeFileSync(
        file,
        JSON.stringify({
          p50: delay.percentile(50) / 1e6,
          p99: delay.percentile(99) / 1e6,
          max: delay.max / 1e6,
        }),
      ),
    1000,
  ).unref();
}
