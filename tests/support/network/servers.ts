import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const PROGRAMS = {
  nginx: '/usr/sbin/nginx',
  squid: '/usr/sbin/squid',
  tinyproxy: '/usr/bin/tinyproxy',
  microsocks: '/usr/bin/microsocks',
  openssl: '/usr/bin/openssl',
} as const;
const CERTGEN = '/usr/lib/squid/security_file_certgen';
const NCSA = '/usr/lib/squid/basic_ncsa_auth';

/**
 * An address of this computer that isn't loopback: what is there is reached through proxies, as
 * another computer is.
 */
const OUTSIDE = Object.values(os.networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

/** Why tests with real proxies can't run here; null if they can. */
export const proxiesMissing =
  OUTSIDE === undefined
    ? 'this computer has no address but loopback'
    : (Object.entries({ ...PROGRAMS, certgen: CERTGEN, ncsa: NCSA }).find(
        ([, file]) => !existsSync(file),
      )?.[0] ?? null);

const openssl = (args: readonly string[]): void =>
  void execFileSync(PROGRAMS.openssl, args, { stdio: 'pipe' });

const connects = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Programs that end with the test, by the processes that were started. */
export class Servers {
  readonly folder: string;
  readonly host: string;
  readonly #children: ChildProcess[] = [];

  constructor(folder: string) {
    if (OUTSIDE === undefined) throw new Error('There is no address but loopback');
    this.folder = folder;
    this.host = OUTSIDE;
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  async #run(command: string, args: string[], port: number, host?: string): Promise<void> {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    this.#children.push(child);
    while (!(await connects(port, host)))
      if (child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
      else throw new Error(`${command} ended with ${child.exitCode}`);
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        // Squid waits half a minute for its connections else.
        child.kill('SIGKILL');
        await ended;
      }),
    );
  }

  /** A certificate authority of its own: `<name>.pem` and `<name>.key`. */
  authority(name: string, commonName: string): { ca: string; key: string } {
    const [ca, key] = [this.path(`${name}.pem`), this.path(`${name}.key`)];
    execFileSync(
      PROGRAMS.openssl,
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -keyout ${key} -out ${ca} -subj`
        .split(' ')
        .concat(
          `/CN=${commonName}`,
          '-addext',
          'basicConstraints=critical,CA:TRUE',
          '-addext',
          'keyUsage=critical,keyCertSign,cRLSign',
        ),
      { stdio: 'pipe' },
    );
    return { ca, key };
  }

  /** A certificate of that authority with its key in one file. */
  certificate(
    name: string,
    by: { ca: string; key: string },
    { hosts = [this.host], validTo = '21000101000000Z' } = {},
  ): string {
    const [file, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((ending) =>
      this.path(`${name}.${ending}`),
    ) as [string, string, string, string];
    openssl(
      `req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${key} -out ${request} -subj`
        .split(' ')
        .concat(`/CN=${name}`),
    );
    writeFileSync(
      extensions,
      `subjectAltName=${hosts.map((host) => `${net.isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`).join(',')}\nextendedKeyUsage=serverAuth,clientAuth\n`,
    );
    openssl(
      `x509 -req -in ${request} -CA ${by.ca} -CAkey ${by.key} -not_before 20200101000000Z -not_after ${validTo} -extfile ${extensions} -out ${file}`.split(
        ' ',
      ),
    );
    writeFileSync(file, readFileSync(file, 'utf8') + readFileSync(key, 'utf8'));
    return file;
  }

  /** As PKCS #12, with a password. */
  pkcs12(name: string, file: string, password: string): string {
    const out = this.path(`${name}.p12`);
    execFileSync(
      PROGRAMS.openssl,
      `pkcs12 -export -in ${file} -out ${out} -passout pass:${password}`.split(' '),
      { stdio: 'pipe' },
    );
    return out;
  }

  /** An nginx with these server blocks, on the address outside and on loopback. */
  async nginx(port: number, servers: string): Promise<void> {
    const config = this.path('nginx.conf');
    writeFileSync(
      config,
      `daemon off; master_process off; pid ${this.path('nginx.pid')}; error_log ${this.path('nginx.log')} warn;
events { worker_connections 512; }
http { access_log off; default_type application/octet-stream; client_body_temp_path ${this.path('t1')}; proxy_temp_path ${this.path('t2')}; fastcgi_temp_path ${this.path('t3')}; uwsgi_temp_path ${this.path('t4')}; scgi_temp_path ${this.path('t5')};
${servers} }`,
    );
    await this.#run(
      PROGRAMS.nginx,
      ['-p', this.folder, '-c', config, '-e', this.path('nginx-start.log')],
      port,
      this.host,
    );
  }

  /** @param lines between its ports and its rules */
  async squid(
    name: string,
    {
      ports,
      lines = '',
      rules = 'http_access allow all',
    }: { ports: string; lines?: string; rules?: string },
    port: number,
  ): Promise<void> {
    const own = this.path(name);
    mkdirSync(own, { recursive: true });
    // It gives up its rights where it starts as root.
    if (process.getuid?.() === 0) for (const place of [this.folder, own]) chownSync(place, 13, 13);
    const config = path.join(own, 'squid.conf');
    writeFileSync(
      config,
      `${ports}
${lines}
${rules}
cache deny all
cache_mem 0 MB
pid_filename none
coredump_dir ${own}
access_log none
cache_log ${own}/cache.log
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
visible_hostname proxy.test
`,
    );
    await this.#run(PROGRAMS.squid, ['-N', '-f', config], port);
  }

  /** Makes the folder in which Squid keeps the certificates that it signs for others. */
  inspectionFolder(): string {
    const folder = this.path('ssl-db');
    execFileSync(CERTGEN, ['-c', '-s', folder, '-M', '4MB'], { stdio: 'pipe' });
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', '13:13', folder]);
    return folder;
  }

  /** Lines for a Squid that asks for these. */
  signIn(user: string, password: string): string {
    const file = this.path('users');
    const hash = execFileSync(PROGRAMS.openssl, ['passwd', '-apr1', password], {
      encoding: 'utf8',
    }).trim();
    writeFileSync(file, `${user}:${hash}\n`, { mode: 0o644 });
    return `auth_param basic program ${NCSA} ${file}\nauth_param basic realm newsroom\nacl known proxy_auth REQUIRED`;
  }

  async tinyproxy(port: number, lines = ''): Promise<void> {
    const config = this.path(`tinyproxy-${port}.conf`);
    writeFileSync(
      config,
      `Port ${port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 50\nLogFile "${this.path('tinyproxy.log')}"\nLogLevel Error\n${lines}\n`,
    );
    await this.#run(PROGRAMS.tinyproxy, ['-d', '-c', config], port);
  }

  async microsocks(port: number, login: { user: string; password: string } | null): Promise<void> {
    await this.#run(
      PROGRAMS.microsocks,
      ['-q', '-i', '127.0.0.1', '-p', String(port)].concat(
        login === null ? [] : ['-u', login.user, '-P', login.password],
      ),
      port,
    );
  }
}
