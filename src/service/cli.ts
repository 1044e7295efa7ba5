import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { isSeed } from './content/open.ts';
import { startService } from './index.ts';
import type { ServiceOptions } from './index.ts';
import { stderrLog } from './log.ts';

const USAGE_ERROR = 2;

/**
 * `assets/demo` of the repository or the package: this file runs from src/service or, built, from
 * out/main.
 */
function demoDirectory(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, '../../assets/demo'), join(here, '../assets/demo')].find((folder) =>
    existsSync(folder),
  );
  if (found === undefined) throw new Error('The demo media are missing (assets/demo)');
  return found;
}

const refuse = (message: string): never => {
  throw new InvalidArgumentError(message);
};
const port = (text: string): number =>
  /^\d{1,5}$/.test(text) && Number(text) < 65_536
    ? Number(text)
    : refuse('must be a number from 0 to 65535');
const seed = (text: string) => (isSeed(text) ? text : refuse('must be demo or bench:N'));
const origin = (text: string): string =>
  /^https?:\/\/[^?#]+$/.test(text)
    ? text.replace(/\/+$/, '')
    : refuse('must be an http(s) URL without a query');
const bytes = (text: string): number =>
  /^\d{1,15}$/.test(text) ? Number(text) : refuse('must be a number of bytes');
const connections = (text: string): number =>
  /^[1-9]\d{0,4}$/.test(text) ? Number(text) : refuse('must be a number from 1 to 99999');
const line = (text: string): string =>
  /^[^\p{Cc}]{1,200}$/u.test(text.trim())
    ? text.trim()
    : refuse('must be one line of at most 200 characters');
const limits = (text: string) =>
  text === 'normal' || text === 'relaxed' ? text : refuse('must be normal or relaxed');

type Given = {
  port: number;
  metricsPort?: number;
  data?: string;
  seed: NonNullable<ServiceOptions['seed']>;
  origin?: string;
  limits: NonNullable<ServiceOptions['limits']>;
  testControls?: boolean;
  rotatePepper?: boolean;
  quota?: number;
  connections?: number;
  contact?: string;
};

function given(): Given {
  return new Command('service')
    .description('Start the reference service on its own, on loopback.')
    .option('--port <number>', 'port to listen on; 0: any free port', port, 0)
    .option(
      '--metrics-port <number>',
      'serve metrics for Prometheus at http://127.0.0.1:<number>/metrics; 0: any free port',
      port,
    )
    .option('--data <folder>', 'folder for accounts and keys; default: a temporary one')
    .option('--seed <seed>', 'content: demo, or bench:N for N generated assets', seed, 'demo')
    .option(
      '--origin <url>',
      'serve files from <url>/<packageId>/<path> instead of this service',
      origin,
    )
    .option(
      '--limits <kind>',
      'rate limits: normal, or relaxed for load and test runs',
      limits,
      'normal',
    )
    .option(
      '--quota <bytes>',
      'most bytes one account may download per day (UTC); default: no limit',
      bytes,
    )
    .option(
      '--contact <text>',
      'how to reach the people who run the service, shown at the end of every email',
      line,
    )
    .option(
      '--rotate-pepper',
      'add a new secret key for password hashes; accounts move to it at their next sign-in',
    )
    .option(
      '--connections <number>',
      'most open connections per address (IPv6 /64), of 800 in all; default: 200, or 800 with relaxed limits',
      connections,
    )
    .option(
      '--test-controls',
      'let anyone on this computer move the clock, break downloads and withdraw assets',
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_ERROR))
    .parse()
    .opts<Given>();
}

async function main(): Promise<void> {
  const options = given();
  if (options.testControls)
    process.stderr.write(
      'TEST CONTROLS ARE ON: anyone on this computer can move the clock, break downloads and withdraw assets.\n',
    );
  const service = await startService({
    port: options.port,
    seed: options.seed,
    limits: options.limits,
    testControls: options.testControls ?? false,
    rotatePepper: options.rotatePepper ?? false,
    demoDir: demoDirectory(),
    log: stderrLog,
    ...(options.data === undefined ? {} : { dataDir: options.data }),
    ...(options.quota === undefined ? {} : { quotaBytesPerDay: options.quota }),
    ...(options.metricsPort === undefined ? {} : { metricsPort: options.metricsPort }),
    ...(options.connections === undefined
      ? {}
      : { connections: { perAddress: options.connections } }),
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    ...(options.contact === undefined ? {} : { contact: options.contact }),
    ...(process.env['SMTP_URL'] ? { smtpUrl: process.env['SMTP_URL'] } : {}),
  });
  const stop = () => {
    // Open downloads may delay the close; a second signal exits at once.
    process.once('SIGINT', () => process.exit(130));
    void service.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(
    `${JSON.stringify({ type: 'service', url: service.url, mailbox: service.mailboxUrl, metrics: service.metricsUrl, pid: process.pid, demoAccount: service.demoAccount })}\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`service: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
