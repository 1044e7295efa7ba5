import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createPacResolver } from 'pac-resolver';
import { QuickJS } from 'quickjs-wasi';
import { AppError, messageOf } from '../../../shared/errors.ts';
import { builtFile } from '../../built-file.ts';
import { parsePacAnswer, type Route } from '../../formats/proxy-route.ts';

/** What a script may compute for one address, ms, and take, bytes. */
const MAX_MS = 1_000;
const MAX_MEMORY_BYTES = 32 * 1024 * 1024;
/** Until names that it asks for must be known, ms. */
const MAX_WAIT_MS = 10_000;
/** The clock is asked at each so many steps. */
const STEPS = 10_000;

export const MAX_PAC_BYTES = 1024 * 1024;

/** A PAC file that was read: it says how an address is reached. */
export type PacScript = {
  /** @throws `usage` if the script fails, takes too long or too much memory */
  routes(url: URL): Promise<Route[]>;
  close(): void;
};

const failed = (why: string, cause?: unknown): AppError =>
  new AppError('usage', `The proxy script (PAC) fails: ${why}`, { cause });

/** The engine that runs scripts, from its package or beside the built program. */
const engine = (): Promise<Buffer> =>
  readFile(
    builtFile('quickjs.wasm', import.meta.url) ??
      createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm'),
  );

/**
 * Reads a proxy auto-configuration script (Netscape's PAC format, as browsers run it), in an engine
 * of its own that reaches nothing but name lookup.
 *
 * @throws `usage` if it isn't one
 */
export async function readPac(text: string): Promise<PacScript> {
  let endsAt = 0;
  let steps = 0;
  const vm = await QuickJS.create({
    wasm: await engine(),
    memoryLimit: MAX_MEMORY_BYTES,
    interruptHandler: () => ++steps % STEPS === 0 && performance.now() > endsAt,
  });
  const within = <T>(work: () => T): T => {
    endsAt = performance.now() + MAX_MS;
    return work();
  };
  let find: ReturnType<typeof createPacResolver>;
  try {
    // What it says with `alert` is nobody's.
    find = within(() => createPacResolver(vm, text, { sandbox: { alert: () => undefined } }));
  } catch (thrown) {
    vm.dispose();
    throw failed(messageOf(thrown), thrown);
  }
  return {
    async routes(url) {
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => late.reject(new Error('the names it asks for aren’t found in time')),
        MAX_WAIT_MS,
      );
      try {
        // As browsers do, it learns the site alone: a path may hold a secret.
        const answer = await Promise.race([
          within(() => find(`${url.origin}/`, url.hostname)),
          late.promise,
        ]);
        return parsePacAnswer(answer);
      } catch (thrown) {
        throw failed(messageOf(thrown), thrown);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => vm.dispose(),
  };
}
