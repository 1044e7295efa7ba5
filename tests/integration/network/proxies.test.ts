import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { testConnection } from '../../../src/main/app/connection-test.ts';
import type { Application } from '../../../src/main/app/services.ts';
import type { Hop } from '../../../src/shared/contract/network.ts';
import { loadDemo } from '../../../src/service/demo/index.ts';
import type { SettingsView } from '../../../src/main/settings/settings.ts';
import { invoke, openApplication, pageShell } from '../../support/app/application.ts';
import { freePort } from '../../support/free-port.ts';
import { proxiesMissing, Servers } from '../../support/network/servers.ts';
import { demoDir, startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const LOGIN = { user: 'newsroom\\ingest', password: 'Quiet: Harbour@7' };
/** tinyproxy's own file has no way to write other signs. */
const PLAIN_LOGIN = { user: 'ingest', password: 'QuietHarbour7' };
const DIRECT: Partial<SettingsView> = {
  proxyMode: 'none',
  proxyAddress: null,
  proxyExceptions: [],
  pacAddress: null,
  clientCertificates: [],
};

/** What is read of an evidence report. */
type Report = {
  files: {
    state: string;
    evidence: {
      origins: { host: string; answers: number; route: { why: string } | null }[];
    } | null;
  }[];
};

/** Known to a proxy alone. */
const NAMED = 'media.test';

type Ports = Record<
  | 'service'
  | 'expired'
  | 'otherName'
  | 'wanting'
  | 'captive'
  | 'squid'
  | 'signedIn'
  | 'secure'
  | 'closed'
  | 'inspecting'
  | 'tinyproxy'
  | 'tinySignedIn'
  | 'socks'
  | 'socksSignedIn'
  | 'nobody'
  | 'pac',
  number
>;

const manual = (proxyAddress: string): Partial<SettingsView> => ({
  proxyMode: 'manual',
  proxyAddress,
});

describe.skipIf(proxiesMissing !== null)(
  `through real proxies${proxiesMissing === null ? '' : ` (skipped: ${proxiesMissing} is missing)`}`,
  () => {
    let service: DemoService;
    let servers: Servers;
    let ports: Ports;
    let application: Application;
    let home: string;
    /** What the system says of proxies, in words of a PAC file. */
    let system = 'DIRECT';
    let script: http.Server;
    let scriptText = '';
    let authority: string;
    let inspection: string;
    let ownCertificate: string;
    let item: { assetId: string; packageId: string };

    const use = (settings: Partial<SettingsView>): void =>
      void application.services.settings.set({ ...DIRECT, ...settings });
    const at = (port: keyof Ports): string => `https://${servers.host}:${ports[port]}`;
    const loginAt = (port: keyof Ports, login: typeof LOGIN | null) =>
      application.services.network.setCredentials(`127.0.0.1:${ports[port]}`, login);

    beforeAll(async () => {
      const names: (keyof Ports)[] = [
        'service',
        'expired',
        'otherName',
        'wanting',
        'captive',
        'squid',
        'signedIn',
        'secure',
        'closed',
        'inspecting',
        'tinyproxy',
        'tinySignedIn',
        'socks',
        'socksSignedIn',
        'nobody',
        'pac',
      ];
      ports = Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await freePort()] as const)),
      ) as Ports;
      servers = new Servers(temporaryFolder());
      service = await startDemo({ limits: 'relaxed' });
      const root = servers.authority('authority', 'Channel Nine Root');
      const inspector = servers.authority('inspection', 'Channel Nine Inspection CA 2');
      authority = root.ca;
      inspection = inspector.ca;
      ownCertificate = servers.certificate('ingest-02', root);
      const [good, expired, other, proxy] = [
        servers.certificate('media', root, { hosts: [servers.host, NAMED] }),
        servers.certificate('expired', root, { validTo: '20210101000000Z' }),
        servers.certificate('other', root, { hosts: ['other.test'] }),
        servers.certificate('proxy', root, { hosts: ['127.0.0.1'] }),
      ];
      const server = (port: keyof Ports, certificate: string, rest: string): string =>
        `server { listen ${servers.host}:${ports[port]} ssl; ssl_certificate ${certificate}; ssl_certificate_key ${certificate}; ${rest} }`;
      const toService = (port: keyof Ports): string =>
        `location / { proxy_pass ${service.url}; proxy_set_header Accept-Encoding ''; proxy_request_buffering off; client_max_body_size 0; sub_filter '${service.url}' '${at(port)}'; sub_filter_once off; sub_filter_types application/json application/problem+json; }`;
      await servers.nginx(
        ports.service,
        [
          server('service', good, toService('service')),
          server('expired', expired, toService('expired')),
          server('otherName', other, toService('otherName')),
          server(
            'wanting',
            good,
            `ssl_verify_client on; ssl_client_certificate ${root.ca}; ${toService('wanting')}`,
          ),
          server(
            'captive',
            good,
            "location / { default_type text/html; return 200 '<html>Log in to this network</html>'; }",
          ),
        ].join('\n'),
      );
      const local = (port: keyof Ports): string => `http_port 127.0.0.1:${ports[port]}`;
      const ssl = servers.inspectionFolder();
      const hosts = servers.path('hosts');
      writeFileSync(hosts, `${servers.host} ${NAMED}\n`);
      await servers.squid(
        'squid',
        {
          ports: `${local('squid')}\nhttps_port 127.0.0.1:${ports.secure} tls-cert=${proxy}`,
        },
        ports.squid,
      );
      await servers.squid(
        'signed-in',
        {
          ports: local('signedIn'),
          lines: servers.signIn(LOGIN.user, LOGIN.password),
          rules: 'http_access allow known\nhttp_access deny all',
        },
        ports.signedIn,
      );
      await servers.squid(
        'closed',
        { ports: local('closed'), rules: 'http_access deny all' },
        ports.closed,
      );
      await servers.squid(
        'inspecting',
        {
          ports: `${local('inspecting')} ssl-bump tls-cert=${inspector.ca} tls-key=${inspector.key} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB`,
          lines: `sslcrtd_program /usr/lib/squid/security_file_certgen -s ${ssl} -M 4MB\nssl_bump bump all\ntls_outgoing_options cafile=${root.ca}\nhosts_file ${hosts}`,
        },
        ports.inspecting,
      );
      await servers.tinyproxy(ports.tinyproxy);
      await servers.tinyproxy(
        ports.tinySignedIn,
        `BasicAuth ${PLAIN_LOGIN.user} ${PLAIN_LOGIN.password}`,
      );
      await servers.microsocks(ports.socks, null);
      await servers.microsocks(ports.socksSignedIn, LOGIN);
      script = http.createServer((_request, response) =>
        response.setHeader('content-type', 'application/x-ns-proxy-autoconfig').end(scriptText),
      );
      await new Promise<void>((resolve) => script.listen(ports.pac, '127.0.0.1', resolve));
      home = temporaryFolder();
      application = await openApplication(home, {
        serviceUrl: at('service'),
        connect: false,
        shell: {
          ...pageShell,
          systemProxy: async () => system,
        },
      });
      use({});
      await invoke(application, 'network.add-authority', { text: readFileSync(authority, 'utf8') });
      await application.services.switchTo({ url: at('service') });
      await invoke(application, 'account.sign-in', service.demoAccount);
      await invoke(application, 'library.sync');
      const asset = loadDemo(demoDir).assets.find(({ slug }) => slug === 'AUR-26-1094');
      const web = asset?.packages.find(({ purpose }) => purpose === 'web');
      if (!asset || !web) throw new Error('No package');
      item = { assetId: asset.id, packageId: web.id };
    });
    afterEach(() => {
      vi.unstubAllEnvs();
      system = 'DIRECT';
    });
    afterAll(async () => {
      await application.close();
      script.closeAllConnections();
      await new Promise((resolve) => script.close(resolve));
      await servers.stop();
      await service.close();
    });

    let count = 0;
    /** Downloads a package anew. @returns how each of its files came */
    async function download(): Promise<string[]> {
      count += 1;
      const destination = path.join(home, `to-${count}`);
      const { ids } = await invoke(application, 'transfers.enqueue', {
        packages: [item],
        acknowledge: [],
        destination,
      });
      const [id = ''] = ids;
      await expect
        .poll(async () => (await application.services.transfers.detail(id)).state)
        .toMatchObject({ phase: 'done' });
      const { text } = await application.services.transfers.evidence(id, 'json', 'en');
      const report = JSON.parse(text) as Report;
      expect(report.files.every(({ state }) => state === 'verified')).toBe(true);
      // Else the next one would copy what is here.
      rmSync(destination, { recursive: true });
      const uses = report.files.flatMap(
        ({ evidence }) => evidence?.origins.filter(({ answers }) => answers > 0) ?? [],
      );
      expect(uses.length).toBeGreaterThan(0);
      for (const { host } of uses) expect(host).toBe(`${servers.host}:${ports.service}`);
      const ways = new Set(uses.map(({ route }) => (route?.why === 'proxy' ? 'proxy' : 'plain')));
      return [...ways];
    }
    const hopsOf = async (url: string): Promise<Hop[]> =>
      (
        await testConnection({
          network: application.services.network,
          by: application.services.network.by,
          version: '0.1.0',
          service: url,
          servers: [],
          sources: [],
          nowMs: () => 0,
        })
      ).hops;
    /** The part that fails, and those after it. */
    async function failing(
      port: keyof Ports = 'service',
    ): Promise<Partial<Hop> & { rest: string[] }> {
      const hops = await hopsOf(at(port));
      const first = hops.findIndex(({ state }) => state === 'failed');
      const { kind, code, fault } = hops[first] ?? {};
      return {
        ...(kind === undefined ? {} : { kind }),
        ...(code === undefined ? {} : { code }),
        ...(fault === undefined ? {} : { fault }),
        rest: [...new Set(hops.slice(first + 1).map(({ state }) => state))],
      };
    }
    const works = async (): Promise<Partial<Hop> | undefined> => {
      const hops = await hopsOf(at('service'));
      expect(hops.filter(({ state }) => state === 'failed')).toEqual([]);
      return hops.find(({ kind }) => kind === 'proxy');
    };

    const COMPLETE: [string, 'proxy' | 'plain', () => void | Promise<unknown>][] = [
      ['directly, by an authority of its own', 'plain', () => use({})],
      ['an HTTP proxy (Squid)', 'proxy', () => use(manual(`127.0.0.1:${ports.squid}`))],
      [
        'one that asks who we are',
        'proxy',
        async () => {
          use(manual(`127.0.0.1:${ports.signedIn}`));
          await loginAt('signedIn', LOGIN);
        },
      ],
      ['one over TLS', 'proxy', () => use(manual(`https://127.0.0.1:${ports.secure}`))],
      [
        'another HTTP proxy (tinyproxy)',
        'proxy',
        () => use(manual(`http://127.0.0.1:${ports.tinyproxy}`)),
      ],
      [
        'that one with a password',
        'proxy',
        async () => {
          use(manual(`127.0.0.1:${ports.tinySignedIn}`));
          await loginAt('tinySignedIn', PLAIN_LOGIN);
        },
      ],
      ['SOCKS 5 (microsocks)', 'proxy', () => use(manual(`socks5://127.0.0.1:${ports.socks}`))],
      [
        'SOCKS 5 with a password',
        'proxy',
        async () => {
          use(manual(`socks5://127.0.0.1:${ports.socksSignedIn}`));
          await loginAt('socksSignedIn', LOGIN);
        },
      ],
      [
        'a PAC file over http',
        'proxy',
        () => {
          scriptText = `function FindProxyForURL(url, host) { return host === "${servers.host}" ? "PROXY 127.0.0.1:${ports.squid}" : "PROXY nobody.invalid:1"; }`;
          use({ proxyMode: 'pac', pacAddress: `http://127.0.0.1:${ports.pac}/desk.pac` });
        },
      ],
      [
        'a PAC file on the disk that names a SOCKS proxy',
        'proxy',
        () => {
          const file = path.join(home, 'desk.pac');
          writeFileSync(
            file,
            `function FindProxyForURL() { return "SOCKS5 127.0.0.1:${ports.socks}"; }`,
          );
          use({ proxyMode: 'pac', pacAddress: file });
        },
      ],
      [
        'the second proxy of a PAC file whose first is down',
        'proxy',
        () => {
          scriptText = `function FindProxyForURL() { return "PROXY 127.0.0.1:${ports.nobody}; PROXY 127.0.0.1:${ports.squid}"; }`;
          use({ proxyMode: 'pac', pacAddress: `http://127.0.0.1:${ports.pac}/second.pac` });
        },
      ],
      [
        'directly, as a PAC file says where its proxy is down',
        'plain',
        () => {
          scriptText = `function FindProxyForURL() { return "PROXY 127.0.0.1:${ports.nobody}; DIRECT"; }`;
          use({ proxyMode: 'pac', pacAddress: `http://127.0.0.1:${ports.pac}/direct.pac` });
        },
      ],
      [
        'directly, as an exception of a proxy that is down',
        'plain',
        () =>
          use({ ...manual(`127.0.0.1:${ports.nobody}`), proxyExceptions: [`${servers.host}/32`] }),
      ],
      [
        'the proxy of the environment',
        'proxy',
        () => {
          vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${ports.squid}`);
          use({ proxyMode: 'system' });
        },
      ],
      [
        'the proxy of the system',
        'proxy',
        () => {
          system = `PROXY 127.0.0.1:${ports.squid}; DIRECT`;
          use({ proxyMode: 'system' });
        },
      ],
    ];
    test.each(COMPLETE)('a package comes: %s', async (_, why, prepare) => {
      await prepare();
      const proxy = await works();
      expect(proxy?.state).toBe(why === 'proxy' ? 'ok' : 'none');
      expect(await download()).toEqual([why]);
    });

    test('a certificate of ours as PEM and as PKCS #12, directly and through a proxy', async () => {
      use({});
      expect(await failing('wanting')).toMatchObject({
        kind: 'service',
        fault: 'certificate-wanted',
      });
      const host = servers.host;
      await invoke(application, 'network.set-client-certificate', {
        host,
        file: ownCertificate,
        passphrase: null,
      });
      expect((await hopsOf(at('wanting'))).at(-1)).toMatchObject({ state: 'ok' });
      const file = servers.pkcs12('ingest-02', ownCertificate, 'open-sesame');
      await expect(
        invoke(application, 'network.set-client-certificate', { host, file, passphrase: 'wrong' }),
      ).rejects.toMatchObject({ code: 'usage' });
      await invoke(application, 'network.set-client-certificate', {
        host,
        file,
        passphrase: 'open-sesame',
      });
      application.services.settings.set(manual(`127.0.0.1:${ports.squid}`));
      expect((await hopsOf(at('wanting'))).at(-1)).toMatchObject({ state: 'ok' });
      expect(JSON.stringify(application.services.settings.view)).not.toContain('open-sesame');
    });

    test('a server whose authority nobody knows', async () => {
      const { caFiles } = application.services.settings.view;
      use({ caFiles: [] });
      expect(await failing()).toEqual({
        kind: 'tls',
        code: 'tls',
        fault: 'untrusted',
        rest: ['not-reached'],
      });
      use({ caFiles: [inspection] });
      const hops = await hopsOf(at('service'));
      expect(hops.find(({ kind }) => kind === 'tls')).toMatchObject({
        fault: 'untrusted',
        certificate: {
          subject: 'media',
          issuer: 'Channel Nine Root',
          names: [servers.host, NAMED],
        },
      });
      use({ caFiles });
      expect(await hopsOf(at('service'))).toContainEqual(
        expect.objectContaining({ kind: 'tls', state: 'ok' }),
      );
    });
    const FAILING: [string, () => void | Promise<unknown>, Partial<Hop>, (keyof Ports)?][] = [
      [
        'a certificate that has expired',
        () => use({}),
        { kind: 'tls', fault: 'expired' },
        'expired',
      ],
      ['one for another name', () => use({}), { kind: 'tls', fault: 'other-name' }, 'otherName'],
      [
        'a proxy that is down',
        () => use(manual(`127.0.0.1:${ports.nobody}`)),
        { kind: 'proxy', code: 'proxy-unreachable' },
      ],
      [
        'a SOCKS proxy that is down',
        () => use(manual(`socks5://127.0.0.1:${ports.nobody}`)),
        { kind: 'proxy', code: 'proxy-unreachable' },
      ],
      [
        'a proxy that asks who we are',
        async () => {
          await loginAt('signedIn', null);
          use(manual(`127.0.0.1:${ports.signedIn}`));
        },
        { kind: 'proxy', code: 'proxy-auth' },
      ],
      [
        'a proxy that knows another password',
        async () => {
          await loginAt('signedIn', { ...LOGIN, password: 'another' });
          use(manual(`127.0.0.1:${ports.signedIn}`));
        },
        { kind: 'proxy', code: 'proxy-auth' },
      ],
      [
        'a SOCKS proxy that knows another password',
        async () => {
          await loginAt('socksSignedIn', { ...LOGIN, password: 'another' });
          use(manual(`socks5://127.0.0.1:${ports.socksSignedIn}`));
        },
        { kind: 'proxy', code: 'proxy-auth' },
      ],
      [
        'a proxy that lets nothing through',
        () => use(manual(`127.0.0.1:${ports.closed}`)),
        { kind: 'proxy', code: 'proxy-refused' },
      ],
      [
        'a proxy that inspects, with an authority nobody knows',
        () => {
          use({ ...manual(`127.0.0.1:${ports.inspecting}`), caFiles: [authority] });
        },
        { kind: 'tls', fault: 'inspected' },
      ],
      ['a login page', () => use({}), { kind: 'service', code: 'captive-portal' }, 'captive'],
      [
        'a PAC file that isn’t there',
        () => use({ proxyMode: 'pac', pacAddress: `http://127.0.0.1:${ports.nobody}/desk.pac` }),
        { kind: 'proxy', code: 'proxy-unreachable' },
      ],
      [
        'a PAC file that fails',
        () => {
          scriptText = 'function FindProxyForURL() { return nothing.there; }';
          use({ proxyMode: 'pac', pacAddress: `http://127.0.0.1:${ports.pac}/broken.pac` });
        },
        { kind: 'proxy', code: 'usage' },
      ],
    ];
    test.each(FAILING)('it is said what fails: %s', async (_, prepare, expected, port) => {
      await prepare();
      expect(await failing(port)).toMatchObject(expected);
    });

    test('a proxy that inspects is passed once its authority is trusted, and looks names up', async () => {
      use({ ...manual(`127.0.0.1:${ports.inspecting}`), caFiles: [authority] });
      await invoke(application, 'network.add-authority', {
        text: readFileSync(inspection, 'utf8'),
      });
      const hops = await hopsOf(`https://${NAMED}:${ports.service}`);
      expect(hops.map(({ kind, state }) => [kind, state])).toEqual([
        ['name', 'none'],
        ['proxy', 'ok'],
        ['tls', 'ok'],
        ['service', 'ok'],
      ]);
      expect(hops[2]?.certificate?.issuer).toBe('Channel Nine Inspection CA 2');
      use({ caFiles: [authority] });
    });

    test('no password is in a file, in the log, or in what the page gets', async () => {
      use(manual(`127.0.0.1:${ports.signedIn}`));
      await loginAt('signedIn', LOGIN);
      await works();
      const { items } = await invoke(application, 'network.logins');
      expect(items).toEqual([{ proxy: `127.0.0.1:${ports.signedIn}`, user: LOGIN.user }]);
      const test = await invoke(application, 'network.test');
      const { text } = await invoke(application, 'network.report', { test });
      expect(text).toContain(LOGIN.user);
      const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      const written = files.map((entry) =>
        readFileSync(path.join(entry.parentPath, entry.name), 'latin1'),
      );
      expect(written.length).toBeGreaterThan(5);
      for (const secret of [LOGIN.password, encodeURIComponent(LOGIN.password), 'open-sesame'])
        for (const where of [...written, text, JSON.stringify([items, test])])
          expect(where.includes(secret)).toBe(false);
    });

    test('a download waits for a proxy that is down, and goes on once there is another', async () => {
      use(manual(`127.0.0.1:${ports.nobody}`));
      const destination = path.join(home, 'waiting');
      const { ids } = await invoke(application, 'transfers.enqueue', {
        packages: [item],
        acknowledge: [],
        destination,
      });
      const state = async () => (await application.services.transfers.detail(ids[0] ?? '')).state;
      await expect.poll(state).toMatchObject({ phase: 'waiting' });
      use(manual(`127.0.0.1:${ports.squid}`));
      await expect.poll(state).toMatchObject({ phase: 'done' });
    });
  },
);
