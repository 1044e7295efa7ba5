import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { environmentNetwork } from '../../src/main/adapters/http/network.ts';
import { startTransferWorker } from '../../src/main/threads/transfers.ts';
import { killThread } from '../support/engine/threads.ts';
import { signedOutSource } from '../support/fakes/package-source.ts';
import { startDesk } from '../support/app/desk.ts';
import { content, sha256 } from '../support/engine/origin.ts';
import { freePort } from '../support/free-port.ts';
import { proxiesMissing, Servers } from '../support/network/servers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FILES = 20;
const BYTES = 3 * 1024 * 1024;
const KILLS = 10;
/** Lives of the thread, ms; a fifth death in a row is final after minutes. */
const RESTARTED = [1_500, 2_000, 2_500];
const LOGIN = { user: 'ingest', password: 'QuietHarbour7' };

describe.skipIf(proxiesMissing !== null)(
  `20 downloads behind a proxy${proxiesMissing === null ? '' : ` (skipped: ${proxiesMissing} is missing)`}`,
  { tags: ['long'] },
  () => {
    let servers: Servers;
    let squid: Servers;
    let home: string;
    let to: string;
    let urls: string[];
    let proxy: number;
    let environment: NodeJS.ProcessEnv;
    const hashes = new Map<string, string>();

    const startProxy = async (): Promise<void> => {
      squid = new Servers(servers.folder);
      await squid.squid(
        'squid',
        {
          ports: `http_port 127.0.0.1:${proxy}`,
          lines: squid.signIn(LOGIN.user, LOGIN.password),
          rules: 'http_access allow known\nhttp_access deny all',
        },
        proxy,
      );
    };

    beforeAll(async () => {
      servers = new Servers(temporaryFolder());
      [home, to] = [temporaryFolder(), temporaryFolder()];
      const origin = await freePort();
      proxy = await freePort();
      const root = servers.authority('authority', 'Channel Nine Root');
      const own = servers.certificate('media', root);
      mkdirSync(servers.path('www'));
      for (let n = 0; n < FILES; n++) {
        const bytes = content(BYTES + n, n + 1);
        writeFileSync(path.join(servers.path('www'), `${n}.mov`), bytes);
        hashes.set(`${n}.mov`, sha256(bytes));
      }
      await servers.nginx(
        origin,
        `server { listen ${servers.host}:${origin} ssl; ssl_certificate ${own}; ssl_certificate_key ${own}; root ${servers.path('www')}; location / { limit_rate 400k; } }`,
      );
      await startProxy();
      urls = [...hashes.keys()].map((name) => `https://${servers.host}:${origin}/${name}`);
      writeFileSync(path.join(home, 'settings.json'), JSON.stringify({ caFiles: [root.ca] }));
      environment = {
        ...process.env,
        NO_PROXY: '',
        HTTPS_PROXY: `http://${LOGIN.user}:${LOGIN.password}@127.0.0.1:${proxy}`,
      };
    });
    afterAll(async () => {
      await squid.stop();
      await servers.stop();
    });

    /** @param ms after which it is killed */
    async function get(ms: number | null): Promise<number | null> {
      const { child, end } = startDesk(['get', ...urls, '--to', to], { home, env: environment });
      const timer = ms === null ? null : setTimeout(() => child.kill('SIGKILL'), ms);
      const { code } = await end;
      if (timer) clearTimeout(timer);
      return code;
    }

    test(`their thread alone is killed ${RESTARTED.length} times: all come back, whole`, async () => {
      const into = temporaryFolder();
      vi.stubEnv('NO_PROXY', '');
      vi.stubEnv('HTTPS_PROXY', environment['HTTPS_PROXY']);
      const authorities = [readFileSync(servers.path('authority.pem'), 'utf8')];
      const transfers = await startTransferWorker({
        home: temporaryFolder(),
        source: signedOutSource,
        network: {
          ...environmentNetwork(process.env, { ca: authorities }),
          onChanged: () => undefined,
        },
        settings: { scope: 'all', activeTransfers: 6 },
        restarts: true,
        onBug: () => undefined,
      });
      try {
        await transfers.enqueue(
          urls.map((url) => ({
            url,
            metalink: false,
            destination: into,
            sha256: hashes.get(path.basename(url)) ?? null,
            hashAnyway: false,
          })),
        );
        let killed = 0;
        for (const at of RESTARTED) {
          await sleep(at);
          if (await killThread('transfers')) killed += 1;
          expect((await transfers.totals()).counts.all).toBe(FILES);
        }
        expect(killed).toBe(RESTARTED.length);
        await expect
          .poll(async () => (await transfers.totals()).counts.done, { timeout: 240_000 })
          .toBe(FILES);
      } finally {
        await transfers.close();
        vi.unstubAllEnvs();
      }
      expect(readdirSync(into).toSorted()).toEqual([...hashes.keys()].toSorted());
      for (const [name, hash] of hashes)
        expect(sha256(readFileSync(path.join(into, name))), name).toBe(hash);
    });

    test(`killed ${KILLS} times, and the proxy twice: all come back, whole`, async () => {
      let killed = 0;
      for (let n = 0; n < KILLS; n++) {
        if (n === 3 || n === 6) {
          await squid.stop();
          // It waits for the proxy, and is killed waiting.
          if ((await get(2_500)) === null) killed += 1;
          await startProxy();
        }
        if ((await get(1_500 + n * 150)) === null) killed += 1;
      }
      expect(killed).toBeGreaterThan(KILLS / 2);
      expect(await get(null)).toBe(0);
      expect(readdirSync(to).toSorted()).toEqual([...hashes.keys()].toSorted());
      for (const [name, hash] of hashes)
        expect(sha256(readFileSync(path.join(to, name))), name).toBe(hash);
      const telling = readdirSync(home, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .filter((file) => readFileSync(file).includes(LOGIN.password));
      expect(telling).toEqual([]);
    });
  },
);
