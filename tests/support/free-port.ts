import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

/** Above the last port that Chromium and fetch refuse (10080). */
const FIRST = 11_000;
/** Linux gives those from here on to connections and to servers that ask for any. */
const FIRST_EPHEMERAL = 32_768;
const given = new Set<number>();

/**
 * A port for a server that can't choose one itself, that ends and comes back, or that isn't there
 * at all. No program beside the test is given it meanwhile, as one that was listened on with 0 is.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, FIRST_EPHEMERAL);
    if (given.has(port)) continue;
    given.add(port);
    const server = net.createServer();
    try {
      await once(server.listen(port, '0.0.0.0'), 'listening');
      return port;
    } catch {
      // In use.
    } finally {
      if (server.listening) await once(server.close(), 'close');
    }
  }
}
